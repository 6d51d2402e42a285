import Testing
import Topology

/// Groups on paper.
struct WhatIfTests {
  private func outcome(_ machine: PaperMachine, _ changes: String...) throws -> [[String]] {
    let whatIf = try whatIf(machine, changes)
    return whatIf.outcomes().map { $0.members.map(\.short) }.sorted { $0[0] < $1[0] }
  }

  private func whatIf(_ machine: PaperMachine, _ changes: [String]) throws -> WhatIf {
    var whatIf = WhatIf(machine.inventory, machine.ports)
    for change in changes { try whatIf.apply(try WhatIf.Change(change, in: machine.inventory)) }
    return whatIf
  }

  /// The seed scene, a root port with an empty slot, and one with ACS off.
  private var seed: PaperMachine {
    var machine = TiesTests.seed
    machine.ports += [PaperMachine.port("00:04.0"), PaperMachine.port("00:05.0", acs: nil)]
    machine.groups[3] = ["00:04.0"]
    machine.groups[4] = ["00:05.0"]
    return machine
  }

  @Test func `another slot splits the seed scene, a slot without ACS binds to its port`() throws {
    #expect(
      try outcome(seed, "02:01.0@00:04.0") == [
        ["00:03.0"], ["00:04.0"], ["00:05.0"], ["01:00.0", "02:02.0"], ["02:01.0"],
      ])
    #expect(
      try outcome(seed, "02:01.0@00:05.0") == [
        ["00:03.0"], ["00:04.0"], ["00:05.0", "02:01.0"], ["01:00.0", "02:02.0"],
      ])
    #expect(
      try outcome(seed, "02:01.0@new", "02:02.0@new") == [
        ["00:03.0"], ["00:04.0"], ["00:05.0"], ["01:00.0"], ["02:01.0"], ["02:02.0"],
      ])
  }

  @Test func `without the bridge its cards are by themselves`() throws {
    #expect(
      try outcome(seed, "remove@01:00.0") == [["00:03.0"], ["00:04.0"], ["00:05.0"], ["02:01.0"], ["02:02.0"]])
  }

  @Test func `ACS off at a port takes in everything below it, and on lets it go`() throws {
    let off = try outcome(seed, "acs-off@00:03.0")
    #expect(off == [["00:03.0", "01:00.0", "02:01.0", "02:02.0"], ["00:04.0"], ["00:05.0"]])
    #expect(try outcome(seed, "acs-off@00:03.0", "acs-on@00:03.0").count == 4)
    // What conventional PCI ties no ACS unties.
    #expect(try outcome(seed, "acs-on@00:03.0").contains(["01:00.0", "02:01.0", "02:02.0"]))
  }

  @Test func `a card moves with all its functions and what is below it`() throws {
    var machine = TiesTests.card
    machine.ports.append(PaperMachine.port("00:1d.0", acs: nil))
    machine.groups[10] = ["00:1d.0"]
    #expect(try outcome(machine, "03:00@00:1d.0") == [["00:1c.0"], ["00:1d.0", "03:00.0", "03:00.1"]])
    var moved = seed
    moved.ports.append(PaperMachine.port("00:06.0"))
    moved.groups[6] = ["00:06.0"]
    #expect(try outcome(moved, "01:00.0@00:06.0").contains(["01:00.0", "02:01.0", "02:02.0"]))
    #expect(
      try outcome(moved, "01:00.0@00:05.0").contains(["00:05.0", "01:00.0", "02:01.0", "02:02.0"]))
  }

  @Test func `virtual functions are groups of their own, below an open port they are not`() throws {
    let machine = PaperMachine(
      ports: [PaperMachine.port("00:1c.0"), PaperMachine.card("03:00.0", below: "00:1c.0")],
      groups: [8: ["00:1c.0"], 9: ["03:00.0"]])
    #expect(try outcome(machine, "vfs=3@03:00.0").map(\.count) == [1, 1, 1, 1, 1])
    #expect(try outcome(machine, "vfs=3@03:00.0", "acs-off@00:1c.0").map(\.count) == [5])
    let sriov = SRIOV(total: 4, number: 0, offset: 0x80, stride: 2, device: 0x10ed, isEnabled: false)
    var whatIf = WhatIf(machine.inventory, machine.ports, virtual: [PaperMachine.address("03:00.0"): sriov])
    try whatIf.apply(.virtualFunctions(PaperMachine.address("03:00.0"), 2))
    #expect(whatIf.outcomes().flatMap(\.members).map(\.short) == ["00:1c.0", "03:00.0", "03:10.0", "03:10.2"])
    #expect(throws: WhatIfError.self) { try whatIf.apply(.virtualFunctions(PaperMachine.address("03:00.0"), 5)) }
  }

  @Test func `without the override the groups are the hardware's`() throws {
    var machine = TiesTests.card
    machine.groups = [8: ["00:1c.0"], 9: ["03:00.0"], 10: ["03:00.1"]]
    machine.commandLine = "pcie_acs_override=downstream,multifunction"
    #expect(try outcome(machine, "no-override") == [["00:1c.0"], ["03:00.0", "03:00.1"]])
    // As long as it is there, it is heeded elsewhere too.
    #expect(try outcome(machine, "03:00@new") == [["00:1c.0"], ["03:00.0"], ["03:00.1"]])
  }

  @Test func `what a change does not touch stays as the kernel made it`() throws {
    var machine = seed
    // Nothing explains this one.
    machine.groups[3] = ["00:04.0", "00:05.0"]
    machine.groups[4] = nil
    let outcomes = try whatIf(machine, ["02:01.0@new"]).outcomes()
    #expect(outcomes.filter { !$0.isNew }.map(\.id.number) == [2, 3])
    #expect(outcomes.first { $0.id == GroupID(3) }?.members.map(\.short) == ["00:04.0", "00:05.0"])
    #expect(outcomes.filter(\.isNew).map(\.was) == [[GroupID(5)], [GroupID(5)]])
  }

  @Test func `the machine on paper has every function once, in the group that it would be in`() throws {
    let whatIf = try whatIf(seed, ["02:01.0@00:04.0", "remove@02:02.0"])
    let machine = whatIf.machine(whatIf.outcomes())
    #expect(machine.functions.map(\.address.short) == ["00:03.0", "00:04.0", "00:05.0", "01:00.0", "02:01.0"])
    for group in machine.groups {
      #expect(group.members.allSatisfy { machine[$0]?.group == .value(group.id) })
    }
  }

  @Test(arguments: [
    "02:01.0@", "@00:04.0", "02:01.0", "acs-on", "vfs=@02:01.0", "vfs=-1@02:01.0", "remove@", "",
  ])
  func `what is no change is said to be none`(text: String) {
    #expect(throws: WhatIfError.malformed(text)) { try WhatIf.Change(text, in: seed.inventory) }
  }

  @Test(arguments: ["02:01.0@00:03.0", "02:01.0@02:02.0", "01:00.0@01:00.0", "acs-on@01:00.0", "group:5@00:04.0"])
  func `what cannot be is said to be impossible`(text: String) {
    var whatIf = WhatIf(seed.inventory, seed.ports)
    #expect(throws: WhatIfError.self) { try whatIf.apply(try WhatIf.Change(text, in: seed.inventory)) }
  }

  @Test func `a change reads back from what it prints`() throws {
    for text in [
      "02:01.0@00:04.0", "02:01.0@new", "acs-on@00:03.0", "acs-off@00:03.0", "remove@01:00.0", "no-override",
    ] {
      let change = try WhatIf.Change(text, in: seed.inventory)
      #expect(try WhatIf.Change(change.description, in: seed.inventory) == change)
    }
  }
}
