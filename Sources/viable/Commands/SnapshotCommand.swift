import ArgumentParser

/// `viable snapshot`.
struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    abstract: "Save an image of this machine that --root reads.",
    usage: "viable snapshot [<dir>] [--with-serials] [<options>]",
    discussion: """
      The image keeps the kernel's release and command line. Serial numbers and
      MAC addresses are left out unless asked for.

      Examples:
        viable snapshot
        sudo viable snapshot /tmp/mine && viable --root /tmp/mine list
      """)

  @Argument(help: "A directory that does not exist yet, or an empty one.", completion: .directory)
  var dir = "viable-snapshot"

  @Flag(help: "Keep serial numbers and MAC addresses.")
  var withSerials = false

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  func run() throws {
    let session = try Session(global)
    let words = try Seam.snapshot(of: global.root ?? "/", into: dir, withSerials: withSerials)
    try session.print { page in
      if global.json {
        JSONWriter.document(&page) {
          $0.field("directory", dir)
          $0.schema()
        }
      } else {
        page.line(words)
      }
    }
  }
}
