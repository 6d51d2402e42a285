import Console
import Ownership
import Topology

/// Names for the JSON field `name`, each made once: a machine has many functions and few ids.
struct NameCache {
  private let names: Names
  private var made: [UInt32: String?] = [:]

  init(_ names: Names) { self.names = names }

  /// Vendor and device as `lspci` words them; nil when pci.ids does not know the vendor.
  mutating func name(of identity: Identity) -> String? {
    let key = Names.key(vendor: identity.vendor, device: identity.device)
    if let known = made[key] { return known }
    let vendor = names.vendor(of: identity)
    let name = vendor.map {
      $0 + " " + (names.device(of: identity) ?? "Device " + Hex.text(identity.device, atLeast: 4))
    }
    made[key] = .some(name)
    return name
  }
}

extension JSONWriter {
  /// A device: what a listing read, and with `full` what a closer look did.
  mutating func device(_ function: Function, _ state: DeviceState, _ names: inout NameCache, full: Bool) {
    let name = function.identity.value.map { names.name(of: $0) } ?? nil
    // Taken out of the function once: it is large.
    let details = full ? function.details : nil
    object { json in
      json.field("address", function.address.description)
      json.identity("class", "class_reason", function) { Hex.text($0.classCode.value, atLeast: 6) }
      json.identity("device", "device_reason", function) { Hex.text($0.device, atLeast: 4) }
      if full { json.list("disks", "disks_reason", details?.disks) }
      json.field("driver", "driver_reason", function.driver) { $0.string($1) }
      json.field("group", "group_reason", function.group) { $0.number($1.number) }
      if full { json.list("interfaces", "interfaces_reason", details?.interfaces) }
      json.field("kind", function.kind.rawValue)
      json.field("name", name)
      if name == nil { json.field("name_reason", function.identity.ignorance?.description ?? "not in pci.ids") }
      if full { json.placement(function, details) }
      json.field("parent", function.parent.word)
      if full { json.power(function, details) }
      json.field("state", state.rawValue)
      json.subsystem(function)
      if full { json.port(function, details) }
      json.identity("vendor", "vendor_reason", function) { Hex.text($0.vendor, atLeast: 4) }
      if full { json.virtual(details) }
    }
  }

  private mutating func identity(
    _ name: StaticString, _ reason: StaticString, _ function: Function, _ text: (Identity) -> String
  ) {
    field(name, reason, function.identity) { $0.string(text($1)) }
  }

  private mutating func subsystem(_ function: Function) {
    field("subsystem", "subsystem_reason", function.identity) { json, identity in
      let (vendor, device) = (identity.subsystemVendor, identity.subsystemDevice)
      guard vendor != 0 || device != 0 else { return json.null() }
      json.string(Hex.text(vendor, atLeast: 4) + ":" + Hex.text(device, atLeast: 4))
    }
  }

  private mutating func list(_ name: StaticString, _ reason: StaticString, _ list: Known<[String]>?) {
    let known: Known<[String]> = if case .absent = list { .value([]) } else { list ?? .unknown(.notRead) }
    field(name, reason, known) { json, texts in json.array(texts) { $0.string($1) } }
  }

  private mutating func placement(_ function: Function, _ details: Details?) {
    nodes(details?.deviceNode ?? .unknown(.notRead))
    field("numa", "numa_reason", details?.numaNode ?? .unknown(.notRead)) { $0.number($1) }
    field("override", "override_reason", function.driverOverride) { $0.string($1) }
  }

  private mutating func power(_ function: Function, _ details: Details?) {
    field("path", details.map { "/" + $0.path })
    field("physical_function", function.physicalFunction?.description)
    field("power", "power_reason", details?.powerState ?? .unknown(.notRead)) { $0.string($1) }
    field("revision", "revision_reason", details?.revision ?? .unknown(.notRead)) {
      $0.string(Hex.text($1, atLeast: 2))
    }
    field("runtime", "runtime_reason", details?.runtimeStatus ?? .unknown(.notRead)) { $0.string($1) }
    field("secondary_bus", "secondary_bus_reason", details?.secondaryBus ?? .unknown(.notRead)) {
      $0.string(Hex.text($1, atLeast: 2))
    }
  }

  private mutating func port(_ function: Function, _ details: Details?) {
    field("type", "type_reason", details?.port ?? .unknown(.notRead)) {
      $0.string($1.kind(leadsToABus: function.leadsToABus).rawValue)
    }
  }

  private mutating func virtual(_ details: Details?) {
    field("vfio", "vfio_reason", details?.vfioDevice ?? .unknown(.notRead)) { $0.string($1) }
    field("vfs", "vfs_reason", details?.virtualFunctions ?? .unknown(.notRead)) { json, functions in
      json.object {
        $0.field("enabled", "enabled_reason", functions.enabled) { $0.number($1) }
        $0.field("total", functions.total)
      }
    }
  }
}

extension Parent {
  /// An address, or the directory name of a root bus.
  var word: String {
    switch self {
    case .root(let name): name
    case .function(let address): address.description
    }
  }
}
