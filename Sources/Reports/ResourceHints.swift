// ResourceHints.swift - hints about a RESOURCE that does not match what was called.
//
// Spec:    API Gateway Developer Guide, ARNs of execute-api.
// Secret:  no: settings and an ARN.
// Reads:   HintFinder; Settings, Authorizer, Events, Routes, Bytes. Read by: HintFinder.

import Authorizer
import Bytes
import Events
import Routes
import Settings

extension HintFinder {
    /// Whether RESOURCE covers not what was called, but would with one part as it has it.
    mutating func addResourceHints() {
        guard let arn = decided.event?.arn, decided.settings.rules.routes == nil else { return }
        let resources = decided.settings.rules.resources
        for resource in resources where resourceMatches(resource.span, arn.text.span, .fieldByField) {
            return
        }
        guard decided.isAllowed || isReason("resource_not_covered") else { return }
        let called = parts(ofARN: arn.text)
        for resource in resources {
            let named = parts(ofARN: resource)
            for part in 0..<(arn.isConnect ? 2 : 3) where named.count > max(1, part) {
                var mixed: [UInt8] = []
                for index in called.indices { mixed += index == part ? named[part] : called[index] }
                guard let kind = Hint(rawValue: Hint.resourceApi.rawValue + part) else { continue }
                hint(kind, if: resourceMatches(resource.span, mixed.span, .fieldByField))
            }
            addFormHints(of: resource, arn)
        }
    }

    /// Whether RESOURCE is written in a form that is compared otherwise than it looks.
    private mutating func addFormHints(of resource: [UInt8], _ arn: RequestARN) {
        func covers(_ changed: [UInt8]) -> Bool {
            resourceMatches(changed.span, arn.text.span, .fieldByField)
        }
        // A variable of API Gateway's is compared as it is: `*` in its place.
        var starred: [UInt8] = []
        var isInside = false
        for byte in resource {
            if byte == 0x7B { isInside = true }
            if !isInside { starred.append(byte) }
            if byte == 0x7D, isInside {
                isInside = false
                starred.append(0x2A)
            }
        }
        hint(.resourceVariable, if: starred.count != resource.count)
        hint(.resourceEnd, if: covers(starred + [0x2F, 0x2A]) || covers(starred + [0x2A]))
        // With the stage that was called after the API's ID, and with its method too.
        if let slash = starred.firstIndex(of: 0x2F) {
            let (api, rest) = ([UInt8](starred[..<slash]), [UInt8](starred[slash...]))
            let staged = api + [0x2F] + [UInt8](arn.stage)
            hint(
                .resourceStageMissing,
                if: covers(staged + rest) || covers(staged + [0x2F] + [UInt8](arn.verb) + rest))
        }
        if arn.isConnect {
            // `API/STAGE/METHOD/*`, as for a REST API.
            var parts = parts(ofARN: resource)
            if parts.count == 4 {
                parts.removeLast(2)
                hint(.resourceConnect, if: covers(parts[0] + parts[1] + [0x2F, 0x2A]))
            }
        }
    }

    /// Up to the API, the stage, the method, and the rest; each but the first begins with its slash.
    private func parts(ofARN text: [UInt8]) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        for byte in text {
            if byte == 0x2F && parts.count < 4 { parts.append([]) }
            parts[parts.count - 1].append(byte)
        }
        return parts
    }
}
