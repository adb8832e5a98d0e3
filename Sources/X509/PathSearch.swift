// PathSearch.swift - the search for a path from a certificate up to a trust anchor.
//
// Spec:    RFC 4158 §2 (building in the forward direction); RFC 5280 §6.1.
// Secret:  no.
// Reads:   PathRules, NameConstraints, SignatureVerification, TrustAnchors, PathError, Limits; Bytes, RSA. Read by:
//          ValidatedPath.
//
// A depth-first search without recursion. The requirements of RFC 5280 on a certificate depend only on the certificates
// below it. So each step is checked when it is taken, and a path that reaches an anchor is valid. Anchors are tried
// before the presented certificates.
//
// Cross-signed certificates multiply paths. The search therefore stops with a separate error after too many signature
// checks or name comparisons. Adding a certificate to the path costs a signature check, and each added certificate is
// compared at most with all others. So these two limits bound all work.

import Bytes
import RSA

struct PathSearch {
    private let anchors: TrustAnchors
    private let purpose: PathPurpose
    private let host: HostName?
    private let nowSeconds: Int64

    /// The presented certificates, the leaf first, without repetitions; then the anchors that were loaded so far.
    private var pool: [Certificate] = []
    /// The public keys of the pool, each read at its first use.
    private var keys: [PublicKey?] = []
    private var presentedCount = 0
    /// Names whose anchors are in the pool, with the anchors' indices.
    private var anchorPlaces: [(name: [UInt8], places: Range<Int>)] = []

    private var signatureCheckCount = 0
    private var comparisons = ComparisonBudget()

    private var bestError: PathError?
    private var bestRank = -1
    var keepsAttempts = false
    private(set) var attempts: [PathAttempt] = []

    init(anchors: TrustAnchors, purpose: PathPurpose, host: HostName?, nowSeconds: Int64) {
        self.anchors = anchors
        self.purpose = purpose
        self.host = host
        self.nowSeconds = nowSeconds
    }

    /// A certificate of the path under construction, and the state of the search for its issuer.
    private struct Step {
        let place: Int
        let anchorPlaces: Range<Int>
        /// The next candidate: first the anchors, then the presented certificates.
        var next = 0
        /// Whether any candidate had the issuer's name.
        var hasCandidate = false
    }

    mutating func run(_ presented: [[UInt8]]) throws(PathError) -> ValidatedPath {
        try readPresented(presented)
        let leaf = pool[0]
        do throws(PathCheck) {
            if let host { try leaf.check(host) }
            try leaf.checkAsLeaf(for: purpose, nowSeconds: nowSeconds)
            _ = try publicKey(at: 0)
        } catch {
            let error = PathError(error, leaf)
            record(error, [0])
            throw error
        }

        // RFC 5280 §6.1.1 (d): only the name and the key of an anchor are used. A server's certificate that is itself an
        // anchor needs no issuer and need not be an authority.
        if anchors.contains(leaf) { return try makePath([0]) }

        var steps = [makeStep(0)]
        while !steps.isEmpty {
            let path = steps.map { $0.place }
            guard let candidate = nextCandidate(&steps) else {
                let step = steps.removeLast()
                if !step.hasCandidate { record(deadEnd(step.place, isLeaf: steps.isEmpty), path) }
                continue
            }
            if let error = try refusal(of: candidate, above: path) {
                record(error, path + [candidate])
            } else if isAnchor(candidate) {
                return try makePath(path + [candidate])
            } else {
                steps.append(makeStep(candidate))
            }
        }
        throw bestError ?? PathError(.issuerNotFound, leaf)
    }

    /// Reads the presented certificates. The leaf must be readable. Another unreadable certificate is ignored, and reported
    /// only if no path is found.
    private mutating func readPresented(_ presented: [[UInt8]]) throws(PathError) {
        guard !presented.isEmpty else { throw PathError(.noCertificate, nil) }
        guard presented.count <= X509Limits.presentedCertificateCount else {
            let limit = X509Limits.presentedCertificateCount
            throw PathError(.tooManyCertificates(limit: limit, actual: presented.count), nil)
        }
        for encoded in presented {
            do throws(X509Error) {
                let certificate = try Certificate(encoded: encoded)
                if !pool.contains(where: { $0.encoded == encoded }) { pool.append(certificate) }
            } catch {
                let error = PathError(.malformed(error), nil)
                guard !pool.isEmpty else { throw error }
                record(error, [])
            }
        }
        presentedCount = pool.count
        keys = [PublicKey?](repeating: nil, count: presentedCount)
    }

    private mutating func makeStep(_ place: Int) -> Step {
        Step(place: place, anchorPlaces: loadIssuers(of: pool[place]))
    }

    private mutating func loadIssuers(of certificate: Certificate) -> Range<Int> {
        let name = certificate.canonicalIssuer
        for known in anchorPlaces where known.name == name { return known.places }
        let start = pool.count
        pool += anchors.issuers(of: certificate)
        while keys.count < pool.count { keys.append(nil) }
        anchorPlaces.append((name, start..<pool.count))
        return start..<pool.count
    }

    private func isAnchor(_ place: Int) -> Bool { place >= presentedCount }

