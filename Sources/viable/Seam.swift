/// What other rooms bring, until they are connected.
enum Seam {
  static func console(_ session: Session) throws(Failure) {
    throw Failure(.unavailable, "the console is not connected")
  }

  static func watch(_ session: Session) throws(Failure) {
    throw Failure(.unavailable, "watching is not connected")
  }

  static func snapshot(of root: String, into directory: String, withSerials: Bool) throws(Failure) -> String {
    throw Failure(.unavailable, "snapshots are not connected")
  }
}

extension KeyLine {
  static let all = [
    KeyLine(id: "quit", keys: ["q", "F10"], contexts: ["global"], section: "OTHER", text: "quit")
  ]
}
