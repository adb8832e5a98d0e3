// Settings.swift - fuzz target: any environment is settings or one clear error.
//
// The input is an environment as Linux keeps it: NAME=VALUE, each ended by a zero byte.

import Authorizer
import JSON
import Settings

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSettings(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    var variables: [(name: [UInt8], value: [UInt8])] = []
    for entry in input(start, count).split(separator: 0, maxSplits: 64) {
        guard let equals = entry.firstIndex(of: 0x3D) else { continue }
        variables.append((Array(entry[..<equals]), Array(entry[(equals + 1)...])))
    }
    do {
        let settings = try Settings(environment: variables)
        let rules = settings.rules
        require(
            rules.resources.count + rules.appSyncResources.count > 0 || !rules.answers.iotPolicies.isEmpty,
            "there is something to allow")
        require(!rules.tokenSources.isEmpty, "there is a place to look for the token")
        require(
            rules.answers.iotPolicies.isEmpty
                || (try? JSONDocument(parsing: [0x5B] + rules.answers.iotPolicies + [0x5D])) != nil,
            "IoT Core's policies are JSON")
        require(!settings.issuers[0].trusted.algorithms.isEmpty, "there is an algorithm to allow")
        require(
            (0...300).contains(settings.issuers[0].trusted.claims.clockSkewSeconds),
            "the skew is in its range")
    } catch {
        require(!error.message.isEmpty, "an error says something")
    }
    return 0
}
