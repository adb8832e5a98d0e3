import DecisionSupport
import TestSupport
import Testing

@testable import Routes

private func matches(_ pattern: String, _ subject: String) -> Bool {
    let subject = Array(subject.utf8)
    return LikePattern(Array(pattern.utf8)).matches(subject.span)
}

/// Characters, and every split: the definition.
private func matchesNaively(_ pattern: [Unicode.Scalar], _ subject: [Unicode.Scalar]) -> Bool {
    // isMatched[i]: the part of the pattern read so far matches the first i characters.
    var isMatched = [true] + [Bool](repeating: false, count: subject.count)
    for expected in pattern {
        if expected == "*" {
            for index in subject.indices where isMatched[index] { isMatched[index + 1] = true }
        } else {
            var next = [Bool](repeating: false, count: subject.count + 1)
            for index in subject.indices where expected == "?" || expected == subject[index] {
                next[index + 1] = isMatched[index]
            }
            isMatched = next
        }
    }
    return isMatched[subject.count]
}

/// `*` is any run, `?` one character, anything else itself; and the work is linear.
@Suite struct LikePatternTests {
    @Test(arguments: [
        ("abc", "abc"), ("", ""), ("*", ""), ("*", "a/b:c"), ("**", "x"), ("a*", "a"), ("a*", "abc"),
        ("*c", "abc"),
        ("a*c", "ac"), ("a*c", "abcabc"), ("*b*", "abc"), ("*b*b*", "abab"), ("a*b*c", "a-b-b-c"), ("?", "a"),
        ("?", "\u{e9}"), ("?", "\u{1F600}"), ("???", "a\u{20AC}b"), ("a?c", "a\u{1F600}c"), ("*?", "a"),
        ("?*", "a"),
        ("*?*?*", "ab"), ("*a?c*", "xxaaacc"), ("*a?c*d", "abcd"), ("*aab*", "aaaab"), ("*a??b*", "axaaab"),
        ("*??*", "\u{e9}\u{e9}"), ("a**b", "ab"), ("*?b?*", "ab\u{20AC}"), ("*ab?", "abab\u{e9}"),
        ("?a*", "\u{e9}a"),
        ("repo:acme/*:ref:refs/heads/main", "repo:acme/app:ref:refs/heads/main"),
        ("*abcabd*", "abcabcabd"), ("*aabaaab*", "aabaabaaab"), ("*a?a?b*", "aaaaab"),
    ]) func matching(pattern: String, subject: String) {
        #expect(matches(pattern, subject))
    }

    @Test(arguments: [
        ("abc", "ab"), ("abc", "abcd"), ("abc", "Abc"), ("", "a"), ("a*", "ba"), ("*c", "cb"), ("a*a", "a"),
        ("ab*ba", "aba"), ("*b*b*", "ab"), ("a*b*c", "a-c-b"), ("?", ""), ("?", "ab"), ("??", "\u{20AC}"),
        ("?*", ""),
        ("*?*?*", "a"), ("*a?c*", "ac"), ("*a?c*d", "abc"), ("*a??b*", "aab"), ("*?b?*", "ab"),
        ("*??*", "\u{1F600}"),
        ("*ab?", "ab"), ("?a", "a"), ("*aab*", "abab"), ("*abcabd*", "abcabcabc"), ("a?*?b", "ab"),
        ("a?*?b", "axb"),
        ("repo:acme/*:ref:refs/heads/main", "repo:acme-evil/app:ref:refs/heads/main"),
        ("repo:acme/*:ref:refs/heads/main", "repo:acme/app:ref:refs/heads/main2"),
        ("repo:acme/*:ref:refs/heads/main", "repo:acme/app:pull_request"),
        // Bytes of one character are not characters.
        ("??", "\u{e9}"), ("*?????*", "\u{1F600}"),
    ]) func notMatching(pattern: String, subject: String) {
        #expect(!matches(pattern, subject))
    }

