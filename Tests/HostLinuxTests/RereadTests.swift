import HostAccess
import Testing
import Topology

@testable import HostLinux

/// A machine that is edited at random, and what an edit makes stale.
private struct Edits {
  var state: UInt64
  let machine = Fixture()
  var placed: [Int: (driver: String?, group: Int?)] = [:]

  init(seed: UInt64) {
    state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    for number in 0..<6 { _ = add(number) }
  }

  mutating func below(_ limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % limit
  }

  static func name(_ number: Int) -> String { "0000:00:\(Hex.text(number, atLeast: 2)).0" }

  mutating func add(_ number: Int) -> Stale {
    let group = below(5) == 0 ? nil : below(5)
    let driver = ["e1000", "vfio-pci", "pcieport", nil][below(4)]
    machine.function(Self.name(number), driver: driver, group: group)
    placed[number] = (driver, group)
    return stale(number, [group])
  }

  private func stale(_ number: Int, _ groups: [Int?]) -> Stale {
    Stale(
      functions: [address(Self.name(number))], groups: Set(groups.compactMap { $0 }.map { GroupID(UInt32($0)) }))
  }

  /// One edit, and what events would say of it.
  mutating func next() -> Stale {
    let number = below(10)
    let path = "sys/devices/pci0000:00/" + Self.name(number)
    guard let (_, group) = placed[number] else { return add(number) }
    switch below(6) {
    case 0:
      machine.removeFunction(Self.name(number), group: group)
      placed[number] = nil
      return stale(number, [group])
    case 1, 2:
      let driver = ["e1000", "vfio-pci", "pcieport", nil][below(4)]
      machine.bind(Self.name(number), to: driver)
      return stale(number, [])
    case 3:
      machine.file(path + "/driver_override", ["vfio-pci\n", "(null)\n"][below(2)])
      return stale(number, [])
    default:
      let other = below(5)
      guard let group, group != other else { return Stale() }
      machine.group(other)
      let entry = "/devices/" + Self.name(number)
      machine.move("sys/kernel/iommu_groups/\(group)" + entry, to: "sys/kernel/iommu_groups/\(other)" + entry)
      // Every second time the device's own link stays behind, and the two disagree.
      if below(2) == 0 {
        machine.unlink(path + "/iommu_group")
        machine.link(path + "/iommu_group", to: "../../../kernel/iommu_groups/\(other)")
      }
      placed[number] = (placed[number]?.driver, other)
      return stale(number, [group, other])
    }
  }
}

@Suite struct RereadTests {
  @Test(arguments: 1...40)
  func `reading again what an edit made stale equals a fresh look`(seed: UInt64) throws {
    var edits = Edits(seed: seed)
    let observer = try SysfsObserver(root: edits.machine.root)
    var view = try observer.look(.close(to: []))
    let close: Set = [address("0000:00:01.0"), address("0000:00:03.0")]
    view.apply(try observer.reread(Stale(details: close), in: view))
    for step in 0..<25 {
      view.apply(try observer.reread(edits.next(), in: view))
      let known = Set(view.functions.filter { $0.details != nil }.map(\.address))
      let fresh = try observer.look(.close(to: known))
      let found = Difference(from: view, to: fresh)
      #expect(found.isEmpty, "seed \(seed), step \(step): \(found)")
      if !found.isEmpty { return }
    }
  }

  @Test func `reading everything again keeps details known and brings them up to date`() throws {
    let machine = Fixture.seed()
    let observer = try SysfsObserver(root: machine.root)
    let nic = address("0000:02:01.0")
    var view = try observer.inventory(.close(to: [nic]))
    machine.file("sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:01.0/power_state", "D3hot\n")
    let difference = try observer.reread(Stale(everything: true), in: view)
    #expect(difference.functions.map(\.address) == [nic])
    view.apply(difference)
    #expect(view[nic]?.details?.powerState == .value("D3hot"))
    #expect(try observer.reread(Stale(everything: true), in: view).isEmpty)
  }

  @Test func `nothing stale is nothing read, and a vanished function is gone`() throws {
    let machine = Fixture.seed()
    let observer = try SysfsObserver(root: machine.root)
    let view = try observer.inventory(.listing)
    #expect(try observer.reread(Stale(), in: view).isEmpty)
    let hba = address("0000:02:02.0")
    machine.removeFunction("0000:02:02.0", at: "pci0000:00/0000:00:01.0/0000:01:00.0", group: 5)
    let difference = try observer.reread(Stale(functions: [hba]), in: view)
    #expect(difference.goneFunctions == [hba])
    #expect(difference.groups.first { $0.id == GroupID(5) }?.members.count == 2)
  }

  @Test func `the last member takes its group along, and the first group says that the IOMMU is on`() throws {
    let machine = Fixture()
    machine.function("0000:00:03.0")
    let observer = try SysfsObserver(root: machine.root)
    var view = try observer.inventory(.listing)
    #expect(view.host.iommu == .off)
    machine.join("0000:00:03.0", group: 3)
    view.apply(try observer.reread(Stale(functions: [address("0000:00:03.0")]), in: view))
    #expect(view.host.iommu == .on)
    #expect(view.groups.map(\.id.number) == [3])
    machine.removeFunction("0000:00:03.0", group: 3)
    view.apply(try observer.reread(Stale(functions: [address("0000:00:03.0")]), in: view))
    #expect(view.groups.isEmpty && view.functions.isEmpty)
    #expect(view.host.iommu == .off)
  }

  @Test func `details are read where they are wanted, and nodes bring them up to date`() throws {
    let machine = Fixture.seed()
    let path = "pci0000:00/0000:00:01.0/0000:01:00.0"
    machine.bind("0000:02:01.0", at: path, to: "vfio-pci")
    let observer = try SysfsObserver(root: machine.root)
    let nic = address("0000:02:01.0")
    var view = try observer.inventory(.listing)
    view.apply(try observer.reread(Stale(details: [nic]), in: view))
    #expect(view[nic]?.details?.vfioDevice == .absent)
    #expect(view[GroupID(5)]?.details?.node == .absent)
    machine.directory("sys/devices/\(path)/0000:02:01.0/vfio-dev/vfio0")
    machine.file("dev/vfio/devices/vfio0", "")
    machine.file("dev/vfio/5", "")
    view.apply(try observer.reread(Stale(nodes: true), in: view))
    #expect(view[nic]?.details?.deviceNode.value?.path == "/dev/vfio/devices/vfio0")
    #expect(view[GroupID(5)]?.details?.node.value?.path == "/dev/vfio/5")
  }
}
