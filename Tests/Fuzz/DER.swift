// DER.swift - fuzz target: any bytes are read as every type, at every place that the reader reaches.
//
// Containers are walked without recursion.

import ASN1

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDER(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    var ranges = [0..<bytes.count]
    var values = 0
    while let range = ranges.popLast(), values < 512 {
        let span = bytes.span.extracting(range)
        var reader = DERReader(span, at: range.lowerBound)
        while !reader.isAtEnd {
            do throws(DERError) {
                let before = reader.offset
                readAsEverything(bytes.span.extracting(before..<range.upperBound))
                let value = try reader.readValue()
                require(value.encodedRange.lowerBound == before, "a value begins where it was read")
                require(value.encodedRange.upperBound == reader.offset, "a value ends where the next begins")
                require(
                    value.encodedRange.upperBound <= range.upperBound, "a value ends within its container")
                require(value.contentRange.upperBound == value.encodedRange.upperBound, "contents come last")
                require(value.contentRange.lowerBound >= before + 2, "a value has a tag and a length")
                if value.tag.isConstructed { ranges.append(value.contentRange) }
                values += 1
            } catch {
                _ = error.reasonCode
                break
            }
        }
    }
    if let signature = try? ECDSASignatureValue(der: bytes.span) { _ = signature.r.count }
    return 0
}

/// Each reading from the same place.
private func readAsEverything(_ bytes: Span<UInt8>) {
    var reader = DERReader(bytes)
    do { _ = try reader.readValue(.sequence) } catch {
        require(reader.offset == 0, "a failed readValue leaves the position where it was")
    }
    reader = DERReader(bytes)
    _ = try? reader.readBoolean()
    reader = DERReader(bytes)
    do {
        let number = try reader.readNatural()
        require(number.count > 0, "a number has a digit")
        reader = DERReader(bytes)
        let integer = try reader.readInteger()
        require(integer.count - number.count <= 1, "one zero byte at most goes before a number")
    } catch {}
    reader = DERReader(bytes)
    _ = try? reader.readSmallNatural(maximum: 65_536)
    reader = DERReader(bytes)
    try? reader.readNull()
    reader = DERReader(bytes)
    do { _ = try reader.readBitString().unusedBitCount } catch {}
    reader = DERReader(bytes)
    do { _ = try reader.readBitStringOfBytes().count } catch {}
    reader = DERReader(bytes)
    _ = try? reader.readNamedBits()
    reader = DERReader(bytes)
    do { _ = try reader.readOctetString().content.count } catch {}
    reader = DERReader(bytes)
    if let seconds = try? reader.readTime() {
        require(seconds >= -62_167_219_200 && seconds < 253_402_300_800, "a time is of the years 0 to 9999")
    }
    reader = DERReader(bytes)
    if let identifier = try? reader.readObjectIdentifier() {
        require(!identifier.dottedText.isEmpty, "an identifier has a text")
    }
    reader = DERReader(bytes)
    do { _ = try reader.readSetOf().isAtEnd } catch {}
}
