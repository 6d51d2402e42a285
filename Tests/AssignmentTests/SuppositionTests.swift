import Assignment
import Goldens
import Testing
import Topology

/// "What if" as the console gets it: the words of every change, and groups beside groups.
struct SuppositionTests {
  private func answer(
    _ machine: WhyMachine, _ device: String, _ taken: [WhatIf.Change] = [], tried: WhatIf.Change? = nil
  ) -> Supposition {
    Supposition(
      Supposition.Question(WhyMachine.address(device), taken: taken, tried: tried),
      WhatIf(machine.inventory, machine.ports), by: machine.witness)
  }

  @Test func `every change has a phrase, every one that cannot be has a reason`() {
    var text = ""
    let cases: [(WhyMachine, String)] = [
      (.seed, "02:01.0"), (.seed, "01:00.0"), (.seed, "00:03.0"), (.looseSwitch, "03:00.0"), (.looseSwitch, "02:01.0"),
      (.card, "03:00.1"), (.alone, "03:10.0"), (.override, "03:00.0"), (.chip, "00:1f.3"), (.unread, "02:02.0"),
    ]
    for (machine, device) in cases {
      text += "== \(device)\n"
      for offer in answer(machine, device).offers {
        text += "  \(offer.title)" + (offer.obstacle.map { ": \($0)" } ?? "") + "\n"
      }
    }
    let outcome = Golden.check(text, "what-if-offers.txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `without a change that is tried the first one that can be is`() {
    let answer = answer(.seed, "02:01.0")
    #expect(answer.tried == .moveApart(WhyMachine.address("02:01.0")))
    #expect(answer.today.map(\.title) == ["group 5"] && answer.then.count == 2)
    #expect(answer.then.last?.members == ["02:01.0 NIC"])
    #expect(answer.notes == ["02:01.0 is a conventional card: this speaks of a PCI Express card in its stead."])
    #expect(answer.command == "viable why 0000:02:01.0 --what-if 0000:02:01.0@new")
  }

  @Test func `with changes taken and none tried the answer is about those`() {
    let taken: [WhatIf.Change] = [.acs(WhyMachine.address("00:03.0"), isOn: false)]
    let answer = answer(.seed, "02:01.0", taken)
    #expect(answer.tried == nil && answer.condition == "if ACS of 00:03.0 were off")
    #expect(answer.taken == ["switch ACS of 00:03.0 root port off"])
    #expect(answer.then.first?.members.count == 4)
    // What was taken can be undone: the other position is offered now.
    #expect(
      answer.offers.contains { $0.change == .acs(WhyMachine.address("00:03.0"), isOn: true) && $0.obstacle == nil })
  }

  @Test func `of two changes that contradict each other the later one stands, in the command too`() {
    let card = WhyMachine.address("03:00.0")
    let answer = answer(.card, "03:00.0", [.virtualFunctions(card, 4)], tried: .virtualFunctions(card, 1))
    #expect(answer.condition == "if 03:00.0 had 1 virtual function")
    #expect(answer.command == "viable why 0000:03:00.0 --what-if vfs=1@0000:03:00.0")
  }

  @Test func `isolation that is asserted today and real then is said so on both sides`() {
    let card = WhyMachine.address("03:00.0")
    let answer = answer(.override, "03:00.0", tried: .acs(card, isOn: true))
    #expect(answer.today.first?.remarks == ["isolation asserted by pcie_acs_override, not provided by the hardware"])
    #expect(
      answer.then.first?.remarks == [
        "as the hardware provides it; today's isolation is only asserted by pcie_acs_override"
      ])
  }

  @Test func `what is not certain says why`() {
    let unread = answer(.unread, "02:01.0")
    #expect(unread.then.map(\.members) == [["01:00.0 PCI bridge", "02:02.0 HBA"], ["02:01.0 NIC"]])
    #expect(unread.then.map(\.remarks) == [["not certain: registers that decide were not read"], []])
    let platform = answer(.platform, "00:02.0")
    #expect(
      Set(platform.then.flatMap(\.remarks)) == [
        "not certain: group 1 rests on tables of the platform, which were not read"
      ])
    let coarse = answer(.coarse, "00:02.0")
    #expect(Set(coarse.then.flatMap(\.remarks)) == ["not certain: nothing that was read explains group 1"])
  }

  @Test func `a change that cannot be made any more is told, not made`() {
    let gone: [WhatIf.Change] = [.remove(WhyMachine.address("02:01.0")), .moveApart(WhyMachine.address("02:01.0"))]
    let answer = answer(.seed, "02:02.0", gone)
    #expect(answer.notes.contains("02:01.0 is gone already."))
    #expect(answer.condition == "if 02:01.0 were gone")
  }
}
