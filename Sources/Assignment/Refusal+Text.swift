import HostAccess
import Ownership
public import Topology

extension Refusal {
  /// What stands in the way, in a sentence that names it.
  public func sentence(_ labels: [Address: String] = [:]) -> String { said(labels).sentence }

  /// What to do about it, one a line; empty where nothing helps.
  public func next(_ labels: [Address: String] = [:]) -> [String] { said(labels).next }

  private func said(_ labels: [Address: String]) -> Said {
    let names = Naming(labels)
    return hardware(names) ?? machine(names) ?? past(names) ?? virtual(names) ?? physical(names) ?? giving(names)
      ?? consent(names)
  }

  /// What the hardware and its firmware do not allow.
  private func hardware(_ names: Naming) -> Said? {
    switch why {
    case .noGroup(let address):
      Said(
        "\(names[address]) has no IOMMU group, so vfio-pci cannot take it.",
        "See what is missing: viable doctor",
        "Usually the IOMMU is off: turn VT-d or AMD-Vi on in the firmware; with Intel also boot with intel_iommu=on.")
    case .bridge(let address):
      Said(
        "\(names[address]) is a bridge: vfio-pci takes endpoints only.",
        "Name the devices below it, or its group; a bridge whose driver blocks is released with its group.")
    case .hostBridge(let address):
      Said(
        "\(names[address]) is a host bridge: it is how this machine reaches its devices, and is never handed out.",
        "Name the devices of its group instead; a driver of it that blocks is released with the group.")
    case .otherMember(let name, let driver, let group):
      Said(
        "Group \(group) has a member that is no PCI function: \(Clean.visible(name)), driven by "
          + "\(Clean.visible(driver)), which only its own bus can take off.",
        "Unbind it on its own bus, for a platform device with /sys/bus/platform/drivers/"
          + "\(Clean.visible(driver))/unbind, and try again.")
    case .directRegion(let group, let region):
      Said(
        "Firmware demands that 0x\(Hex.text(region.first, atLeast: 1)) to 0x\(Hex.text(region.last, atLeast: 1)) stays "
          + "mapped for group \(group) (RMRR), so the kernel lets nobody own it.",
        "Look in the firmware for the feature that reserves it (iLO, USB legacy support), or use another slot.")
    case .noDriver(let address, let driver):
      Said(
        "This kernel has no driver \(Clean.visible(driver)) for \(names[address]), and no module of it.",
        "Install the kernel's module vfio-pci, or build with CONFIG_VFIO_PCI; viable doctor says what else is missing.")
    default: nil
    }
  }

  /// What the machine is like now, and was when the plan or the record was made.
  private func machine(_ names: Naming) -> Said? {
    switch why {
    case .gone(let address): Said("There is no \(names[address]) any more.", "See what there is: viable list")
    case .noSuchGroup(let group): Said("There is no group \(group).", "See what there is: viable list")
    case .unknown(let address, let what, let ignorance):
      Said(
        "\(Clean.visible(what)) of \(names[address]) is unknown (\(Clean.visible("\(ignorance)"))), so the way back "
          + "could not be recorded.", Self.remedy(ignorance))
    case .held(let address, let holder):
      Said(
        "\(names[address]) cannot change its driver now: \(Clean.visible(holder.command)) "
          + "(process \(holder.process)) holds \(Clean.visible(holder.node)).",
        "End \(Clean.visible(holder.command)) first, or its virtual machine.",
        "With --wait an unbind waits until it lets go of the device.")
    case .stale(let address, let assumed, let found):
      Said(
        "\(names[address]) is not what the plan was made for: it had \(Clean.visible(assumed)), now it has "
          + "\(Clean.visible(found)).", "Make the plan again and look at it.")
    case .changed(let subject):
      Said(
        "\(Clean.visible("\(subject)")) is not as it was when the plan was made.", "Make the plan again and look at it."
      )
    case .unreadable(let error) where error.errno == .ebadmsg:
      Said(
        "\(Clean.visible("\(error)")), and nothing was begun: what that act did is not known.",
        "Take back what the other entries kept: viable restore --all; then move that file away and try again.")
    case .unreadable(let error) where [.emfile, .enomem, Errno(rawValue: 23), Errno(rawValue: 5)].contains(error.errno):
      Said(
        "\(Clean.visible("\(error)")), and nothing was begun.",
        "Once there are descriptors and memory again, try again: ulimit -n tells how many files may be open.")
    case .unreadable(let error):
      Said(
        "\(Clean.visible("\(error)")), so the way back could not be recorded.",
        "Look at it, and move it away if it is none of yours.")
    case .regrouped(let group, let assumed, let found):
      Said(
        "Group \(group) is not what the plan was made for: its members were "
          + "\(names.list(assumed.map { names[$0] })), now they are \(names.list(found.map { names[$0] })).",
        "Make the plan again and look at it.")
    default: nil
    }
  }

