import Topology

extension Finding {
  /// A process that has the function open: its driver cannot leave before it lets go.
  static func holder(_ address: Address, _ holder: Holder) -> Finding {
    // drivers/uio/uio.c `uio_unregister_device` waits for nobody.
    let isUIO = holder.node.hasPrefix("/dev/uio")
    return Finding(
      .medium, address, .holder,
      "\(Clean.visible(holder.command)) (\(holder.process)) has \(Clean.visible(holder.node)) open: "
        + (isUIO ? "it loses the device at once." : "taking the driver away waits until it lets go."))
  }

  /// Virtual functions of this physical one.
  static func virtualFunctions(_ address: Address, _ functions: [Address]) -> Finding {
    let count = functions.count
    let names = functions.prefix(4).map(\.short).joined(separator: ", ") + (count > 4 ? ", …" : "")
    return Finding(
      .medium, address, .virtualFunctions,
      "\(count == 1 ? "the virtual function" : "the \(count) virtual functions") of \(address.short) (\(names)) "
        + "\(count == 1 ? "goes" : "go") with its driver, whoever uses them.")
  }

  /// A function that sleeps.
  static func suspended(_ address: Address) -> Finding {
    Finding(.low, address, .suspended, "\(address.short) is suspended, and is woken up.")
  }

  /// What could not be made sure of.
  static func unknown(_ gap: Burden.Gap) -> Finding {
    Finding(.medium, gap.address, .unknown, "\(question(gap.what, gap.address.short)) is unknown: \(reason(gap)).")
  }

  private static func reason(_ gap: Burden.Gap) -> String {
    gap.what == .elsewhere ? "no interface of it is seen here" : "\(gap.why)"
  }

  /// What an observer could not find out, as the subject of a sentence.
  private static func question(_ what: Burden.Gap.What, _ device: String) -> String {
    switch what {
    case .login: "whether this login comes through \(device)"
    case .interfaces: "which network interfaces \(device) has"
    case .elsewhere: "whether \(device) is in use in another network namespace, or by a process,"
    case .addresses: "which addresses are on \(device)"
    case .routes: "which routes lead through \(device)"
    case .openVSwitch: "what goes through \(device) by way of Open vSwitch"
    case .disks: "which disks \(device) has"
    case .mounts: "what is mounted from \(device)"
    case .layers: "whether layers of the root file system, or files that are mounted as disks, lie on \(device)"
    case .swap: "whether there is swap on \(device)"
    case .pools: "whether \(device) holds members of ZFS pools"
    case .disksAndInterfaces: "which disks and interfaces \(device) has"
    case .keyboards: "whether keyboards hang on \(device)"
    case .holders: "who has \(device) open"
    }
  }
}
