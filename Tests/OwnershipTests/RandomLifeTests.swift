import Ownership
import Testing
import Topology

/// Long random lives under every interface. What fails is printed as the shortest sequence that still fails.
@Suite struct RandomLifeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let set: RuleSet
    let hostBind: Knobs.HostBind
    let seed: UInt64
    var testDescription: String { "\(set.rawValue) \(hostBind) \(seed)" }
  }

  static let cases = RuleSet.allCases.flatMap { set in
    Knobs.HostBind.allCases.flatMap { hostBind in (1...6).map { Case(set: set, hostBind: hostBind, seed: $0) } }
  }

  @Test(arguments: cases) func `a random life violates nothing`(_ life: Case) {
    var knobs = Knobs()
    knobs.hostBind = life.hostBind
    // Rare here, and the end of the story: lives that may go on are longer.
    knobs.rebindsAtClose = life.seed % 2 == 0
    let rules = Rules(life.set, knobs: knobs)
    var random = RandomLife(rules, seed: life.seed)
    let during = random.live(1000)
    let violations = during.isEmpty ? RandomLife.violations(random.events, rules) : during
    guard !violations.isEmpty else { return }
    let short = shortest(of: random.events) { !RandomLife.violations($0, rules).isEmpty }
    var stage = Stage(life.set, RandomLife.start, knobs: knobs)
    let told = short.map { event in
      let user = if case .call(_, let user) = event { user.name + ": " } else { "" }
      return user + stage.on(event)
    }
    Issue.record("\(RandomLife.violations(short, rules)) after\n\(told.joined(separator: "\n"))")
  }

  @Test func `random lives reach users' domains, refusals, waiting and panic`() {
    var (domains, refusals, blocks, panics) = (0, 0, 0, 0)
    for set in RuleSet.allCases {
      for seed in 1...4 as ClosedRange<UInt64> {
        var life = RandomLife(Rules(set), seed: seed)
        _ = life.live(300)
        var world = RandomLife.start
        for event in life.events {
          let answer = Rules(set).answer(to: event, in: world)
          world = world.after(answer)
          switch answer.outcome {
          case .refused: refusals += 1
          case .blocks: blocks += 1
          case .panic: panics += 1
          case .success: break
          }
          domains += answer.consequences.contains { if case .atRisk = $0 { true } else { false } } ? 1 : 0
        }
      }
    }
    #expect(domains > 20 && refusals > 500 && blocks > 20 && panics > 3)
  }

  @Test func `a failing sequence shrinks to what is needed for it`() {
    let noise = Array(1...200)
    let short = shortest(of: noise) { $0.contains(17) && $0.contains(150) && $0.firstIndex(of: 17) ?? 0 < 150 }
    #expect(short == [17, 150])
  }

  @Test func `the invariants see a second owner and a refusal that changed something`() {
    let rules = Rules(.explicitLinux)
    var stage = Stage(.explicitLinux, Scene.seed(hba: nil))
    stage.wish(.attach(Scene.nic, by: Scene.qemu))
    let refusal = Answer(outcome: .refused(.eperm), reason: nil, ledger: stage.world.ledger)
    let found = Invariant.violations(
      rules, before: Scene.seed(hba: nil), .exit(Scene.qemu), refusal, after: stage.world)
    #expect(found.contains("a refused call changed something") && found.contains("a refusal without a reason"))
    // A host driver put under a user's domain by force.
    let forced = Answer(
      outcome: .success(.nothing), ledger: stage.world.ledger, consequences: [.bound(Scene.hba, "sym53c8xx")])
    let after = stage.world.after(forced)
    let hole = Invariant.violations(rules, before: stage.world, .probe(Scene.hba), forced, after: after)
    #expect(hole == ["0000:02:02.0 is on sym53c8xx in a user's domain"])
  }
}