  /// What the journal has, and what was agreed to.
  private func past(_ names: Naming) -> Said? {
    switch why {
    case .nothingRecorded(let address):
      Said(
        "The journal has nothing to give back to \(names[address]): viable has not changed it since the machine booted.",
        "To give it to a driver of your choice, use that driver's bind file or drivers_probe.")
    case .noSuchEntry(let number):
      Said("The journal has no entry \(number) that is in force.", "Everything that is: viable restore --all --dry-run")
    case .void(let address, let recorded, let found):
      Said(
        "What the journal recorded of \(names[address]) was another card: \(Clean.visible(recorded)). "
          + "Now there is \(Clean.visible(found)), and nothing is replayed on it.",
        "That record is forgotten with: viable restore --all")
    case .laterEntry(let subject, let entry, let later):
      Said(
        "Entry \(later) of the journal changed \(subject.function.map { names[$0] } ?? Clean.visible("\(subject)")) after "
          + "entry \(entry) did, and is in force: to take back the earlier one alone would leave the later one with a way "
          + "back to where neither had been.",
        "Take back the later one first: viable restore --entry \(later)",
        "Or all of it at once: viable restore \(subject.function.map { "\($0)" } ?? "--all")")
    case .overtaken(let address, let what):
      Said(
        "What was agreed to is not what would be done now: "
          + "\(address.map { "\(names[$0]): " } ?? "")\(Clean.visible(what))",
        "Nothing was changed. Make the plan again and look at it.")
    default: nil
    }
  }

  private func virtual(_ names: Naming) -> Said? {
    switch why {
    case .noVirtualFunctions(let address, let driver?):
      Said("\(names[address]) (\(Clean.visible(driver))) has no SR-IOV: there are no virtual functions to make.")
    case .noVirtualFunctions(let address, nil):
      Said(
        "\(names[address]) has no driver, and only its own driver can make virtual functions.",
        "Bind its host driver first: viable restore \(address)")
    case .notPhysical(let address):
      Said("\(names[address]) has no SR-IOV: there are no virtual functions to make.")
    case .virtualFunction(let address, let physical):
      Said(
        "\(names[address]) is itself a virtual function, of \(names[physical]): only a physical function makes others.",
        "Name that one: viable vfs \(physical) COUNT")
    case .tooManyVirtualFunctions(let address, let asked, let total):
      Said("\(names[address]) can have 0 to \(total) virtual functions, not \(asked).")
    case .virtualFunctionsInUse(let address, let functions):
      Said(
        functions.isEmpty
          ? "Virtual functions of \(names[address]) are enabled: it cannot leave its driver before they go."
          : "\(names.list(functions.map { names[$0] })) \(functions.count == 1 ? "is a virtual function" : "are virtual functions") "
            + "of \(names[address]), which \(functions.count == 1 ? "stands" : "stand") in the way.",
        functions.isEmpty
          ? ""
          : "Give back those that were assigned: viable restore \(functions.map(\.description).joined(separator: " "))",
        "Then remove them: viable vfs \(address) 0")
    case .domainOf(let address, let within):
      Said(
        "\(names.list(within.map { names[$0] })) \(within.count == 1 ? "is" : "are") in the domain that \(names[address]) "
          + "makes, and \(within.count == 1 ? "goes" : "go") with its driver: neither can be had without the other.",
        "Switch VMD off in the firmware: what is behind it is then on an ordinary bus.")
    default: nil
    }
  }

