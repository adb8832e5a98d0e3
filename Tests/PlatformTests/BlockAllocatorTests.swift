import Testing

@testable import Platform

/// Blocks never overlap and are reused, and a double free stops the process (AUDIT 32).
@Suite struct BlockAllocatorTests {
    /// Every size fits into its class, and not into a smaller one.
    @Test func sizeClasses() {
        for byteCount in Array(17...5000) + Array(stride(from: 5000, through: 262_144, by: 37)) + [262_144] {
            let index = BlockAllocator.sizeClass(byteCount)
            #expect(BlockAllocator.byteCount(ofClass: index) >= byteCount)
            if index > 1 { #expect(BlockAllocator.byteCount(ofClass: index - 1) < byteCount) }
            #expect(index < 97)
        }
    }

    /// Random blocks, each filled with its number: the contents stay unchanged.
    @Test func blocksDoNotOverlap() {
        var allocator = BlockAllocator()
        var random = SystemRandomNumberGenerator()
        var live: [(pointer: UnsafeMutableRawPointer, count: Int, mark: UInt8)] = []
        for step in 0..<20_000 {
            if live.count < 200, Bool.random(using: &random) || live.isEmpty {
                let isLarge = Int.random(in: 0..<50, using: &random) == 0
                let count = Int.random(in: 0...(isLarge ? 600_000 : 3000), using: &random)
                let alignment = [16, 16, 16, 32, 64, 4096].randomElement(using: &random) ?? 16
                guard let pointer = allocator.allocate(count, alignment: alignment) else {
                    Issue.record("no memory")
                    return
                }
                #expect(Int(bitPattern: pointer) % alignment == 0)
                #expect(allocator.capacity(pointer) >= count)
                let mark = UInt8(truncatingIfNeeded: step)
                pointer.initializeMemory(as: UInt8.self, repeating: mark, count: count)
                live.append((pointer, count, mark))
            } else {
                let block = live.remove(at: Int.random(in: 0..<live.count, using: &random))
                let bytes = UnsafeRawBufferPointer(start: block.pointer, count: block.count)
                #expect(bytes.allSatisfy { $0 == block.mark })
                allocator.deallocate(block.pointer)
            }
        }
        for block in live { allocator.deallocate(block.pointer) }
    }

    /// Four threads allocate, fill and free each other's blocks.
    @Test func threadsShareIt() {
        #expect(SharedAllocator(isLocked: true).run(threadCount: 4))
    }

    @Test func aFreedBlockIsUsedAgain() {
        var allocator = BlockAllocator()
        guard let first = allocator.allocate(100) else { return }
        allocator.deallocate(first)
        #expect(allocator.allocate(97) == first)
    }

    @Test func impossibleSizesGetNoMemory() {
        var allocator = BlockAllocator()
        #expect(allocator.allocate(-1) == nil)
        #expect(allocator.allocate(1 << 40) == nil)
        #expect(allocator.allocate(16, alignment: 1 << 21) == nil)
    }

    /// A double free stops the program.
    @Test func aSecondFreeStops() async {
        await #expect(processExitsWith: .failure) {
            var allocator = BlockAllocator()
            guard let pointer = allocator.allocate(10) else { return }
            allocator.deallocate(pointer)
            allocator.deallocate(pointer)
        }
    }
}
