// Wiping.swift - secrets that leave no copy behind.
//
// Spec:    none; what SP 800-56A §5.8 and RFC 8446 appendix C.1 ask in words.
// Secret:  the contents. Counts are public.
// Reads:   nothing. Read by: HMAC, AEAD, KeyAgreement, TLS.
//
// Why the barrier: a plain loop that stores zeros into memory that is about to be freed
// was deleted by the optimiser, for heap and inline storage alike. The stores here go
// through a pointer that a non-inlined, non-optimised function receives, so the compiler
// must assume that they are read.

/// Overwrites a span with zeros in a way that the optimiser cannot remove.
public func wipe(_ bytes: inout MutableSpan<UInt8>) {
    for index in bytes.indices { bytes[index] = 0 }
    unsafe bytes.withUnsafeMutableBufferPointer { buffer in
        unsafe observe(UnsafeRawPointer(buffer.baseAddress))
    }
}

/// Overwrites limbs with zeros in a way that the optimiser cannot remove.
public func wipe(_ limbs: inout MutableSpan<UInt64>) {
    for index in limbs.indices { limbs[index] = 0 }
    unsafe limbs.withUnsafeMutableBufferPointer { buffer in
        unsafe observe(UnsafeRawPointer(buffer.baseAddress))
    }
}

/// Overwrites a value with zeros in a way that the optimiser cannot remove.
///
/// - Requires: the value is plain data (integers, inline arrays and structs of them), for
///   which all zeros are a value. Copies that the compiler made elsewhere are out of reach:
///   keep such values in one place.
public func wipe<Value>(value: inout Value) {
    unsafe withUnsafeMutableBytes(of: &value) { bytes in
        for index in bytes.indices { unsafe bytes[index] = 0 }
        unsafe observe(UnsafeRawPointer(bytes.baseAddress))
    }
}

/// A call that the optimiser may not see through: memory reachable from the pointer must
/// be as the source says when it is made.
@inline(never)
@_optimize(none)
func observe(_ pointer: UnsafeRawPointer?) {
    _ = unsafe pointer
}

/// Secret bytes on the heap.
public typealias SecretBytes = SecretStorage<UInt8>

/// A fixed number of secret elements on the heap, wiped when the owner lets go.
///
/// It cannot be copied, and it owns its memory itself: an array's storage could be shared
/// or moved, and the wiping would then miss the original. Elements are plain data
/// (integers, inline arrays and structs of them).
@safe
public struct SecretStorage<Element: BitwiseCopyable>: ~Copyable {
    private let storage: UnsafeMutableBufferPointer<Element>

    /// `count` copies of an element.
    public init(repeating element: Element, count: Int) {
        unsafe storage = .allocate(capacity: count)
        unsafe storage.initialize(repeating: element)
    }

    public var count: Int { unsafe storage.count }

    public var span: Span<Element> {
        @_lifetime(borrow self)
        get { unsafe _overrideLifetime(Span(_unsafeElements: storage), borrowing: self) }
    }

    public var mutableSpan: MutableSpan<Element> {
        @_lifetime(&self)
        mutating get { unsafe _overrideLifetime(MutableSpan(_unsafeElements: storage), mutating: &self) }
    }

    deinit {
        let bytes = unsafe UnsafeMutableRawBufferPointer(storage)
        for index in bytes.indices { unsafe bytes[index] = 0 }
        unsafe observe(UnsafeRawPointer(bytes.baseAddress))
        unsafe storage.deallocate()
    }
}

extension SecretStorage where Element == UInt8 {
    /// `count` zero bytes.
    public init(count: Int) {
        self.init(repeating: 0, count: count)
    }

    /// A copy of the bytes; the caller wipes the original.
    public init(copying bytes: Span<UInt8>) {
        self.init(count: bytes.count)
        var copy = mutableSpan
        for index in bytes.indices { copy[index] = bytes[index] }
    }
}
