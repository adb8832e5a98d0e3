// LicencesCommand.swift - whose work is in this binary, and under which terms.
//
// Spec:    none. The licences named here; the full texts are in the folder of the zips (Scripts/release).
// Secret:  no.
// Reads:   Options, Terminal; Bytes. Read by: Commands.
//
// Owed in a binary is one text: the permission notice of musl. The Swift and GCC runtime exceptions free what a compiler puts
// into a program from the rest, so those two are named and not reprinted: 45 KB less.

import Bytes

/// `authorizer licences`.
func runLicences(_ options: Options) -> Int32 {
    StandardOutput.write([UInt8](licences))
    return ExitStatus.allowed
}

private let licences: StaticString = """
    authorizer: Apache License 2.0 (file LICENSE next to the release's zips).

    Swift standard library: Apache License 2.0 with the Runtime Library
    Exception, by which a product that the compiler embeds portions into may
    be redistributed without the attribution of sections 4(a), 4(b) and 4(d).

    libgcc: GNU General Public License 3 with the GCC Runtime Library
    Exception 3.1, by which a program combined with it may be conveyed under
    terms of one's choice.

    musl: the MIT licence:

    Copyright (C) 2005-2020 Rich Felker, et al.
    Copyright (C) 2011-2012 Nicholas J. Kain (start of threads, x86_64)
    Copyright (C) 2012-2018 Arm Limited (memory and string functions, arm64)

    Permission is hereby granted, free of charge, to any person obtaining
    a copy of this software and associated documentation files (the
    "Software"), to deal in the Software without restriction, including
    without limitation the rights to use, copy, modify, merge, publish,
    distribute, sublicense, and/or sell copies of the Software, and to
    permit persons to whom the Software is furnished to do so, subject to
    the following conditions:

    The above copyright notice and this permission notice shall be
    included in all copies or substantial portions of the Software.

    THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND,
    EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
    MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT.
    IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY
    CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT,
    TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE
    SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
    """
