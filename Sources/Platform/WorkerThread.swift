// WorkerThread.swift - starts a thread.
//
// Spec:    POSIX pthread_create.
// Secret:  no.
// Reads:   CLinux, AllocationFunctions. Read by: LambdaRuntime.

import CLinux

/// A detached thread that runs one function. It ends with the function or with the process.
public enum WorkerThread {
    /// Starts a thread.
    ///
    /// - Parameters:
    ///   - stackByteCount: the size of its stack. A guard page below it stops the program.
    ///   - body: the function. A `Lock` must guard data that it shares with other threads.
    /// - Throws: `threadFailed`.
    public static func start(
        stackByteCount: Int, _ body: @escaping @Sendable () -> Void
    ) throws(PlatformError) {
        #if hasFeature(Embedded)
            shareAllocations()
        #endif
        var attributes = pthread_attr_t()
        var failure = unsafe pthread_attr_init(&attributes)
        guard failure == 0 else { throw .threadFailed(code: failure) }
        defer { _ = unsafe pthread_attr_destroy(&attributes) }
        failure = unsafe pthread_attr_setstacksize(&attributes, stackByteCount)
        guard failure == 0 else { throw .threadFailed(code: failure) }
        failure = unsafe pthread_attr_setdetachstate(&attributes, SystemNumber.detached)
        guard failure == 0 else { throw .threadFailed(code: failure) }
        let work = unsafe Unmanaged.passRetained(Work(body))
        #if hasFeature(Embedded)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        failure = unsafe pthread_create(&thread, &attributes, runWork, work.toOpaque())
        guard failure == 0 else {
            unsafe work.release()
            throw .threadFailed(code: failure)
        }
    }
}

/// The argument of a thread's start function.
private final class Work {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private func runWork(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let pointer = unsafe pointer else { return nil }
    unsafe Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body()
    return nil
}
