// Limits.swift - how large and how deep DER from outside may be.
//
// Spec:    none; X.690 §8.1.3 allows lengths of any size.
// Secret:  no.
// Reads:   nothing. Read by: DERReader, DERPrimitives.

/// The limits of this module.
public enum DERLimits {
    /// Constructed values inside one another. A certificate's deepest ordinary value, an
    /// attribute in a name constraint, is in the eleventh.
    public static let depth = 16

    /// The octets of a length in its long form: with three, a value has at most 16 MiB - 1.
    public static let lengthByteCount = 3
}
