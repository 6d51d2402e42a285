import Assignment
import HostSimulated
import Ownership
import Testing
import Topology

/// What is told of devices that were given back.
@Suite struct LeftoverTests {
  private static let host = Rig.seed(nic: "vfio-pci", hba: "vfio-pci")
  private var members: [Device] { World(Self.host.inventory).members(of: Scene.group) }

  private func now(_ change: (inout [Function]) -> Void) -> World {
    var functions = Self.host.inventory.functions
    change(&functions)
    return World(Inventory(functions: functions, groups: Self.host.inventory.groups))
  }

  private func edit(_ address: Address, _ change: (inout Function) -> Void) -> World {
    now { functions in
      for place in functions.indices where functions[place].address == address { change(&functions[place]) }
    }
  }

  @Test func `a device that is gone is told as gone`() {
    let left = Leftover(members, in: now { $0.removeAll { $0.address == Rig.nic } })
    #expect(left.changes == [.gone(Rig.nic)] && !left.isLeaving)
    #expect(left.sentence == "0000:02:01.0 is gone.")
    let both = Leftover(members, in: now { $0.removeAll { $0.address == Rig.nic || $0.address == Rig.hba } })
    #expect(both.sentence == "0000:02:01.0 and 0000:02:02.0 are gone.")
  }

  @Test func `a device on its way out has lost its driver or its group, and is looked at again`() {
    let unbound = Leftover(members, in: edit(Rig.nic) { $0.driver = .absent })
    #expect(unbound.isLeaving && unbound.changes.contains(.driver(Rig.nic)))
    #expect(unbound.sentence.hasPrefix("Not as it was: the driver of 0000:02:01.0"))
    #expect(Leftover(members, in: edit(Rig.hba) { $0.group = .absent }).isLeaving)
    let rebound = Leftover(members, in: edit(Rig.nic) { $0.driver = .value("e1000") })
    #expect(!rebound.isLeaving && rebound.changes.contains(.driver(Rig.nic)))
  }

  @Test func `gone and changed are told apart`() {
    let left = Leftover(
      members,
      in: now { functions in
        functions.removeAll { $0.address == Rig.nic }
        for place in functions.indices where functions[place].address == Rig.hba {
          functions[place].driver = .value("sym53c8xx")
        }
      })
    #expect(left.sentence.hasPrefix("0000:02:01.0 is gone. Not as it was: the driver of 0000:02:02.0"))
    #expect(Leftover(members, in: World(Self.host.inventory)).sentence.isEmpty)
  }
}