  private func giving(_ names: Naming) -> Said? {
    switch why {
    case .noNode(let address, let driver?) where driver.firstRange(of: "vfio") != nil:
      Said(
        "\(names[address]) is with \(Clean.visible(driver)), but neither its group's node nor its own is seen here: "
          + "there is nothing to give.",
        "See what is missing: viable doctor; an image has no nodes.",
        "Or give it for whenever they appear: add --persist.")
    case .noNode(let address, let driver):
      Said(
        "\(names[address]) has no node to give: it "
          + (driver.map { "has the host driver \(Clean.visible($0))." } ?? "has no driver."),
        "Bind it to a vfio driver first: viable assign \(address)",
        "Or give it for whenever it is bound: add --persist.")
    case .givenAlready(let node, let uid, let name):
      Said(
        "\(node) belongs to user \(uid), and not to \(Clean.visible(name)): a node has one owner.",
        "Take it back first: viable grant DEVICE --revoke",
        node == .iommu
          ? "Or hand \(Clean.visible(name)) open descriptors: viable run" : "")
    case .ruleStands(let file):
      Said(
        "\(Clean.visible(file.path)) stands there already, and gives the nodes in another way.",
        "Look at it; viable grant --revoke takes it away.")
    default: nil
    }
  }

  private func consent(_ names: Naming) -> Said {
    switch why {
    case .consent(.lockout, let findings, _):
      Said(
        "This could lock you out or stop the machine: \(Self.list(findings, .lockout))",
        "Run it at a terminal and type the answer there: no flag stands for it.")
    case .consent(.medium, let findings, let groups):
      Said(
        "This needs your word for \(groups.count == 1 ? "group" : "groups") "
          + "\(names.list(groups.map(\.description))): \(Self.list(findings, .medium))",
        "Look at it with --dry-run, then add \(groups.map { "--consent \($0)" }.joined(separator: " "))")
    case .consent(.low, _, _):
      Said("Nobody has agreed to this yet.", "Look at it with --dry-run, then add --yes")
    case .nothingToHandOver(let program, []):
      Said("There is nothing to write down for \(program): no endpoint with a group was named.")
    case .nothingToHandOver(let program, let functions):
      Said(
        "\(program) has no use for \(names.list(functions.map { names[$0] })).",
        program == "spdk"
          ? "It attaches NVMe and virtio disks."
          : "It takes networks but Wi-Fi, processors, accelerators and DMA engines.")
    case .busy(let who): Said("\(Clean.visible(who)) is acting now, and one acts at a time.", "Wait until it is done.")
    case .readOnly(let why): Said("Nothing can be changed here: \(Clean.visible(why)).")
    default: Said("It was refused.")
    }
  }

  private static func list(_ findings: [Finding], _ severity: Severity) -> String {
    findings.filter { $0.severity >= severity }.map(\.text).joined(separator: " ")
  }

  private static func remedy(_ why: Ignorance) -> String {
    switch why {
    case .needsRoot, .refused(errno: 13), .refused(errno: 1): "Run it as root."
    case .deviceBusy: "Somebody is at the device: try again, or see who with viable show as root."
    case .notRecorded: "The image does not carry it."
    case .notRead, .suspended, .refused, .malformed: "See what can be read: viable show, as root."
    }
  }
}
