// TokenVerification.swift - verifies a token with the cached keys.
//
// Spec:    RFC 7515 §5.2; AUDIT 11, 12, 19, 26.
// Secret:  the token, which is never printed.
// Reads:   Request, StaleKeys, DecisionDetails (StaleKeys), EmergencyDeny, Refusal; Keys (KeyCache, FetchCause), JOSE
//          (VerifiedTokenMemo). Read by: Authorization.

import JOSE
import Keys

/// A token that waits for its key. It fetches nothing itself: if a key is missing, `next` requests one fetch.
struct TokenVerification: Sendable {
    enum Step {
        case fetchKeys(FetchCause)
        case verified(VerifiedToken, StaleKeys?, isOfNewKey: Bool)
        case refused(Refusal, StaleKeys?)
    }

    let request: Request
    /// The number of finished fetches of the issuer's keys when this token requested one; nil: it has not requested one.
    var askedAtFetchCount: Int?

    init(_ request: Request) {
        self.request = request
    }

    /// Continues as far as the cached keys allow.
    ///
    /// - Parameters:
    ///   - cache: the issuer's keys.
    ///   - algorithms: the issuer's.
    ///   - deny: a key that it names need not even be fetched.
    ///   - memory: filled from this cache alone, and from those of the other issuers.
    mutating func next(
        _ cache: KeyCache, _ algorithms: [Algorithm], _ deny: EmergencyDeny, _ memory: inout TokenMemory,
        nowSeconds: Int64
    ) -> Step {
        let kid = request.token.header.kid
        do throws(Refusal) { try deny.check(kid: kid) } catch { return .refused(error, nil) }
        switch cache.availability(of: kid, nowSeconds: nowSeconds) {
        case .fresh(let set): return verify(set, nil, cache, algorithms, &memory, nowSeconds)
        case .stale(let set, let age):
            return useStaleKeys(
                set, StaleKeys(ageSeconds: age, isSnapshot: false), cache, algorithms, &memory, nowSeconds)
        case .snapshot(let set, let age):
            return useStaleKeys(
                set, StaleKeys(ageSeconds: age, isSnapshot: true), cache, algorithms, &memory, nowSeconds)
        case .none:
            if askedAtFetchCount == nil, cache.schedule.mayFetch(nowSeconds: nowSeconds) {
                return fetch(cache.renewal(for: kid), cache)
            }
            return .refused(.keysUnavailable, nil)
        }
    }

    mutating func verify(
        _ keySet: KeySet, _ old: StaleKeys?, _ cache: KeyCache, _ algorithms: [Algorithm],
        _ memory: inout TokenMemory, _ nowSeconds: Int64
    ) -> Step {
        let kid = request.token.header.kid
        do throws(JOSEError) {
            let verified = try request.token.verifySignature(
                keySet: keySet, algorithms: algorithms, memo: &memory,
                origin: KeySetOrigin(issuer: request.issuer.position, generation: cache.generation))
            return .verified(verified, old, isOfNewKey: cache.isUnproved(kid))
        } catch .unknownKey {
            // The issuer may have a new key. All requests together cause at most one such fetch in an interval.
            if askedAtFetchCount == nil, cache.schedule.mayFetchForUnknownKey(kid, nowSeconds: nowSeconds) {
                return fetch(FetchCause(unknownTo: kid), cache)
            }
            let isKnown = cache.schedule.isAbsenceKnown(sinceFetch: askedAtFetchCount, nowSeconds: nowSeconds)
            return .refused(isKnown ? .token(.unknownKey) : .keysUnavailable, nil)
        } catch {
            return .refused(.token(error), old)
        }
    }

    mutating func fetch(_ cause: FetchCause, _ cache: KeyCache) -> Step {
        askedAtFetchCount = cache.schedule.fetchCount
        return .fetchKeys(cause)
    }
}
