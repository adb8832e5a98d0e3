import Platform

/// Collects the results of threads.
final class Box<Value: Sendable>: @unchecked Sendable {
    private let lock = Lock()
    private var values: [Value] = []

    func put(_ value: Value) {
        lock.lock()
        defer { lock.unlock() }
        values.append(value)
        lock.wakeAll()
    }

    /// Waits for `count` values.
    func take(_ count: Int) -> [Value] {
        lock.lock()
        defer { lock.unlock() }
        while values.count < count { _ = lock.wait(until: nil) }
        return values
    }
}

/// Runs `body` in `count` threads at once; returns the results.
func concurrently<Value: Sendable>(_ count: Int, _ body: @escaping @Sendable () -> Value) throws
    -> [Value]
{
    let box = Box<Value>()
    for _ in 0..<count { try WorkerThread.start(stackByteCount: 512 * 1024) { box.put(body()) } }
    return box.take(count)
}
