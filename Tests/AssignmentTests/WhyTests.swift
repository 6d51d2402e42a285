import Assignment
import Goldens
import Testing
import Topology

/// What is said of every kind of reason.
struct WhyTests {
  /// Machines that between them have every kind of reason, each with the groups that a kernel makes of it.
  private static let machines: [(String, WhyMachine)] = [
    ("seed scene", .seed), ("one card behind a bridge", .single), ("nested bridges", .nested),
    ("a PCI bridge below a PCIe-to-PCI bridge", .nestedExpress), ("a chip that isolates one function", .partlyIsolated),
    ("a bridge and its neighbour, not read", .unreadNeighbours),
    ("root port without ACS", .open), ("ACS off", .off), ("ACS off by the command line", .disabled),
    ("ACS off, the IOMMU not known", .offUnknown), ("ACS off by the command line, on since", .configured),
    ("a port that implements nothing", .hollow), ("a quirk that says yes, as far as is known", .assumed),
    ("the rule of September 2025", .wholeSwitch), ("a quirk of requester IDs in two slots", .aliasAround),
    ("functions of many sorts", .mixedCard),
    ("a quirk that says no", .distrusted), ("switch without ACS", .looseSwitch), ("two functions of one card", .card),
    ("root ports of one device", .rootPorts), ("a chip on the root bus", .chip), ("a quirk of requester IDs", .alias),
    ("below a VMD", .vmd), ("AMD's platform", .platform), ("the override", .override), ("alone", .alone),
    ("not read", .unread), ("not recorded, with the override asked for", .unrecorded),
    ("too coarse", .coarse), ("too fine", .fine), ("many", .many),
  ]

  @Test func `every kind of reason says what ties, what proves it, what splits it and what does not`() {
    var text = ""
    var kinds: Set<Tie.Kind> = []
    for (title, machine) in Self.machines {
      text += "== \(title)\n"
      for group in machine.ties.groups {
        for why in machine.witness.whys(of: group) {
          kinds.insert(why.reason.kind)
          text += "group \(group.id): \(why.reason.kind.rawValue) at \(why.reason.at.short)\n  \(why.sentence)\n"
          for line in why.evidence { text += "  evidence: \(line)\n" }
          for line in why.splits { text += "  splits: \(line)\n" }
          for line in why.keeps { text += "  does not: \(line)\n" }
          if let risk = why.risk { text += "  risk: \(risk)\n" }
        }
      }
    }
    #expect(kinds == Set(Tie.Kind.allCases))
    let outcome = Golden.check(text, "why.txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `the seed scene reads as a person would say it`() throws {
    let machine = WhyMachine.seed
    let group = try #require(machine.ties[GroupID(5)])
    let why = try #require(machine.witness.whys(of: group).first)
    #expect(
      why.sentence
        == "02:01.0 NIC and 02:02.0 HBA are one group because 01:00.0 is a PCIe-to-PCI bridge: all traffic below it "
        + "carries the bridge's requester ID 02:00.0, so the IOMMU cannot tell them apart.")
    #expect(why.keeps[0].hasPrefix("No ACS setting changes it"))
    #expect(why.splits[0].hasPrefix("Another slot does"))
  }

  @Test(arguments: [WhyMachine.seed, .single, .nested, .nestedExpress])
  func `a slot that the advice leaves open splits the group, and one that it rules out does not`(machine: WhyMachine)
    throws
  {
    let other = WhyMachine.port("00:07.0")
    let ports = machine.ports + [other]
    for group in machine.ties.groups {
      for why in machine.witness.whys(of: group) where why.reason.kind == .conventionalBus {
        let words = try #require(why.splits.first?.split(separator: " ").last?.dropLast())
        let ruledOut = WhyMachine.address(String(words))
        for card in why.reason.binds where !machine.ports.contains(where: { $0.address == card && $0.leadsToABus }) {
          var paper = WhatIf(machine.inventory, ports)
          try paper.apply(.move(card, below: other.address))
          #expect(!paper.outcomes().contains { $0.members.contains(card) && $0.members.contains(ruledOut) })
          for bridge in machine.ports where bridge.leadsToABus && bridge.type != .express(4) {
            var paper = WhatIf(machine.inventory, ports)
            do { try paper.apply(.move(card, below: bridge.address)) } catch { continue }
            let stays = paper.outcomes().contains { $0.members.contains(card) && $0.members.contains(ruledOut) }
            let isBelow = bridge.address == ruledOut || machine.witness.isBelow(bridge.address, ruledOut, machine)
            #expect(stays == isBelow, "\(card.short) below \(bridge.address.short), advice: not below \(words)")
          }
        }
      }
    }
  }

  @Test func `below nested bridges the topmost one's requester ID is named, everywhere`() throws {
    for (machine, number, id) in [(WhyMachine.nested, 3, "00:1e.0"), (.nestedExpress, 5, "02:00.0")] {
      let group = try #require(machine.ties[GroupID(UInt32(number))])
      for why in machine.witness.whys(of: group) {
        #expect(why.sentence.contains("requester ID \(id),"), "\(why.sentence)")
      }
      #expect(Explained(group, by: machine.witness).requester?.id == id)
    }
  }

  @Test func `a function that is alone beside others says who is isolated from whom`() throws {
    let group = try #require(WhyMachine.partlyIsolated.ties[GroupID(4)])
    #expect(
      WhyMachine.partlyIsolated.witness.whys(of: group).map(\.sentence) == [
        "00:14.3 HD Audio is alone in its group: it is on a root bus and has a requester ID of its own, and it is "
          + "isolated from the other functions of its chip."
      ])
  }

  @Test func `registers are quoted where they were read`() throws {
    var bytes = [UInt8](repeating: 0, count: 256)
    (bytes[0x06], bytes[0x0e], bytes[0x19], bytes[0x34]) = (0x10, 0x01, 0x02, 0x40)
    (bytes[0x40], bytes[0x42]) = (0x10, 0x72)
    let machine = WhyMachine.seed
    let bridge = WhyMachine.address("01:00.0")
    let witness = Witness(
      machine.inventory, machine.ties, configs: [bridge: .value(ConfigSpace(bytes, size: 256))])
    let group = try #require(machine.ties[GroupID(5)])
    #expect(
      witness.whys(of: group)[0].evidence == [
        "01:00.0 PCIe Flags (0x42) = 0x0072: port type 7, PCIe-to-PCI bridge",
        "01:00.0 Secondary Bus (0x19) = 0x02: the bus that begins below it",
      ])
  }

  @Test func `a tree of ties has every member once`() {
    for (_, machine) in Self.machines {
      for group in machine.ties.groups {
        #expect(TieTree(group).lines().map(\.address).sorted() == group.members)
      }
    }
  }
}

extension Witness {
  /// Whether a function stands somewhere below another.
  fileprivate func isBelow(_ address: Address, _ bridge: Address, _ machine: WhyMachine) -> Bool {
    var next = machine.inventory[address]?.parent.function
    while let place = next {
      if place == bridge { return true }
      next = machine.inventory[place]?.parent.function
    }
    return false
  }
}
