// Request.swift - an event with its token, and the issuer whose keys verify the token.
//
// Spec:    RFC 6750 §2, RFC 7519 §7.2 steps 1 to 6; AUDIT 5 to 10, 18.
// Secret:  the token.
// Reads:   TrustedIssuer, IssuerChoice, Rules, SenderCheck, Refusal; Events, Keys (IssuerIndex), JOSE. Read by:
//          Authorization, Ruling.

import Events
import JOSE
import Keys

/// A request with an unverified token. A class: it is large to copy, and it never changes.
final class Request: Sendable {
    let event: Event
    let token: UnverifiedToken
    /// The issuer's index in the settings.
    let issuer: IssuerIndex
    /// Whether the token came with the scheme DPoP.
    let isDPoP: Bool

    private init(_ event: Event, _ token: UnverifiedToken, of issuer: IssuerIndex, isDPoP: Bool) {
        self.event = event
        self.token = token
        self.issuer = issuer
        self.isDPoP = isDPoP
    }

    /// Finds the event's one token and its issuer. (No class's initialiser throws: Scripts/check-imports.)
    ///
    /// - Throws: the first failed check that needs no key.
    static func read(_ event: Event, _ issuers: [TrustedIssuer], _ rules: Rules) throws(Refusal) -> Request {
        try event.checkProofAvailable(of: rules.sender)
        let presented: PresentedToken
        do throws(EventError) {
            presented = try event.token(
                from: rules.tokenSources, acceptingDPoP: rules.sender.dpop.isChecked)
        } catch { throw .event(error) }
        // With several issuers, the token's `iss` selects one.
        let (token, place) =
            issuers.count > 1
            ? try chooseIssuer(presented.compact, issuers)
            : (try token(presented.compact, issuers[0].claims.form), 0)
        if issuers[place].claims.isLoadBalancer {
            do throws(JOSEError) { try issuers[place].claims.checkLoadBalancer(token.header) } catch {
                throw .token(error)
            }
        }
        // Checked before a key is requested: a token with another algorithm causes no traffic.
        guard issuers[place].algorithms.contains(token.header.algorithm) else {
            throw .token(.algNotAllowed)
        }
        return Request(event, token, of: IssuerIndex(place), isDPoP: presented.isDPoP)
    }

    /// Parses the event.
    ///
    /// - Parameter wholeByteCount: its length when `bytes` are only its beginning.
    /// - Throws: `event`.
    static func readEvent(_ bytes: [UInt8], wholeByteCount: Int?) throws(Refusal) -> Event {
        if let wholeByteCount, wholeByteCount > EventLimits.eventByteCount {
            throw .event(.tooLong(limit: EventLimits.eventByteCount, actual: wholeByteCount))
        }
        do throws(EventError) { return try Event(parsing: bytes) } catch { throw .event(error) }
    }

    static func token(_ compact: [UInt8], _ form: TokenForm) throws(Refusal) -> UnverifiedToken {
        do throws(JOSEError) { return try UnverifiedToken(compact, form: form) } catch { throw .token(error) }
    }
}
