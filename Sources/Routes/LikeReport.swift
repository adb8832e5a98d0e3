// LikeReport.swift - patterns of claims whose `*` can match more of a subject than it looks.
//
// Spec:    RULES.md, `like`; docs.github.com "OpenID Connect reference"; docs.gitlab.com "ID token payload"; Kubernetes
//          "Configure Service Accounts"; SPIFFE-ID 2; IAM identifiers (ARNs and paths of roles).
// Secret:  no.
// Reads:   ClaimTest, LikePattern; Bytes. Read by: RouteReport; Reports.
//
// `*` matches any run, separators too. In a subject with a fixed order of separators it can still match no more than one field, if the
// pattern writes every separator: the fields themselves have none. `repo:acme/*:ref:refs/heads/main` is such a pattern;
// `repo:acme*` also matches `repo:acme-evil/x:pull_request`.

import Bytes

/// A subject of a known form.
package struct SubjectForm: Sendable {
    package let prefix: StaticString
    /// The separators after the prefix, in their order; what follows them may contain more.
    let separators: StaticString
    /// An end that takes the place of the last separator.
    let shortEnd: StaticString
    /// Whether the rest is a path with any number of segments.
    let isPath: Bool
    /// Whether the fields before the rest can be trusted to have no separators.
    let hasPlainFields: Bool
    /// For people.
    package let shape: StaticString

    package static let all: [SubjectForm] = [
        SubjectForm(
            prefix: "repo:", separators: "/::", shortEnd: ":pull_request", isPath: false,
            hasPlainFields: true,
            shape: "repo:OWNER/REPOSITORY:ref:REF"),
        SubjectForm(
            prefix: "project_path:", separators: "/::::", shortEnd: "", isPath: false, hasPlainFields: true,
            shape: "project_path:GROUP/PROJECT:ref_type:TYPE:ref:REF"),
        SubjectForm(
            prefix: "system:serviceaccount:", separators: ":", shortEnd: "", isPath: false,
            hasPlainFields: true,
            shape: "system:serviceaccount:NAMESPACE:NAME"),
        SubjectForm(
            prefix: "spiffe://", separators: "/", shortEnd: "", isPath: true, hasPlainFields: true,
            shape: "spiffe://TRUST-DOMAIN/PATH"),
        // The path of a role may contain colons (IAM identifiers), so a `*` for the account can match into it.
        SubjectForm(
            prefix: "arn:", separators: "::::/", shortEnd: "", isPath: true, hasPlainFields: false,
            shape: "arn:aws:iam::ACCOUNT:role/PATH/NAME"),
    ]

    /// Whether a wildcard of a pattern can match a separator in a subject of this form.
    ///
    /// - Parameter isStart: whether the text is that of `starts_with`: without wildcards, and any rest follows.
    func isCrossed(by pattern: [UInt8], isStart: Bool) -> Bool {
        let expected = separators.utf8Span
        var found = 0
        var hasWildcard = isStart
        for index in prefix.utf8ByteCount..<pattern.count {
            let byte = pattern[index]
            if found < expected.count, byte == expected[found] {
                found += 1
                continue
            }
            guard !isStart, byte == 0x2A || byte == 0x3F else { continue }
            hasWildcard = true
            if found < expected.count {
                if !hasPlainFields { return true }
            } else if isPath {
                // A last `*` for all below a path; elsewhere it may be several segments.
                let isRest = byte == 0x2A && index == pattern.count - 1 && pattern[index - 1] == 0x2F
                if !isRest { return true }
            }
        }
        if isStart && isPath && pattern.last != 0x2F { return true }
        if !isStart, found == expected.count - 1, shortEnd.utf8ByteCount > 0,
            bytesEnd(pattern.span, with: shortEnd)
        {
            return false
        }
        return hasWildcard && found < expected.count
    }
}

extension ClaimTest {
    /// The index of the form whose separators a wildcard of the test can match; nil without such a form.
    var crossedForm: Int? {
        guard condition == .like || condition == .startsWith else { return nil }
        let text = pattern.text
        for (index, form) in SubjectForm.all.enumerated() where bytesStart(text.span, with: form.prefix) {
            return form.isCrossed(by: text, isStart: condition == .startsWith) ? index : nil
        }
        return nil
    }
}

extension Requirement {
    /// The forms whose separators a wildcard of a test can match, each once.
    var crossedForms: [Int] {
        var forms: [Int] = []
        for test in claims + anyOfClaims {
            for one in [test] + test.elementTests {
                if let form = one.crossedForm, !forms.contains(form) { forms.append(form) }
            }
        }
        return forms
    }
}

private func bytesEnd(_ text: Span<UInt8>, with end: StaticString) -> Bool {
    text.count >= end.utf8ByteCount
        && bytesEqual(text.extracting((text.count - end.utf8ByteCount)..<text.count), end)
}
