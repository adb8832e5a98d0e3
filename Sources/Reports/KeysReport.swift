// KeysReport.swift - a fetched key set, how it came, and how long it is used.
//
// Spec:    README "Commands", keys; RFC 7638 (thumbprints).
// Secret:  no: public keys.
// Reads:   Report, Outline, SkippedKeys; Keys, JOSE, JSON (appendPrintable), Bytes. Read by: DoctorReport; the keys command,
//          LambdaRuntime (Doctor).

import Bytes
import JOSE
import JSON
import Keys

/// The TLS connection that a key set came over.
package struct ConnectionReport {
    let version: StaticString
    let suite: StaticString
    let group: StaticString
    let extendedMasterSecret: Bool
    let resumed: Bool
    /// Whether the version is one that is weaker without an extended master secret (RFC 7627).
    let needsExtendedMasterSecret: Bool

    package init(
        version: StaticString, suite: StaticString, group: StaticString, extendedMasterSecret: Bool,
        resumed: Bool, needsExtendedMasterSecret: Bool
    ) {
        self.version = version
        self.suite = suite
        self.group = group
        self.extendedMasterSecret = extendedMasterSecret
        self.resumed = resumed
        self.needsExtendedMasterSecret = needsExtendedMasterSecret
    }
}

/// The report of `keys`.
package struct KeysReport: Report {
    struct Key {
        let kid: [UInt8]?
        let type: [UInt8]
        /// Nil: any of its type.
        let algorithm: StaticString?
        let thumbprint: [UInt8]
    }

    let keys: [Key]
    let skipped: [KeySet.SkippedKey]
    /// Nil for files, settings and plain HTTP.
    let connection: ConnectionReport?
    /// The lifetime that the server allows.
    let maxAgeSeconds: Int64?
    /// How long the set is used before it is fetched again.
    let freshSeconds: Int64

    package init(
        _ set: KeySet, _ connection: ConnectionReport?, maxAgeSeconds: Int64?, _ policy: KeyCachePolicy
    ) {
        keys = set.keys.map { key in
            Key(
                kid: key.kid, type: key.typeText, algorithm: key.algorithm?.name,
                thumbprint: Base64URL.encode(key.thumbprint.span))
        }
        skipped = set.skipped
        self.connection = connection
        self.maxAgeSeconds = maxAgeSeconds
        freshSeconds = policy.lifetimeSeconds(serverSeconds: maxAgeSeconds)
    }

    package func text(_ paint: Paint) -> [UInt8] {
        var text: [UInt8] = []
        for key in keys {
            text.append("kid ")
            if let kid = key.kid { appendPrintable(&text, kid) } else { text.append("(none)") }
            text.append("  ")
            text.append(key.type.span)
            text.append("  ")
            text.append(key.algorithm ?? "any algorithm of its type")
            text.append("  thumbprint ")
            text.append(key.thumbprint.span)
            text.append(0x0A)
        }
        append(skipped, to: &text)
        if let connection {
            text.append(connection.version)
            text.append(", ")
            text.append(connection.suite)
            text.append(", ")
            text.append(connection.group)
            if connection.needsExtendedMasterSecret && !connection.extendedMasterSecret {
                text.append(", WARNING: no extended master secret")
            }
            text.append(".\n")
        }
        if let maxAgeSeconds {
            text.append("The server allows its use for ")
            text.append(decimal: maxAgeSeconds)
            text.append(" seconds")
            if freshSeconds != maxAgeSeconds {
                text.append(
                    freshSeconds < maxAgeSeconds
                        ? "; KEYS_MAX_TTL_SECONDS limits that to " : "; it is used for ")
                text.append(decimal: freshSeconds)
            }
            text.append(".\n")
        }
        return text
    }

    package var outline: Outline {
        var outline = Outline()
        outline.add("keys", keys.map { $0.outline })
        outline.add("skippedKeys", skipped)
        if let connection { outline.add("tls", connection.outline) }
        if let maxAgeSeconds { outline.add("maxAgeSeconds", maxAgeSeconds) }
        outline.add("freshSeconds", freshSeconds)
        return outline
    }
}

extension KeysReport.Key {
    fileprivate var outline: Outline {
        var outline = Outline()
        if let kid { outline.add("kid", kid) }
        outline.add("type", type)
        if let algorithm { outline.add("alg", algorithm) }
        outline.add("thumbprint", thumbprint)
        return outline
    }
}

extension ConnectionReport {
    fileprivate var outline: Outline {
        var outline = Outline()
        outline.add("version", version)
        outline.add("suite", suite)
        outline.add("group", group)
        outline.add("extendedMasterSecret", extendedMasterSecret)
        outline.add("resumed", resumed)
        return outline
    }
}
