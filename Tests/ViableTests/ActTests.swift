import Assignment
import CLinux
import Console
import HostAccess
import HostSimulated
import Ownership
import Testing
import Topology

@testable import viable

/// From the plan to its run, and what the console's worker does with the journal.
@Suite struct ActTests {
  private let nic = Machines.address("0000:02:01.0")
  private let hba = Machines.address("0000:02:02.0")

  private func act(on scenario: String) throws -> Act<RehearsedPlace> {
    try Act(on: RehearsedPlace(try HostChoice.scenario(named: scenario).host))
  }

  @Test func `who opens the group after the preview is waited for by nobody who did not agree to it`() throws {
    let calls: [Call] = [.open(.container), .open(.group(GroupID(5)))]
    for mayWait in [false, true] {
      var act = try act(on: "both-joined")
      let plan = try act.plan(Intent(.restore, named: [nic], onlyNamed: true, mayWait: mayWait))
      var (alone, later) = (act, act)
      #expect(try alone.begin(plan, at: 0).entry.records.count == plan.steps.count)
      for call in calls { #expect(later.place.door.ask(call, as: User(process: 7, name: "qemu", uid: 0)).errno == nil) }
      let failure = try #require(throws: Failure.self) { try later.begin(plan, at: 0) }
      #expect(failure.exit == .not && failure.grounds.kind == (mayWait ? "stale" : "held"), "\(failure)")
      #expect(failure.message.contains("qemu ("), "\(failure.message)")
    }
  }

  @Test func `a plan's document says who stays and why, and takes up what was meant`() throws {
    var act = try act(on: "nic-and-hba")
    var plan = try act.plan(Intent(.assign, named: [hba], onlyNamed: true))
    plan.untouched.append(Plan.Untouched(nic, .otherCard(recorded: "8086:100e at a", entry: 3)))
    plan.intent.isAll = true
    let text = PlanDocument(plan, act.preview(of: plan)).text
    let lines = text.split(separator: "\n").map { $0.drop { $0 == " " } }
    for line in [#""kind" : "other-card","#, #""entry" : 3,"#, #""address" : "0000:01:00.0","#, #""kind" : "bridge","#]
    {
      #expect(lines.contains { $0 == line }, "\(text)")
    }
    #expect(try PlanDocument(reading: Array(text.utf8)).plan().intent.isAll)
  }

  @Test func `calls are made on the devices that were offered, and on no others`() {
    func plan(_ devices: [Address]) -> AttachPlan {
      AttachPlan(.attach, through: .explicitLinux, groups: [GroupID(5)], devices: devices, expecting: [])
    }
    #expect(Worker.Custody.difference(of: plan([nic, hba]), from: plan([nic, hba])) == nil)
    for (offered, now, words) in [([nic], [nic, hba], "as well"), ([nic, hba], [nic], "no longer")] {
      let failure = Worker.Custody.difference(of: plan(offered), from: plan(now))
      #expect(failure?.message.contains(words) == true && failure?.message.contains("02:02.0") == true)
    }
  }

  @Test func `undo passes over what was pulled out, to the act before it`() throws {
    let host = try HostChoice.scenario(named: "nic-and-hba").host
    let start = try #require(host.inventory[hba]?.driver)
    let worker = try Worker { () throws(HostError) in SimulatedGround(host) }
    var planned: Plan?
    var (isOver, isThere, said, canUndo) = (false, false, "", Bool?.none)
    func hear(until isEnough: () -> Bool) {
      let end = Clock.milliseconds + 20_000
      while !isEnough(), Clock.milliseconds < end {
        var waits = [cl_wait(descriptor: worker.answered.descriptor, ready: 0)]
        _ = unsafe cl_poll(&waits, waits.count, 50)
        for answer in worker.takeAnswers() {
          switch answer {
          case .inventory: isThere = true
          case .planned(let plan, _): planned = plan
          case .act(.over(_, .done)): isOver = true
          case .sorry(let words): said = words
          case .recorded(let recorded): canUndo = recorded.canUndo
          default: break
          }
        }
      }
    }
    func run(_ aim: Aim) throws {
      (planned, isOver) = (nil, false)
      worker.plan(aim)
      hear(until: { planned != nil })
      worker.run(try #require(planned))
      hear(until: { isOver })
    }
    hear(until: { isThere })
    #expect(start == .value("sym53c8xx"))
    try run(.act(Intent(.release, named: [hba], onlyNamed: true)))
    try run(.act(Intent(.release, named: [nic], onlyNamed: true)))
    worker.happen(.unplug(nic))
    try run(.undo)
    #expect(planned?.intent.entry == 1 && planned?.touched == [hba])
    hear(until: { canUndo == false })
    worker.plan(.undo)
    hear(until: { !said.isEmpty })
    #expect(canUndo == false && said.contains("there is no undo"))
  }
}
