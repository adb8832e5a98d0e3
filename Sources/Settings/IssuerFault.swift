// IssuerFault.swift - why what is written of an issuer is refused.
//
// Spec:    AUDIT 17, 18, 22, 31.
// Secret:  no. Values are not repeated.
// Reads:   PastedText; JOSE. Read by: ConfiguredIssuer, KeySourceSetting, Profile (they throw it), VariableIssuer,
//          DocumentIssuers (they turn it into a message), Settings.

import JOSE

/// A field of IssuerInput that can be refused. VariableIssuer has the name of its variable, DocumentIssuers of its member.
enum IssuerField {
    case issuer, audiences, profile, algorithms, jwksURI, fallbackJWKSURI, jwks, snapshot
}

/// The first fault of an issuer.
struct IssuerFault: Error, Equatable {
    enum Problem: Equatable {
        /// A character that no token contains at that place.
        case pasted(PasteFault)
        case audienceWildcard
        case unknownAlgorithm
        /// A demand of the profile: the predicate of a sentence.
        case profile([UInt8])
        /// Neither an address nor a key set, and no issuer whose document could name an address.
        case noKeySource
        /// An address and a key set.
        case twoKeySources
        /// A field that applies only to an address, and there is a key set.
        case onlyForAddress
        case addressForm
        case httpNotLoopback
        /// The second address is the first one.
        case sameAddress
        /// An issuer whose document would be needed and cannot be fetched.
        case issuerForm
        case keySetRefused(JOSEError)
        case keySetWithoutKeys(skipped: [KeySet.SkippedKey])
    }

    let field: IssuerField
    /// The index in the field's list; nil: the whole field.
    let element: Int?
    let problem: Problem

    init(_ field: IssuerField, element: Int? = nil, _ problem: Problem) {
        self.field = field
        self.element = element
        self.problem = problem
    }
}
