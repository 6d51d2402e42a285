import Assignment
import HostAccess
import Ownership
import Testing
import Topology

@testable import Console

/// A console over a machine that plans are made for and run on, as the worker does.
struct Bench {
  var desk: Desk
  var findings: [Finding] = []
  /// What the journal has.
  var entries: [Entry] = []
  private let session = Entry.Session(boot: "boot", machine: "machine")

  init(_ machine: Inventory = Machines.seed, rows: Int = 40, columns: Int = 120) {
    desk = Desk(machine, rows: rows, columns: columns)
    desk.go("02:02.0")
  }

  private func binding(_ function: Function) -> Binding {
    Binding(
      address: function.address, identity: function.identity, path: "sys/devices/\(function.address)",
      driver: function.driver, override: function.driverOverride, group: function.group)
  }

  /// Answers the plan that was asked for last, as the worker would.
  mutating func answer() {
    let aims = desk.requests.compactMap { request in if case .plan(let aim) = request { aim } else { nil } }
    guard let aim = aims.last else {
      Issue.record("no plan was asked for")
      return
    }
    desk.send(planned(aim))
  }

  /// What a worker makes of a question.
  func planned(_ aim: Aim) -> Input {
    let journal = Journal(entries, in: session)
    let intent: Intent
    switch aim {
    case .act(let wanted): intent = wanted
    case .undo:
      guard let newest = journal.open.last else { return .sorry("there is no undo") }
      intent = Intent(.restore, entry: newest.number)
    case .attach, .detach: return .sorry("that is for an attaching bench")
    }
    let basis = Basis(
      desk.machine, bindings: desk.machine.functions.map(binding), journal: journal,
      drivers: VFIODrivers(registered: ["vfio-pci"], aliases: .absent))
    do throws(Refusal) {
      var plan = try Plan(intent, on: basis)
      plan.findings = findings
      return .planned(plan, plan.preview(in: desk.machine, number: journal.nextNumber))
    } catch {
      return .refused(error)
    }
  }

  var plan: Plan? {
    desk.requests.lazy.compactMap { request in if case .run(let plan) = request { plan } else { nil } }.first
  }

  /// Runs what was asked to be run: every step is taken, except that the effect `failing` is refused, and that from
  /// `stopping` on nothing more is told.
  mutating func run(failing: Int? = nil, undoFails: Bool = false, stopping: Int? = nil) {
    guard let plan else {
      Issue.record("nothing was asked to be run")
      return
    }
    for input in course(of: plan, failing: failing, undoFails: undoFails, stopping: stopping) { desk.send(input) }
  }

  /// What a worker tells of a plan while it runs it.
  mutating func course(
    of plan: Plan, failing: Int? = nil, undoFails: Bool = false, stopping: Int? = nil
  ) -> [Input] {
    var told: [Input] = []
    var bindings = Dictionary(uniqueKeysWithValues: desk.machine.functions.map { ($0.address, binding($0)) })
    var transaction = Transaction(plan, in: Journal(entries, in: session), at: 0)
    var answer: Transaction.Told?
    var effects = 0
    while true {
      let wish = transaction.next(answer)
      told.append(.act(.stands(transaction)))
      switch wish {
      case .save(let entry):
        entries.removeAll { $0.number == entry.number }
        entries.append(entry)
        answer = .saved
      case .forget(let number):
        entries.removeAll { $0.number == number }
        answer = .saved
      case .look(let subject): answer = .saw(subject.function.flatMap { bindings[$0] }.map { .function($0) })
      case .perform(let effect):
        if effects == stopping {
          return told + [.act(.waits(effect, Work(process: 4242, descriptor: 9)))]
        }
        let fails = effects == failing || undoFails && failing.map { effects > $0 } ?? false
        effects += 1
        answer = fails ? .failed(HostError("write to", on: effect.write?.path ?? "", .ebusy)) : .performed
        if !fails, let address = effect.address { bindings[address]?.take(effect) }
      case .finished(let outcome):
        let after = desk.machine.changing { functions in
          for (address, binding) in bindings {
            functions[address]?.driver = binding.driver
            functions[address]?.driverOverride = binding.override
          }
        }
        let difference = Difference(from: desk.machine, to: after)
        desk.machine = after
        return told + [.act(.saw(difference)), .act(.over(transaction, outcome))]
      }
    }
  }
}

