// ClockOffset.swift - the offset of the wall clock in a test build; 0 in every other.
//
// Spec:    none.
// Secret:  no.
// Reads:   Environment, File, Clock; Bytes. Read by: Clock.
//
// Scripts/build-clock sets CLOCK_OFFSET_FILE for the runs under load, which shift the clock of a running process. Scripts/check-release
// fails for a binary that contains the variable's name.

#if CLOCK_OFFSET_FILE
    import Bytes

    extension Clock {
        /// The seconds in the file that the variable CLOCK_OFFSET_FILE names, with a minus sign if the clock is behind.
        static var offsetSeconds: Int64 {
            guard let path = Environment.value("CLOCK_OFFSET_FILE") else { return 0 }
            do throws(PlatformError) {
                let text = try File.read(path: path, limit: 32)
                let isBehind = text.first == 0x2D
                let digits = isBehind ? [UInt8](text.dropFirst()) : text
                return (Decimal.value(digits.span) ?? 0) * (isBehind ? -1 : 1)
            } catch { return 0 }
        }
    }
#else
    extension Clock {
        static var offsetSeconds: Int64 { 0 }
    }
#endif
