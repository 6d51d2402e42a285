import Randomness
import Testing
import Topology

@testable import HostLinux

@Suite struct MembershipTests {
  @Test func `every function stands in the group that its link names, by address`() {
    var dice = Dice(state: 7)
    for _ in 0..<300 {
      let count = dice.below(40)
      let functions = (0..<count).map { place in
        let group: Known<GroupID> =
          switch dice.below(8) {
          case 0: .absent
          case 1: .unknown(.needsRoot)
          default: .value(GroupID(dice.one(of: [0, 1, 2, 9, 4_294_967_295])))
          }
        let address = Address(domain: 0, bus: UInt8(place / 8), device: UInt8(place % 8), function: 0)
        return Function(address: address, parent: .root("pci0000:00"), group: group)
      }
      let found = Membership(functions)
      #expect(found.ids == Set(functions.compactMap(\.group.value)).sorted())
      for id in found.ids + [GroupID(5)] {
        #expect(Array(found[id]) == functions.indices.filter { functions[$0].group == .value(id) })
      }
    }
  }
}

@Suite struct StanceTests {
  private static let drivers: [Known<DriverName>] = [
    .absent, .unknown(.needsRoot), .value("vfio-pci"), .value("mlx5_vfio_pci"), .value("pci-stub"), .value("pcieport"),
    .value("e1000"), .value("newer_vfio_pci"),
  ]

  @Test func `those of many are those of each`() {
    var dice = Dice(state: 11)
    for _ in 0..<200 {
      let functions = (0..<dice.below(12)).map { place in
        var function = Function(
          address: Address(domain: 0, bus: 0, device: UInt8(place), function: 0), parent: .root("pci0000:00"),
          driver: dice.one(of: Self.drivers))
        function.hasVariantDriver = function.driver == .value("newer_vfio_pci") && dice.below(2) == 0
        return function
      }
      #expect(Stance.all(of: functions) == functions.map { Stance($0) })
    }
  }

  @Test func `overrides decide where somebody keeps a group and nobody in it serves`() {
    let disk = [OtherMember(name: "platform-disk", driver: .value("ahci"))]
    let user = [OtherMember(name: "platform-disk", driver: .value("vfio-platform"))]
    #expect(Stance.needOverrides([.keeps, .aside], []))
    #expect(Stance.needOverrides([.aside], disk))
    #expect(!Stance.needOverrides([.keeps], []))
    #expect(!Stance.needOverrides([.keeps, .serves], []))
    #expect(!Stance.needOverrides([.keeps], user))
    #expect(!Stance.needOverrides([.aside, .aside], []))
  }
}
