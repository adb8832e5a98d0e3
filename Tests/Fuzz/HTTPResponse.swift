// HTTPResponse.swift - fuzz target: a response is the same whether it comes whole or in pieces.
//
// The first byte chooses the pieces and the limits; the rest is what the server sends.

import HTTP

private enum Result: Equatable {
    case failed(HTTPError)
    case response(
        status: Int, body: [UInt8], byteCount: Int, keepsAlive: Bool, type: [UInt8]?, freshness: Freshness)
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHTTPResponse(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    guard let choice = bytes.first else { return 0 }
    let limit: BodyLimit =
        choice & 0x80 == 0 ? .refuse(past: 512) : .drop(past: 64, refusePast: 512)
    let (whole, wholeUsed) = receive(bytes, pieces: { _ in .max }, limit)
    // Pieces of 1 to 32 bytes: all of one length, or changing with their place.
    let step = Int(choice & 0x1F) + 1
    let changes = choice & 0x40 != 0
    let (pieces, piecesUsed) = receive(bytes, pieces: { changes ? ($0 * 7 + step) % 32 + 1 : step }, limit)
    switch (whole, pieces) {
    case (.failed(.closed), .failed(.closed)): break
    default:
        require(whole == pieces, "whole or in pieces, the result is the same")
        if case .response = whole {
            require(wholeUsed == piecesUsed, "whole or in pieces, as many bytes belong to it")
        }
    }
    return 0
}

private func receive(
    _ bytes: [UInt8], pieces: (Int) -> Int, _ limit: BodyLimit
) -> (Result, used: Int) {
    var parser = HTTPResponseParser(bodyLimit: limit)
    var used = 0
    do throws(HTTPError) {
        var offset = 1
        while offset < bytes.count && !parser.isComplete {
            let count = min(pieces(offset), bytes.count - offset)
            let piece = bytes.span.extracting(offset..<(offset + count))
            let taken = try parser.receive(piece)
            require(taken == count || parser.isComplete, "only a complete response leaves bytes")
            used += taken
            offset += count
        }
        try parser.receiveEnd()
    } catch { return (.failed(error), used) }
    let response = parser.response()
    require(response.body.count <= 512, "no more body than the limit")
    require(response.bodyByteCount >= response.body.count, "bytes are counted even if dropped")
    let freshness = response.head.freshness(nowSeconds: 1_800_000_000)
    require(freshness.ageSeconds >= 0, "an age is not negative")
    require(freshness.remainingSeconds.map { $0 >= 0 } ?? true, "nor is what is left")
    if let tag = response.head.entityTag {
        require(tag.allSatisfy { $0 > 0x20 && $0 != 0x7F }, "an ETag adds no line to a request")
    }
    return (
        .response(
            status: response.head.status, body: response.body, byteCount: response.bodyByteCount,
            keepsAlive: response.keepsAlive, type: response.head.field("content-type"),
            freshness: freshness), used
    )
}
