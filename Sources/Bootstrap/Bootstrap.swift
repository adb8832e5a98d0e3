// Bootstrap.swift - the entry point.

@main
struct Bootstrap {
  static func main() {}
}
