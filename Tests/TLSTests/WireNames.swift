@testable import TLS

/// Content types and handshake messages, by their names where a number is expected.
extension UInt8 {
    static let changeCipherSpec = ContentType.changeCipherSpec.rawValue
    static let alert = ContentType.alert.rawValue
    static let handshake = ContentType.handshake.rawValue
    static let applicationData = ContentType.applicationData.rawValue

    static let helloRequest = HandshakeType.helloRequest
    static let clientHello = HandshakeType.clientHello
    static let serverHello = HandshakeType.serverHello
    static let newSessionTicket = HandshakeType.newSessionTicket
    static let encryptedExtensions = HandshakeType.encryptedExtensions
    static let certificate = HandshakeType.certificate
    static let serverKeyExchange = HandshakeType.serverKeyExchange
    static let certificateRequest = HandshakeType.certificateRequest
    static let serverHelloDone = HandshakeType.serverHelloDone
    static let certificateVerify = HandshakeType.certificateVerify
    static let clientKeyExchange = HandshakeType.clientKeyExchange
    static let finished = HandshakeType.finished
    static let keyUpdate = HandshakeType.keyUpdate
    static let messageHash = HandshakeType.messageHash
}

/// Extensions, likewise.
extension UInt16 {
    static let serverName = ExtensionType.serverName
    static let supportedGroups = ExtensionType.supportedGroups
    static let ecPointFormats = ExtensionType.ecPointFormats
    static let signatureAlgorithms = ExtensionType.signatureAlgorithms
    static let applicationLayerProtocolNegotiation = ExtensionType.applicationLayerProtocolNegotiation
    static let extendedMasterSecret = ExtensionType.extendedMasterSecret
    static let preSharedKey = ExtensionType.preSharedKey
    static let supportedVersions = ExtensionType.supportedVersions
    static let cookie = ExtensionType.cookie
    static let pskKeyExchangeModes = ExtensionType.pskKeyExchangeModes
    static let keyShare = ExtensionType.keyShare
    static let renegotiationInfo = ExtensionType.renegotiationInfo
}
