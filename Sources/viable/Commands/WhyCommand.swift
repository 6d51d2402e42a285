import ArgumentParser
import Topology

/// `viable why`.
struct WhyCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "why",
    abstract: "Say why devices are one group, and what would split it.",
    usage: "viable why <selector> ... | --all [--what-if <change>] [<options>]",
    discussion: """
      Names the fact of the hardware that ties the members of a group, the bytes
      that prove it, and what would and would not split them. With two devices, the
      way from one to the other, or what keeps them apart. The kernel's groups are
      the truth: they are compared with what its rules make of the registers, and a
      difference is named.

      Groups are about DMA, and resets do not stop at their borders: of each device
      it is said whether it can be reset alone and whom a reset of its bus also hits
      (in JSON 'resets' of its group; not read with --all).

      Registers from byte 64 on are shown to root alone. A suspended device is left
      asleep, unless --wake is given.

      With --what-if nothing is touched; it may be given more than once. The console
      asks the same with w. A CHANGE is
        02:01.0@00:1c.0    the device moved to the slot below that port
        02:01.0@new        to a slot of its own below a port with ACS
        acs-on@00:1c.0     ACS switched on at a port (acs-off: off)
        remove@01:00.0     a bridge or switch gone, what was below it in its place
                           as PCI Express cards; a device gone
        vfs=4@03:00.0      that many virtual functions
        no-override        a kernel without pcie_acs_override

      Ends with 0 when everything is explained, with 1 when something is not, or is
      isolated only because the ACS override patch says so, and with 4 when that
      cannot be told.

      Examples:
        viable why 02:01.0
        viable why 02:01.0 02:02.0
        viable why group:5 --what-if 02:01.0@00:1c.0
        viable --root DIR why --all --json
      """)

  @Argument(help: "A device or a group; or two devices.", completion: Completion.selectors)
  var selector: [String] = []

  @Flag(help: "Every group.")
  var all = false

  @Flag(help: "Read suspended devices too, which wakes them.")
  var wake = false

  @Option(
    name: .customLong("what-if"),
    help: ArgumentHelp("What the groups would be if this were changed.", valueName: "change"))
  var whatIf: [String] = []

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  func validate() throws {
    guard all == selector.isEmpty || (!whatIf.isEmpty && !all) else {
      throw ValidationError(all ? "--all is every group; leave the selector out" : "name a device or a group, or --all")
    }
    guard selector.count <= 2 else { throw ValidationError("two devices at most") }
  }

  func run() throws {
    let session = try Session(global.chosen)
    let found = try session.lookAtTies(
      at: try Selection.read(selector), everything: !whatIf.isEmpty, waking: wake)
    let report = try WhyReport(found, typed: selector, whatIf: whatIf)
    try session.print { page in
      if global.json { report.json(into: &page) } else { report.text(into: &page) }
    }
    guard report.exit == .done else { throw report.exit }
  }
}
