import Assignment
import Goldens
import HostAccess
import Ownership
import Testing
import Topology

@testable import Console

struct LineModeTests {
  private func mode(_ machine: Inventory) -> (LineMode, [String]) {
    var mode = LineMode(
      Scene(
        place: Place(kind: .scenario, name: "nic-hba", isPrivileged: false), size: Size(rows: 24, columns: 80),
        glyphs: Glyphs(isASCII: true), themes: [], themeName: ""))
    let said = mode.take(machine, at: Pictured.noon)
    return (mode, said)
  }

  @Test func `a whole session reads as its golden`() {
    var (mode, said) = mode(Pictured.seed)
    var transcript = said
    for line in ["5", "g 5", "next", "find scsi", "filter SCSI", "", "filter", "99", "g 99", "nonsense", "help"] {
      transcript.append(LineMode.prompt + line)
      transcript += mode.receive(line: line).output
    }
    let outcome = Golden.check(transcript.joined(separator: "\n") + "\n", "line-mode.txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `changes are told by lines that begin with change`() {
    var (mode, _) = mode(Pictured.seed)
    var machine = Pictured.seed
    var difference = Difference()
    if var hba = machine[Pictured.at("02:02.0")] {
      hba.driver = .absent
      difference.functions = [hba]
    }
    difference.goneFunctions = [Pictured.at("04:00.0")]
    machine.apply(difference)
    let told = mode.take(difference, sources: [.uevent], at: Moment(milliseconds: 9000, sinceMidnight: 43_460_000))
    #expect(told.allSatisfy { $0.hasPrefix("change: ") })
    #expect(told.contains("change: 02:02.0 SCSI HBA, driver is now none, and was sym53c8xx."))
    #expect(told.contains("change: Group 5 is now viable, and was not viable."))
    #expect(told.contains("change: 04:00.0 NVMe SSD is gone from group 15."))
    #expect(mode.take(machine, at: Pictured.noon).isEmpty)
  }

  @Test(arguments: ["quit", "q", "exit"])
  func `quit ends`(word: String) {
    var (mode, _) = mode(Pictured.seed)
    #expect(mode.receive(line: word).quit)
    #expect(!mode.receive(line: "").quit)
  }

  @Test func `machines without devices or groups are told as such`() {
    #expect(mode(Pictured.empty).1.contains("No PCI devices: /sys/bus/pci is not there."))
    #expect(mode(Pictured.ungrouped).1.contains("No IOMMU groups: IOMMU is off."))
  }

  @Test func `what an answer needs is named before it is given`() {
    var functions = Pictured.seed.functions
    for index in functions.indices { functions[index].details = nil }
    let (mode, _) = mode(Pictured.machine(functions))
    #expect(mode.wanted(by: "g 5") == Set(["01:00.0", "02:01.0", "02:02.0"].map(Pictured.at)))
    #expect(mode.wanted(by: "help").isEmpty)
  }

  @Test func `a filter that nothing matches is told as such`() {
    var (mode, _) = mode(Pictured.seed)
    let said = mode.receive(line: "filter driver:nonesuch").output
    #expect(said == ["Nothing matches the filter, which hides all 14 rows."])
  }

  @Test func `long lists come in parts`() {
    var (mode, said) = mode(Pictured.crowd)
    #expect(said.count < 30)
    let next = mode.receive(line: "").output
    #expect(next.first?.hasPrefix("Device 21,") ?? false || next.first?.hasPrefix("Row 21,") ?? false)
  }

  // MARK: acting

  /// A session in lines, with somebody who answers as the worker does.
  private struct Talk {
    var bench = Bench(Pictured.seed)
    var mode: LineMode
    var said: [String] = []

    init(whyNoRun: String? = nil) {
      var scene = Scene(
        place: Place(kind: .linux, name: "host", isPrivileged: whyNoRun == nil), size: Size(rows: 24, columns: 80),
        glyphs: Glyphs(isASCII: true), themes: [], themeName: "")
      scene.whyNoRun = whyNoRun
      mode = LineMode(scene)
      _ = mode.take(bench.desk.machine, at: Pictured.noon)
    }

    mutating func say(_ line: String, failing: Int? = nil, stopping: Int? = nil) {
      said.append(LineMode.prompt + line)
      take(mode.receive(line: line), failing, stopping)
    }

    private mutating func take(_ reply: LineMode.Reply, _ failing: Int?, _ stopping: Int?) {
      said += reply.output
      for request in reply.requests {
        switch request {
        case .plan(.attach(let groups, let model)):
          let attach = AttachBench(bench.desk.machine)
          take(mode.take(attach.offered(.attach(groups, by: model)), at: Pictured.noon), failing, stopping)
        case .plan(let aim): take(mode.take(bench.planned(aim), at: Pictured.noon), failing, stopping)
        case .run(let plan):
          for input in bench.course(of: plan, failing: failing, stopping: stopping) {
            take(mode.take(input, at: Pictured.noon), failing, stopping)
          }
        case .attach(let plan):
          for line in plan.lines { take(mode.take(.attach(.called(line)), at: Pictured.noon), failing, stopping) }
          take(mode.take(.attach(.told(AttachBench.told)), at: Pictured.noon), failing, stopping)
          take(mode.take(.attach(.attached(plan.groups, plan.model)), at: Pictured.noon), failing, stopping)
        default: break
        }
      }
    }
  }

  @Test func `acting by words reads as its golden: preview, consent, progress, result, undo`() {
    var talk = Talk()
    talk.bench.findings = [PlanTests.mounted]
    for line in ["assign g 5", "no", "assign 02:02.0", "yes", "assign 02:02.0"] { talk.say(line) }
    talk.say("5", failing: 2)
    talk.bench.findings = []
    talk.say("assign group:5")
    talk.say("yes")
    for line in ["undo", "yes", "redo", "quiet"] { talk.say(line) }
    for line in ["assign", "assign 99", "release g 99", "restore 00:00.9", "detach", "attach g 5", "yes"] {
      talk.say(line)
    }
    let outcome = Golden.check(talk.said.joined(separator: "\n") + "\n", "line-mode-acts.txt")
    #expect(outcome.matches, "\(outcome)")
    #expect(talk.mode.holdsGroups)
  }

  @Test func `nothing is run where nothing may be, and the command line is told instead`() {
    var talk = Talk(whyNoRun: Scene.needsRoot)
    talk.say("assign g 5")
    #expect(
      talk.said.last == "Nothing is run here: acting needs root. As a command line: sudo viable assign group:5 --yes")
    talk.say("yes")
    #expect(talk.said.last?.hasPrefix("\"yes\" is not known here") == true)
  }

