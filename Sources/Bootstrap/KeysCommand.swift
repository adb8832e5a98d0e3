// KeysCommand.swift - fetch the key set and list it.
//
// Spec:    DESIGN 2; RFC 7638 (thumbprints).
// Secret:  no: public keys.
// Reads:   LambdaRuntime (KeySupply), KeysFailure, JOSE, JSON. Read by: Bootstrap.

import Authorizer
import Bytes
import JOSE
import JSON
import LambdaRuntime
import Platform
import TLS

/// `authorizer keys`.
func runKeys(_ options: Options) -> Int32 {
    let supply: KeySupply
    do throws(SettingsError) {
        let settings = try LambdaRuntime.settings(environment: Environment.all)
        supply = try KeySupply(settings.issuers[0], settings)
    } catch {
        return settingsError(error)
    }
    guard !supply.isSingle else {
        return usageError(
            "each key has an address of its own, which a token's kid names: there is no set to list; authorizer doctor asks the host"
        )
    }
    var failures: [KeyFetchReport] = []
    for address in 0..<supply.addressCount {
        do throws(KeyFetchError) {
            let fetched = try supply.fetch(address: address)
            StandardOutput.write(options.json ? json(fetched) : text(fetched))
            return ExitStatus.allowed
        } catch {
            let report = KeyFetchReport(error)
            StandardError.write(text(report, ofFallback: address > 0))
            failures.append(report)
        }
    }
    if options.json { StandardOutput.write(json(failures)) }
    return ExitStatus.keysUnavailable
}

private func text(_ fetched: FetchedKeys) -> [UInt8] {
    var text: [UInt8] = []
    for key in fetched.keySet.keys {
        text.append("kid ")
        if let kid = key.kid { appendPrintable(&text, kid) } else { text.append("(none)") }
        text.append("  ")
        text.append(key.typeText.span)
        text.append("  ")
        text.append(key.algorithm?.name ?? "any algorithm of its type")
        text.append("  thumbprint ")
        text.append(Base64URL.encode(key.thumbprint.span).span)
        if key.holdsPrivateMembers { text.append("  WARNING: its private part is published") }
        text.append(0x0A)
    }
    for skipped in fetched.keySet.skipped {
        text.append("passed over: key ")
        text.append(decimal: skipped.index)
        text.append(" (")
        text.append(skipped.reason.reasonCode)
        text.append(")\n")
    }
    if let tls = fetched.tls {
        text.append(tls.version.name)
        text.append(", ")
        text.append(tls.suite.name)
        text.append(", ")
        text.append(tls.group.name)
        if tls.version == .tls12 && !tls.extendedMasterSecret {
            text.append(", WARNING: no extended master secret")
        }
        text.append(".\n")
    }
    if let seconds = fetched.maxAgeSeconds {
        text.append("The server allows its use for ")
        text.append(decimal: seconds)
        text.append(" seconds.\n")
    }
    return text
}

private func json(_ fetched: FetchedKeys) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("keys")
    writer.beginArray()
    for key in fetched.keySet.keys {
        writer.beginObject()
        if let kid = key.kid {
            writer.key("kid")
            writer.string(kid.span)
        }
        writer.key("type")
        writer.string(key.typeText.span)
        if let algorithm = key.algorithm {
            writer.key("alg")
            writer.string(algorithm.name)
        }
        writer.key("thumbprint")
        let thumbprint = Base64URL.encode(key.thumbprint.span)
        writer.string(thumbprint.span)
        writer.key("privateMembers")
        writer.bool(key.holdsPrivateMembers)
        writer.endObject()
    }
    writer.endArray()
    writer.key("passedOver")
    writer.beginArray()
    for skipped in fetched.keySet.skipped {
        writer.beginObject()
        writer.key("index")
        writer.integer(skipped.index)
        writer.key("reason")
        writer.string(skipped.reason.reasonCode)
        writer.endObject()
    }
    writer.endArray()
    if let tls = fetched.tls {
        writer.key("tls")
        writer.beginObject()
        writer.key("version")
        writer.string(tls.version.name)
        writer.key("suite")
        writer.string(tls.suite.name)
        writer.key("group")
        writer.string(tls.group.name)
        writer.key("extendedMasterSecret")
        writer.bool(tls.extendedMasterSecret)
        writer.key("resumed")
        writer.bool(tls.resumed)
        writer.endObject()
    }
    if let seconds = fetched.maxAgeSeconds {
        writer.key("maxAgeSeconds")
        writer.integer(seconds)
    }
    writer.endObject()
    return writer.bytes + [0x0A]
}

/// Text from outside, for a terminal: control characters and what is no ASCII as `?`.
func appendPrintable(_ text: inout [UInt8], _ outside: [UInt8]) {
    for byte in outside { text.append(byte >= 0x20 && byte < 0x7F ? byte : 0x3F) }
}
