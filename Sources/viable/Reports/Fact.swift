import Console
import Ownership
import Topology

/// One line of `show`: what it is called, what it is, and the file that says so.
struct Fact {
  /// What it is called.
  var label: String
  /// What it is, or why that is not known. Clean.
  var value: String
  /// The file, below the device's or group's directory where it does not begin with a slash.
  var source: String
  /// How the value looks.
  var role = Role.text
  /// Whether there is something to tell: absent facts stay out of `list --full`.
  var isThere = true

  /// A fact as it was read; `absent` is what to say when there is none.
  init<Value>(
    _ label: String, _ fact: Known<Value>, from source: String, absent: String = "none", _ text: (Value) -> String
  ) {
    self.label = label
    self.source = source
    switch fact {
    case .value(let read): value = Clean.visible(text(read))
    case .absent:
      value = absent
      role = .dim
      isThere = false
    case .unknown(let why):
      value = "unknown (\(why))"
      role = .dim
    }
  }

  /// A fact that is known in any case.
  init(_ label: String, _ value: String, from source: String, _ role: Role = .text) {
    self.label = label
    self.value = value
    self.source = source
    self.role = role
  }
}

extension Fact {
  /// What a closer look reads of a function: `show` prints all of it, `list --full` what there is.
  static func details(of function: Function) -> [Fact] {
    let details = function.details ?? Details(path: "")
    return [
      Fact("kind", details.port, from: "config") { $0.kind(leadsToABus: function.leadsToABus).rawValue },
      Fact("revision", details.revision, from: "revision") { Hex.text($0, atLeast: 2) },
      Fact("bus below", details.secondaryBus, from: "secondary_bus_number", absent: "none, it is no bridge") {
        Hex.text($0, atLeast: 2)
      },
      Fact("NUMA node", details.numaNode, from: "numa_node") { String($0) },
      Fact("power", details.powerState, from: "power_state") { $0 },
      Fact("runtime", details.runtimeStatus, from: "power/runtime_status") { $0 },
      Fact("override", function.driverOverride, from: "driver_override") { $0 },
      Fact("VFs", details.virtualFunctions, from: "sriov_numvfs", absent: "none, no SR-IOV", virtual),
      Fact("interfaces", details.interfaces, from: "net", names),
      Fact("disks", details.disks, from: "block", names),
      Fact("vfio device", details.vfioDevice, from: "vfio-dev") { $0 },
      Fact("node", details.deviceNode, from: "/dev/vfio/devices", node),
    ]
  }

  private static func virtual(_ functions: VirtualFunctions) -> String {
    switch functions.enabled {
    case .value(let enabled): "\(enabled) of \(functions.total)"
    case .absent: "0 of \(functions.total)"
    case .unknown(let why): "unknown (\(why)) of \(functions.total)"
    }
  }

  private static func names(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: " ") }

  static func node(_ node: Node) -> String { "\(node.path) \(node.access)" }
}

/// The lines below a function in `list --full`.
enum DetailText {
  /// Two lines: what the function is and how it stands, then what hangs on it.
  static func lines(of function: Function) -> [String] {
    let facts = Fact.details(of: function).filter { $0.isThere && $0.value != "none" }
    let above = facts.prefix { $0.label != "VFs" }
    let below = facts.dropFirst(above.count)
    return [above, below].filter { !$0.isEmpty }.map { line in
      line.map { "\($0.label) \($0.value)" }.joined(separator: ", ")
    }
  }
}
