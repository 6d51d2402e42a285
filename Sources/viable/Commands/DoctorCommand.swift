import ArgumentParser
import HostAccess
import Topology

/// `viable doctor`.
struct DoctorCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say which ways of handing out devices work here, and what is missing.",
    usage: "viable doctor [<options>]",
    discussion: """
      Nothing is opened that belongs to a device, and nothing is changed. Below that
      stands what is configured already, each with its source: driverctl's store,
      modprobe.d, the kernel's command line, libvirt's domains, assignments of ours.
      Of the distribution's own modprobe.d only what concerns vfio, or a driver that
      is bound here.

      Examples:
        viable doctor
        viable doctor --json
      """)

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  func run() throws {
    let session = try Session(global.chosen)
    let observer = try HostChoice.observer(global.chosen, session.here)
    // A machine without PCI has nothing that could be misplaced.
    let inventory = (try? observer.inventory(.listing)) ?? Inventory(functions: [], groups: [])
    let report = DoctorReport(
      place: observer.place, capabilities: observer.capabilities(),
      configured: ConfiguredReport(try session.configured(), in: inventory))
    try session.print { page in
      if global.json { report.json(into: &page) } else { report.text(into: &page) }
    }
  }
}
