// ExtensionList.swift - the extensions of a message, each at most once.
//
// Spec:    RFC 8446 §4.2; RFC 5246 §7.4.1.4.
// Secret:  no.
// Reads:   MessageReader, Limits, TLSError; Bytes. Read by: ServerHello, ServerMessages13, ServerKeyExchange.

import Bytes

/// An extension of the server.
struct ExtensionItem {
    let type: UInt16
    let contents: [UInt8]
}

/// A list of extensions that was read.
struct ExtensionList {
    private(set) var items: [ExtensionItem] = []
    /// Of the message.
    let message: UInt8

    /// No extensions.
    init(message: UInt8) {
        self.message = message
    }

    /// Reads `Extension extensions<0..2^16-1>`.
    ///
    /// - Throws: `malformed`, `tooManyExtensions`, `duplicateExtension`.
    init(_ reader: inout MessageReader) throws(TLSError) {
        message = reader.message
        let list = try reader.vector(2)
        var fields = MessageReader(list.span, message: message)
        while !fields.isAtEnd {
            let type = try fields.uint16()
            let contents = try fields.vector(2)
            guard items.count < TLSLimits.extensionCount else {
                throw .tooManyExtensions(limit: TLSLimits.extensionCount)
            }
            // §4.2: no more than one extension of a type in a list.
            for item in items where item.type == type {
                throw .duplicateExtension(message: message, type: type)
            }
            items.append(ExtensionItem(type: type, contents: contents))
        }
    }

    /// The contents of an extension, or nil.
    func contents(_ type: UInt16) -> [UInt8]? {
        for item in items where item.type == type { return item.contents }
        return nil
    }

    /// Checks that no extension is known and yet at home in another message. Unknown ones are ignored: for
    /// messages whose extensions answer nothing that was offered.
    ///
    /// - Throws: `misplacedExtension`.
    /// - Source: RFC 8446 §4.2.
    func checkKnown(permitted: UInt16?) throws(TLSError) {
        for item in items where item.type != permitted && ExtensionType.known.contains(item.type) {
            throw .misplacedExtension(message: message, type: item.type)
        }
    }

    /// Checks that the list has only what may be in it.
    ///
    /// - Parameters:
    ///   - permitted: the extensions that this message may contain.
    ///   - offered: the extensions of the ClientHello.
    /// - Throws: `misplacedExtension`, `unofferedExtension`.
    /// - Source: RFC 8446 §4.2.
    func check(permitted: [UInt16], offered: [UInt16]) throws(TLSError) {
        for item in items where !permitted.contains(item.type) {
            if offered.contains(item.type) { throw .misplacedExtension(message: message, type: item.type) }
            throw .unofferedExtension(message: message, type: item.type)
        }
        for item in items where !offered.contains(item.type) {
            // A cookie of a HelloRetryRequest is the one that comes unasked.
            if item.type == ExtensionType.cookie { continue }
            throw .unofferedExtension(message: message, type: item.type)
        }
    }
}
