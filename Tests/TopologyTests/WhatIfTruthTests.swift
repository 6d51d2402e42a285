import Testing
import Topology

/// Groups on paper where the kernel's groups are not what today's registers make: nothing is claimed that is not known.
struct WhatIfTruthTests {
  private func outcomes(_ machine: PaperMachine, _ changes: String...) throws -> [WhatIf.Outcome] {
    var whatIf = WhatIf(machine.inventory, machine.ports)
    for change in changes { try whatIf.apply(try WhatIf.Change(change, in: machine.inventory)) }
    return whatIf.outcomes()
  }

  private func text(_ outcomes: [WhatIf.Outcome]) -> [String] {
    outcomes.map { outcome in
      outcome.members.map(\.short).joined(separator: " ") + (outcome.isNew ? " new" : "")
        + (outcome.isCertain ? "" : "?")
    }.sorted()
  }

  private func blind(_ machine: PaperMachine) -> PaperMachine {
    var machine = machine
    for place in machine.ports.indices { machine.ports[place].gaps = [.type: .needsRoot, .acs: .needsRoot] }
    return machine
  }

  /// A switch of two downstream ports without ACS, a card below each, and a root port with a card of its own.
  private var loose: PaperMachine {
    PaperMachine(
      ports: [
        PaperMachine.port("00:03.0"), PaperMachine.port("00:04.0"),
        PaperMachine.port("01:00.0", below: "00:03.0", type: 5, acs: nil),
        PaperMachine.port("02:00.0", below: "01:00.0", type: 6, acs: nil),
        PaperMachine.port("02:01.0", below: "01:00.0", type: 6, acs: nil),
        PaperMachine.card("03:00.0", below: "02:00.0"), PaperMachine.card("04:00.0", below: "02:01.0"),
        PaperMachine.card("05:00.0", below: "00:04.0"),
      ],
      groups: [
        2: ["00:03.0"], 3: ["00:04.0"], 5: ["01:00.0"], 6: ["02:00.0", "03:00.0"], 7: ["02:01.0", "04:00.0"],
        8: ["05:00.0"],
      ])
  }

  @Test func `without root a card that moves leaves its group, and those that stay are together, not certainly`() throws
  {
    let seed = blind(TiesTests.seed)
    #expect(try text(outcomes(seed, "02:01.0@new")) == ["00:03.0", "01:00.0 02:02.0 new?", "02:01.0 new"])
  }

  @Test func `without root cards do not stay together for a bridge that is gone`() throws {
    let seed = blind(TiesTests.seed)
    #expect(try text(outcomes(seed, "remove@01:00.0")) == ["00:03.0 new?", "02:01.0 new?", "02:02.0 new?"])
  }

