import HostAccess
import HostSimulated
import Ownership
import Testing
import Topology

/// Every event of a story is refused in turn: whoever refuses, and whatever comes after, the machine is one that a
/// world without that event would be.
@Suite struct CruelTests {
  private static let story: [Wish] = [
    .attach(Bench.nic, by: Bench.qemu), .release(Bench.hba),
    .attach(Bench.nic, by: Bench.qemu, Attaching(allowUnused: true)),
    .give(Bench.hba, to: "vfio-pci"), .own(Bench.hba, by: Bench.qemu), .grant(.group(GroupID(5)), to: 1000),
    .hotAdd(Device(address: Bench.third, group: nil, hostDrivers: ["8139too"])), .unplug(Bench.hba),
    .exit(Bench.qemu), .give(Bench.nic, to: "e1000"), .unplug(Bench.bridge),
  ]

  /// The events that the story leads to under its rules.
  private static func events(_ host: SimulatedHost) -> [Event] {
    var host = host
    var events: [Event] = []
    for wish in story {
      var pursuit = Pursuit(wish, under: host.rules.set, in: host.world)
      var answer: Answer?
      while let event = pursuit.next(in: host.world, after: answer) {
        events.append(event)
        answer = host.happen(event)
      }
    }
    return events
  }

  @Test(arguments: RuleSet.allCases)
  func `a refused event changes nothing, whichever it is`(set: RuleSet) {
    let start = Bench.seed(Rules(set))
    let events = Self.events(start)
    #expect(events.count > 8)
    for turn in events.indices {
      var failing = FailingHost(start, refusing: turn, with: .enomem)
      var copy = start
      for (place, event) in events.enumerated() {
        let answer = failing.happen(event)
        if place == turn { #expect(answer.errno == .enomem) } else { #expect(answer == copy.happen(event)) }
        #expect(failing.base == copy, "event \(place), refused \(turn)")
      }
    }
  }

  @Test(arguments: RuleSet.allCases)
  func `inventory and world agree after every event of random lives`(set: RuleSet) {
    var count = 0
    for seed in UInt64(1)...4 {
      var dice = seed &* 0x9e37_79b9_7f4a_7c15
      func roll(_ sides: UInt64) -> Int {
        dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((dice >> 33) % sides)
      }
      var host = Bench.seed(Rules(set))
      let card = host.keep(Bench.thirdCard)
      var events: [Event] = []
      for _ in 0..<60 where !host.world.ledger.isStopped {
        let address = [Bench.nic, Bench.hba, Bench.third, Bench.bridge, Bench.port][roll(5)]
        let user = [Bench.qemu, Bench.guest][roll(2)]
        let wishes: [Wish] = [
          .attach(address, by: user, Attaching(allowUnused: roll(2) == 0)), .own(address, by: user),
          .close(address, by: user), .exit(user), .kill(user), .release(address),
          .give(address, to: ["vfio-pci", "e1000", "sym53c8xx", "pci-stub", "8139too"][roll(5)]),
          .give(address, to: "vfio-pci"), .hotAdd(card), .hotAdd(Device(address: address, group: nil)),
          .unplug([Bench.third, Bench.hba, Bench.bridge][roll(3)]), .grant(.group(GroupID(5)), to: 1000),
        ]
        var pursuit = Pursuit(wishes[roll(12)], under: set, in: host.world)
        var answer: Answer?
        while let event = pursuit.next(in: host.world, after: answer) {
          let before = host
          events.append(event)
          let got = host.happen(event)
          if got.errno != nil { #expect(host == before, "\(event)") }
          #expect(got.errno != nil || got.ledger == host.world.ledger)
          let problems = host.disagreements
          #expect(problems.isEmpty, "seed \(seed): \(problems) after \(events.suffix(6))")
          answer = got
        }
      }
      count += events.count
    }
    #expect(count > 40)
  }
}
