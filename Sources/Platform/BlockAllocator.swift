// BlockAllocator.swift - an allocator that keeps freed memory.
//
// Spec:    ISO C11 §7.22.3 (malloc and the related functions).
// Secret:  no: secrets are wiped before their memory is freed.
// Reads:   CLinux (mmap). Read by: AllocationFunctions, tests.
//
// Why: musl's malloc returns memory to the kernel as soon as a group of blocks is free.
// Every event allocates and frees the same few blocks, so every event paid for mmap, page
// faults and munmap: a fifth of its time. Here a freed block stays in the free list of its size.
// This type does not lock: AllocationFunctions does.
//
// A block is a header of 16 bytes and the caller's bytes. The header holds the block's size
// class and a mark for "in use" or "free". A double free, or a free of an address that is not
// a block, stops the program.

import CLinux

/// Blocks of 97 size classes in free lists, cut from chunks that are never unmapped.
struct BlockAllocator {
    static let headerByteCount = 16
    static let alignment = 16
    /// Larger blocks are separate mappings.
    static let largestClassByteCount = 256 * 1024
    private static let chunkByteCount = 64 * 1024
    private static let classCount = 97

    private static let usedMark: UInt = 0xA11C_0DE5 << 32
    private static let freeMark: UInt = 0xF1EE_D0B1 << 32
    private static let mappedMark: UInt = 0x0FF5_E7B1 << 32
    /// Marks an over-aligned block. Its second word is the address of the block that contains it.
    private static let alignedMark: UInt = 0xA116_4ED0 << 32
    private static let markMask: UInt = 0xFFFF_FFFF << 32

    /// The first free block of each class. The second word of a free block is the address of the next one.
    private var free = InlineArray<97, UInt>(repeating: 0)
    /// The rest of the chunk from which blocks are cut.
    private var chunk: UInt = 0
    private var chunkEnd: UInt = 0

    init() {}

    // MARK: Size classes

    /// The class of a block including its header: steps of 16 bytes up to 1 KiB, then four classes for each doubling.
    static func sizeClass(_ byteCount: Int) -> Int {
        if byteCount <= 1024 { return (byteCount + 15) / 16 }
        let log = Int.bitWidth - 1 - (byteCount - 1).leadingZeroBitCount
        let step = log - 2
        return 64 + (log - 10) * 4 + ((byteCount - 1) >> step) - 3
    }

    /// The size of the blocks of a class.
    static func byteCount(ofClass index: Int) -> Int {
        if index <= 64 { return index * 16 }
        let log = 10 + (index - 65) / 4
        let step = (index - 65) % 4
        return (1 << log) + (step + 1) << (log - 2)
    }

    // MARK: Operations

