// ResolverFiles.swift - /etc/hosts and /etc/resolv.conf.
//
// Spec:    hosts(5), resolv.conf(5): nameserver lines. Search lists and options are ignored, since the names of identity
//          providers are fully qualified.
// Secret:  no.
// Reads:   Bytes. Read by: Resolver.

import Bytes

/// The addresses of a name in a hosts file, as text.
func hostsAddresses(_ file: Span<UInt8>, name: Span<UInt8>) -> [[UInt8]] {
    var addresses: [[UInt8]] = []
    var start = 0
    for index in 0...file.count where index == file.count || file[index] == 0x0A {
        let words = wordsOfLine(file.extracting(start..<index))
        start = index + 1
        guard words.count >= 2, addresses.count < dnsAddressCount else { continue }
        for alias in words[1...] where bytesEqualIgnoringASCIICase(alias.span, name) {
            addresses.append(words[0])
            break
        }
    }
    return addresses
}

/// The name servers of a resolv.conf, as text; at most three (resolv.conf(5)).
func nameServers(_ file: Span<UInt8>) -> [[UInt8]] {
    var servers: [[UInt8]] = []
    var start = 0
    for index in 0...file.count where index == file.count || file[index] == 0x0A {
        let words = wordsOfLine(file.extracting(start..<index))
        start = index + 1
        guard words.count >= 2, servers.count < 3 else { continue }
        let (keyword, server) = (words[0], words[1])
        if bytesEqual(keyword.span, "nameserver") { servers.append(server) }
    }
    return servers
}

/// The words of a line up to `#` or `;`.
private func wordsOfLine(_ line: Span<UInt8>) -> [[UInt8]] {
    var words: [[UInt8]] = []
    var word: [UInt8] = []
    for index in line.indices {
        let byte = line[index]
        if byte == 0x23 || byte == 0x3B { break }
        if byte == 0x20 || byte == 0x09 || byte == 0x0D {
            if !word.isEmpty { words.append(word) }
            word = []
        } else {
            word.append(byte)
        }
    }
    if !word.isEmpty { words.append(word) }
    return words
}