  @Test func `what may lock somebody out is agreed to at a terminal alone`() {
    var talk = Talk()
    talk.bench.findings = [PlanTests.root]
    talk.mode.isAtTerminal = false
    talk.say("assign g 5")
    #expect(talk.said.last?.contains("confirmed at a terminal") == true && !talk.mode.isAsking)
    talk.mode.isAtTerminal = true
    talk.say("assign g 5")
    talk.say("5")
    #expect(talk.said.last == "Cancelled: nothing was changed.")
    talk.say("assign g 5")
    talk.say("5 LOCKOUT")
    #expect(talk.said.last == "Say undo to take it back.")
  }

  @Test func `a child that waits leaves the lines free, and is named at the end`() {
    var talk = Talk()
    talk.say("assign g 5")
    talk.say("yes", stopping: 1)
    #expect(talk.said.last?.hasPrefix("It waits: ") == true && !talk.mode.isBusy)
    talk.say("next")
    talk.say("assign 04:00.0")
    #expect(talk.said.last == "One act at a time: one is still under way.")
    #expect(talk.mode.farewell?.contains("process 4242") == true)
    #expect(talk.mode.receive(line: "quit").quit)
  }

  @Test func `a device that is held is told with who holds it, and waited for when told to`() {
    var (mode, _) = mode(Pictured.seed)
    let asked = mode.receive(line: "release 02:02.0")
    #expect(asked.requests == [.plan(.act(Intent(.release, named: [at("02:02.0")])))] && mode.isBusy)
    let holder = Holder(process: 77, command: "qemu", node: "/dev/vfio/5")
    let told = mode.take(.refused(Refusal(.held(at("02:02.0"), by: holder))), at: Pictured.noon)
    #expect(told.output.contains { $0.contains("qemu") } && told.output.last?.hasPrefix("Say wait") == true)
    let again = mode.receive(line: "wait")
    #expect(again.requests == [.plan(.act(Intent(.release, named: [at("02:02.0")], mayWait: true)))])
  }

