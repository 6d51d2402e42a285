/// The console: what `viable` without a command opens.
enum ConsoleCommand {
  /// Runs it on this terminal until the person leaves.
  static func run(_ session: Session) throws(Failure) {
    try Seam.console(session)
  }
}
