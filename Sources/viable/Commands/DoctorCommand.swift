import ArgumentParser
import HostAccess

/// `viable doctor`.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say which ways of handing out devices work here, and what is missing.",
    usage: "viable doctor [<options>]",
    discussion: """
      Nothing is opened that belongs to a device, and nothing is changed.

      Examples:
        viable doctor
        viable doctor --json
      """)

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  func run() throws {
    let session = try Session(global)
    let observer = try HostChoice.observer(global, session.here)
    let report = DoctorReport(place: observer.place, capabilities: observer.capabilities())
    try session.print { page in
      if global.json { report.json(into: &page) } else { report.text(into: &page) }
    }
  }
}