  @Test func `without root what a change does not reach stays, and whom a newcomer may join is uncertain`() throws {
    let machine = blind(loose)
    #expect(
      try text(outcomes(machine, "05:00.0@new")) == [
        "00:03.0", "00:04.0", "01:00.0", "02:00.0 03:00.0", "02:01.0 04:00.0", "05:00.0 new",
      ])
    let moved = try text(outcomes(machine, "remove@05:00.0", "03:00.0@00:04.0"))
    #expect(moved.contains("03:00.0 new?") && moved.contains("00:04.0 new?") && moved.contains("02:01.0 04:00.0"))
    #expect(try text(outcomes(machine, "acs-off@00:04.0")).contains { $0.hasPrefix("00:04.0 05:00.0 new") })
  }

  @Test func `an override that the kernel does not heed is heeded nowhere`() throws {
    var machine = loose
    machine.commandLine = "pcie_acs_override=downstream,multifunction intel_iommu=on"
    #expect(
      try text(outcomes(machine, "03:00.0@new")) == [
        "00:03.0", "00:04.0", "01:00.0", "02:00.0 new", "02:01.0 04:00.0", "03:00.0 new", "05:00.0",
      ])
    #expect(try text(outcomes(machine, "remove@04:00.0", "05:00.0@02:01.0")).contains("02:01.0 05:00.0 new"))
    #expect(try outcomes(machine, "no-override").allSatisfy { !$0.isNew && $0.isCertain })
  }

  @Test func `whether an override is heeded is not claimed where it was not read`() throws {
    var machine = blind(loose)
    machine.commandLine = "pcie_acs_override=downstream"
    #expect(try outcomes(machine, "no-override").allSatisfy { !$0.isCertain })
    #expect(
      try text(outcomes(machine, "no-override")).map { $0.replacing(" new?", with: "") } == [
        "00:03.0", "00:04.0", "01:00.0", "02:00.0 03:00.0", "02:01.0 04:00.0", "05:00.0",
      ])
  }

  /// What `loose` is with the patch in force.
  private var asserted: PaperMachine {
    var machine = loose
    (machine.groups[6], machine.groups[7]) = (["02:00.0"], ["02:01.0"])
    (machine.groups[9], machine.groups[10]) = (["03:00.0"], ["04:00.0"])
    machine.commandLine = "pcie_acs_override=downstream,multifunction"
    return machine
  }

  @Test(arguments: ["03:00.0@new", "acs-on@02:00.0"])
  func `isolation that is asserted today and real on paper is said so`(change: String) throws {
    let outcomes = try outcomes(asserted, change)
    let card = try #require(outcomes.first { $0.members.map(\.short) == ["03:00.0"] })
    #expect(card.isNew && card.isCertain && card.wasAsserted && !card.isAsserted)
    // Its neighbours are as they were, and no better.
    let other = try #require(outcomes.first { $0.members.map(\.short) == ["04:00.0"] })
    #expect(!other.isNew && other.isAsserted && other.wasAsserted)
  }

  @Test func `a card that moves below a port that only pretends is asserted there`() throws {
    let outcomes = try outcomes(asserted, "remove@04:00.0", "05:00.0@02:01.0")
    let card = try #require(outcomes.first { $0.members.map(\.short) == ["05:00.0"] })
    #expect(card.isNew && card.isAsserted && !card.wasAsserted)
    #expect(try text(self.outcomes(asserted, "no-override")).contains("02:00.0 03:00.0 new"))
  }

  @Test func `a device that shares ids by the platform's tables leaves them, and nothing certain is said`() throws {
    var machine = loose
    machine.iommus = ["ivhd0"]
    machine.ports += [PaperMachine.card("00:00.0"), PaperMachine.card("00:01.0")]
    machine.groups[0] = ["00:00.0", "00:01.0"]
    #expect(try text(outcomes(machine, "00:01.0@new")).prefix(2) == ["00:00.0 new?", "00:01.0 new?"])
    #expect(try outcomes(machine, "00:01.0@new").first(where: \.isNew)?.doubt == .otherwise(GroupID(0)))
    #expect(try text(outcomes(machine, "05:00.0@new")).first == "00:00.0 00:01.0")
  }

  @Test func `what nothing explains is neither kept by a move nor put right by one`() throws {
    var machine = loose
    (machine.groups[6], machine.groups[8]) = (["02:00.0", "05:00.0"], ["03:00.0"])
    #expect(
      try text(outcomes(machine, "05:00.0@new")) == [
        "00:03.0", "00:04.0", "01:00.0", "02:00.0 new?", "02:01.0 04:00.0", "03:00.0", "05:00.0 new?",
      ])
  }

  @Test func `under the rule of September 2025 a switch stays together without one of its cards`() throws {
    var machine = loose
    machine.groups[7] = nil
    machine.groups[6] = ["02:00.0", "02:01.0", "03:00.0", "04:00.0"]
    #expect(
      try text(outcomes(machine, "03:00.0@new")) == [
        "00:03.0", "00:04.0", "01:00.0", "02:00.0 02:01.0 04:00.0 new", "03:00.0 new", "05:00.0",
      ])
  }

  @Test func `registers that the command line set count as it set them`() throws {
    var machine = loose
    machine.groups[8] = nil
    machine.groups[3] = ["00:04.0", "05:00.0"]
    machine.commandLine = "pci=config_acs=xx0xx@00:04.0"
    #expect(try text(outcomes(machine, "acs-on@00:04.0")).suffix(2) == ["02:01.0 04:00.0", "05:00.0 new"])
    #expect(try text(outcomes(machine, "acs-on@00:04.0")).contains("00:04.0 new"))
  }

  @Test func `a device that moves is never said to be as today`() throws {
    let outcomes = try outcomes(loose, "05:00.0@new")
    #expect(outcomes.filter(\.isNew).map { $0.members.map(\.short) } == [["05:00.0"]])
    #expect(outcomes.allSatisfy { $0.isCertain })
  }

  @Test func `a virtual function is not taken out by itself`() throws {
    var machine = loose
    machine.ports.append(PaperMachine.card("05:00.1", below: "00:04.0"))
    machine.groups[9] = ["05:00.1"]
    machine.virtual = ["05:00.1": "05:00.0"]
    #expect(
      throws: WhatIfError.impossible(
        "05:00.1 is a virtual function of 05:00.0 and is not taken out by itself: ask vfs=N@05:00.0, with N as many as "
          + "stay")
    ) { try outcomes(machine, "remove@05:00.1") }
    #expect(try outcomes(machine, "remove@05:00.0").flatMap(\.members).count == 7)
  }

  @Test func `ACS that implements nothing cannot be switched off, and half of it can`() throws {
    var machine = loose
    machine.ports[1].acs = ACS(capability: 0, control: 0)
    #expect(throws: WhatIfError.self) { try outcomes(machine, "acs-off@00:04.0") }
    #expect(throws: WhatIfError.self) { try outcomes(machine, "acs-off@02:00.0") }
    machine.ports[1].acs = ACS(capability: 0x11, control: 0x11)
    #expect(try text(outcomes(machine, "acs-off@00:04.0")).contains("00:04.0 05:00.0 new"))
    #expect(try outcomes(machine, "acs-on@00:04.0").allSatisfy { !$0.isNew })
  }
}
