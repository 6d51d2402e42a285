import CLinux
import HostAccess
import Topology

/// One snapshot in the making.
struct MachineCopy: ~Copyable {
  let observer: SysfsObserver
  let root: Root
  let includesPrivate: Bool
  private let wakes: Bool
  /// Directories of functions that are asleep.
  private var asleep: [String] = []
  var image: ImageWriter
  private var written = Snapshot.Report()

  init(_ observer: SysfsObserver, includesPrivate: Bool, wakes: Bool, image: consuming ImageWriter) {
    self.observer = observer
    root = observer.root
    self.includesPrivate = includesPrivate
    self.wakes = wakes
    self.image = image
  }

  var report: Snapshot.Report {
    var report = written
    report.files = image.files
    return report
  }

  /// Attributes that are read without taking the device's lock and without waking it.
  private static let attributes: [StaticString] = [
    "vendor", "device", "class", "subsystem_vendor", "subsystem_device", "revision", "modalias", "resource",
    "numa_node",
    "power_state", "sriov_totalvfs", "sriov_offset", "sriov_stride", "sriov_vf_device", "sriov_drivers_autoprobe",
    "reset_method", "max_link_speed", "max_link_width", "secondary_bus_number", "subordinate_bus_number", "boot_vga",
    "ari_enabled", "d3cold_allowed", "msi_bus", "enable", "irq", "power/runtime_status", "power/control",
  ]
  private static let locked: [StaticString] = ["driver_override", "sriov_numvfs"]
  /// Reading these asks the hardware.
  private static let awake: [StaticString] = ["current_link_speed", "current_link_width"]
  private static let links: [StaticString] = ["driver", "iommu_group", "iommu", "physfn", "subsystem"]

  mutating func functions() throws(HostError) {
    let look = try Look(root)
    guard let addresses = look.addresses else { return }
    try image.directory(Look.devicesPath)
    var paths: [String] = []
    var reader = FunctionReader(root, below: look.devices)
    for address in addresses {
      guard let path = observer.seen(address, &reader)?.path else { continue }
      paths.append(path)
      try image.directory(path)
      let link = Look.devicesPath + "/" + address.description
      if path != link { try image.link(link, to: Self.relative(path, from: Look.devicesPath)) }
      try function(at: path)
    }
    written.functions = paths.count
    let wanted = paths.flatMap { path in Self.locked.map { (path, $0) } }
    for (file, bytes) in zip(wanted, observer.attributes(wanted)) {
      if let bytes = bytes.value { try image.file("\(file.0)/\(file.1)", bytes) }
    }
    try wake()
  }

  /// Reads the configuration space of those asleep, which may hang, where the reader can be left behind.
  private mutating func wake() throws(HostError) {
    guard wakes else { return }
    let paths = asleep.map { $0 + "/config" }
    for (path, bytes) in zip(paths, CautiousReader(root, patience: CautiousReader.wakingPatience).read(paths, .config))
    {
      guard let config = bytes.value, !config.isEmpty else { continue }
      written.woken += 1
      if config.count > 64 { written.withoutCapabilities -= 1 }
      try image.file(path, includesPrivate ? config : ConfigCopy.withoutSerials(config))
    }
  }

  private mutating func function(at path: String) throws(HostError) {
    var isAsleep = false
    for name in Self.attributes {
      guard let bytes = bytes(path, name) else { continue }
      if root.isSysfs, name.description == "power/runtime_status" { isAsleep = bytes.starts(with: "suspended".utf8) }
      try image.file("\(path)/\(name)", bytes)
    }
    for name in isAsleep ? [] : Self.awake {
      if let bytes = bytes(path, name) { try image.file("\(path)/\(name)", bytes) }
    }
    if isAsleep { asleep.append(path) }
    let config = isAsleep ? [] : configSpace(path)
    if config.count <= 64 { written.withoutCapabilities += 1 }
    if !config.isEmpty {
      try image.file(path + "/config", includesPrivate ? config : ConfigCopy.withoutSerials(config))
    }
    for name in Self.links { try link("\(path)/\(name)") }
    for entry in root.list(path) ?? [] where entry.kind == .link && entry.name.hasPrefix("virtfn") {
      try link(path + "/" + entry.name)
    }
    for entry in root.list(path + "/vfio-dev") ?? [] {
      let device = path + "/vfio-dev/" + entry.name
      try image.directory(device)
      if let number = bytes(device, "dev") { try image.file(device + "/dev", number) }
      try image.link("sys/class/vfio-dev/" + entry.name, to: Self.relative(device, from: "sys/class/vfio-dev"))
    }
  }

