// DERTag.swift - identifier octets.
//
// Spec:    X.690 §8.1.2; X.680 §8 for the universal numbers.
// Secret:  no.
// Reads:   nothing. Read by: DERReader, X509.

/// An identifier octet: the class, primitive or constructed, and a tag number below 31.
public struct DERTag: Equatable, Sendable {
    public let octet: UInt8

    public init(octet: UInt8) {
        self.octet = octet
    }

    public static let boolean = DERTag(octet: 0x01)
    public static let integer = DERTag(octet: 0x02)
    public static let bitString = DERTag(octet: 0x03)
    public static let octetString = DERTag(octet: 0x04)
    public static let null = DERTag(octet: 0x05)
    public static let objectIdentifier = DERTag(octet: 0x06)
    public static let utf8String = DERTag(octet: 0x0C)
    public static let numericString = DERTag(octet: 0x12)
    public static let printableString = DERTag(octet: 0x13)
    public static let teletexString = DERTag(octet: 0x14)
    public static let ia5String = DERTag(octet: 0x16)
    public static let utcTime = DERTag(octet: 0x17)
    public static let generalizedTime = DERTag(octet: 0x18)
    public static let visibleString = DERTag(octet: 0x1A)
    public static let universalString = DERTag(octet: 0x1C)
    public static let bmpString = DERTag(octet: 0x1E)
    public static let sequence = DERTag(octet: 0x30)
    public static let set = DERTag(octet: 0x31)

    /// `[number]` with constructed contents: an explicit tag, or an implicit tag of a SEQUENCE or SET.
    ///
    /// - Requires: `number` is below 31.
    public static func contextConstructed(_ number: UInt8) -> DERTag {
        precondition(number < 31)
        return DERTag(octet: 0xA0 | number)
    }

    /// `[number]` with primitive contents: an implicit tag.
    ///
    /// - Requires: `number` is below 31.
    public static func contextPrimitive(_ number: UInt8) -> DERTag {
        precondition(number < 31)
        return DERTag(octet: 0x80 | number)
    }

    /// Whether the contents are themselves encoded values.
    public var isConstructed: Bool { octet & 0x20 != 0 }
}
