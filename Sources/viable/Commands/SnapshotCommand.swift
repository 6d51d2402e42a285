import ArgumentParser
import HostAccess
import HostLinux
import Ownership
import Topology

/// `viable snapshot`.
struct SnapshotCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    abstract: "Save an image of this machine that --root reads.",
    usage: "viable snapshot [<dir>] [--with-serials] [--wake] [<options>]",
    discussion: """
      Without <dir> it goes to viable-snapshot in the current directory. The image
      keeps the kernel's release and command line. Serial numbers and MAC addresses
      are left out unless asked for.

      A suspended device is left asleep, and its registers are then missing: idle
      devices on vfio-pci sleep. With --wake the kernel is made to wake them for as
      long as they are read; nothing is written, and they fall asleep by themselves.

      Examples:
        viable snapshot
        sudo viable snapshot /tmp/mine && viable --root /tmp/mine list
      """)

  @Argument(help: "A directory that does not exist yet, or an empty one.", completion: .directory)
  var dir = "viable-snapshot"

  @Flag(help: "Keep serial numbers and MAC addresses.")
  var withSerials = false

  @Flag(help: "Read suspended devices too, which wakes them.")
  var wake = false

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  func run() throws {
    let session = try Session(global.chosen)
    guard global.scenario == nil, !global.rehearse else {
      throw Failure(.unavailable, "a simulated machine has no files to copy: snapshot takes a real one or an image")
    }
    let report = try write()
    try session.print { page in
      if global.json {
        JSONWriter.document(&page) {
          $0.field("directory", dir)
          $0.field("files", report.files)
          $0.field("functions", report.functions)
          $0.schema()
          $0.field("without_capabilities", report.withoutCapabilities)
          $0.field("woken", report.woken)
        }
      } else {
        page.line("\(Clean.visible(dir)): \(report.functions) functions, \(report.files) files and links")
        if report.withoutCapabilities > 0 {
          page.line(
            "\(report.withoutCapabilities) of them without capabilities: asleep (--wake), or shown to root alone (run it "
              + "with sudo)"
          )
        }
      }
    }
  }

  private func write() throws(Failure) -> Snapshot.Report {
    do throws(HostError) {
      return try Snapshot.write(from: global.root ?? "/", to: dir, includePrivate: withSerials, waking: wake)
    } catch {
      let isTaken = error.errno.rawValue == 17
      throw isTaken ? Failure(.not, "\(Clean.visible(dir)): there is something in it already") : Failure(writing: error)
    }
  }
}
