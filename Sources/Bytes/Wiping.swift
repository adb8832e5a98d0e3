// Wiping.swift - overwrites secrets so that no copy remains in memory.
//
// Spec:    none; SP 800-56A §5.8 and RFC 8446 appendix C.1 require it without giving a method.
// Secret:  the contents. Counts are public.
// Reads:   nothing. Read by: most modules.
//
// Why a barrier is needed: a plain loop that stores zeros into memory that is about to be freed was deleted by the
// optimiser, for heap and inline storage. Here a pointer to the memory is passed to a function that is neither inlined
// nor optimised, so the compiler must assume that the zeros are read.

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
/// - Requires: the value is plain data (integers, inline arrays and structs of them) for which all zeros is a valid
///   value. Copies that the compiler made elsewhere are not wiped, so store such values in one location only.
public func wipe<Value>(value: inout Value) {
    unsafe withUnsafeMutableBytes(of: &value) { bytes in
        for index in bytes.indices { unsafe bytes[index] = 0 }
        unsafe observe(UnsafeRawPointer(bytes.baseAddress))
    }
}

/// A call that is opaque to the optimiser: all earlier stores to memory that is reachable from the pointer must have
/// been made when it is called.
@inline(never)
@_optimize(none)
func observe(_ pointer: UnsafeRawPointer?) {
    _ = unsafe pointer
}

/// A fixed number of secret bytes on the heap, wiped when the value is destroyed.
///
/// It cannot be copied, and it allocates its memory itself. The storage of an array could be shared or moved; wiping it
/// would then miss the original.
@safe
public struct SecretBytes: ~Copyable {
    private let storage: UnsafeMutableBufferPointer<UInt8>

    /// Creates `count` zero bytes.
    public init(count: Int) {
        unsafe storage = .allocate(capacity: count)
        unsafe storage.initialize(repeating: 0)
    }

    /// Copies the bytes. The caller must wipe the original.
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

/// A fixed number of secret 64-bit limbs on the heap, wiped when the value is destroyed. (Not one generic type together
/// with `SecretBytes`, because Embedded Swift 6.3 does not support generic types with a deinit.)
///
/// It cannot be copied, and it allocates its memory itself. The storage of an array could be shared or moved; wiping it
/// would then miss the original.
@safe
public struct SecretLimbs: ~Copyable {
    private let storage: UnsafeMutableBufferPointer<UInt64>

    /// Creates `count` zero limbs.
    public init(count: Int) {
        unsafe storage = .allocate(capacity: count)
        unsafe storage.initialize(repeating: 0)
    }

    /// Copies the limbs. The caller must wipe the original.
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
