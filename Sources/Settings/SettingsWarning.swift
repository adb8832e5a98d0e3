// SettingsWarning.swift - settings that are valid and possibly not intended.
//
// Spec:    none; README "Settings". AUDIT 22, 31.
// Secret:  no. Values are not repeated.
// Reads:   SettingValues, SettingName, ConfiguredIssuer, ProfileRow, IoTPolicy, PastedText; Authorizer (Rules), JOSE (ClaimRules),
//          Keys (KeyCachePolicy), Routes (RouteTable), Bytes. Read by: Settings; LambdaRuntime, Reports, CommandLine.

import Authorizer
import Bytes
import JOSE
import Keys
import Routes

extension Settings {
    /// A file that is read later: when keys are fetched.
    public enum DeferredFile {
        case keys([UInt8])
        case trustAnchors([UInt8])
    }

    public enum Warning: Sendable, Equatable {
        /// Neither ISSUER nor AUDIENCE: every token that a key of the set verifies is accepted (AUDIT 22).
        case issuerAndAudienceNotChecked
        case issuerNotChecked
        case audienceNotChecked
        /// ALGORITHMS, or `algorithms` of an issuer, with one that its profile does not have.
        case algorithmNotOfProfile
        /// RESOURCE=*: the policy allows every API.
        case resourceIsEverything
        /// IOT_POLICY allows a device every action.
        case iotPolicyIsEverything
        /// JWKS_SNAPSHOT with KEYS_STALE_SECONDS=0.
        case snapshotIsNeverUsed
        /// DPOP or MTLS is ignore.
        case sendersIgnored
        /// DPoP with answers that the gateway caches.
        case proofsCached
        /// A bound on the login's age with answers that the gateway may cache.
        case loginsCached
        /// One value that is possibly several, with a wrong separator.
        case issuerLooksLikeSeveral, audienceLooksLikeSeveral, denyListLooksLikeSeveral
        case contextClaimLooksLikeSeveral
        /// A value that is compared with tokens has an invisible character.
        case invisibleCharacter
        /// A file that is read when keys are fetched cannot be read now.
        case keyFileNotRead, fallbackKeyFileNotRead, documentKeyFileNotRead, caBundleNotRead

        public var message: StaticString {
            switch self {
            case .issuerAndAudienceNotChecked:
                "ISSUER and AUDIENCE are not set: every unexpired token signed by a key of the set is accepted"
            case .issuerNotChecked: "ISSUER is not set: iss is not checked"
            case .audienceNotChecked: "AUDIENCE is not set: tokens for other services are accepted"
            case .algorithmNotOfProfile:
                "ALGORITHMS (or algorithms in RULES) has an algorithm that the documentation of the profile's provider does not name: it is accepted"
            case .iotPolicyIsEverything: "IOT_POLICY allows every device every action"
            case .resourceIsEverything: "RESOURCE is *: the policy allows every API that uses this authorizer"
            case .snapshotIsNeverUsed:
                "KEYS_STALE_SECONDS is 0: the keys of JWKS_SNAPSHOT are never used"
            case .sendersIgnored:
                "DPOP or MTLS is ignore: a sender-constrained token is accepted without proof of possession"
            case .issuerLooksLikeSeveral:
                "ISSUER has a comma, a semicolon or a space in it: it is compared with iss as one text. For several issuers set issuers in RULES"
            case .audienceLooksLikeSeveral:
                "an audience has a semicolon or a space in it and is compared with aud as one text: write a comma between two audiences"
            case .denyListLooksLikeSeveral:
                "an entry of DENY_KIDS, DENY_JTIS, DENY_SUBJECTS or DENY_CLIENTS has a semicolon or a space in it and is compared as one text: write a comma between two entries"
            case .contextClaimLooksLikeSeveral:
                "an entry of CONTEXT_CLAIMS has a semicolon or a space in it and is the name of one claim: write a comma between two claims"
            case .invisibleCharacter:
                "a setting that is compared with tokens has a character that is not visible, or a space that is not U+0020: type the value instead of pasting it (ISSUER, AUDIENCE, PRINCIPAL_CLAIM, USAGE_KEY_CLAIM, CONTEXT_CLAIMS, DENY_KIDS, DENY_JTIS, DENY_SUBJECTS, DENY_CLIENTS)"
            case .keyFileNotRead:
                "JWKS_URI names a file that cannot be read now: until it is readable, it provides no keys. Write the absolute path of a file in the zip (/var/task/...) or in a layer (/opt/...)"
            case .fallbackKeyFileNotRead:
                "JWKS_URI_FALLBACK names a file that cannot be read now: until it is readable, it provides no keys. Write the absolute path of a file in the zip (/var/task/...) or in a layer (/opt/...)"
            case .documentKeyFileNotRead:
                "jwks_uri or fallback_jwks_uri of an issuer in RULES names a file that cannot be read now: until it is readable, it provides no keys. Write the absolute path of a file in the zip (/var/task/...) or in a layer (/opt/...)"
            case .caBundleNotRead:
                "CA_BUNDLE names a file that cannot be read now or contains no certificate: until that changes, no key server is trusted. Write the path of a PEM file in the zip, or an absolute path"
            case .proofsCached:
                "RESULT_CACHE is keyed: while the gateway caches an answer, its DPoP proof can be replayed with the token"
            case .loginsCached:
                "AUTH_MAX_AGE_SECONDS or auth_max_age_seconds is set: until the TTL of the authorizer's result cache ends (300 seconds unless set, at most 3600), a cached answer allows its call although the login has become too old, and refuses the calls of other rules with auth_max_age_seconds. Set the TTL to 0 and RESULT_CACHE=off"
            }
        }
    }
}

