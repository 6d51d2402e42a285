import Foundation
import Testing
import Topology

/// The partition against what kernels made of real trees, and against the cases that the trees do not have.
@Suite struct IsolationTests {
  @Test func `the derived groups are the kernel's in every image of a running kernel`() throws {
    let machines = try QEMUImage.all()
    print(machines.isEmpty ? "no captures" : "captures: \(machines.count) machines of a kernel in QEMU")
    for machine in machines {
      for state in machine.states {
        let derived = Isolation(state.facts).groups
        #expect(derived == state.groups, "\(machine.name) \(state.name)")
      }
    }
  }

  private func at(_ text: String) throws -> Address { try #require(Address(text)) }

  private func rootPort(_ address: String, acs: ACS? = ACS(capability: 0x1d, control: 0x1d)) throws -> PortFacts {
    PortFacts(address: try at(address), parent: .root("pci0000:00"), leadsToABus: true, type: .express(4), acs: acs)
  }

  /// PCIe-to-PCI bridge below a root port, NIC and HBA behind it.
  private func seed(acs: ACS? = ACS(capability: 0x1d, control: 0x1d)) throws -> Isolation {
    let port = try rootPort("0000:00:03.0", acs: acs)
    let bridge = PortFacts(
      address: try at("0000:01:00.0"), parent: .function(port.address), leadsToABus: true, type: .express(7))
    let cards = try ["0000:02:01.0", "0000:02:02.0"].map {
      PortFacts(address: try at($0), parent: .function(bridge.address))
    }
    return Isolation([port, bridge] + cards)
  }

  @Test func `NIC and HBA behind a PCIe-to-PCI bridge share its requester and its group`() throws {
    let isolation = try seed()
    #expect(isolation.groups.map { $0.map(\.short) } == [["00:03.0"], ["01:00.0", "02:01.0", "02:02.0"]])
    #expect(isolation.requester(of: try at("0000:02:02.0")).short == "01:00.0")
  }

  @Test func `of bridges above each other the topmost has the last word on the requester`() throws {
    let port = try rootPort("0000:00:03.0")
    let bridge = PortFacts(
      address: try at("0000:01:00.0"), parent: .function(port.address), leadsToABus: true, type: .express(7))
    let inner = PortFacts(address: try at("0000:02:01.0"), parent: .function(bridge.address), leadsToABus: true)
    let card = PortFacts(address: try at("0000:03:02.0"), parent: .function(inner.address))
    let isolation = Isolation([port, bridge, inner, card])
    for address in [bridge, inner, card].map(\.address) {
      #expect(isolation.requester(of: address) == bridge.address)
    }
  }

  @Test func `a root port without ACS, or with it off, takes in everything below it`() throws {
    for acs in [nil, ACS(capability: 0x1d, control: 0), ACS(capability: 0x1d, control: 0x15)] {
      #expect(try seed(acs: acs).groups.count == 1)
    }
  }

  @Test func `a flag that a port cannot have counts as satisfied`() {
    #expect(ACS(capability: 0x0c, control: 0x0c).isolates)
    #expect(!ACS(capability: 0x1d, control: 0x0c).isolates)
    #expect(ACS(capability: 0, control: 0).isolates)
  }

  @Test(arguments: [(nil, 1), (ACS(capability: 0x1d, control: 0x1d), 2)] as [(ACS?, Int)])
  func `functions of one card are one group unless both isolate`(_ acs: ACS?, _ count: Int) throws {
    let port = try rootPort("0000:00:03.0")
    let functions = try ["0000:03:00.0", "0000:03:00.1"].map {
      PortFacts(
        address: try at($0), parent: .function(port.address), type: .express(0), isMultifunction: true, acs: acs)
    }
    #expect(Isolation([port] + functions).groups.count == count + 1)
    // The override patch, and quirks for vendors' promises, assert what the registers do not say.
    let asserted = functions.map { function in
      var function = function
      function.quirk = true
      return function
    }
    #expect(Isolation([port] + asserted).groups.count == 3)
  }

  @Test func `virtual functions stand alone, beside their physical function`() throws {
    let port = try rootPort("0000:00:03.0")
    let functions = try ["0000:01:00.0", "0000:01:00.1", "0000:01:00.2"].map {
      PortFacts(address: try at($0), parent: .function(port.address), type: .express(0))
    }
    #expect(Isolation([port] + functions).groups.allSatisfy { $0.count == 1 })
  }

  @Test func `downstream ports without ACS keep only what is below them`() throws {
    let port = try rootPort("0000:00:03.0")
    let upstream = PortFacts(
      address: try at("0000:01:00.0"), parent: .function(port.address), leadsToABus: true, type: .express(5))
    let downstream = try ["0000:02:00.0", "0000:02:01.0"].map {
      PortFacts(address: try at($0), parent: .function(upstream.address), leadsToABus: true, type: .express(6))
    }
    let cards = try zip(["0000:03:00.0", "0000:04:00.0"], downstream).map { address, above in
      PortFacts(address: try at(address), parent: .function(above.address), type: .express(0))
    }
    #expect(
      Isolation([port, upstream] + downstream + cards).groups.map { $0.map(\.short) } == [
        ["00:03.0"], ["01:00.0"], ["02:00.0", "03:00.0"], ["02:01.0", "04:00.0"],
      ])
  }

  @Test func `everything below a VMD is in the VMD's group`() throws {
    let vmd = PortFacts(address: try at("0000:00:0e.0"), parent: .root("pci0000:00"), type: .express(9))
    let port = PortFacts(
      address: try at("10000:e0:06.0"), parent: .function(vmd.address), leadsToABus: true, type: .express(4))
    let disk = PortFacts(address: try at("10000:e1:00.0"), parent: .function(port.address), type: .express(0))
    let isolation = Isolation([vmd, port, disk])
    #expect(isolation.groups.count == 1)
    #expect(isolation.requester(of: disk.address) == vmd.address)
  }

  @Test func `a function that uses another's requester id shares its group, whichever comes first`() throws {
    for aliases in [[0x01: [0x00]], [0x00: [0x01]]] as [[UInt8: Set<UInt8>]] {
      let functions = try [UInt8(0), 1].map { function in
        PortFacts(
          address: try at("0000:05:00.\(function)"), parent: .root("pci0000:05"), type: .express(0),
          aliases: aliases[function] ?? [])
      }
      #expect(Isolation(functions).groups.count == 1)
    }
  }

  @Test func `a tree that bites its tail, or hangs in the air, is partitioned all the same`() throws {
    let (first, second) = (try at("0000:01:00.0"), try at("0000:02:00.0"))
    let loop = [
      PortFacts(address: first, parent: .function(second), leadsToABus: true, type: .express(4)),
      PortFacts(address: second, parent: .function(first), leadsToABus: true, type: .express(4)),
      PortFacts(address: try at("0000:03:00.0"), parent: .function(try at("0000:09:00.0")), type: .express(0)),
    ]
    #expect(Isolation(loop).groups.flatMap(\.self).count == 3)
  }
}
