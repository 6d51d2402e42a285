import Assignment
import Ownership
import Testing
import Topology

/// Stories side by side.
struct ComparisonTests {
  private static let four: [RuleSet] = [.explicitLinux, .implicitApril, .autoUnbind, .iommufd]

  private func calls(_ comparison: Comparison, _ side: Int) -> [String] {
    comparison.lines(of: comparison.sides[side]).map { $0?.text ?? "-" }
  }

  private func step(_ comparison: inout Comparison) {
    let went = comparison.step()
    #expect(went)
  }

  @Test func `each step is one call a side, and whoever is through with an act waits for all`() {
    var both = Comparison(Scene.usual, models: [.explicitLinux, .implicitApril])
    both.finish()
    #expect(
      calls(both, 0) == [
        "open(/dev/vfio/vfio)=3", "open(/dev/vfio/5)=4", "GET_STATUS={}", "SET_CONTAINER=-1 EPERM",
        "echo 02:02.0 > sym53c8xx/unbind = ok", "GET_STATUS={VIABLE}", "SET_CONTAINER=0", "SET_IOMMU=0",
        "GET_DEVICE_FD(02:01.0)=5", "-", "-", "-", "-",
      ])
    #expect(
      calls(both, 1) == [
        "open(/dev/ioasid)=3", "open(/dev/vfio/device0)=4", "JOIN(4,3)=-1 EPERM {02:02.0 sym53c8xx}", "-",
        "echo 02:02.0 > sym53c8xx/unbind = ok", "JOIN(4,3)=0", "CREATE_IOASID=1",
        "ATTACH(4,1)=-1 EPERM {02:02.0 not joined}", "-", "close(4)=0", "open(/dev/vfio/device0)=4",
        "JOIN(4,3,IOASID_IMPLICIT_GROUP)=0", "ATTACH(4,1)=0 {at risk: 02:02.0}",
      ])
    #expect(both.isAtEnd && both.position == 13 && both.act == 3)
    let goesOn = both.step()
    #expect(!goesOn)
  }

  @Test(arguments: [[RuleSet.explicitLinux, .implicitApril], four, RuleSet.allCases])
  func `every step back is exact`(models: [RuleSet]) {
    var now = Comparison(Scene.usual, models: models)
    var past = [now]
    while now.step() { past.append(now) }
    #expect(past.count > 10)
    while let expected = past.popLast() {
      #expect(now == expected)
      let went = now.back()
      #expect(went == !past.isEmpty)
    }
    #expect(now == Comparison(Scene.usual, models: models))
  }

  @Test func `starting again is as at the start`() {
    var now = Comparison(Scene.usual, models: Self.four)
    now.finish()
    now.restart()
    #expect(now == Comparison(Scene.usual, models: Self.four))
  }

  @Test func `acts in which nobody has anything to do are passed over`() {
    let story = Scene.story([.release(Scene.hba), .release(Scene.hba), .kill(Scene.qemu)])
    var now = Comparison(story, models: Self.four)
    step(&now)
    #expect(now.act == 0)
    step(&now)
    #expect(now.act == 2 && now.isAtEnd)
    #expect(Comparison(Scene.story([]), models: Self.four).isAtEnd)
  }

  @Test func `the other device can be asked for, with its own driver in the way`() {
    var now = Comparison(Scene.usual, models: [.implicitApril])
    now.finish()
    now.swapAsked()
    #expect(now.isSwapped && now.story.asked == Scene.hba)
    #expect(calls(now, 0).prefix(4).last == "echo 02:01.0 > e1000/unbind = ok")
    #expect(calls(now, 0).contains("JOIN(4,3)=-1 EPERM {02:01.0 e1000}"))
    #expect(calls(now, 0).last == "ATTACH(4,1)=0 {at risk: 02:01.0}")
    #expect(now.story.acts[0].title == "the HBA or the NIC")
    var plain = Comparison(Scene.usual, models: [.implicitApril])
    plain.finish()
    now.swapAsked()
    #expect(now == plain)
  }

  @Test func `the flag goes on everywhere, or comes off where the story has it, and back`() {
    let story = Scene.story(in: Scene.seed(hba: nil), [.attach(Scene.nic, by: Scene.qemu)])
    var now = Comparison(story, models: [.implicitApril])
    now.finish()
    #expect(!now.allowsUnused && calls(now, 0).last == "ATTACH(4,1)=-1 EPERM {02:02.0 not joined}")
    now.toggleFlag()
    #expect(now.allowsUnused && calls(now, 0).last == "ATTACH(4,1)=0 {at risk: 02:02.0}")
    now.toggleFlag()
    #expect(calls(now, 0).last == "ATTACH(4,1)=-1 EPERM {02:02.0 not joined}")
    var usual = Comparison(Scene.usual, models: [.implicitApril])
    usual.toggleFlag()
    usual.finish()
    #expect(!calls(usual, 0).contains { $0.contains("IMPLICIT_GROUP") })
  }

  @Test func `other interfaces go as far as the first ones did`() {
    var now = Comparison(Scene.usual, models: [.explicitLinux, .implicitApril])
    for _ in 0..<5 { step(&now) }
    let others: [RuleSet] = [.iommufd, .autoUnbind, .explicit2021]
    now.choose(models: others)
    #expect(now.models == others)
    #expect(now.position == 5)
    #expect(calls(now, 0).prefix(3) == ["open(/dev/iommu)=3", "open(/dev/vfio/devices/vfio0)=4", "BIND(4,3)=-1 EPERM"])
  }

  @Test func `the table says of every device how it stands under each`() {
    var now = Comparison(Scene.usual, models: [.explicitLinux, .implicitApril, .autoUnbind])
    func words(_ address: Address) -> [String] {
      now.table.first { $0.address == address }?.stands.map { $0?.word ?? "gone" } ?? []
    }
    #expect(words(Scene.bridge) == ["exempt", "exempt", "exempt"])
    #expect(words(Scene.nic) == ["not contained", "not joined", "not joined"])
    #expect(words(Scene.hba) == ["host", "host", "host"])
    while now.act == 0, now.step() {}
    #expect(now.act == 1)
    #expect(words(Scene.nic) == ["not contained", "not joined", "attached"])
    #expect(words(Scene.hba) == ["free", "free", "moved along"])
    now.finish()
    #expect(words(Scene.nic) == ["attached", "attached", "attached"])
    let hba = now.table.first { $0.address == Scene.hba }
    let stands = hba?.stands.compactMap(\.self) ?? []
    #expect(stands.map(\.domain) == ["container", "IOASID 1", "IOASID 1"])
    #expect(stands.map(\.owners) == [["qemu"], ["qemu"], ["qemu"]])
    #expect(stands.allSatisfy { $0.reach == [Scene.nic] && !$0.isJoined })
    #expect(hba?.label == "HBA" && hba?.commonDriver == .some(nil))
  }

  @Test func `the alarm names who reaches whom, and whether anybody was told`() {
    var now = Comparison(Scene.usual, models: Self.four)
    #expect(now.sides.allSatisfy { now.alarms(of: $0).isEmpty })
    now.finish()
    let texts = now.sides.flatMap { now.alarms(of: $0).map(\.text) }
    #expect(
      texts == [
        "the NIC now has access to the HBA: only group 5 was named",
        "the NIC now has access to the HBA: the flag said so",
        "the NIC now has access to the HBA: no call named it",
        "the NIC now has access to the HBA: no call named it",
      ])
    let told = now.sides.flatMap { now.alarms(of: $0).map(\.isTold) }
    #expect(told == [false, true, false, false])
    var joined = Comparison(
      Scene.story(
        in: Scene.seed(hba: "vfio-pci"),
        [.own(Scene.nic, by: Scene.qemu), .own(Scene.hba, by: Scene.qemu), .attach(Scene.nic, by: Scene.qemu)]),
      models: [.implicitApril])
    joined.finish()
    #expect(joined.alarms(of: joined.sides[0]).isEmpty, "every member was named")
  }

  @Test func `the code of 2021 raises the alarm for the disk whose space it pulls away`() {
    var now = Comparison(Scene.story([.attach(Scene.nic, by: Scene.qemu)]), models: [.explicit2021])
    now.finish()
    #expect(calls(now, 0).last == "GET_DEVICE_FD(02:01.0)=-1 EINVAL")
    #expect(now.alarms(of: now.sides[0]).map(\.text) == ["the HBA lost its address space under its host driver"])
    #expect(now.table.first { $0.address == Scene.hba }?.stands[0]?.word == "pulled away")
  }

  @Test func `a story that comes out otherwise than it says deviates, unless it was changed`() {
    var story = Scene.usual
    story.acts[0].expected = [.explicitLinux: "SET_CONTAINER=-1 EPERM", .implicitApril: "JOIN(4,3)=0"]
    story.acts[3].expected = [.explicitLinux: "nothing"]
    var now = Comparison(story, models: [.explicitLinux, .implicitApril])
    #expect(now.deviations.isEmpty, "nothing is over yet")
    now.finish()
    let found = now.deviations.map { "\($0.act) \($0.model.rawValue): \($0.expected), not \($0.found)" }
    #expect(found == ["0 implicit: JOIN(4,3)=0, not JOIN(4,3)=-1 EPERM {02:02.0 sym53c8xx}"])
    now.toggleFlag()
    #expect(now.deviations.isEmpty)
  }
}