extension Binding {
  fileprivate mutating func take(_ effect: Effect) {
    switch effect {
    case .setOverride(_, let driver): override = driver.map { .value($0) } ?? .absent
    case .unbind: driver = .absent
    case .probe(_, let expected): if let expected { driver = .value(expected) }
    case .setVirtualFunctions, .loadModule, .writeFile, .setOwner: break
    }
  }
}

@Suite struct PlanTests {
  static let mounted = Finding(.medium, at("02:02.0"), .fileSystem, "/srv is on sda1: it is lost.")
  static let root = Finding(.lockout, at("02:02.0"), .fileSystem, "/ is on sda2: the machine stops.")

  private func isRun(_ bench: Bench) -> Bool { bench.plan != nil }

  @Test func `Enter on the button that stands out first cancels, and nothing is run`() {
    var bench = Bench()
    bench.desk.type("b")
    bench.answer()
    #expect(bench.desk.scene.planButtons == [.cancel, .run, .copy] && bench.desk.scene.proceeding?.chosen == 0)
    bench.desk.press(.enter)
    #expect(!isRun(bench) && bench.desk.scene.overlay == nil && bench.desk.scene.proceeding == nil)
    #expect(bench.desk.note == "cancelled: nothing was changed")
  }

  @Test func `what costs little runs at the press of a button, is kept, and is undone and done again`() {
    var bench = Bench()
    bench.desk.type("b")
    bench.answer()
    bench.desk.press(.right, .enter)
    #expect(isRun(bench))
    bench.run()
    #expect(bench.desk.machine[at("02:02.0")]?.driver == .value("vfio-pci") && bench.entries.count == 1)
    #expect(bench.desk.scene.verdicts[GroupID(5)]?.state == .viable)
    #expect(bench.desk.note == "Done. It is kept as journal entry 1." && bench.desk.scene.changed.isEmpty)
    bench.desk.press(.escape, .character("u"))
    bench.answer()
    bench.desk.press(.right, .enter)
    bench.run()
    #expect(bench.desk.machine[at("02:02.0")]?.driver == .value("sym53c8xx") && bench.entries.isEmpty)
    bench.desk.press(.escape, .control("r"))
    bench.answer()
    bench.desk.press(.right, .enter)
    bench.run()
    #expect(bench.desk.machine[at("02:02.0")]?.driver == .value("vfio-pci") && bench.entries.count == 1)
    bench.desk.press(.escape, .control("r"))
    #expect(bench.desk.note == "nothing was undone here")
  }

  @Test(arguments: [("5", [mounted]), ("5 LOCKOUT", [root, mounted])])
  func `what costs more wants its words typed, and the mouse never runs it`(words: String, findings: [Finding]) {
    var bench = Bench()
    bench.findings = findings
    bench.desk.type("b")
    bench.answer()
    bench.desk.press(.right, .enter)
    #expect(!isRun(bench) && bench.desk.note == "type \(words) first: nothing was changed")
    bench.desk.type("7")
    bench.desk.press(.enter)
    #expect(!isRun(bench))
    bench.desk.press(.backspace)
    bench.desk.type(words)
    #expect(bench.desk.scene.proceeding?.isAgreed == true)
    guard let button = Drawing(bench.desk.scene).planButtonPlaces().first(where: { $0.button == .run }) else {
      Issue.record("no Run")
      return
    }
    let place = Point(row: button.row, column: button.columns.lowerBound)
    bench.desk.send(.mouse(Mouse(.press, at: place)))
    bench.desk.send(.mouse(Mouse(.release, at: place)))
    #expect(!isRun(bench) && bench.desk.note?.contains("never with the mouse") == true)
    bench.desk.press(.enter)
    #expect(isRun(bench))
  }

