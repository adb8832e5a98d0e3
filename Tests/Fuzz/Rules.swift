// Rules.swift - fuzz target: any document is rules or one clear error with its place.
//
// A good document's report and policy are made too: they must be made of any rules.

import Authorizer
import Routes
import Settings

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRules(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do throws(SettingsError) {
        guard let routes = try RulesDocument(parsing: input(start, count)).routes else { return 0 }
        let report = RouteReport(routes)
        require(!report.lines.isEmpty, "there is a rule")
        let policy = routes.policyOfAll
        for resource in policy.allowed + policy.denied {
            require(resource.count > 1 && resource.count <= 300, "an ARN's end is short")
            // Characters that a path cannot contain are denied as they are, too (README "Rules", "The policy").
            let text = String(validating: resource, as: UTF8.self)
            require(text != nil, "it is a text")
            require(
                resource.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x22 && $0 != 0x5C },
                "nothing in it needs an escape in JSON")
        }
    } catch {
        require(!error.message.isEmpty, "an error says something")
    }
    return 0
}
