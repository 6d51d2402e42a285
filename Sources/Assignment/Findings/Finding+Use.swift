import Topology

extension Finding {
  /// A process that has the function open: its driver cannot leave before it lets go.
  static func holder(_ address: Address, _ holder: Holder) -> Finding {
    Finding(
      .medium, address, .holder,
      "\(Clean.visible(holder.command)) (\(holder.process)) has \(Clean.visible(holder.node)) open: taking the driver "
        + "away waits until it lets go.")
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
    Finding(
      .medium, gap.address, .unknown, "\(question(gap.what, gap.address.short)) is unknown: \(gap.why).")
  }

  /// What an observer could not find out, as the subject of a sentence.
  private static func question(_ what: String, _ device: String) -> String {
    switch what {
    case "part in this login": "whether this login comes through \(device)"
    case "addresses": "which addresses are on \(device)"
    case "routes": "which routes lead through \(device)"
    case "mounts": "what is mounted from \(device)"
    case "swap": "whether there is swap on \(device)"
    case "members of ZFS pools": "whether \(device) holds members of ZFS pools"
    default: "what the \(Clean.visible(what)) of \(device) are"
    }
  }
}
