import Keys
import Testing
import URI

/// Sources from text, for the suites of this module.
func urlSource(_ text: String) throws -> KeySource {
    let bytes = Array(text.utf8)
    return .url(try URL(bytes.span))
}

func discoverySource(_ text: String) throws -> KeySource {
    .discovery(try #require(IssuerAddress(Array(text.utf8))))
}
