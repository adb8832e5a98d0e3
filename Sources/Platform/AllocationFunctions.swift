// AllocationFunctions.swift - malloc and its kin of the release binary.
//
// Spec:    ISO C11 §7.22.3; POSIX posix_memalign. musl lets a program bring its own, as long
//          as it brings all of them. Scripts/toolset gives them their names at link time
//          (--defsym malloc=allocation_malloc and so on): Swift reserves the names for itself.
// Secret:  no.
// Reads:   BlockAllocator. Read by: the Swift runtime and libc, through the linker; WorkerThread.
//
// One allocator for all threads, and one lock around it. As long as there is one thread, the lock
// costs a look at a flag.

#if hasFeature(Embedded)
    import CLinux

    nonisolated(unsafe) private var allocator = BlockAllocator()
    nonisolated(unsafe) private var mutex = pthread_mutex_t()
    /// Whether there is more than one thread. Changes once, while there is one.
    nonisolated(unsafe) private var isShared = false

    /// From now on several threads may allocate. Called by the only thread, before it starts the second.
    func shareAllocations() {
        unsafe isShared = true
    }

    @inline(always)
    private func allocate(_ byteCount: Int, alignment: Int) -> UnsafeMutableRawPointer? {
        if unsafe isShared { return unsafe allocateLocked(byteCount, alignment) }
        return unsafe allocator.allocate(byteCount, alignment: alignment)
    }

    // Out of line: the only thread does not pay for what it does not need.

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
