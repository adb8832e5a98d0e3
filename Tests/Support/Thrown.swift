/// The error that a body throws, or nil. Spans, noncopyable values and typed throws do not pass through `#expect`.
public func thrown<Value, Failure: Error>(_ body: () throws(Failure) -> Value) -> Failure? {
    do throws(Failure) {
        _ = try body()
        return nil
    } catch { return error }
}
