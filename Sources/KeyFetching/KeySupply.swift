// KeySupply.swift - one issuer's keys, from the first of its addresses that gives them.
//
// Spec:    AUDIT 17 to 19, 21.
// Secret:  no.
// Reads:   KeyFetcher, FileInZip; Keys, HTTP, JOSE, Platform, Bytes. Read by: LambdaRuntime (SharedKeys), the commands.

import Bytes
import HTTP
import JOSE
import Keys
import Platform

/// Why the snapshot of the zip is unusable.
public enum SnapshotError: Error, Equatable, Sendable {
    case file(PlatformError)
    case keySet(JOSEError)
    case noUsableKey(skipped: [KeySet.SkippedKey])
}

/// An issuer's addresses, and the snapshot used until one of them has given keys.
public struct KeySupply {
    /// The result of one fetch.
    package struct Result {
        package init() {}

        /// The keys, the address that they came from, and at which attempt.
        package var success: (fetched: FetchedKeys, address: Int, attempt: Int)?
        /// The addresses that failed before, in the order in which they were tried.
        package var failures: [(address: Int, failure: FetchFailure)] = []
        /// Whether a server, or a file, was asked at all: the time may have been over before.
        package var wasTried = false
        /// Whether a further try may succeed soon: no failure is one that lasts.
        package var mayPass = false
        /// Where keys are fetched one by one: the first status that denies a key, 403, 404 or 410.
        package var absenceStatus: Int?

        /// The keys that the set skipped, of the first set without a usable key if all are so; nil: no set came.
        package var skipped: [KeySet.SkippedKey]? {
            if let success { return success.fetched.keySet.skipped }
            for (_, failure) in failures {
                if let skipped = failure.skipped { return skipped }
            }
            return nil
        }
    }

    private let fetchers: [KeyFetcher]
    /// Whether each key has an address of its own.
    public let isPerKey: Bool
    /// The set of the zip.
    package let snapshot: KeySet?

    /// - Throws: `SnapshotError` for a snapshot that cannot be read or lacks a usable key.
    public init(_ keys: IssuerKeys, _ settings: FetchSettings) throws(SnapshotError) {
        isPerKey = keys.isPerKey
        fetchers = keys.sources.map {
            KeyFetcher($0, settings, isPerKey: keys.isPerKey, isBundle: keys.isBundle)
        }
        snapshot = try keys.snapshot.map { path throws(SnapshotError) in
            try Self.readSnapshot(path, isBundle: keys.isBundle)
        }
    }

    /// The proxy on the way to the first address that has one, `host:port`.
    public var proxyName: [UInt8]? {
        for fetcher in fetchers { if let name = fetcher.proxyName { return name } }
        return nil
    }

    /// How many addresses there are.
    public var addressCount: Int { fetchers.count }

    /// Asks one address, whatever became of the others.
    ///
    /// - Parameter deadline: when to give up; the settings' time for a fetch may end earlier.
    public func fetch(address: Int, until deadline: Deadline = .never) throws(FetchFailure) -> FetchedKeys {
        do throws(KeyFetchError) { return try fetchers[address].fetch(until: deadline, kid: nil) } catch {
            throw FetchFailure(error, in: fetchers[address].lastExchange.steps.current)
        }
    }

    package func lastExchange(address: Int) -> LastExchange { fetchers[address].lastExchange }

    /// Asks the addresses in turn until one has given a usable set. Each may take an equal share of
    /// the time that is left, so that one that hangs leaves the next its chance.
    ///
    /// - Parameters:
    ///   - order: which comes first.
    ///   - kid: the key's ID, where each has an address of its own.
    ///   - deadline: for all of them together.
    ///   - nowSeconds: wall time.
    package func fetch(
        _ order: FailoverOrder, kid: [UInt8]? = nil, until deadline: Deadline, nowSeconds: Int64
    ) -> Result {
        var result = Result()
        for attempt in 0..<fetchers.count {
            let address = order.address(attempt: attempt, nowSeconds: nowSeconds)
            let share = deadline.share(of: fetchers.count - attempt)
            do throws(KeyFetchError) {
                let fetched = try fetchers[address].fetch(until: share, kid: kid)
                result.success = (fetched, address, attempt)
                result.wasTried = true
                return result
            } catch {
                result.wasTried = result.wasTried || error != .noTimeLeft
                result.mayPass = result.mayPass || error.mayPass
                result.failures.append(
                    (address, FetchFailure(error, in: fetchers[address].lastExchange.steps.current)))
                if isPerKey { result.absenceStatus = result.absenceStatus ?? error.absenceStatus }
            }
        }
        return result
    }

    /// A relative path is one in the zip (LAMBDA_TASK_ROOT).
    private static func readSnapshot(_ path: [UInt8], isBundle: Bool) throws(SnapshotError) -> KeySet {
        let text: [UInt8]
        do throws(PlatformError) {
            text = try File.read(path: pathInZip(path), limit: JOSELimits.keySetByteCount)
        } catch { throw .file(error) }
        let keySet: KeySet
        do throws(JOSEError) {
            keySet = isBundle ? try KeySet(parsingBundle: text) : try KeySet(parsing: text)
        } catch { throw .keySet(error) }
        guard !keySet.keys.isEmpty else {
            throw .noUsableKey(skipped: keySet.skipped)
        }
        return keySet
    }
}
