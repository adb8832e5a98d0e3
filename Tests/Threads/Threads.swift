// Threads.swift - the parts of Platform that threads share, for the thread sanitizer to watch (Scripts/check-threads).
//
// Compiled into one module with them and with Tests/PlatformTests/SharedAllocator.swift. `threads` must run without
// a finding; `threads without-lock` is the control: the same work on an allocator without a lock, which must be reported.

@main
struct Threads {
    static func main() {
        let isLocked = CommandLine.arguments.count == 1
        guard SharedAllocator(isLocked: isLocked).run(threadCount: 4) else { fatalError("damaged") }
        print("four threads, one allocator: good")
    }
}
