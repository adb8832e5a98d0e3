// Environment.swift - environment variables and program arguments.
//
// Spec:    POSIX environ; proc(5) for /proc/self/cmdline.
// Secret:  no.
// Reads:   File; CLinux. Read by: LambdaRuntime, CommandLine, Bootstrap, KeyFetching.

@unsafe @preconcurrency import CLinux

/// The environment variables, as bytes.
public enum Environment {
    /// All variables, in their order.
    public static var all: [(name: [UInt8], value: [UInt8])] {
        var variables: [(name: [UInt8], value: [UInt8])] = []
        guard var entry = unsafe environ else { return [] }
        while let text = unsafe entry.pointee {
            var name: [UInt8] = []
            var value: [UInt8] = []
            var isName = true
            var index = 0
            while true {
                let byte = unsafe UInt8(bitPattern: text[index])
                if byte == 0 { break }
                if isName && byte == 0x3D {
                    isName = false
                } else if isName {
                    name.append(byte)
                } else {
                    value.append(byte)
                }
                index += 1
            }
            variables.append((name, value))
            unsafe entry += 1
        }
        return variables
    }

    /// A variable's value; nil if it is not set.
    public static func value(_ name: StaticString) -> [UInt8]? {
        precondition(name.hasPointerRepresentation)
        let pointer = unsafe UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
        guard let text = unsafe getenv(pointer) else { return nil }
        var value: [UInt8] = []
        var index = 0
        while unsafe text[index] != 0 {
            unsafe value.append(UInt8(bitPattern: text[index]))
            index += 1
        }
        return value
    }
}

/// The program's arguments, as bytes.
public enum Arguments {
    /// The program's name and its arguments, read from /proc: Embedded Swift has no CommandLine.
    public static var all: [[UInt8]] {
        let text: [UInt8]
        do throws(PlatformError) {
            text = try File.read(path: [UInt8]("/proc/self/cmdline".utf8), limit: 1 << 20)
        } catch { return [] }
        // Each argument ends with a zero byte. An empty argument is only the zero byte.
        var arguments: [[UInt8]] = []
        var argument: [UInt8] = []
        for byte in text {
            if byte == 0 {
                arguments.append(argument)
                argument = []
            } else {
                argument.append(byte)
            }
        }
        return arguments
    }
}
