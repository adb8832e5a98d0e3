// DERError.swift - every way in which bytes are not the DER that was asked for.
//
// Spec:    X.690 §8, §10, §11; RFC 5280 §4.1.2.5 for times.
// Secret:  no: offsets, tags and bounds alone.
// Reads:   nothing. Read by: the rest of ASN1, X509.

/// Why an encoding was refused. Offsets count bytes from the start of the outermost value.
public enum DERError: Error, Equatable, Sendable {
    // Identifier and length.

    /// The bytes end within an identifier, a length or a value.
    case truncated(offset: Int)
    /// A value was expected where the bytes, or the enclosing value, end.
    case missing(tag: UInt8, offset: Int)
    /// The value is not of the expected type.
    case unexpectedTag(expected: UInt8, actual: UInt8, offset: Int)
    /// Something stands behind the last expected value.
    case trailingBytes(offset: Int)
    /// A tag number of 31 or more: nothing that we read has one.
    case highTagNumber(offset: Int)
    /// The indefinite form, which is BER alone (§10.1).
    case indefiniteLength(offset: Int)
    /// A length that has a shorter form (§10.1).
    case nonMinimalLength(offset: Int)
    /// A length of more octets than the limit.
    case lengthTooLong(limit: Int, offset: Int)
    /// Values are nested deeper than the limit.
    case tooDeep(limit: Int, offset: Int)
    /// A value that equals its type's DEFAULT is written out (§11.5).
    case defaultEncoded(offset: Int)
    /// The values of a SET OF do not ascend (§11.6).
    case setOrder(offset: Int)

    // Contents.

    /// A BOOLEAN that is not one byte, 00 or FF (§11.1).
    case booleanForm(offset: Int)
    /// An INTEGER without contents.
    case integerEmpty(offset: Int)
    /// An INTEGER whose first nine bits are equal (§8.3.2).
    case integerNotMinimal(offset: Int)
    /// An INTEGER below zero where none can be.
    case integerNegative(offset: Int)
    /// An INTEGER above the largest expected one.
    case integerTooLarge(offset: Int)
    /// A NULL with contents.
    case nullForm(offset: Int)
    /// A BIT STRING with no, or an impossible, count of unused bits (§8.6.2).
    case bitStringUnusedBits(offset: Int)
    /// A BIT STRING whose unused bits are not zero (§11.2.1).
    case bitStringPadding(offset: Int)
    /// A list of named bits that ends in a zero bit (§11.2.2).
    case bitStringTrailingZeros(offset: Int)
    /// An OBJECT IDENTIFIER without contents, with a component that is not in its shortest
    /// form, or that ends within a component (§8.19.2).
    case objectIdentifierForm(offset: Int)
    /// A time in another form than YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ.
    case timeForm(offset: Int)
    /// A date or a time of day that does not exist.
    case timeRange(offset: Int)
    /// A string with a character that its type has not.
    case stringCharacter(offset: Int)

    /// A stable word for logs.
    public var reasonCode: StaticString {
        switch self {
        case .truncated: "der_truncated"
        case .missing: "der_missing_value"
        case .unexpectedTag: "der_unexpected_tag"
        case .trailingBytes: "der_trailing_bytes"
        case .highTagNumber: "der_high_tag_number"
        case .indefiniteLength: "der_indefinite_length"
        case .nonMinimalLength: "der_length_not_minimal"
        case .lengthTooLong: "der_length_too_long"
        case .tooDeep: "der_too_deep"
        case .defaultEncoded: "der_default_encoded"
        case .setOrder: "der_set_order"
        case .booleanForm: "der_boolean"
        case .integerEmpty: "der_integer_empty"
        case .integerNotMinimal: "der_integer_not_minimal"
        case .integerNegative: "der_integer_negative"
        case .integerTooLarge: "der_integer_too_large"
        case .nullForm: "der_null"
        case .bitStringUnusedBits: "der_bit_string_unused_bits"
        case .bitStringPadding: "der_bit_string_padding"
        case .bitStringTrailingZeros: "der_bit_string_trailing_zeros"
        case .objectIdentifierForm: "der_object_identifier"
        case .timeForm: "der_time_form"
        case .timeRange: "der_time_range"
        case .stringCharacter: "der_string_character"
        }
    }
}
