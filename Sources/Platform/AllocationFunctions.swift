// AllocationFunctions.swift - malloc and the related functions of the release binary.
//
// Spec:    ISO C11 §7.22.3; POSIX posix_memalign. musl allows a program to replace these functions if it replaces all of
//          them. Scripts/toolset assigns the names at link time (--defsym malloc=allocation_malloc and so on), since Swift
//          reserves them.
// Secret:  no.
// Reads:   BlockAllocator; CLinux. Read by: the language's runtime, libc, through the linker, WorkerThread.
//
// One allocator for all threads, with one lock. While there is only one thread, the lock costs the test of a flag.

#if hasFeature(Embedded)
    import CLinux

    nonisolated(unsafe) private var allocator = BlockAllocator()
    nonisolated(unsafe) private var mutex = pthread_mutex_t()
    /// Whether there is more than one thread. Set once, while there is only one thread.
    nonisolated(unsafe) private var isShared = false

    /// Allows several threads to allocate. The only thread calls this before it starts the second one.
    func shareAllocations() {
        unsafe isShared = true
    }

    @inline(always)
    private func allocate(_ byteCount: Int, alignment: Int) -> UnsafeMutableRawPointer? {
        if unsafe isShared { return unsafe allocateLocked(byteCount, alignment) }
        return unsafe allocator.allocate(byteCount, alignment: alignment)
    }

    // Out of line: keeps the locked path out of the code for one thread.

    @inline(never)
    private func allocateLocked(_ byteCount: Int, _ alignment: Int) -> UnsafeMutableRawPointer? {
        _ = unsafe pthread_mutex_lock(&mutex)
        defer { _ = unsafe pthread_mutex_unlock(&mutex) }
        return unsafe allocator.allocate(byteCount, alignment: alignment)
    }

    @inline(never)
    private func deallocateLocked(_ pointer: UnsafeMutableRawPointer) {
        _ = unsafe pthread_mutex_lock(&mutex)
        defer { _ = unsafe pthread_mutex_unlock(&mutex) }
        unsafe allocator.deallocate(pointer)
    }

    @c(allocation_malloc)
    public func allocationMalloc(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        unsafe allocate(byteCount, alignment: BlockAllocator.alignment)
    }

    @c(allocation_free)
    public func allocationFree(_ pointer: UnsafeMutableRawPointer?) {
        guard let pointer = unsafe pointer else { return }
        if unsafe isShared { return unsafe deallocateLocked(pointer) }
        unsafe allocator.deallocate(pointer)
    }

    @c(allocation_calloc)
    public func allocationCalloc(_ count: Int, _ byteCount: Int) -> UnsafeMutableRawPointer? {
        let (total, overflows) = count.multipliedReportingOverflow(by: byteCount)
        guard !overflows, total >= 0, let memory = unsafe allocationMalloc(total) else { return nil }
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: total)
        return unsafe memory
    }

    @c(allocation_realloc)
    public func allocationRealloc(
        _ pointer: UnsafeMutableRawPointer?, _ byteCount: Int
    ) -> UnsafeMutableRawPointer? {
        guard let pointer = unsafe pointer else { return unsafe allocationMalloc(byteCount) }
        let capacity = unsafe allocator.capacity(pointer)
        if byteCount >= 0 && byteCount <= capacity { return unsafe pointer }
        guard let memory = unsafe allocationMalloc(byteCount) else { return nil }
        unsafe memory.copyMemory(from: pointer, byteCount: capacity)
        unsafe allocationFree(pointer)
        return unsafe memory
    }

    @c(allocation_aligned_alloc)
    public func allocationAlignedAlloc(_ alignment: Int, _ byteCount: Int) -> UnsafeMutableRawPointer? {
        unsafe allocate(byteCount, alignment: alignment)
    }

    @c(allocation_memalign)
    public func allocationMemalign(_ alignment: Int, _ byteCount: Int) -> UnsafeMutableRawPointer? {
        unsafe allocate(byteCount, alignment: alignment)
    }

    @c(allocation_posix_memalign)
    public func allocationPosixMemalign(
        _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ alignment: Int, _ byteCount: Int
    ) -> Int32 {
        guard let memory = unsafe allocate(byteCount, alignment: alignment) else {
            return 12  // ENOMEM
        }
        unsafe result.pointee = memory
        return 0
    }

    @c(allocation_malloc_usable_size)
    public func allocationUsableSize(_ pointer: UnsafeMutableRawPointer?) -> Int {
        guard let pointer = unsafe pointer else { return 0 }
        return unsafe allocator.capacity(pointer)
    }
#endif
