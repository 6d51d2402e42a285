import ArgumentParser
import Assignment
import HostAccess
import HostSimulated
import Topology

/// The word after `--as`.
struct FormatName: ExpressibleByArgument, Hashable {
  let format: ExportFormat

  init?(argument: String) {
    guard let format = ExportFormat(rawValue: argument) else { return nil }
    self.format = format
  }

  static let allValueStrings = ExportFormat.allCases.map(\.rawValue)
}

/// `viable export`.
struct ExportCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write devices down for whoever gets them: QEMU, libvirt, DPDK, SPDK, a forum.",
    usage: "viable export [<selector> ...] --as <format> [<options>]",
    discussion: """
      Concerns every endpoint of the groups that are named, and never a bridge;
      --only-named leaves the others out. Nothing is changed. What has to be done
      first, and what is good to know, stands in it as comments; --bare leaves them
      out and says them on standard error.

        qemu     arguments, one a line: through /dev/vfio/N, or iommufd where only
                 that works; the other way as a comment
        libvirt  hostdev elements for <devices>; managed='no' for what is with a
                 vfio driver already, or told to be
        dpdk     arguments of the EAL, and a line that tries them
        spdk     PCI_ALLOWED for its set-up, and the configuration that attaches
        script   the plan of 'viable assign' as a shell script to review
        dot svg  a picture of tree and groups; of the whole machine when nothing
                 is named
        report   Markdown for a bug report: kernel, groups, drivers, why, resets,
                 registers. Names of hosts, users, disks and interfaces, mount
                 points and serial numbers are left out

      Examples:
        viable export group:13 --as qemu
        qemu-system-x86_64 ... $(viable export 03:00.0 --as qemu --bare)
        viable export 03:00.0 --as libvirt --managed no
        viable export --as svg > groups.svg
      """)

  @Argument(
    help: "Devices or groups; nothing is the whole machine, for a picture or report.", completion: Completion.selectors)
  var selector: [String] = []

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp("What to write: qemu, libvirt, dpdk, spdk, script, dot, svg or report.", valueName: "format"),
    completion: .list(FormatName.allValueStrings))
  var name: FormatName

  @Flag(help: "Only what is named, and not every endpoint of its groups.")
  var onlyNamed = false

  @Option(
    help: ArgumentHelp(
      "For QEMU: hand out by this way, whether or not it works here (explicit or iommufd).", valueName: "model"))
  var model: Way?

  @Option(help: ArgumentHelp("For libvirt: whether it binds drivers itself (yes or no).", valueName: "yes|no"))
  var managed: YesNo?

  @Flag(help: "Only what a program reads: no comments.")
  var bare = false

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  /// The two ways of handing out.
  enum Way: String, ExpressibleByArgument, CaseIterable {
    case explicit, iommufd
  }

  private var format: ExportFormat { name.format }

  /// An answer that libvirt spells out.
  enum YesNo: String, ExpressibleByArgument, CaseIterable {
    case yes, no
  }

  func validate() throws {
    guard format.isPicture || !selector.isEmpty else {
      throw ValidationError("name a device or a group; only dot, svg and report take the whole machine")
    }
    if model != nil, format != .qemu { throw ValidationError("--model is for --as qemu") }
    if managed != nil, format != .libvirt { throw ValidationError("--managed is for --as libvirt") }
  }

  func run() throws {
    let session = try Session(global.chosen)
    let observer = try HostChoice.observer(global.chosen, session.here)
    let inventory: Inventory
    do throws(HostError) {
      let selectors = try? Selection.read(selector)
      let isFound = selectors?.contains(where: \.needsDetails) ?? false
      inventory = try observer.inventory(isFound ? .full : .listing)
    } catch {
      throw Failure(error)
    }
    var wanted = Handing.Wanted(onlyNamed: onlyNamed)
    (wanted.choice.model, wanted.choice.isManaged, wanted.choice.isBare) = (
      model.flatMap { Handover.Model(rawValue: $0.rawValue) }, managed.map { $0 == .yes }, bare
    )
    for one in try Selection.read(selector) {
      switch try Selection.resolve(one, in: inventory) {
      case .group(let group): wanted.groups.append(group)
      case .functions(let functions): wanted.named += functions
      }
    }
    let labels = try HostChoice.scenario(global.chosen)?.labels ?? [:]
    let handover = try Handing.handover(wanted, in: inventory, with: observer, labels: labels)
    let report = try ExportReport(
      format, handover, plan: format == .script ? try plan(wanted, session) : nil)
    try session.print { page in
      if global.json { report.json(into: &page) } else { page.append(raw: report.document.text) }
    }
    if bare, !global.json { for line in report.notes { Session.complain(line) } }
  }

  /// The plan of assigning what is wanted, on whatever is looked at.
  private func plan(_ wanted: Handing.Wanted, _ session: Session) throws(Failure) -> Plan {
    let intent = Intent(.assign, named: wanted.named, groups: wanted.groups, onlyNamed: onlyNamed)
    if let host = try HostChoice.simulated(global.chosen, session.here) {
      var act = try Act(on: RehearsedPlace(host))
      return try act.plan(intent)
    }
    if let root = global.root, !HostChoice.isLive(global.chosen) {
      var act = try Act(on: try ImagePlace(try HostChoice.observer(global.chosen, session.here), root: root))
      return try act.plan(intent)
    }
    var act = try Act(on: try HostChoice.live(session))
    return try act.plan(intent)
  }
}
