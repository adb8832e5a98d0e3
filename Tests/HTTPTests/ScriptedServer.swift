import Foundation
import TestSupport

/// A server on loopback with a script for each connection. A step of the script waits for a request's head, sends a
/// text, or closes.
final class ScriptedServer: @unchecked Sendable {
    enum Step {
        /// Waits for a complete head.
        case hear
        case say(String)
        /// Waits until the test calls `goOn`.
        case wait
        /// The connection stays open and silent.
        case hold
    }

    private let listener = LoopbackListener()
    private let lock = NSLock()
    private var heardTexts: [String] = []
    private var held: [Int32] = []
    private var accepted = 0
    private var said = 0
    private let permission = DispatchSemaphore(value: 0)

    /// - Parameter scripts: one for each connection. A connection is closed after its steps, and the listener after the last
    ///   connection.
    init(_ scripts: [[Step]]) {
        let thread = Thread { [self] in
            for script in scripts {
                let connection = listener.accept()
                guard connection >= 0 else { break }
                lock.withLock { accepted += 1 }
                play(script, connection)
            }
            listener.stop()
        }
        thread.start()
    }

    deinit { for connection in held { close(connection) } }

    var port: UInt16 { listener.port }

    /// The received heads, one text each.
    var heard: [String] { lock.withLock { heardTexts } }

    var connectionCount: Int { lock.withLock { accepted } }

    /// How many texts were sent.
    var saidCount: Int { lock.withLock { said } }

    func goOn() { permission.signal() }

    private func play(_ script: [Step], _ connection: Int32) {
        for step in script {
            switch step {
            case .hear:
                var text: [UInt8] = []
                var byte: [UInt8] = [0]
                while !text.suffix(4).elementsEqual([13, 10, 13, 10]), recv(connection, &byte, 1, 0) == 1 {
                    text += byte
                }
                lock.withLock { heardTexts.append(String(decoding: text, as: UTF8.self)) }
            case .say(let text):
                let bytes = Array(text.utf8)
                _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                lock.withLock { said += 1 }
            case .wait: permission.wait()
            case .hold:
                lock.withLock { held.append(connection) }
                return
            }
        }
        close(connection)
    }
}
