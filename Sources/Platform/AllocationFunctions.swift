// AllocationFunctions.swift - malloc and its kin of the release binary.
//
// Spec:    ISO C11 §7.22.3; POSIX posix_memalign. musl lets a program bring its own, as long
//          as it brings all of them. Scripts/toolset gives them their names at link time
//          (--defsym malloc=allocation_malloc and so on): Swift reserves the names for itself.
// Secret:  no.
// Reads:   BlockAllocator. Read by: the Swift runtime and libc, through the linker.

#if hasFeature(Embedded)
    import CLinux

    nonisolated(unsafe) private var allocator = BlockAllocator()

    @c(allocation_malloc)
    public func allocationMalloc(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        unsafe allocator.allocate(byteCount)
    }

    @c(allocation_free)
    public func allocationFree(_ pointer: UnsafeMutableRawPointer?) {
        if let pointer = unsafe pointer { unsafe allocator.deallocate(pointer) }
    }

    @c(allocation_calloc)
    public func allocationCalloc(_ count: Int, _ byteCount: Int) -> UnsafeMutableRawPointer? {
        let (total, overflows) = count.multipliedReportingOverflow(by: byteCount)
        guard !overflows, total >= 0, let memory = unsafe allocator.allocate(total) else { return nil }
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: total)
        return unsafe memory
    }

    @c(allocation_realloc)
    public func allocationRealloc(
        _ pointer: UnsafeMutableRawPointer?, _ byteCount: Int
    ) -> UnsafeMutableRawPointer? {
        guard let pointer = unsafe pointer else { return unsafe allocator.allocate(byteCount) }
        let capacity = unsafe allocator.capacity(pointer)
        if byteCount >= 0 && byteCount <= capacity { return unsafe pointer }
        guard let memory = unsafe allocator.allocate(byteCount) else { return nil }
        unsafe memory.copyMemory(from: pointer, byteCount: capacity)
        unsafe allocator.deallocate(pointer)
        return unsafe memory
    }

    @c(allocation_aligned_alloc)
    public func allocationAlignedAlloc(_ alignment: Int, _ byteCount: Int) -> UnsafeMutableRawPointer? {
        unsafe allocator.allocate(byteCount, alignment: alignment)
    }

    @c(allocation_memalign)
    public func allocationMemalign(_ alignment: Int, _ byteCount: Int) -> UnsafeMutableRawPointer? {
        unsafe allocator.allocate(byteCount, alignment: alignment)
    }

    @c(allocation_posix_memalign)
    public func allocationPosixMemalign(
        _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ alignment: Int, _ byteCount: Int
    ) -> Int32 {
        guard let memory = unsafe allocator.allocate(byteCount, alignment: alignment) else {
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