  /// Answers everything that a reply asks of a simulated world; what was said.
  private func play(_ line: String, _ mode: inout LineMode, _ world: inout World) -> [String] {
    let rules = Rules(.explicitLinux)
    var reply = mode.receive(line: line)
    var said = reply.output
    while case .happen(let event)? = reply.requests.first {
      let answer = rules.answer(to: event, in: world)
      world = world.after(answer)
      reply = mode.take(.answered(event, answer, world, Difference()), at: Pictured.noon)
      said += reply.output
    }
    return said
  }

  @Test func `on a simulated machine detach gives back what attach took, and end ends whoever has it`() {
    var (mode, _) = mode(Pictured.seed)
    var world = DemoStories.seed.world
    #expect(mode.receive(line: "end qemu").output == ["Processes are ended on simulated machines alone."])
    _ = mode.take(.stage(world, Rules(.explicitLinux)), at: Pictured.noon)
    #expect(play("end", &mode, &world) == ["Nobody has anything open."])
    let refused = play("attach g 5", &mode, &world)
    #expect(refused.last == "What qemu opened before stays open: detach, or end qemu, gives it back.")
    #expect(refused.contains { $0.contains("EPERM") } && world.ledger.processes.count == 1 && !mode.isBusy)
    #expect(play("end", &mode, &world) == ["Whom? Something is open by qemu: end qemu"])
    #expect(play("end dpdk", &mode, &world) == ["dpdk has nothing open. Something is open by qemu."])
    #expect(play("end qemu", &mode, &world) == ["exit qemu = ok"] && world.ledger.processes.isEmpty)
    _ = play("attach g 5", &mode, &world)
    _ = play("detach g 5", &mode, &world)
    #expect(world.ledger.processes.isEmpty)
    #expect(play("detach g 5", &mode, &world) == ["qemu does not have 02:01.0 open"])
    mode.scene.whyNoRun = "it was started with --read-only"
    #expect(play("attach g 5", &mode, &world) == ["it was started with --read-only"])
  }

  @Test func `a refusal for somebody who holds a device says what to type about him`() {
    var (mode, _) = mode(Pictured.seed)
    var world = DemoStories.seed.world
    _ = mode.take(.stage(world, Rules(.explicitLinux)), at: Pictured.noon)
    _ = play("attach g 5", &mode, &world)
    _ = mode.receive(line: "release 02:01.0")
    let process = mode.scene.rehearsal?.caller.process ?? 0
    let holder = Holder(process: process, command: "qemu", node: "/dev/vfio/5")
    let told = mode.take(.refused(Refusal(.held(at("02:01.0"), by: holder))), at: Pictured.noon).output
    #expect(told.contains("Say detach 02:01.0, or end qemu."))
  }

  @Test func `why asks for the group's registers, and tells what they say`() {
    var (mode, _) = mode(Pictured.seed)
    #expect(mode.receive(line: "why 02:01.0").requests == [.explain(GroupID(5))] && mode.isBusy)
    #expect(!mode.cannotExplain(GroupID(5)).output.isEmpty && !mode.isBusy)
    #expect(mode.receive(line: "why").output.first?.hasPrefix("Which?") == true)
  }
}
