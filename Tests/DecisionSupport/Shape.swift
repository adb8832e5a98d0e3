/// The shapes that events are made of in these tests.
package enum Shape {
    package static let arn = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/orders/42"
    package static let connectArn = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/$connect"

    package static func token(_ value: String) -> String {
        #"{"type":"TOKEN","authorizationToken":"\#(value)","methodArn":"\#(arn)"}"#
    }
    package static func request(_ members: String) -> String {
        #"{"type":"REQUEST","methodArn":"\#(arn)",\#(members)}"#
    }
    package static func http1(_ members: String) -> String {
        #"{"version":"1.0","type":"REQUEST","methodArn":"\#(arn)",\#(members)}"#
    }
    package static func http2(_ members: String) -> String {
        #"{"version":"2.0","type":"REQUEST","routeArn":"\#(arn)",\#(members)}"#
    }
    package static func webSocket(_ members: String) -> String {
        #"{"type":"REQUEST","methodArn":"\#(connectArn)",\#(members)}"#
    }
    package static func appSync(_ value: String, _ members: String = "") -> String {
        #"{"authorizationToken":"\#(value)","requestContext":{"apiId":"api1","accountId":"123456789012"}\#(members)}"#
    }
    package static func iot(_ members: String) -> String {
        #"{"signatureVerified":false,"protocols":["tls"],\#(members)}"#
    }
}