  private func bytes(_ path: String, _ name: StaticString) -> [UInt8]? {
    root.read(path, name) { .value(Array(copying: $0)) }.value
  }

  private func configSpace(_ path: String) -> [UInt8] {
    guard root.isSysfs else { return bytes(path, "config") ?? [] }
    do {
      let file = OwnedDescriptor(Int(unsafe try root.openStraight(try root.joined(path, "config"), Root.Flags.file)))
      return ConfigCopy.read(file.number)
    } catch {
      return []
    }
  }

  /// Copies a link as it stands; a driver's directory is made with it.
  private mutating func link(_ path: String) throws(HostError) {
    guard let target = try? root.link(path) else { return }
    try image.link(path, to: target)
    if path.hasSuffix("/driver"), let name = target.split(separator: "/").last {
      try image.directory("sys/bus/pci/drivers/" + name)
    }
  }

  mutating func groups() throws(HostError) {
    guard root.list(GroupReader.path) != nil else { return }
    try image.directory(GroupReader.path)
    for id in GroupReader(root).ids() {
      let path = GroupReader.path + "/\(id)"
      try image.directory(path + "/devices")
      for name: StaticString in ["type", "reserved_regions", "name"] {
        if let bytes = bytes(path, name) { try image.file("\(path)/\(name)", bytes) }
      }
      for member in root.list(path + "/devices") ?? [] {
        let link = path + "/devices/" + member.name
        try self.link(link)
        // A member on another bus has no entry among the functions: its driver is kept beside its place.
        guard Address(member.name) == nil, let target = try? root.link(link) else { continue }
        let device = Root.lexical(target, in: path + "/devices")
        try image.directory(device)
        try self.link(device + "/driver")
      }
    }
  }

  /// Network interfaces and disks of PCI functions, by name.
  mutating func above() throws(HostError) {
    for name in ["sys/class/net", "sys/class/block"] {
      guard let found = Above.devices(of: name, root) else { continue }
      try image.directory(name)
      for device in found where !device.owners.isEmpty {
        let path = device.path.joined(separator: "/")
        try image.directory(path)
        try image.link(name + "/" + device.name, to: Self.relative(path, from: name))
        for controller in device.controllers { try link(controller) }
        if includesPrivate, let bytes = bytes(path, "address") { try image.file(path + "/address", bytes) }
      }
    }
  }

  /// IOMMUs, drivers, nodes and what the kernel says of itself.
  mutating func rest() throws(HostError) {
    for iommu in root.list("sys/class/iommu") ?? [] {
      try image.directory("sys/devices/virtual/iommu/" + iommu.name)
      try image.link("sys/class/iommu/" + iommu.name, to: "../../devices/virtual/iommu/" + iommu.name)
    }
    for driver in root.list("sys/bus/pci/drivers") ?? [] where driver.kind == .directory {
      try image.directory("sys/bus/pci/drivers/" + driver.name)
    }
    for directory in ["dev/vfio", "dev/vfio/devices"] {
      for node in root.list(directory) ?? [] where node.kind != .directory {
        try image.file(directory + "/" + node.name, [], like: root.status(directory + "/" + node.name))
      }
    }
    if let status = root.status("dev/iommu") { try image.file("dev/iommu", [], like: status) }
    let facts = observer.hostFacts(hasGroups: false, hasPCI: true)
    if let release = facts.kernelRelease.value {
      try image.file("proc/sys/kernel/osrelease", Array((release + "\n").utf8))
    }
    if let line = facts.commandLine.value { try image.file("proc/cmdline", Array((line + "\n").utf8)) }
  }

  /// `path` as a link in `directory` spells it.
  static func relative(_ path: String, from directory: String) -> String {
    let (to, from) = (path.split(separator: "/"), directory.split(separator: "/"))
    let shared = zip(to, from).prefix { $0 == $1 }.count
    return (Array(repeating: "..", count: from.count - shared) + to[shared...].map(String.init)).joined(separator: "/")
  }
}
