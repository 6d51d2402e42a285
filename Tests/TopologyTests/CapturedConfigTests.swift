import Testing
import Topology

/// Real configuration space: what it says must agree with what else is known of the machines.
@Suite struct CapturedConfigTests {
  @Test func `every dump decodes, and says of ids, class, bridges and buses what the machine says`() throws {
    let machines = try CapturedMachine.all()
    var (dumps, express, silent) = (0, 0, 0)
    for machine in machines {
      for address in machine.dumped {
        let space = try #require(machine.configs[address]?.value)
        let place: Comment = "\(machine.name) \(address)"
        // One was asleep while it was dumped.
        if space.isSilent {
          silent += 1
          continue
        }
        #expect(space.isWhole, place)
        let function = try #require(machine.inventory[address])
        if function.physicalFunction == nil {
          #expect(space.identity.value?.ids == function.identity.value?.ids, place)
          #expect(space.identity.value?.classCode == function.identity.value?.classCode, place)
        } else {
          #expect(space.identity == .absent, place)
        }
        let leadsToABus = space.layout.value.map { $0 == 1 || $0 == 2 }
        #expect(leadsToABus == function.leadsToABus, place)
        if let above = function.parent.function, machine.inventory[above]?.leadsToABus == true {
          let numbers = machine.configs[above]?.value?.busNumbers.value
          let isOnItsBus = numbers.map { ($0.secondary...max($0.secondary, $0.subordinate)).contains(address.bus) }
          #expect(isOnItsBus == true, place)
        }
        if space.count > 64 {
          #expect(space.capabilities.gap == nil, place)
          #expect(space.port.value != nil, place)
        }
        if space.count == 4096 { #expect(space.acs.ignorance == nil && space.sriov.ignorance == nil, place) }
        dumps += 1
        if case .value(.express) = space.port { express += 1 }
      }
    }
    print(machines.isEmpty ? "no captures" : "captures: \(dumps) dumps of configuration space, \(express) PCI Express")
    if !machines.isEmpty { #expect(dumps >= 200 && express >= 58 && silent == 1) }
  }

  @Test func `groups derived from the facts of a kernel in QEMU are its groups, without a gap`() throws {
    var count = 0
    for machine in try CapturedMachine.all() where machine.name.hasPrefix("qemu-") {
      let ports = PortFacts.read(machine.inventory, machine.configs)
      #expect(ports.allSatisfy { $0.isolation.ignorance == nil }, "\(machine.name)")
      let groups = machine.inventory.groups.map(\.members).sorted { $0[0] < $1[0] }
      #expect(Isolation(ports).groups == groups, "\(machine.name)")
      count += 1
    }
    print("captures: \(count) machines of a kernel in QEMU read into port facts")
  }

  @Test func `without configuration space nothing is claimed that the tree does not carry`() throws {
    for machine in try CapturedMachine.all() {
      for port in PortFacts.read(machine.inventory, [:]) {
        let function = try #require(machine.inventory[port.address])
        let isVirtual = function.physicalFunction != nil
        #expect((port.gaps[.type] == nil) == isVirtual, "\(machine.name) \(port.address)")
        #expect(port.gaps[.acs] == .notRead)
        if port.gaps[.multifunction] == nil, !isVirtual { #expect(port.isMultifunction) }
        if let why = port.isolation.ignorance { #expect(why == .notRead) }
      }
    }
  }

  @Test func `of an image that mixes bare headers with full ones the bare ones are believed`() throws {
    for machine in try CapturedMachine.all() where ["x570-rx6800", "dell-r730"].contains(machine.name) {
      let ports = PortFacts.read(machine.inventory, machine.configs)
      let gaps = ports.count { $0.gaps[.type] != nil }
      // One has full headers among bare ones, the other nothing but bare ones.
      #expect(machine.name == "x570-rx6800" ? gaps == 0 : gaps == ports.count, "\(machine.name) \(gaps)")
    }
  }
}
