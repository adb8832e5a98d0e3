// KeySupply.swift - one issuer's keys, from the first of its addresses that gives them.
//
// Spec:    security-checklist 17 to 19, 21.
// Secret:  no.
// Reads:   KeyFetcher; Authorizer, JOSE, Bytes, Platform. Read by: SharedKeys, the commands.

import Authorizer
import Bytes
import JOSE
import Platform

/// An issuer's addresses, and the snapshot that stands in for them.
public struct KeySupply {
    /// What one fetch came to.
    struct Result {
        /// What came, the address that it came from, and at which attempt.
        var success: (fetched: FetchedKeys, address: Int, attempt: Int)?
        /// The addresses that failed before, in the order in which they were tried.
        var failures: [(address: Int, error: KeyFetchError)] = []
        /// Where keys are fetched one by one: the first answer that there is none, 403, 404 or 410.
        var absenceStatus: Int?
    }

    private let fetchers: [KeyFetcher]
    /// Whether each key has an address of its own.
    public let isSingle: Bool
    /// The set of the zip.
    let snapshot: KeySet?

    /// - Throws: an address that is not fetched from; a snapshot that cannot be read or has no usable key.
    public init(_ issuer: TrustedIssuer, _ settings: Settings) throws(SettingsError) {
        var fetchers: [KeyFetcher] = []
        isSingle = issuer.hasSingleKeys
        for (index, source) in issuer.keySources.enumerated() {
            do throws(SettingsError) {
                fetchers.append(try KeyFetcher(source, settings, isSingle: isSingle))
            } catch {
                throw issuer.fault(error, at: index)
            }
        }
        self.fetchers = fetchers
        snapshot = try issuer.snapshot.map { path throws(SettingsError) in try Self.readSnapshot(path) }
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
    /// - Parameter milliseconds: how long it may take at most; nil: what the settings say.
    public func fetch(address: Int, within milliseconds: Int64? = nil) throws(KeyFetchError) -> FetchedKeys {
        try fetchers[address].fetch(within: milliseconds, kid: nil)
    }

    func lastExchange(address: Int) -> LastExchange { fetchers[address].lastExchange }

    /// Asks the addresses in turn until one has given a usable set. Each may take an equal share of
    /// the time that is left, so that one that hangs leaves the next its chance.
    ///
    /// - Parameters:
    ///   - order: which comes first.
    ///   - milliseconds: for all of them together.
    ///   - kid: the key's ID, where each has an address of its own.
    func fetch(
        _ order: AddressOrder, within milliseconds: Int64, kid: [UInt8]? = nil, nowSeconds: Int64
    ) -> Result {
        var result = Result()
        let deadline = Deadline.after(milliseconds: milliseconds)
        for attempt in 0..<fetchers.count {
            let address = order.address(attempt: attempt, nowSeconds: nowSeconds)
            let share = deadline.remainingMilliseconds / Int64(fetchers.count - attempt)
            do throws(KeyFetchError) {
                let fetched = try fetchers[address].fetch(within: share, kid: kid)
                result.success = (fetched, address, attempt)
                return result
            } catch {
                result.failures.append((address, error))
                if isSingle { result.absenceStatus = result.absenceStatus ?? error.absenceStatus }
            }
        }
        return result
    }

    /// A relative path is one in the zip (LAMBDA_TASK_ROOT).
    private static func readSnapshot(_ path: [UInt8]) throws(SettingsError) -> KeySet {
        let text: [UInt8]
        do throws(PlatformError) {
            text = try File.read(path: pathInZip(path), limit: JOSELimits.keySetByteCount)
        } catch { throw SettingsError(.jwksSnapshot, .fileNotRead(reason: [UInt8](error.reasonCode))) }
        let keySet: KeySet
        do throws(JOSEError) { keySet = try KeySet(parsing: text) } catch {
            throw SettingsError(.jwksSnapshot, .keySetRefused(error))
        }
        guard !keySet.keys.isEmpty else { throw SettingsError(.jwksSnapshot, .keySetWithoutKeys) }
        return keySet
    }
}
