// SharedAllocator.swift - an allocator that threads share, for BlockAllocatorTests and Scripts/check-threads.

#if canImport(Platform)
    @testable import Platform
#endif

/// An allocator with one lock for several threads, as in AllocationFunctions.
final class SharedAllocator: @unchecked Sendable {
    private let lock = Lock()
    private let isLocked: Bool
    private var blocks = BlockAllocator()
    private var handedOver: [(pointer: UnsafeMutableRawPointer, count: Int, mark: UInt8)] = []
    private var damaged = 0
    private var finished = 0

    init(isLocked: Bool) { self.isLocked = isLocked }

    private func guarded<T>(_ body: () -> T) -> T {
        lock.lock()
        defer { lock.unlock() }
        return body()
    }

    private func allocate(_ count: Int) -> UnsafeMutableRawPointer? {
        isLocked ? guarded { blocks.allocate(count) } : blocks.allocate(count)
    }

    /// Allocates blocks, fills them, passes them to other threads, and frees the blocks that it received.
    private func work(_ thread: Int) {
        for step in 0..<2000 {
            let count = 1 + (step &* 7919 &+ thread &* 104_729) % 3000
            let mark = UInt8(truncatingIfNeeded: thread &* 37 &+ step)
            guard let pointer = allocate(count) else { return }
            pointer.initializeMemory(as: UInt8.self, repeating: mark, count: count)
            let other = guarded {
                handedOver.append((pointer, count, mark))
                return handedOver.remove(at: step % handedOver.count)
            }
            let bytes = UnsafeRawBufferPointer(start: other.pointer, count: other.count)
            let isWhole = bytes.allSatisfy { $0 == other.mark }
            if isLocked {
                guarded { blocks.deallocate(other.pointer) }
            } else {
                blocks.deallocate(other.pointer)
            }
            if !isWhole { guarded { damaged += 1 } }
        }
        guarded {
            finished += 1
            lock.wakeAll()
        }
    }

    /// Runs `threadCount` threads to their end; returns whether all contents stayed unchanged.
    func run(threadCount: Int) -> Bool {
        for thread in 0..<threadCount {
            do throws(PlatformError) {
                try WorkerThread.start(stackByteCount: 256 * 1024) { self.work(thread) }
            } catch { return false }
        }
        lock.lock()
        defer { lock.unlock() }
        while finished < threadCount { _ = lock.wait(until: nil) }
        return damaged == 0 && handedOver.isEmpty
    }
}