    /// The next certificate whose subject is the last step's issuer; nil if there are no more.
    private func nextCandidate(_ steps: inout [Step]) -> Int? {
        let last = steps.count - 1
        let anchorPlaces = steps[last].anchorPlaces
        let issuer = pool[steps[last].place].canonicalIssuer
        while steps[last].next < anchorPlaces.count + presentedCount {
            let number = steps[last].next
            steps[last].next += 1
            let isAnchor = number < anchorPlaces.count
            let place = isAnchor ? anchorPlaces.lowerBound + number : number - anchorPlaces.count
            guard pool[place].canonicalSubject == issuer else { continue }
            // RFC 4158 §5.2: a path does not repeat a name with the same key. (A trust anchor may: the server's own
            // certificate can be an anchor.)
            if !isAnchor, steps.contains(where: { pool[$0.place].hasSubjectAndKey(of: pool[place]) }) {
                continue
            }
            steps[last].hasCandidate = true
            return place
        }
        return nil
    }

    /// The reason why a candidate cannot be added to a path; nil if it can.
    ///
    /// - Throws: an error that ends the whole search.
    private mutating func refusal(of candidate: Int, above path: [Int]) throws(PathError) -> PathError? {
        // An authority that is not an anchor needs one more certificate above it.
        guard path.count + (isAnchor(candidate) ? 1 : 2) <= X509Limits.pathCertificateCount else {
            return PathError(.pathTooLong(limit: X509Limits.pathCertificateCount), pool[candidate])
        }
        let issuer = pool[candidate]
        let below = path.map { pool[$0] }
        do throws(PathCheck) {
            try issuer.checkAsIssuer(
                of: below, isAnchor: isAnchor(candidate), for: purpose, nowSeconds: nowSeconds)
        } catch { return PathError(error, issuer) }
        if let error = try constraintRefusal(of: below, by: issuer) { return error }
        return try signatureRefusal(of: path[path.count - 1], by: candidate)
    }

    /// §6.1.3 (b), (c): checks the names of every certificate below except self-issued authorities.
    private mutating func constraintRefusal(
        of below: [Certificate], by issuer: Certificate
    ) throws(PathError) -> PathError? {
        guard let constraints = issuer.extensions.nameConstraints else { return nil }
        for index in below.indices where index == 0 || !below[index].isSelfIssued {
            do throws(PathCheck) {
                try constraints.check(below[index], in: issuer, &comparisons)
            } catch {
                let refusal = PathError(error, below[index])
                if case .comparisonBudget = error { throw refusal }
                return refusal
            }
        }
        return nil
    }

    /// §6.1.3 (a) (1).
    private mutating func signatureRefusal(of place: Int, by issuer: Int) throws(PathError) -> PathError? {
        let certificate = pool[place]
        switch certificate.signatureAlgorithm {
        case .weak(let hash): return PathError(.weakHash(hash), certificate)
        case .unsupported(let identifier):
            return PathError(.malformed(.unsupportedAlgorithm(identifier)), certificate)
        default: break
        }
        let key: PublicKey
        do throws(PathCheck) { key = try publicKey(at: issuer) } catch {
            return PathError(error, pool[issuer])
        }
        signatureCheckCount += 1
        guard signatureCheckCount <= X509Limits.signatureCheckCount else {
            throw PathError(.signatureBudget(limit: X509Limits.signatureCheckCount), pool[0])
        }
        do throws(X509Error) {
            try key.verify(
                certificate.signatureAlgorithm, message: certificate.bytes(certificate.signedRange),
                signature: certificate.bytes(certificate.signatureRange))
            return nil
        } catch { return PathError(.signature(error), certificate) }
    }

    private mutating func publicKey(at place: Int) throws(PathCheck) -> PublicKey {
        if let key = keys[place] { return key }
        do throws(X509Error) {
            let key = try pool[place].publicKey()
            keys[place] = key
            return key
        } catch .rsa(.modulusSize(let bitCount, let minimum, _)) where bitCount < minimum {
            throw .weakKey(bitCount: bitCount, minimum: minimum)
        } catch { throw .malformed(error) }
    }

    private func makePath(_ places: [Int]) throws(PathError) -> ValidatedPath {
        // The leaf's key is read before the search begins.
        guard let key = keys[0] else { throw PathError(.issuerNotFound, pool[0]) }
        return ValidatedPath(certificates: places.map { pool[$0] }, leafPublicKey: key)
    }

    /// The error for a path whose last issuer has no candidate.
    private func deadEnd(_ place: Int, isLeaf: Bool) -> PathError {
        let certificate = pool[place]
        guard certificate.isSelfIssued else { return PathError(.issuerNotFound, certificate) }
        return PathError(isLeaf ? .selfSigned : .untrustedRoot, certificate)
    }

    /// Keeps the most specific failure, and the first one of equal rank.
    private mutating func record(_ error: PathError, _ path: [Int]) {
        if rank(error) > bestRank {
            bestRank = rank(error)
            bestError = error
        }
        if keepsAttempts, attempts.count < X509Limits.reportedAttemptCount {
            let certificates = path.map { CertificateDescription(pool[$0]) }
            attempts.append(PathAttempt(certificates: certificates, error: error))
        }
    }
}

/// The rank of a failure, higher for more specific ones: a failed check of a certificate ranks above a root that is not
/// trusted, and this ranks above a candidate that does not match and a missing issuer.
private func rank(_ error: PathError) -> Int {
    switch error.check {
    case .issuerNotFound: 0
    case .malformed where error.certificate == nil: 1
    case .keyIdentifier: 2
    case .selfSigned, .untrustedRoot: 3
    case .signature: 4
    default: 5
    }
}
