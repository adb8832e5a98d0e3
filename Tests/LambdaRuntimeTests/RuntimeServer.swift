import Foundation
import Platform
import TestSupport

/// Lambda's Runtime API on loopback: delivers events in order and records posts. Serves any number of connections.
final class RuntimeServer: @unchecked Sendable {
    struct Event {
        let body: String
        var requestID = "1"
        /// Since 1970; nil: the response lacks the deadline field.
        var deadlineMilliseconds: Int64? = 9_000_000_000_000
        var traceID: String?
    }

    struct Post {
        /// The path after `/2018-06-01/runtime/`.
        let path: String
        let errorType: String?
        let body: String
    }

    private let listener = LoopbackListener(backlog: 64)
    private let lock = NSLock()
    private var events: [Event]
    private var received: [Post] = []
    private let postStatus: Int

    /// - Parameter postStatus: the status of the response to each post.
    init(_ events: [Event], postStatus: Int = 202) {
        self.events = events
        self.postStatus = postStatus
        Thread { [self] in
            while true {
                let connection = listener.accept()
                guard connection >= 0 else { return }
                Thread { [self] in
                    while serveOne(connection) {}
                    close(connection)
                }.start()
            }
        }.start()
    }

    /// The value of AWS_LAMBDA_RUNTIME_API.
    var address: [UInt8] { Array("127.0.0.1:\(listener.port)".utf8) }

    var posts: [Post] { lock.withLock { received } }

    private func serveOne(_ connection: Int32) -> Bool {
        var head = ""
        var byte: [UInt8] = [0]
        while !head.hasSuffix("\r\n\r\n") {
            guard recv(connection, &byte, 1, 0) == 1 else { return false }
            head.unicodeScalars.append(Unicode.Scalar(byte[0]))
        }
        var body: [UInt8] = []
        while body.count < Int(field("content-length", head) ?? "") ?? 0, recv(connection, &byte, 1, 0) == 1 {
            body += byte
        }
        let words = head.split(separator: " ")
        let path = String(words[1].dropFirst("/2018-06-01/runtime/".count))
        let answer: String
        if words[0] == "POST" {
            let post = Post(
                path: path, errorType: field("lambda-runtime-function-error-type", head),
                body: String(decoding: body, as: UTF8.self))
            lock.withLock { received.append(post) }
            answer = "HTTP/1.1 \(postStatus) Status\r\nContent-Length: 0\r\n\r\n"
        } else {
            answer = next()
        }
        let bytes = Array(answer.utf8)
        return send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    /// Returns the next event; without further events an error status, which ends a loop.
    private func next() -> String {
        guard let event = lock.withLock({ events.isEmpty ? nil : events.removeFirst() }) else {
            return "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"
        }
        var head = "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: \(event.requestID)\r\n"
        if let deadline = event.deadlineMilliseconds { head += "Lambda-Runtime-Deadline-Ms: \(deadline)\r\n" }
        if let trace = event.traceID { head += "Lambda-Runtime-Trace-Id: \(trace)\r\n" }
        return head + "Content-Length: \(event.body.utf8.count)\r\n\r\n" + event.body
    }

    private func field(_ name: String, _ head: String) -> String? {
        for line in head.components(separatedBy: "\r\n") where line.lowercased().hasPrefix(name + ":") {
            return line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
        }
        return nil
    }
}

/// A line of JSON on standard error.
typealias Line = [String: any Sendable]

private let standardErrorLock = NSLock()

/// Returns the JSON lines that `body` writes to standard error. Other output is passed on.
func linesOnStandardError(_ body: () throws -> Void) throws -> [Line] {
    try standardErrorLock.withLock {
        let path = NSTemporaryDirectory() + "standard-error-\(UUID().uuidString)"
        let file = open(path, O_RDWR | O_CREAT | O_APPEND, 0o600)
        let former = dup(2)
        dup2(file, 2)
        defer {
            close(file)
            close(former)
            unlink(path)
        }
        let result = Result { try body() }
        dup2(former, 2)
        var lines: [Line] = []
        for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            if let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? Line {
                lines.append(object)
            } else {
                StandardError.write(Array("\(line)\n".utf8))
            }
        }
        try result.get()
        return lines
    }
}

extension [Line] {
    /// The values of a field, in order; "-" where a line lacks it.
    func texts(_ field: String) -> [String] { map { $0[field].map { "\($0)" } ?? "-" } }

    func named(_ message: String) -> [Line] { filter { $0["message"] as? String == message } }
}
