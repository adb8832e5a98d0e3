// GatewaySide.swift - what each caller's own settings must be, so that they agree with ours.
//
// Spec:    API Gateway, AppSync and IoT Core, authorizers; README "Callers".
// Secret:  no: settings.
// Reads:   Authorizer, JSON, Bytes. Read by: Doctor.

import Authorizer
import Bytes
import JSON

extension Rules {
    /// Writes how the callers that RESOURCE, the rules and IOT_POLICY imply are to be set up: an object each, of the caller's own
    /// names of settings and their values.
    func writeGatewaySide(_ writer: inout JSONWriter) {
        writer.beginArray()
        if !resources.isEmpty || routes != nil {
            restToken(&writer)
            apiGateway(.restRequest, "method.request.header.", "method.request.querystring.", &writer)
            apiGateway(.httpAPI2, "$request.header.", "$request.querystring.", &writer)
            apiGateway(.webSocket, "route.request.header.", "route.request.querystring.", &writer)
        }
        if !appSyncResources.isEmpty { appSync(&writer) }
        if !answers.iotPolicies.isEmpty { iotCore(&writer) }
        writer.endArray()
    }

    // MARK: API Gateway

    /// A TOKEN authorizer hands over one header: other places are out of its reach.
    private func restToken(_ writer: inout JSONWriter) {
        guard tokenSources.count == 1, case .header(let name, let scheme) = tokenSources[0] else {
            return
        }
        writer.beginObject()
        writer.member("caller", Caller.restToken.name)
        writer.member("type", "TOKEN")
        writer.member("identitySource", [UInt8]("method.request.header.") + name)
        var expression: [UInt8] = [0x5E]
        // The scheme is compared without case; its first letter in both is what clients send.
        for (index, byte) in scheme.enumerated() {
            let isLetter = byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
            if index == 0 && isLetter {
                expression += [0x5B, byte & 0xDF, byte | 0x20, 0x5D]
            } else {
                if !isLetter { expression.append(0x5C) }
                expression.append(byte)
            }
        }
        if !scheme.isEmpty { expression.append(0x20) }
        expression.append("[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+[.][A-Za-z0-9_-]+$")
        writer.member("identityValidationExpression", expression)
        writer.member("authorizerResultTtlInSeconds", timeToLive)
        writer.endObject()
    }

    /// An authorizer that hands over the request, with the words that it has for headers and parameters.
    private func apiGateway(
        _ caller: Caller, _ header: StaticString, _ query: StaticString, _ writer: inout JSONWriter
    ) {
        writer.beginObject()
        writer.member("caller", caller.name)
        var sources: [UInt8] = []
        var hasSubprotocol = false
        for source in tokenSources {
            var (place, name) = (header, [UInt8]())
            switch source {
            case .header(let own, _): name = own
            case .query(let own): (place, name) = (query, own)
            case .cookie: name = [UInt8]("Cookie")
            case .subprotocol:
                hasSubprotocol = true
                name = [UInt8]("Sec-WebSocket-Protocol")
            case .mqttPassword: continue
            }
            if !sources.isEmpty { sources.append(0x2C) }
            sources.append(place)
            sources.append(name.span)
        }
        if caller == .httpAPI2 {
            let isSimple = answers.isSimpleHTTPAPI
            writer.member("authorizerPayloadFormatVersion", isSimple ? "2.0" : "2.0 (or 1.0)")
            writer.member("enableSimpleResponses", isSimple ? "true" : "false")
            // One decision for each route, or an Allow would be kept for all of them.
            if isSimple { sources.append(",$context.routeKey") }
        } else {
            writer.member("type", "REQUEST")
        }
        writer.member("identitySource", sources)
        if caller == .webSocket {
            writer.member("route", "$connect")
            if hasSubprotocol {
                writer.member(
                    "integration",
                    "the $connect integration must answer with one of the client's Sec-WebSocket-Protocol")
            }
        } else {
            writer.member("authorizerResultTtlInSeconds", timeToLive)
        }
        writer.endObject()
    }

    private var timeToLive: StaticString {
        if sender.resultCache == .off { return "0, as RESULT_CACHE=off says" }
        if tokenSources.count > 1 {
            return
                "0: with caching on every identity source must be in each request, and here the token is in one of several"
        }
        return routes == nil
            ? "0 to 3600: an Allow is kept past the token's end and past a withdrawn key, so as short as the load permits; 300 if not set"
            : "0 to 3600, if check-config names no pair of routes that a policy cannot tell apart, else 0; 300 if not set"
    }

    // MARK: The others

    private func appSync(_ writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("caller", Caller.appSync.name)
        writer.member("authenticationType", "AWS_LAMBDA")
        writer.member(
            "identityValidationExpression", "empty, or one that takes the token with or without Bearer")
        var seconds: [UInt8] = []
        seconds.append(decimal: answers.appSyncTTLSeconds)
        seconds.append(" by APPSYNC_TTL_SECONDS, which comes before the API's own")
        writer.member("authorizerResultTtlInSeconds", seconds)
        writer.endObject()
    }

    private func iotCore(_ writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("caller", Caller.iotCore.name)
        writer.member("signingDisabled", "true: the token is signed itself")
        writer.member("tokenKeyName", "the header or query parameter of the token, if devices send it so")
        writer.member(
            "enableCachingForHttp",
            "false, or true with IOT_REFRESH_SECONDS as the time that an answer is kept")
        writer.endObject()
    }
}
