// Support.swift - what every fuzz target needs.
//
// libFuzzer calls LLVMFuzzerTestOneInput with bytes; a target calls the product with them and
// states properties by `require`. A trap of any kind is a finding.

/// The input as an array. Exactly as long as the input, so that the address sanitizer sees the end.
func input(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
    [UInt8](UnsafeBufferPointer(start: start, count: count))
}

/// A property that holds for every input.
func require(_ holds: Bool, _ property: StaticString) {
    guard holds else { fatalError("property does not hold: \(property)") }
}

/// Examples/sample/jwks.json's key, and the sample token's event: in every target that needs one.
let sampleKeySet = [UInt8](
    #"""
    {"keys":[{"kty":"RSA","kid":"sample-1","use":"sig","alg":"RS256","n":"xRQATObFfp4MaVhqwuk6ZfxpsjH79A_BdCWKxdnts-BW7N3_mRjhz_0QSDQscUKGTrbt8-NyYOlWNKM8oe-UnSkwD0vPDWXHhLszxAkPL32CISHGt3xRAEPTJndV65gKSvqOo08G0mzh0L19P6RZbEKhgYl8MMK0e8fvPC84QwZatjoZLs9CfEbKTSJcf5h7Z9RYhaTS_B2OMta7GBmnk5r3IhIY0XlLaIDqj4AN2Q0EgGytPBtktI8efetmXZlxUIwSd8MCuMj72_66s12l015aRIIqkXTnb5BC0Tp1GrKmxzGXlB-VuPK7FDIYnMqcw4FEDgCPi49DTnWXKp_-Ww","e":"AQAB"}]}
    """#.utf8)
