// Limits.swift - bounds on the size and nesting of DER input.
//
// Spec:    none; X.690 §8.1.3 allows lengths of any size.
// Secret:  no.
// Reads:   nothing. Read by: DERReader; X509.

/// The limits of this module.
public enum DERLimits {
    /// The greatest nesting depth of constructed values. The deepest common value in a certificate, an attribute in a
    /// name constraint, has depth eleven.
    public static let depth = 16

    /// The most octets of a length in the long form. With three octets, a value has at most 16 MiB - 1.
    public static let lengthByteCount = 3
}