    /// A wildcard in the subject is a character like others.
    @Test func wildcardsOfTheSubject() {
        #expect(
            matches("a?c", "a*c") && matches("a*", "a?") && !matches("abc", "a?c") && !matches("abc", "*"))
    }

    /// 40,000 random ones over a few letters, of one to four bytes. `Scripts/differential-claims` compares whole decisions.
    @Test func asEverySplitWouldMatch() {
        var dice = SplitMix(state: 20_261_201)
        let letters: [Unicode.Scalar] = ["a", "b", "a", "\u{e9}", "\u{1F600}"]
        var matched = 0
        for _ in 0..<40_000 {
            var (pattern, subject): ([Unicode.Scalar], [Unicode.Scalar]) = ([], [])
            for _ in 0..<(dice.next() % 9) {
                let kind = dice.next() % 10
                let expected: Unicode.Scalar = kind < 2 ? "*" : kind < 4 ? "?" : letters[Int(dice.next() % 5)]
                pattern.append(expected)
                // Half of the subjects are made to match.
                for _ in 0..<(expected == "*" ? dice.next() % 4 : 1) {
                    subject.append(
                        expected == "*" || expected == "?" ? letters[Int(dice.next() % 5)] : expected)
                }
            }
            if dice.next() % 2 == 0, !subject.isEmpty {
                subject[Int(dice.next() % UInt64(subject.count))] = letters[Int(dice.next() % 5)]
            }
            func string(_ scalars: [Unicode.Scalar]) -> String {
                var view = String.UnicodeScalarView()
                view.append(contentsOf: scalars)
                return String(view)
            }
            let expected = matchesNaively(pattern, subject)
            if expected { matched += 1 }
            #expect(
                matches(string(pattern), string(subject)) == expected, "\(string(pattern)) \(string(subject))"
            )
        }
        #expect(matched > 10_000 && matched < 35_000)
    }

    /// Patterns that make backtracking matchers slow, 2 KB long, and subjects that almost match: steps are counted, not time.
    @Test(arguments: [1_000, 4_000, 16_000]) func theWorkIsLinear(count: Int) {
        let many = String(repeating: "a", count: count)
        let half = SettingsText.limit / 2
        for pattern in [
            String(repeating: "*a", count: half), String(repeating: "*a", count: half - 1) + "*b",
            "*" + String(repeating: "a", count: 2 * half - 3) + "b*",
            String(repeating: "*aa", count: 600) + "*b*",
            "*" + String(repeating: "ab", count: half - 2) + "*",
            "*" + String(repeating: "a", count: half) + "*b",
            String(repeating: "*ab", count: 680), "*b*" + String(repeating: "a*", count: half - 2),
        ] {
            for subject in [many, many + "b", "b" + many, String(repeating: "ab", count: count / 2)] {
                let subject = Array(subject.utf8)
                var steps = 0
                _ = LikePattern(Array(pattern.utf8)).matches(subject.span, &steps)
                #expect(
                    steps <= 2 * subject.count + pattern.utf8.count, "\(pattern.prefix(9)) \(count): \(steps)"
                )
            }
        }
    }

    /// The most `?`, in the ways that cost most: the bound has the number of `?`, and not the pattern's length.
    @Test(arguments: [1_000, 16_000]) func theWorkForCharacters(count: Int) {
        let marks = RouteLimits.likeMarkCount
        for pattern in [
            "*" + String(repeating: "a?", count: marks) + "b*",
            String(repeating: "*?a", count: marks) + "*b*",
            "*" + String(repeating: "?", count: marks) + "b*", String(repeating: "?a*", count: marks) + "b",
        ] {
            for subject in [
                String(repeating: "a", count: count), String(repeating: "\u{20AC}a", count: count / 4),
            ] {
                let subject = Array(subject.utf8)
                var steps = 0
                _ = LikePattern(Array(pattern.utf8)).matches(subject.span, &steps)
                #expect(steps <= 8 * marks * subject.count, "\(pattern.prefix(9)) \(count): \(steps)")
            }
        }
    }
}

private enum SettingsText {
    /// The most bytes of a text of the document.
    static let limit = 2048
}
