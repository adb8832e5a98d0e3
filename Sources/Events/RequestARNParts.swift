// RequestARNParts.swift - account, API, stage and verb of the called ARN.
//
// Spec:    API Gateway Developer Guide, "Resource format of permissions for invoking an API".
// Secret:  no.
// Reads:   RequestARN. Read by: RequestURI, Routes, Reports.

extension RequestARN {
    public var account: Span<UInt8> {
        @_lifetime(borrow self)
        get { text.span.extracting(accountStart..<(apiStart - 1)) }
    }

    public var api: Span<UInt8> {
        @_lifetime(borrow self)
        get { text.span.extracting(apiStart..<(stageStart - 1)) }
    }

    public var stage: Span<UInt8> {
        @_lifetime(borrow self)
        get { text.span.extracting(stageStart..<(verbStart - 1)) }
    }

    /// `arn:…:api/stage/`, to which a verb and a path are appended.
    public var stagePrefix: Span<UInt8> {
        @_lifetime(borrow self)
        get { text.span.extracting(0..<verbStart) }
    }

    /// The method of the request; empty on `$connect`.
    public var verb: Span<UInt8> {
        @_lifetime(borrow self)
        get { text.span.extracting(verbStart..<pathStart) }
    }
}