  @Test func `a button needs press and release on itself`() {
    var bench = Bench()
    bench.desk.type("b")
    bench.answer()
    let places = Drawing(bench.desk.scene).planButtonPlaces().map {
      Point(row: $0.row, column: $0.columns.lowerBound)
    }
    bench.desk.send(.mouse(Mouse(.press, at: places[1])))
    bench.desk.send(.mouse(Mouse(.release, at: places[2])))
    #expect(!isRun(bench) && bench.desk.copied == nil)
    bench.desk.send(.mouse(Mouse(.press, at: places[1])))
    bench.desk.send(.mouse(Mouse(.release, at: places[1])))
    #expect(isRun(bench))
  }

  @Test func `a host that changed makes the plan void, and p makes another`() {
    var bench = Bench()
    bench.desk.type("b")
    bench.answer()
    bench.desk.press(.right)
    bench.desk.change { $0[at("04:00.0")]?.driver = .absent }
    #expect(bench.desk.scene.proceeding?.isOpen == true)
    bench.desk.change { $0[at("02:01.0")]?.driver = .absent }
    bench.desk.wait(2000)
    #expect(bench.desk.scene.planButtons == [.cancel, .again, .copy] && bench.desk.scene.proceeding?.chosen == 0)
    bench.desk.press(.right, .enter)
    #expect(!isRun(bench))
    bench.answer()
    #expect(bench.desk.scene.proceeding?.isOpen == true)
  }

  @Test func `where nothing may be run the command line is offered instead`() {
    var bench = Bench()
    bench.findings = [Self.mounted]
    bench.desk.scene.whyNoRun = "acting needs root"
    bench.desk.type("p")
    bench.answer()
    #expect(bench.desk.scene.planButtons == [.cancel, .copy])
    bench.desk.press(.right, .enter)
    #expect(!isRun(bench) && bench.desk.copied == "viable assign group:5 --consent 5\n")
  }

  @Test func `commands choose the machine that the console looks at, quoted for the shell`() {
    var bench = Bench()
    bench.desk.scene.chosenBy = (
      CommandOptions(machine: ["--scenario", "my two.toml"]), CommandOptions(machine: ["--scenario", "my two.toml"])
    )
    bench.desk.type("cc")
    #expect(bench.desk.copied == "viable --scenario 'my two.toml' check group:5\n")
    bench.desk.type("cs")
    #expect(bench.desk.copied?.contains("\nviable --scenario 'my two.toml' assign group:5\n") == true)
    bench.desk.scene.whyNoRun = "it was started with --read-only"
    bench.desk.type("p")
    bench.answer()
    let shown = bench.desk.scene.proceeding?.preview?.sections.last?.lines.map(\.text)
    #expect(shown == ["viable --scenario 'my two.toml' assign group:5"])
    bench.desk.press(.right, .enter)
    #expect(bench.desk.copied == "viable --scenario 'my two.toml' assign group:5 --yes\n")
    bench.desk.press(.escape)
    // What an image shows is done on the machine itself.
    bench.desk.scene.chosenBy = (CommandOptions(machine: ["--root", "it's"]), CommandOptions())
    bench.desk.type("cc")
    #expect(bench.desk.copied == "viable --root 'it'\\''s' check group:5\n")
    bench.desk.type("cs")
    #expect(bench.desk.copied?.contains("\nsudo viable assign group:5\n") == true)
    bench.desk.type("p")
    bench.answer()
    bench.desk.press(.right, .enter)
    #expect(bench.desk.copied == "viable assign group:5 --yes\n")
    bench.desk.press(.escape)
    // Root is still root where only the journal is elsewhere.
    let elsewhere = CommandOptions(journal: ["--state-dir", "/srv/my x"])
    bench.desk.scene.chosenBy = (elsewhere, elsewhere)
    bench.desk.type("cs")
    #expect(bench.desk.copied?.contains("\nsudo viable --state-dir '/srv/my x' assign group:5\n") == true)
    bench.desk.type("cc")
    #expect(bench.desk.copied == "viable --state-dir '/srv/my x' check group:5\n")
  }

