// FieldReader.swift - DER reads that throw this module's errors.
//
// Spec:    none.
// Secret:  no.
// Reads:   ASN1, X509Error. Read by: the rest of X509.
//
// With typed throws a function throws one type of error. Without FieldReader each read of a field would have to convert
// a DERError.

import ASN1

struct FieldReader: ~Escapable {
    private var reader: DERReader

    /// - Parameter offset: the offset of the bytes in the certificate.
    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, at offset: Int = 0) {
        reader = DERReader(bytes, at: offset)
    }

    @_lifetime(copy reader)
    private init(_ reader: DERReader) {
        self.reader = reader
    }

    var offset: Int { reader.offset }
    var isAtEnd: Bool { reader.isAtEnd }

    func nextIs(_ tag: DERTag) -> Bool { reader.nextIs(tag) }

    func expectEnd() throws(X509Error) {
        do throws(DERError) { try reader.expectEnd() } catch { throw .der(error) }
    }

    @_lifetime(copy self)
    mutating func value() throws(X509Error) -> DERValue {
        do throws(DERError) { return try reader.readValue() } catch { throw .der(error) }
    }

    @_lifetime(copy self)
    mutating func value(_ tag: DERTag) throws(X509Error) -> DERValue {
        do throws(DERError) { return try reader.readValue(tag) } catch { throw .der(error) }
    }

    @_lifetime(copy self)
    mutating func constructed(_ tag: DERTag) throws(X509Error) -> FieldReader {
        do throws(DERError) { return FieldReader(try reader.readConstructed(tag)) } catch {
            throw .der(error)
        }
    }

    @_lifetime(copy self)
    mutating func sequence() throws(X509Error) -> FieldReader { try constructed(.sequence) }

    @_lifetime(copy self)
    mutating func setOf() throws(X509Error) -> FieldReader {
        do throws(DERError) { return FieldReader(try reader.readSetOf()) } catch { throw .der(error) }
    }

    mutating func objectIdentifier() throws(X509Error) -> ObjectIdentifier {
        do throws(DERError) { return try reader.readObjectIdentifier() } catch { throw .der(error) }
    }

    @_lifetime(copy self)
    mutating func integer(_ tag: DERTag = .integer) throws(X509Error) -> Span<UInt8> {
        do throws(DERError) { return try reader.readInteger(tag) } catch { throw .der(error) }
    }

    @_lifetime(copy self)
    mutating func natural() throws(X509Error) -> Span<UInt8> {
        do throws(DERError) { return try reader.readNatural() } catch { throw .der(error) }
    }

    mutating func smallNatural(_ tag: DERTag = .integer) throws(X509Error) -> Int {
        do throws(DERError) { return try reader.readSmallNatural(tag) } catch { throw .der(error) }
    }

    mutating func booleanDefaultFalse() throws(X509Error) -> Bool {
        do throws(DERError) { return try reader.readBooleanDefaultFalse() } catch { throw .der(error) }
    }

    mutating func null() throws(X509Error) {
        do throws(DERError) { try reader.readNull() } catch { throw .der(error) }
    }

    @_lifetime(copy self)
    mutating func bitStringOfBytes(_ tag: DERTag = .bitString) throws(X509Error) -> Span<UInt8> {
        do throws(DERError) { return try reader.readBitStringOfBytes(tag) } catch { throw .der(error) }
    }

    /// Trailing zero bits are accepted: two roots of the public bundle (Trustwave Global ECC) have them in keyUsage.
    mutating func namedBits() throws(X509Error) -> UInt16 {
        do throws(DERError) { return try reader.readNamedBits(allowsTrailingZeros: true) } catch {
            throw .der(error)
        }
    }

    mutating func time() throws(X509Error) -> Int64 {
        do throws(DERError) { return try reader.readTime() } catch { throw .der(error) }
    }
}

func checkCharacters(_ value: borrowing DERValue) throws(X509Error) {
    do throws(DERError) { try value.checkCharacters() } catch { throw .der(error) }
}
