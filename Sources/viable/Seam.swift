/// What other rooms bring, until they are connected.
enum Seam {
  static func snapshot(of root: String, into directory: String, withSerials: Bool) throws(Failure) -> String {
    throw Failure(.unavailable, "snapshots are not connected")
  }
}

