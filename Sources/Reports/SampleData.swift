// SampleData.swift - the event, the key set and the settings of Examples/sample, compiled in.
//
// Spec:    none. Written by Scripts/make-sample from Examples/sample; change it there.
// Secret:  no: the private key of the sample was thrown away.
// Reads:   nothing. Read by: SelfTest; the commands.
//
// swift-format-ignore-file

/// The built-in sample.
package enum SampleData {
    /// Half an hour after the token was issued: 2026-01-01T00:30:00Z.
    package static let instantSeconds: Int64 = 1767227400

    package static let settings: [(name: StaticString, value: StaticString)] = [
        ("RESOURCE", "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/*"),
        ("ISSUER", "https://idp.example.com/"),
        ("AUDIENCE", "https://api.example.com"),
        ("REQUIRED_SCOPES", "orders:read"),
        ("CONTEXT_CLAIMS", "sub,scope"),
    ]

    package static let keySet: StaticString = #"{"keys":[{"kty":"RSA","kid":"sample-1","use":"sig","alg":"RS256","n":"xRQATObFfp4MaVhqwuk6ZfxpsjH79A_BdCWKxdnts-BW7N3_mRjhz_0QSDQscUKGTrbt8-NyYOlWNKM8oe-UnSkwD0vPDWXHhLszxAkPL32CISHGt3xRAEPTJndV65gKSvqOo08G0mzh0L19P6RZbEKhgYl8MMK0e8fvPC84QwZatjoZLs9CfEbKTSJcf5h7Z9RYhaTS_B2OMta7GBmnk5r3IhIY0XlLaIDqj4AN2Q0EgGytPBtktI8efetmXZlxUIwSd8MCuMj72_66s12l015aRIIqkXTnb5BC0Tp1GrKmxzGXlB-VuPK7FDIYnMqcw4FEDgCPi49DTnWXKp_-Ww","e":"AQAB"}]}"#

    package static let event: StaticString = #"{"type":"TOKEN","authorizationToken":"Bearer eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6InNhbXBsZS0xIn0.eyJpc3MiOiJodHRwczovL2lkcC5leGFtcGxlLmNvbS8iLCJhdWQiOiJodHRwczovL2FwaS5leGFtcGxlLmNvbSIsInN1YiI6ImFsaWNlIiwic2NvcGUiOiJvcmRlcnM6cmVhZCBvcmRlcnM6d3JpdGUiLCJpYXQiOjE3NjcyMjU2MDAsImV4cCI6MTc2NzIyOTIwMH0.liTsi_0hmc-6MAiBlrydHob44mT8lWjerfbbqpww74vb9VLMvoXUhmCcAGAczgGtSKXPFQlSQEmZA7vllEIHx9t_AD31ppD8FOWF4p2KWDjK6oEMn_Qv8DRiOw5wmZTQTIg95f-8EIHxQhlaOGvYM7AR5Xc3srBq-rRNzEHOO9q5DFcSxzR4_SnnfktoOyQcrnGZTPNP4i4RSshmN8egd5LE09kfYwJOIZj6BDYM6KWUDv5JmSnz_xtennnfNO-Z2R9vUxBassXgRoZAAs1UBFnL-j3HVUfHV1-HRGJssV1HWbbC6LIFDYk0fFOVVpXu414aesJv4OsjqgxhzO6YKg","methodArn":"arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/orders/42"}"#
}