extension Settings.Warning {
    /// Settings that accept more tokens, allow more calls or use keys otherwise than most users intend.
    static func unchecked(
        _ issuers: [ConfiguredIssuer], _ rules: Rules, _ policy: KeyCachePolicy
    ) -> [Settings.Warning] {
        var warnings: [Settings.Warning] = []
        for issuer in issuers {
            if let name = issuer.profile, let allowed = ProfileRow.named(name)?.allowed {
                for algorithm in issuer.trusted.algorithms
                where !allowed.contains(algorithm) && !warnings.contains(.algorithmNotOfProfile) {
                    warnings.append(.algorithmNotOfProfile)
                }
            }
            let warning: Settings.Warning
            switch (issuer.trusted.claims.issuers.isEmpty, issuer.trusted.claims.audiences.isEmpty) {
            case (true, true): warning = .issuerAndAudienceNotChecked
            case (true, false): warning = .issuerNotChecked
            case (false, true): warning = .audienceNotChecked
            case (false, false): continue
            }
            if !warnings.contains(warning) { warnings.append(warning) }
        }
        if rules.resources.contains("*") { warnings.append(.resourceIsEverything) }
        if iotPoliciesAllowEverything(rules.answers.iotPolicies) { warnings.append(.iotPolicyIsEverything) }
        if policy.staleSeconds == 0, issuers.contains(where: { $0.keys.snapshot != nil }) {
            warnings.append(.snapshotIsNeverUsed)
        }
        let sender = rules.sender
        if sender.dpop == .ignore || sender.mtls == .ignore { warnings.append(.sendersIgnored) }
        if sender.dpop.isChecked && sender.resultCache == .keyed { warnings.append(.proofsCached) }
        let readsClock = rules.routes?.readsClock == true
        if sender.resultCache != .off,
            readsClock || issuers.contains(where: { $0.trusted.claims.maximumAuthAgeSeconds != nil })
        {
            warnings.append(.loginsCached)
        }
        return warnings
    }

    /// Values that are compared with tokens and have an unusual character.
    static func pasted(
        _ values: SettingValues, _ issuers: [ConfiguredIssuer], _ rules: Rules
    ) -> [Settings.Warning] {
        var warnings: [Settings.Warning] = []
        if let issuer = values.foreign(SettingName.issuer.name) {
            if issuer.contains(0x2C) || looksLikeSeveral(issuer) { warnings.append(.issuerLooksLikeSeveral) }
        }
        for issuer in issuers where issuer.trusted.claims.audiences.contains(where: looksLikeSeveral) {
            if !warnings.contains(.audienceLooksLikeSeveral) { warnings.append(.audienceLooksLikeSeveral) }
        }
        let deny = rules.deny
        if (deny.kids + deny.jtis + deny.subjects + deny.clients).contains(where: looksLikeSeveral) {
            warnings.append(.denyListLooksLikeSeveral)
        }
        if rules.contextClaims.contains(where: { looksLikeSeveral($0.written) }) {
            warnings.append(.contextClaimLooksLikeSeveral)
        }
        if values.hasInvisibleCharacter { warnings.append(.invisibleCharacter) }
        return warnings
    }

    /// Files that cannot be read now. Something may write them before keys are fetched, so they do not stop the start.
    static func unreadFiles(
        _ issuers: [ConfiguredIssuer], _ caBundle: [UInt8]?, _ isReadable: (Settings.DeferredFile) -> Bool
    ) -> [Settings.Warning] {
        var warnings: [Settings.Warning] = []
        for issuer in issuers {
            for (index, source) in issuer.keys.sources.enumerated() {
                guard case .file(let path) = source, !isReadable(.keys(path)) else { continue }
                let warning: Settings.Warning =
                    issuer.isInDocument
                    ? .documentKeyFileNotRead : index == 0 ? .keyFileNotRead : .fallbackKeyFileNotRead
                if !warnings.contains(warning) { warnings.append(warning) }
            }
        }
        if let caBundle, !isReadable(.trustAnchors(caBundle)) { warnings.append(.caBundleNotRead) }
        return warnings
    }
}
