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

/// A fixed number of secret bytes on the heap, wiped when the owner lets go.
///
/// It cannot be copied, and it owns its memory itself: an array's storage could be shared
/// or moved, and the wiping would then miss the original.
@safe
public struct SecretBytes: ~Copyable {
    private let storage: UnsafeMutableBufferPointer<UInt8>

    /// `count` zeros.
    public init(count: Int) {
        unsafe storage = .allocate(capacity: count)
        unsafe storage.initialize(repeating: 0)
    }

    /// A copy; the caller wipes the original.
    public init(copying bytes: Span<UInt8>) {
        self.init(count: bytes.count)
        var copy = mutableSpan
        for index in bytes.indices { copy[index] = bytes[index] }
    }

    public var count: Int { unsafe storage.count }

    public var span: Span<UInt8> {
        @_lifetime(borrow self)
        get { unsafe _overrideLifetime(Span(_unsafeElements: storage), borrowing: self) }
    }

    public var mutableSpan: MutableSpan<UInt8> {
        @_lifetime(&self)
        mutating get { unsafe _overrideLifetime(MutableSpan(_unsafeElements: storage), mutating: &self) }
    }

    deinit {
        unsafe storage.update(repeating: 0)
        unsafe observe(UnsafeRawPointer(storage.baseAddress))
        unsafe storage.deallocate()
    }
}

/// A fixed number of secret 64-bit limbs on the heap, wiped when the owner lets go. (Not one
/// generic type with `SecretBytes`: Embedded Swift 6.3 refuses generic types with a deinit.)
///
/// It cannot be copied, and it owns its memory itself: an array's storage could be shared
/// or moved, and the wiping would then miss the original.
@safe
public struct SecretLimbs: ~Copyable {
    private let storage: UnsafeMutableBufferPointer<UInt64>

    /// `count` zeros.
    public init(count: Int) {
        unsafe storage = .allocate(capacity: count)
        unsafe storage.initialize(repeating: 0)
    }

    /// A copy; the caller wipes the original.
    public init(copying limbs: Span<UInt64>) {
        self.init(count: limbs.count)
        var copy = mutableSpan
        for index in limbs.indices { copy[index] = limbs[index] }
    }

    public var count: Int { unsafe storage.count }

    public var span: Span<UInt64> {
        @_lifetime(borrow self)
        get { unsafe _overrideLifetime(Span(_unsafeElements: storage), borrowing: self) }
    }

    public var mutableSpan: MutableSpan<UInt64> {
        @_lifetime(&self)
        mutating get { unsafe _overrideLifetime(MutableSpan(_unsafeElements: storage), mutating: &self) }
    }

    deinit {
        unsafe storage.update(repeating: 0)
        unsafe observe(UnsafeRawPointer(storage.baseAddress))
        unsafe storage.deallocate()
    }
}