  @Test func `nothing to undo is said before it is asked for, where that is known`() {
    var bench = Bench()
    let why = "nothing that viable did is in force: there is no undo"
    for (known, reason) in [(nil, nil), (true, nil), (false, why)] as [(Bool?, String?)] {
      bench.desk.send(.undoable(known))
      #expect(bench.desk.scene.menu().first { $0.action == .undo }?.reason == reason)
    }
    bench.desk.type("u")
    #expect(bench.desk.note == why && bench.desk.scene.overlay == nil && bench.desk.requests.isEmpty)
  }

  @Test func `marks are acted on together, a bridge stands for its group`() {
    var bench = Bench()
    bench.desk.type(" ")
    bench.desk.go("04:00.0")
    bench.desk.type(" x")
    #expect(bench.desk.requests.contains(.plan(.act(Intent(.release, named: [at("02:02.0"), at("04:00.0")])))))
    bench.desk.press(.escape)
    bench.desk.type("V")
    bench.desk.go("01:00.0")
    bench.desk.type("b")
    #expect(bench.desk.requests.contains(.plan(.act(Intent(.assign, groups: [GroupID(5)])))))
  }

  @Test func `a device that is held is refused with who holds it, and can be waited for`() {
    var bench = Bench()
    bench.desk.type("x")
    let holder = Holder(process: 77, command: "qemu", node: "/dev/vfio/5")
    bench.desk.send(.refused(Refusal(.held(at("02:02.0"), by: holder))))
    #expect(bench.desk.scene.planButtons == [.close, .wait])
    bench.desk.press(.right, .enter)
    #expect(bench.desk.requests.contains(.plan(.act(Intent(.release, named: [at("02:02.0")], mayWait: true)))))
  }

  @Test func `a child that waits holds nothing up, and leaving it is asked once`() {
    var bench = Bench()
    bench.desk.type("b")
    bench.answer()
    bench.desk.press(.right, .enter)
    bench.run(stopping: 1)
    #expect(bench.desk.scene.proceeding?.waiting != nil && bench.desk.wakes == [bench.desk.now + 1000])
    bench.desk.wait(1000)
    #expect(bench.desk.wakes == [bench.desk.now + 1000])
    bench.desk.press(.escape)
    bench.desk.type("j")
    #expect(bench.desk.selected != at("02:02.0"))
    bench.desk.type("p")
    #expect(
      bench.desk.scene.overlay == .plan && !bench.desk.requests.contains { if case .plan = $0 { true } else { false } })
    bench.desk.type("q")
    #expect(bench.desk.scene.overlay == nil)
    bench.desk.type("q")
    #expect(!bench.desk.requests.contains(.quit) && bench.desk.note?.hasPrefix("process 4242 still waits") == true)
    bench.desk.type("jq")
    #expect(!bench.desk.requests.contains(.quit))
    bench.desk.type("q")
    #expect(bench.desk.requests.contains(.quit))
    #expect(bench.desk.scene.farewell?.contains("process 4242") == true)
    #expect(bench.desk.scene.farewell?.contains("viable restore --all") == true)
  }

  @Test func `somebody else who acts is named, and nothing was changed`() {
    var bench = Bench()
    bench.desk.type("b")
    bench.answer()
    bench.desk.press(.right, .enter)
    bench.desk.send(.act(.notBegun("process 12 ('viable assign group:5') acts now")))
    #expect(bench.desk.note?.contains("process 12") == true && bench.desk.scene.planButtons == [.close])
  }

  @Test func `the log has every step with what came of it`() {
    var bench = Bench()
    bench.desk.type("b")
    bench.answer()
    bench.desk.press(.right, .enter)
    bench.run(failing: 1)
    let log = bench.desk.scene.log.entries.map(\.note.text)
    #expect(log.contains { $0.hasPrefix("write \"vfio-pci\\n\"") && $0.hasSuffix("= ok") })
    #expect(log.contains { $0.hasSuffix("unbind = FAILED") } && log.contains { $0.hasSuffix("= taken back") })
    #expect(bench.desk.note?.hasPrefix("Step 2 of 6 failed") == true)
  }
}
