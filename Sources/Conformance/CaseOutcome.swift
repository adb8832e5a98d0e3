// CaseOutcome.swift - how a case of a vector file went.
//
// Spec:    Vectors/README.md.
// Secret:  no.
// Reads:   VectorFile. Read by: SuiteRunner and the suites.

/// How a case went.
enum CaseOutcome {
    case accepted, refused, failed

    /// Of an operation whose answer is known and is never refused.
    static func answer(_ isRight: Bool) -> CaseOutcome { isRight ? .accepted : .failed }
}

/// Whether an outcome is the expected one: `valid`, or a reason code.
func outcome(_ vector: VectorCase, refusal: StaticString?) throws(ConformanceError) -> CaseOutcome {
    guard let refusal else { return try vector.expects("valid") ? .accepted : .failed }
    return try vector.expects(refusal) ? .refused : .failed
}
