// DERError.swift - the errors of DER decoding.
//
// Spec:    X.690 §8, §10, §11; RFC 5280 §4.1.2.5 for times.
// Secret:  no: offsets, tags and bounds only.
// Reads:   nothing. Read by: the rest of ASN1, X509.

/// Why an encoding was rejected. Offsets count bytes from the start of the outermost value.
public enum DERError: Error, Equatable, Sendable {
    // Identifier and length.

    /// The bytes end within an identifier, a length or a value.
    case truncated(offset: Int)
    /// A value was expected, but the input or the enclosing value ends.
    case missing(tag: UInt8, offset: Int)
    /// The value is not of the expected type.
    case unexpectedTag(expected: UInt8, actual: UInt8, offset: Int)
    /// Bytes follow the last expected value.
    case trailingBytes(offset: Int)
    /// A tag number of 31 or more, which no supported structure uses.
    case highTagNumber(offset: Int)
    /// The indefinite form, which is allowed only in BER (§10.1).
    case indefiniteLength(offset: Int)
    /// A length that could be encoded in fewer octets (§10.1).
    case nonMinimalLength(offset: Int)
    /// A length with more octets than the limit.
    case lengthTooLong(limit: Int, offset: Int)
    /// Values are nested deeper than the limit.
    case tooDeep(limit: Int, offset: Int)
    /// A value that equals the DEFAULT of its type is encoded (§11.5).
    case defaultEncoded(offset: Int)
    /// The values of a SET OF are not in ascending order (§11.6).
    case setOrder(offset: Int)

    // Contents.

    /// A BOOLEAN that is not one byte, 00 or FF (§11.1).
    case booleanForm(offset: Int)
    /// An INTEGER without contents.
    case integerEmpty(offset: Int)
    /// An INTEGER whose first nine bits are equal (§8.3.2).
    case integerNotMinimal(offset: Int)
    /// An INTEGER that must not be negative.
    case integerNegative(offset: Int)
    /// An INTEGER that exceeds the expected maximum.
    case integerTooLarge(offset: Int)
    /// A NULL with contents.
    case nullForm(offset: Int)
    /// A BIT STRING whose count of unused bits is absent or invalid (§8.6.2).
    case bitStringUnusedBits(offset: Int)
    /// A BIT STRING whose unused bits are not zero (§11.2.1).
    case bitStringPadding(offset: Int)
    /// A list of named bits with a zero bit at the end (§11.2.2).
    case bitStringTrailingZeros(offset: Int)
    /// An OBJECT IDENTIFIER without contents, with a component that is not in its shortest form, or with an incomplete
    /// component (§8.19.2).
    case objectIdentifierForm(offset: Int)
    /// A time that is not of the form YYMMDDHHMMSSZ or YYYYMMDDHHMMSSZ.
    case timeForm(offset: Int)
    /// A date or a time of day that does not exist.
    case timeRange(offset: Int)
    /// A string with a character that is not allowed in its type.
    case stringCharacter(offset: Int)

    /// A stable code for logs.
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