    /// Memory of at least `byteCount` bytes at an address divisible by 16; nil if there is not enough memory.
    mutating func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        guard byteCount >= 0, byteCount < 1 << 40 else { return nil }
        let total = max(byteCount, 1) + Self.headerByteCount
        if total > Self.largestClassByteCount { return unsafe map(total) }
        let index = Self.sizeClass(total)
        let block: UInt
        if free[index] != 0 {
            block = free[index]
            free[index] = unsafe word(block + 8).pointee
        } else {
            block = cut(Self.byteCount(ofClass: index))
            if block == 0 { return nil }
        }
        unsafe word(block).pointee = Self.usedMark | UInt(index)
        return unsafe UnsafeMutableRawPointer(bitPattern: block + UInt(Self.headerByteCount))
    }

    /// Memory at an address divisible by a power of two.
    mutating func allocate(_ byteCount: Int, alignment: Int) -> UnsafeMutableRawPointer? {
        guard alignment > Self.alignment else { return unsafe allocate(byteCount) }
        guard alignment <= 1 << 20, byteCount >= 0, byteCount < 1 << 40 else { return nil }
        guard let outer = unsafe allocate(byteCount + alignment + Self.headerByteCount) else { return nil }
        let start = UInt(bitPattern: outer)
        let mask = UInt(alignment - 1)
        let inner = (start + UInt(Self.headerByteCount) + mask) & ~mask
        unsafe word(inner - 16).pointee = Self.alignedMark
        unsafe word(inner - 8).pointee = start
        return unsafe UnsafeMutableRawPointer(bitPattern: inner)
    }

    /// Frees the memory of `allocate`.
    mutating func deallocate(_ pointer: UnsafeMutableRawPointer) {
        let block = UInt(bitPattern: pointer) - UInt(Self.headerByteCount)
        let header = unsafe word(block).pointee
        let low = Int(header & ~Self.markMask)
        switch header & Self.markMask {
        case Self.usedMark:
            guard low > 0, low < Self.classCount else { stop() }
            unsafe word(block).pointee = Self.freeMark | UInt(low)
            unsafe word(block + 8).pointee = free[low]
            free[low] = block
        case Self.mappedMark:
            let length = unsafe word(block + 8).pointee
            _ = unsafe munmap(UnsafeMutableRawPointer(bitPattern: block), Int(length))
        case Self.alignedMark:
            guard let outer = unsafe UnsafeMutableRawPointer(bitPattern: word(block + 8).pointee) else {
                stop()
            }
            unsafe word(block).pointee = Self.freeMark
            unsafe deallocate(outer)
        default: stop()
        }
    }

    /// The number of bytes that a block has room for.
    func capacity(_ pointer: UnsafeMutableRawPointer) -> Int {
        let block = UInt(bitPattern: pointer) - UInt(Self.headerByteCount)
        let header = unsafe word(block).pointee
        switch header & Self.markMask {
        case Self.usedMark:
            return Self.byteCount(ofClass: Int(header & ~Self.markMask)) - Self.headerByteCount
        case Self.mappedMark: return unsafe Int(word(block + 8).pointee) - Self.headerByteCount
        case Self.alignedMark:
            let start = unsafe word(block + 8).pointee
            guard let outer = unsafe UnsafeMutableRawPointer(bitPattern: start) else { stop() }
            return unsafe capacity(outer) - Int(UInt(bitPattern: pointer) - start)
        default: stop()
        }
    }

    // MARK: Implementation

    private func word(_ address: UInt) -> UnsafeMutablePointer<UInt> {
        guard let pointer = unsafe UnsafeMutablePointer<UInt>(bitPattern: address) else { stop() }
        return unsafe pointer
    }

    /// A new block from the chunk; 0 if there is not enough memory. If the rest of the chunk is too short for the block,
    /// it is not used any more.
    private mutating func cut(_ byteCount: Int) -> UInt {
        if chunkEnd - chunk < UInt(byteCount) {
            let length = max(Self.chunkByteCount, byteCount)
            let start = Self.newMapping(length)
            if start == 0 { return 0 }
            chunk = start
            chunkEnd = start + UInt(length)
        }
        let block = chunk
        chunk += UInt(byteCount)
        return block
    }

    private mutating func map(_ total: Int) -> UnsafeMutableRawPointer? {
        let length = (total + 4095) / 4096 * 4096
        let block = Self.newMapping(length)
        if block == 0 { return nil }
        unsafe word(block).pointee = Self.mappedMark
        unsafe word(block + 8).pointee = UInt(length)
        return unsafe UnsafeMutableRawPointer(bitPattern: block + UInt(Self.headerByteCount))
    }

    private static func newMapping(_ length: Int) -> UInt {
        let start = unsafe mmap(
            nil, length, SystemNumber.protectReadWrite, SystemNumber.mapPrivateAnonymous, -1, 0)
        let address = UInt(bitPattern: start)
        return address == UInt.max ? 0 : address
    }
}

/// Called for a pointer that is not an allocated block: a bug of this program, after which it cannot continue.
private func stop() -> Never {
    preconditionFailure("a block that is not in use was given back")
}
