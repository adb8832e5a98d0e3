// DNSAnswer.swift - fuzz target: a datagram is the answer to the question, or it is skipped.

@testable import Platform

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDNSAnswer(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    let name = [UInt8]("idp.example.com".utf8)
    for type in [DNSRecordType.a, .aaaa] {
        guard let question = try? DNSQuestion(name: name.span, type: type, id: 7) else { return 0 }
        if case .addresses(let list) = readDNSAnswer(bytes.span, to: question) {
            require(list.count <= dnsAddressCount, "the addresses are bounded")
            require(list.allSatisfy { $0.count == (type == .a ? 4 : 16) }, "an address has its type's length")
        }
    }
    // The same bytes as the system's files.
    require(nameServers(bytes.span).count <= 3, "three name servers at most")
    require(hostsAddresses(bytes.span, name: name.span).count <= dnsAddressCount, "the addresses are bounded")
    return 0
}
