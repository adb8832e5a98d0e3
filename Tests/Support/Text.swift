import Bytes

/// The UTF-8 of a text.
public func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// The text of UTF-8.
public func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

public func text(_ literal: StaticString) -> String { "\(literal)" }

/// Base64url with padding, as load balancers write it.
public func paddedBase64url(_ bytes: [UInt8]) -> String {
    let text = base64url(bytes)
    return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
}

/// An environment, as settings take it.
public func variables(_ pairs: [(String, String)]) -> [(name: [UInt8], value: [UInt8])] {
    pairs.map { (bytes($0.0), bytes($0.1)) }
}
