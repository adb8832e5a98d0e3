// SubjectForm.swift - patterns of claims whose `*` can match more of a subject than it looks.
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
public enum SubjectForm: CaseIterable, Sendable {
    case gitHub, gitLab, kubernetes, spiffe, arn

    package var prefix: StaticString {
        switch self {
        case .gitHub: "repo:"
        case .gitLab: "project_path:"
        case .kubernetes: "system:serviceaccount:"
        case .spiffe: "spiffe://"
        case .arn: "arn:"
        }
    }

    /// The separators after the prefix, in their order; what follows them may contain more.
    private var separators: StaticString {
        switch self {
        case .gitHub: "/::"
        case .gitLab: "/::::"
        case .kubernetes: ":"
        case .spiffe: "/"
        case .arn: "::::/"
        }
    }

    /// For people.
    package var shape: StaticString {
        switch self {
        case .gitHub: "repo:OWNER/REPOSITORY:ref:REF"
        case .gitLab: "project_path:GROUP/PROJECT:ref_type:TYPE:ref:REF"
        case .kubernetes: "system:serviceaccount:NAMESPACE:NAME"
        case .spiffe: "spiffe://TRUST-DOMAIN/PATH"
        case .arn: "arn:aws:iam::ACCOUNT:role/PATH/NAME"
        }
    }

    /// Whether what follows the separators is a path with any number of segments.
    private var isPath: Bool { self == .spiffe || self == .arn }

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
                // The path of a role may contain colons (IAM identifiers), so a `*` for the account can match into it.
                if self == .arn { return true }
            } else if isPath {
                // A last `*` for all below a path; elsewhere it may be several segments.
                let isRest = byte == 0x2A && index == pattern.count - 1 && pattern[index - 1] == 0x2F
                if !isRest { return true }
            }
        }
        if isStart && isPath && pattern.last != 0x2F { return true }
        // The one subject of GitHub that ends before its last separator.
        let short: StaticString = ":pull_request"
        if self == .gitHub, !isStart, found == 2, pattern.count > short.utf8ByteCount,
            bytesEqual(pattern.span.extracting((pattern.count - short.utf8ByteCount)..<pattern.count), short)
        {
            return false
        }
        return hasWildcard && found < expected.count
    }
}

extension ClaimTest {
    /// The form whose separators a wildcard of the test can match; nil without such a form.
    var crossedForm: SubjectForm? {
        guard condition == .like || condition == .startsWith else { return nil }
        let text = pattern.text
        for form in SubjectForm.allCases where bytesStart(text.span, with: form.prefix) {
            return form.isCrossed(by: text, isStart: condition == .startsWith) ? form : nil
        }
        return nil
    }
}

extension Requirement {
    /// The forms whose separators a wildcard of a test can match.
    var crossedForms: [SubjectForm] {
        var forms: [SubjectForm] = []
        for test in claims + anyOfClaims {
            for one in [test] + test.elementTests {
                if let form = one.crossedForm { forms.append(form) }
            }
        }
        return forms
    }
}
