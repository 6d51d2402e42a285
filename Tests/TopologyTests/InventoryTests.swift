import Randomness
import Testing

@testable import Topology

@Suite struct InventoryTests {
  private func at(_ number: Int) -> Address {
    Address(domain: 0, bus: UInt8(number >> 8), device: UInt8(number >> 3 & 31), function: UInt8(number & 7))
  }

  private func function(_ number: Int, driver: Known<DriverName> = .absent) -> Function {
    Function(
      address: at(number), parent: .root("pci0000:00"), driver: driver, group: .value(GroupID(UInt32(number % 3))))
  }

  private func machine(_ dice: inout Dice) -> Inventory {
    let drivers: [Known<DriverName>] = [.absent, .value("e1000e"), .value("vfio-pci"), .unknown(.deviceBusy)]
    let functions = (0..<12).filter { _ in dice.below(3) > 0 }.map { number in
      Function(
        address: at(number), parent: .root("pci0000:00"),
        identity: .value(Identity(vendor: 0x8086, device: UInt16(dice.below(2)), classCode: ClassCode(0x020000))),
        driver: drivers[dice.below(drivers.count)], group: .value(GroupID(UInt32(dice.below(4)))),
        driverOverride: dice.below(4) == 0 ? .value("vfio-pci") : .absent)
    }
    let groups = (0..<6).filter { _ in dice.below(3) > 0 }.map { id in
      Group(
        id: GroupID(UInt32(id)), members: functions.map(\.address).filter { _ in dice.below(4) == 0 },
        reserved: dice.below(2) == 0 ? .value([]) : .unknown(.notRead))
    }
    return Inventory(
      functions: functions, groups: groups, names: Names(vendors: [0x8086: "Intel"]),
      host: HostFacts(iommu: dice.below(2) == 0 ? .on : .off),
      disagreements: dice.below(3) == 0 ? [Disagreement(address: at(1), link: GroupID(1), directory: nil)] : [])
  }

  // MARK: looking up

  @Test func `what is given in any order is found by address and number`() {
    let inventory = Inventory(
      functions: [9, 2, 5, 7].map { function($0) }, groups: [4, 0, 2].map { Group(id: GroupID($0), members: []) })
    #expect(inventory.functions.map(\.address) == [2, 5, 7, 9].map(at))
    #expect(inventory.groups.map(\.id.number) == [0, 2, 4])
    for number in 0..<12 { #expect((inventory[at(number)] != nil) == [2, 5, 7, 9].contains(number)) }
    for id in UInt32(0)..<6 { #expect((inventory[GroupID(id)] != nil) == [0, 2, 4].contains(id)) }
    #expect(inventory.group(of: at(5))?.id == GroupID(2))
    #expect(inventory.group(of: at(7)) == nil, "group 1 is not listed")
  }

  @Test func `of two at one address, or with one number, the last one counts`() {
    let inventory = Inventory(
      functions: [function(1, driver: .value("a")), function(0), function(1, driver: .value("b"))],
      groups: [Group(id: GroupID(3), members: [at(0)]), Group(id: GroupID(3), members: [at(1)])])
    #expect(inventory.functions.count == 2)
    #expect(inventory[at(1)]?.driver == .value("b"))
    #expect(inventory.groups.map(\.members) == [[at(1)]])
  }

  @Test func `halving finds the first place in lists of every length`() {
    for count in 0...20 {
      let list = (0..<count).map { $0 * 2 }
      for wanted in -1...(count * 2 + 1) {
        #expect(list.partitioningIndex { $0 >= wanted } == list.filter { $0 < wanted }.count)
      }
    }
  }

  // MARK: differences

  @Test func `applying the difference gives the new machine`() {
    var dice = Dice(state: 4)
    for round in 0..<2000 {
      let (old, new) = (machine(&dice), machine(&dice))
      let difference = Difference(from: old, to: new)
      var taken = old
      taken.apply(difference)
      if taken != new { Issue.record("round \(round): \(difference) does not lead from old to new") }
      #expect(Difference(from: new, to: new).isEmpty)
      #expect(difference.isEmpty == (old == new))
    }
  }

  @Test func `a difference names what changed and nothing else`() throws {
    let old = Inventory(functions: [0, 1, 2].map { function($0) }, groups: [Group(id: GroupID(0), members: [at(0)])])
    let new = Inventory(
      functions: [function(0), function(2, driver: .value("xhci_hcd")), function(3)],
      groups: [Group(id: GroupID(1), members: [at(3)])])
    let difference = Difference(from: old, to: new)
    #expect(difference.functions.map(\.address) == [at(2), at(3)])
    #expect(difference.goneFunctions == [at(1)])
    #expect(difference.groups.map(\.id) == [GroupID(1)])
    #expect(difference.goneGroups == [GroupID(0)])
    #expect(
      difference.changes(from: old) == [
        .deviceRemoved(at(1), group: GroupID(1)), .groupRemoved(GroupID(0)), .groupAdded(GroupID(1)),
        .driver(at(2), group: GroupID(2), from: nil, to: "xhci_hcd"), .deviceAdded(at(3), group: GroupID(0)),
      ])
  }

  @Test func `what is added with its driver is told with it`() {
    let old = Inventory(functions: [], groups: [])
    let new = Inventory(functions: [function(1, driver: .value("e1000e"))], groups: [])
    #expect(
      Difference(from: old, to: new).changes(from: old) == [
        .deviceAdded(at(1), group: GroupID(1)), .driver(at(1), group: GroupID(1), from: nil, to: "e1000e"),
      ])
  }

  private func change(_ body: (inout Function) -> Void) -> [Change] {
    let old = Inventory(functions: [function(1, driver: .value("e1000e"))], groups: [])
    var function = old.functions[0]
    body(&function)
    return Difference(from: old, to: Inventory(functions: [function], groups: [])).changes(from: old)
  }

  @Test func `every sort of change has its word`() {
    let group = GroupID(1)
    #expect(change { $0.driver = .absent } == [.driver(at(1), group: group, from: "e1000e", to: nil)])
    #expect(change { $0.group = .value(GroupID(7)) } == [.group(at(1), from: group, to: GroupID(7))])
    #expect(change { $0.driverOverride = .value("vfio-pci") }.isEmpty, "it was not read before")
    #expect(change { _ in }.isEmpty)
  }

  @Test func `a fact that cannot be read any more is not told as a change of it`() {
    let facts = [Change.facts(at(1), group: GroupID(1))]
    #expect(change { $0.driver = .unknown(.deviceBusy) } == facts)
    #expect(change { $0.group = .unknown(.refused(errno: 5)) } == [.facts(at(1), group: nil)])
    #expect(change { $0.identity = .value(Identity(vendor: 1, device: 2, classCode: ClassCode(0))) } == facts)
  }

  @Test func `another card in the slot is told as such`() {
    var old = function(1)
    old.identity = .value(Identity(vendor: 1, device: 2, classCode: ClassCode(0)))
    var new = old
    new.identity = .value(Identity(vendor: 1, device: 3, classCode: ClassCode(0)))
    let before = Inventory(functions: [old], groups: [])
    let difference = Difference(from: before, to: Inventory(functions: [new], groups: []))
    #expect(difference.changes(from: before) == [.replaced(at(1), group: GroupID(1))])
  }
}
