import Foundation
import Platform
import TestSupport
import Testing

private func refusal(_ path: String, limit: Int = 100) -> PlatformError? {
    thrown { () throws(PlatformError) in
        _ = try File.read(path: Array(path.utf8), limit: limit)
    }
}

/// Files are read up to a limit, and other kinds of file are refused (AUDIT 32).
@Suite struct FileTests {
    @Test func filesAreReadUpToTheLimit() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for count in [0, 1, 99, 100, 4095, 4096, 4097, 100_000] {
            let contents = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            let path = folder.appendingPathComponent("f\(count)").path
            try Data(contents).write(to: URL(fileURLWithPath: path))
            #expect(try File.read(path: Array(path.utf8), limit: count) == contents)
            if count > 0 { #expect(refusal(path, limit: count - 1) == .tooLong(limit: count - 1)) }
        }
        #expect(refusal(folder.path) == .notAFile)
        #expect(refusal(folder.path + "/none") == .openFailed(code: 2))
        let fifo = folder.path + "/fifo"
        #expect(mkfifo(fifo, 0o600) == 0)
        #expect(refusal(fifo) == .notAFile)
    }

    @Test func invalidPathsAreRefused() {
        #expect(refusal("") == .invalidPath)
        #expect(refusal("/etc\u{0}/hosts") == .invalidPath)
    }
}

/// Variables and arguments are those of the process (AUDIT 31).
@Suite struct EnvironmentTests {
    @Test func variablesAreFoundByNameAndInTheList() {
        let path = Environment.value("PATH")
        #expect(path == ProcessInfo.processInfo.environment["PATH"].map { Array($0.utf8) })
        #expect(Environment.value("NO_SUCH_VARIABLE_HERE") == nil)
        let listed = Environment.all.first { $0.name == Array("PATH".utf8) }
        #expect(listed?.value == path)
        #expect(Environment.all.count == ProcessInfo.processInfo.environment.count)
    }

    @Test func argumentsBeginWithTheProgram() {
        #expect(Arguments.all.map { String(decoding: $0, as: UTF8.self) } == CommandLine.arguments)
    }
}

/// Deadlines expire and are divided into shares (AUDIT 17, 26).
@Suite struct ClockTests {
    @Test func theWallClockAgreesWithFoundation() {
        let before = Int64(Date().timeIntervalSince1970 * 1000)
        let now = Clock.wallMilliseconds
        let after = Int64(Date().timeIntervalSince1970 * 1000)
        #expect(now >= before - 1 && now <= after + 1)
        #expect(abs(Clock.wallSeconds - now / 1000) <= 1)
    }

    @Test func deadlinesRunOut() {
        let first = Clock.monotonicNanoseconds
        let long = Deadline.after(milliseconds: 60_000)
        #expect(long.remainingMilliseconds > 50_000)
        #expect(long.orEarlier(.after(milliseconds: -5)).remainingMilliseconds == 0)
        #expect(Deadline.after(milliseconds: .max).remainingMilliseconds > 1 << 39)
        #expect(Clock.monotonicNanoseconds >= first)
    }

    @Test func deadlinesOfTheWallClock() {
        let later = Deadline.at(wallMilliseconds: Clock.wallMilliseconds + 60_000)
        #expect((50_000...60_000).contains(later.remainingMilliseconds) && !later.hasPassed)
        for past in [Int64.min, -1, 0, Clock.wallMilliseconds] {
            #expect(Deadline.at(wallMilliseconds: past).hasPassed)
        }
        #expect((40_000...50_000).contains(later.earlier(byMilliseconds: 10_000).remainingMilliseconds))
        #expect(later.earlier(byMilliseconds: 60_000).hasPassed)
        #expect(!Deadline.never.hasPassed && !Deadline.at(wallMilliseconds: .max).hasPassed)
    }

    /// Equal shares of the remaining time. Unused time is divided among the later shares.
    @Test func deadlinesAreShared() {
        let whole = Deadline.after(milliseconds: 60_000)
        #expect((15_000...20_000).contains(whole.share(of: 3).remainingMilliseconds))
        #expect((50_000...60_000).contains(whole.share(of: 1).remainingMilliseconds))
        #expect(Deadline.after(milliseconds: 0).share(of: 2).hasPassed)
        #expect(!Deadline.never.share(of: 1000).hasPassed)
    }
}

/// Two calls return different random bytes (AUDIT 17).
@Suite struct RandomTests {
    @Test func twoDrawsDiffer() throws {
        func draw(_ count: Int) throws -> [UInt8] {
            let bytes = try Random.bytes(count: count)
            let span = bytes.span
            return (0..<span.count).map { span[$0] }
        }
        #expect(try draw(0) == [])
        #expect(try draw(1000).count == 1000)
        #expect(try draw(32) != draw(32))
    }
}
