import Glibc
import Topology

@testable import HostLinux

/// A machine's image in a directory of its own below the system's temporary one, made by hand and edited as the kernel
/// would; gone with its owner.
final class Fixture {
  let root: String

  init() {
    // A file system in memory, where there is one: some suites make a hundred thousand files.
    let place = unsafe access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var template = Array("\(place)/viable-fixture-XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else { fatalError("no temporary directory: \(errno)") }
    root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    directory("sys/bus/pci/devices")
    directory("sys/kernel/iommu_groups")
  }

  deinit { Self.remove(root) }

  /// Removes a tree, never through a link.
  static func remove(_ path: String) {
    if let directory = try? Root(path) {
      for entry in directory.list(".") ?? [] {
        let inner = path + "/" + entry.name
        if entry.kind == .directory { remove(inner) } else { _ = unsafe Glibc.unlink(inner) }
      }
    }
    if unsafe rmdir(path) != 0 { fatalError("cannot remove \(path): \(errno)") }
  }

  func path(_ name: String) -> String { root + "/" + name }

  func directory(_ name: String) {
    var made = root
    for part in name.split(separator: "/") {
      made += "/" + part
      if unsafe mkdir(made, 0o755) != 0, errno != EEXIST { fatalError("mkdir \(made): \(errno)") }
    }
  }

  func file(_ name: String, _ text: String) { file(name, bytes: Array(text.utf8)) }

  func file(_ name: String, bytes: [UInt8]) {
    directoryAbove(name)
    guard let file = unsafe fopen(path(name), "w") else { fatalError("cannot write \(name): \(errno)") }
    if unsafe fwrite(bytes, 1, bytes.count, file) != bytes.count { fatalError("short write to \(name)") }
    if unsafe fclose(file) != 0 { fatalError("cannot write \(name)") }
  }

  func link(_ name: String, to target: String) {
    directoryAbove(name)
    if unsafe symlink(target, path(name)) != 0 { fatalError("link \(name): \(errno)") }
  }

  func fifo(_ name: String) {
    directoryAbove(name)
    if unsafe mkfifo(path(name), 0o644) != 0 { fatalError("fifo \(name): \(errno)") }
  }

  func unlink(_ name: String) {
    if unsafe Glibc.unlink(path(name)) != 0 { fatalError("unlink \(name): \(errno)") }
  }

  func move(_ name: String, to other: String) {
    if unsafe rename(path(name), path(other)) != 0 { fatalError("rename \(name): \(errno)") }
  }

  func exists(_ name: String) -> Bool {
    var found = stat()
    return unsafe lstat(path(name), &found) == 0
  }

  private func directoryAbove(_ name: String) {
    directory(name.split(separator: "/").dropLast().joined(separator: "/"))
  }
}

extension Fixture {
  /// A function as the kernel shows it. `at` is the directory below sys/devices that it stands in.
  func function(
    _ address: String, at place: String = "pci0000:00", ids: String = "8086:100e", code: String = "020000",
    driver: String? = nil, group: Int? = nil
  ) {
    let path = "sys/devices/\(place)/\(address)"
    let (vendor, device) = (ids.prefix(4).uppercased(), ids.suffix(4).uppercased())
    let parts = [code.prefix(2), code.dropFirst(2).prefix(2), code.suffix(2)]
    file(
      path + "/modalias",
      "pci:v0000\(vendor)d0000\(device)sv00001AF4sd00001100bc\(parts[0])sc\(parts[1])i\(parts[2])\n")
    file(path + "/driver_override", "(null)\n")
    link("sys/bus/pci/devices/" + address, to: "../../../devices/\(place)/\(address)")
    if let driver { bind(address, at: place, to: driver) }
    if let group { join(address, at: place, group: group) }
  }

  func bind(_ address: String, at place: String = "pci0000:00", to driver: String?) {
    let link = "sys/devices/\(place)/\(address)/driver"
    if exists(link) { unlink(link) }
    guard let driver else { return }
    directory("sys/bus/pci/drivers/" + driver)
    self.link(link, to: "../../../bus/pci/drivers/" + driver)
  }

  func join(_ address: String, at place: String = "pci0000:00", group: Int) {
    self.group(group)
    link("sys/devices/\(place)/\(address)/iommu_group", to: "../../../kernel/iommu_groups/\(group)")
    link("sys/kernel/iommu_groups/\(group)/devices/\(address)", to: "../../../../devices/\(place)/\(address)")
  }

  func group(_ number: Int, reserved: String = "0x00000000fee00000 0x00000000feefffff msi\n") {
    directory("sys/kernel/iommu_groups/\(number)/devices")
    file("sys/kernel/iommu_groups/\(number)/reserved_regions", reserved)
    file("sys/kernel/iommu_groups/\(number)/type", "DMA-FQ\n")
  }

  /// A member of a group on the platform bus.
  func other(_ name: String, driver: String? = nil, group: Int) {
    let path = "sys/devices/platform/" + name
    directory(path)
    if let driver { link(path + "/driver", to: "../../../bus/platform/drivers/" + driver) }
    link(path + "/iommu_group", to: "../../../kernel/iommu_groups/\(group)")
    link("sys/kernel/iommu_groups/\(group)/devices/" + name, to: "../../../../devices/platform/" + name)
  }

  /// Takes a function away, with its directory and its group's link to it.
  func removeFunction(_ address: String, at place: String = "pci0000:00", group: Int? = nil) {
    unlink("sys/bus/pci/devices/" + address)
    if let group { unlink("sys/kernel/iommu_groups/\(group)/devices/\(address)") }
    Self.remove(path("sys/devices/\(place)/\(address)"))
  }

  /// A PCIe-to-PCI bridge behind a root port, a NIC and an HBA on its bus: one group of three.
  static func seed() -> Fixture {
    let machine = Fixture()
    machine.function("0000:00:01.0", ids: "8086:3420", code: "060400", driver: "pcieport", group: 4)
    let below = "pci0000:00/0000:00:01.0"
    machine.function("0000:01:00.0", at: below, ids: "1b36:000e", code: "060400", group: 5)
    machine.function("0000:02:01.0", at: below + "/0000:01:00.0", driver: "e1000", group: 5)
    machine.function(
      "0000:02:02.0", at: below + "/0000:01:00.0", ids: "1000:0012", code: "010000", driver: "sym53c8xx", group: 5)
    machine.directory("dev/vfio")
    return machine
  }
}

/// An address that is spelled right.
func address(_ text: String) -> Address {
  guard let address = Address(text) else { fatalError("no address: \(text)") }
  return address
}
