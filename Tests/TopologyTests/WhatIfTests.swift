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
    var whatIf = WhatIf(machine.inventory, machine.ports, virtual: [PaperMachine.address("03:00.0"): .value(sriov)])
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

  @Test func `above the highest number that there can be, new groups take the lowest that are free`() throws {
    var machine = seed
    machine.groups[.max] = machine.groups.removeValue(forKey: 5)
    let outcomes = try whatIf(machine, ["02:01.0@new"]).outcomes()
    #expect(outcomes.filter(\.isNew).map(\.id.number) == [0, 1])
    machine.groups[.max - 1] = machine.groups.removeValue(forKey: .max)
    #expect(try whatIf(machine, ["02:01.0@new"]).outcomes().filter(\.isNew).map(\.id.number) == [0, 1])
    machine.groups[.max - 2] = machine.groups.removeValue(forKey: .max - 1)
    #expect(try whatIf(machine, ["02:01.0@new"]).outcomes().filter(\.isNew).map(\.id.number) == [.max - 1, .max])
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

  @Test(arguments: [
    "02:01.0@00:03.0", "02:01.0@02:02.0", "01:00.0@01:00.0", "acs-on@01:00.0", "group:5@00:04.0", "no-override",
    "00:04.0@new", "00:04.0@00:05.0", "remove@00:04.0", "vfs=1@00:04.0",
  ])
  func `what cannot be is said to be impossible`(text: String) {
    var whatIf = WhatIf(seed.inventory, seed.ports)
    #expect(throws: WhatIfError.self) { try whatIf.apply(try WhatIf.Change(text, in: seed.inventory)) }
  }

  /// A switch with a slot below each of its ports, in the second a card with a virtual function.
  private var packed: PaperMachine {
    PaperMachine(
      ports: [
        PaperMachine.port("00:01.0"), PaperMachine.port("01:00.0", below: "00:01.0", type: 5),
        PaperMachine.port("02:00.0", below: "01:00.0", type: 6),
        PaperMachine.port("02:01.0", below: "01:00.0", type: 6), PaperMachine.card("03:00.0", below: "02:00.0"),
        PaperMachine.card("04:00.0", below: "02:01.0"), PaperMachine.card("04:10.0", below: "02:01.0"),
      ],
      groups: [
        1: ["00:01.0"], 2: ["01:00.0"], 3: ["02:00.0"], 4: ["02:01.0"], 5: ["03:00.0"], 6: ["04:00.0"], 7: ["04:10.0"],
      ], virtual: ["04:10.0": "04:00.0"])
  }

  @Test func `a switch goes as one, and its cards take its place`() throws {
    let whatIf = try whatIf(packed, ["remove@01:00.0"])
    #expect(
      whatIf.outcomes().map { $0.members.map(\.short) }.sorted { $0[0] < $1[0] } == [
        ["00:01.0"], ["03:00.0"], ["04:00.0"], ["04:10.0"],
      ])
    #expect(whatIf.notes == ["04:00.0 needs a slot of its own, like that of the bridge."])
    for part in ["remove@02:00.0", "02:00.0@new", "03:00.0@01:00.0"] {
      #expect(throws: WhatIfError.self, "\(part)") { try self.whatIf(packed, [part]) }
    }
  }

  @Test func `a virtual function goes where its physical one goes, and nowhere else`() throws {
    #expect(throws: WhatIfError.impossible("04:10.0 is a virtual function of 04:00.0 and goes where that one goes")) {
      try self.whatIf(packed, ["04:10.0@new"])
    }
    #expect(try outcome(packed, "04:00.0@new", "acs-off@00:01.0").contains(["04:10.0"]))
  }

  @Test func `a function without SR-IOV gets no virtual ones, one that was not read gets them with a note`() throws {
    let card = PaperMachine.address("03:00.0")
    var known = WhatIf(packed.inventory, packed.ports, virtual: [card: .absent])
    #expect(throws: WhatIfError.impossible("03:00.0 has no SR-IOV, and so no virtual functions")) {
      try known.apply(.virtualFunctions(card, 1))
    }
    var unread = WhatIf(packed.inventory, packed.ports, virtual: [card: .unknown(.needsRoot)])
    try unread.apply(.virtualFunctions(card, 1))
    #expect(unread.notes.first == "Whether 03:00.0 can have virtual functions was not read.")
    #expect(unread.born.values.contains(card))
  }

  @Test func `what is on a root bus moves on paper with a remark`() throws {
    let machine = PaperMachine(
      ports: [PaperMachine.card("00:02.0"), PaperMachine.port("00:04.0")], groups: [1: ["00:02.0"], 2: ["00:04.0"]])
    let whatIf = try whatIf(machine, ["00:02.0@00:04.0"])
    #expect(whatIf.notes == ["00:02.0 is on a root bus: on a real board it is a part of it, and cannot be taken off."])
  }

  @Test func `every change that is offered can be made, and every other one says why not`() throws {
    var hidden = packed
    hidden.commandLine = "pcie_acs_override=downstream"
    for machine in [seed, packed, hidden, TiesTests.card] {
      let whatIf = WhatIf(machine.inventory, machine.ports)
      for function in machine.inventory.functions {
        let offers = whatIf.offers(for: function.address)
        #expect(Set(offers.map(\.change)).count == offers.count, "\(function.address)")
        for offer in offers {
          var paper = whatIf
          if offer.obstacle == nil {
            #expect(throws: Never.self, "\(offer.change)") { try paper.apply(offer.change) }
          } else {
            #expect(throws: WhatIfError.self, "\(offer.change)") { try paper.apply(offer.change) }
          }
        }
      }
    }
    let offered = WhatIf(hidden.inventory, hidden.ports).offers(for: PaperMachine.address("03:00.0"))
    #expect(offered.contains { $0.change == .withoutOverride && $0.obstacle == nil })
    #expect(WhatIf(seed.inventory, seed.ports).offers(for: PaperMachine.address("0000:99:00.0")).isEmpty)
  }

  @Test(arguments: [
    ("vfs=4@02:01.0", "vfs=2@02:01.0", true), ("vfs=4@02:01.0", "vfs=2@02:02.0", false),
    ("acs-on@00:03.0", "acs-off@00:03.0", true), ("acs-on@00:03.0", "acs-on@00:03.0", false),
    ("02:01.0@new", "02:01.0@00:04.0", true), ("02:01.0@00:04.0", "02:02.0@00:04.0", false),
    ("remove@02:01.0", "02:01.0@new", true), ("remove@02:01.0", "acs-off@00:03.0", false),
    ("no-override", "no-override", false),
  ])
  func `two changes contradict each other where one thing would be two`(one: String, other: String, cannot: Bool)
    throws
  {
    let (first, second) = (
      try WhatIf.Change(one, in: seed.inventory), try WhatIf.Change(other, in: seed.inventory)
    )
    #expect(first.contradicts(second) == cannot && second.contradicts(first) == cannot)
    #expect(WhatIf.Change.standing([first, second]).contains(second))
    #expect(
      "\(WhatIfError.contradiction(first, second))"
        == "'\(first)' and '\(second)' contradict each other: ask one at a time")
  }

  @Test func `a note that two changes have in common is said once`() throws {
    let whatIf = try whatIf(packed, ["vfs=3@04:00.0", "vfs=2@03:00.0"])
    let note = "New virtual functions are taken to be driverless; the host's driver may take them."
    #expect(whatIf.notes.count { $0 == note } == 1)
  }

  @Test func `on a slot of its own a device is offered no slot that is on paper alone, nor the same again`() throws {
    let nic = PaperMachine.address("02:01.0")
    var whatIf = WhatIf(seed.inventory, seed.ports)
    try whatIf.apply(.moveApart(nic))
    for address in ["02:01.0", "02:02.0"] {
      let text = whatIf.offers(for: PaperMachine.address(address)).map(\.change.description).joined(separator: "\n")
      #expect(!text.isEmpty && !text.contains("ffff"), "\(text)")
    }
    #expect(!whatIf.offers(for: nic).contains { $0.change == .moveApart(nic) })
    try whatIf.apply(.move(nic, below: PaperMachine.address("00:04.0")))
    #expect(whatIf.offers(for: nic).contains { $0.change == .moveApart(nic) })
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
