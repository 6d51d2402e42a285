import Assignment
import Goldens
import HostAccess
import Ownership
import Testing
import Topology

@testable import Console

/// A console over a world that answers at once, as a stage behind the worker does.
struct Theatre {
  var desk = Desk()
  var world: World
  var rules: Rules
  /// Before anything happened.
  let start: World
  /// Everything that was made to happen, in order.
  var events: [Event] = []

  init(_ set: RuleSet = .explicitLinux, world: World = DemoStories.seed.world, cast: Cast = Cast()) {
    self.world = world
    start = world
    desk.scene.cast = cast
    rules = Rules(set)
    desk.send(.stage(world, rules))
  }

  /// The line of the menu that begins so; whether it is done.
  mutating func run(_ title: String) -> Bool {
    guard let place = desk.scene.menu().firstIndex(where: { $0.title.hasPrefix(title) && $0.reason == nil }) else {
      return false
    }
    desk.scene.menuSelected = place
    type("3")
    press(.enter)
    type("1")
    return true
  }

  /// Presses keys and serves every request until there is none.
  mutating func press(_ keys: Key...) {
    for key in keys {
      desk.now += 500
      desk.send(.key(key))
      serve()
    }
  }

  mutating func type(_ text: String) {
    for character in text { press(.character(character)) }
  }

  private mutating func serve() {
    while let request = desk.requests.first(where: \.isDone) {
      desk.requests = []
      switch request {
      case .happen(let event):
        events.append(event)
        let answer = rules.answer(to: event, in: world)
        world = world.after(answer)
        desk.send(.answered(event, answer, world, Difference()))
      case .rules(let set):
        rules.set = set
        desk.send(.stage(world, rules))
      case .startAgain:
        world = start
        desk.send(.stage(world, rules))
      default: break
      }
    }
  }

  var log: [String] { desk.scene.log.entries.map(\.note.text) }
}

extension Request {
  fileprivate var isDone: Bool {
    switch self {
    case .happen, .rules, .startAgain: true
    default: false
    }
  }
}

@Suite struct RehearsalTests {
  @Test func `attaching makes every call of the interface until one is refused, and says why`() {
    var theatre = Theatre()
    theatre.desk.go("02:01.0")
    theatre.type("t")
    #expect(
      theatre.log.suffix(4).map { String($0.prefix(34)) } == [
        "qemu: open(/dev/vfio/vfio) = 3", "qemu: open(/dev/vfio/5) = 4", "qemu: VFIO_GROUP_GET_STATUS = {}",
        "qemu: VFIO_GROUP_SET_CONTAINER = -",
      ])
    #expect(theatre.desk.note?.contains("EPERM") == true && theatre.desk.note?.contains("sym53c8xx") == true)
    #expect(theatre.desk.scene.log.entries.last?.note.kind == .refused)
  }

  @Test func `after the release the NIC is attached, another user is kept out, and its end gives all back`() {
    var theatre = Theatre()
    theatre.desk.go("02:02.0")
    let isRun1 = theatre.run("Take the driver")
    #expect(isRun1)
    #expect(theatre.world[DemoStories.hba]?.driver == nil)
    let start = theatre.world
    theatre.desk.go("02:01.0")
    theatre.type("t")
    #expect(theatre.rules.ownership(in: theatre.world).contains { $0.address == DemoStories.nic && $0.isAttached })
    theatre.type("Ut")
    #expect(theatre.desk.note?.contains("EBUSY") == true)
    for _ in 0..<2 {
      let place = theatre.desk.scene.menu().firstIndex { $0.title.hasPrefix("End ") && $0.reason == nil }
      if let place { theatre.desk.scene.menuSelected = place }
      theatre.type("3")
      theatre.press(.enter)
      theatre.type("1UU")
    }
    #expect(theatre.world == start)
  }

  @Test(arguments: RuleSet.allCases)
  func `one call at a time comes to the same as all at once`(set: RuleSet) {
    var (whole, single) = (Theatre(set), Theatre(set))
    for hand in 0...1 {
      var theatre = hand == 0 ? whole : single
      theatre.desk.go("02:02.0")
      _ = theatre.run("Take the driver")
      theatre.desk.go("02:01.0")
      theatre.type(hand == 0 ? "Ft" : "F............")
      if hand == 0 { whole = theatre } else { single = theatre }
    }
    // A careful program stops at a refusal and when it is through; whoever presses on makes the last call again.
    #expect(single.events.prefix(whole.events.count) == whole.events[...])
    #expect(whole.events.count > 3)
  }

  @Test func `the seven rule sets come one after another, but not under open descriptors`() {
    var theatre = Theatre()
    var seen: [RuleSet] = []
    for _ in RuleSet.allCases {
      seen.append(theatre.rules.set)
      theatre.type("W")
    }
    #expect(Set(seen) == Set(RuleSet.allCases) && theatre.rules.set == .explicitLinux)
    theatre.desk.go("02:01.0")
    theatre.type(".W")
    #expect(theatre.rules.set == .explicitLinux)
    #expect(theatre.desk.note == "qemu has descriptors open under explicit; end it first")
  }

  @Test func `binding, giving back and pulling out go step by step and stop at what is refused`() {
    var theatre = Theatre()
    theatre.desk.go("02:02.0")
    let isRun2 = theatre.run("Bind 02:02.0 to vfio-pci")
    #expect(isRun2)
    #expect(theatre.world[DemoStories.hba]?.driver == "vfio-pci")
    #expect(theatre.events == [.unbind(DemoStories.hba), .bind(DemoStories.hba, "vfio-pci")])
    let isRun3 = theatre.run("Give 02:02.0 back")
    #expect(isRun3)
    #expect(theatre.world[DemoStories.hba]?.driver == "sym53c8xx")
    let isRun4 = theatre.run("Give 02:02.0 back")
    #expect(!isRun4)
    theatre.type("o")
    #expect(theatre.desk.note?.contains("open(/dev/vfio/5)") == true)
  }

  @Test(arguments: RuleSet.allCases)
  func `T gives back everything that t took, whether it came to an end or was refused`(set: RuleSet) {
    for isReleased in [false, true] {
      var theatre = Theatre(set)
      theatre.desk.go("02:02.0")
      if isReleased { _ = theatre.run("Take the driver") }
      theatre.desk.go("02:01.0")
      #expect(theatre.desk.scene.deed(.detach)?.reason == "qemu does not have 02:01.0 open")
      theatre.type("t")
      #expect(!theatre.world.ledger.processes.isEmpty)
      theatre.type("T")
      #expect(theatre.world.ledger.processes.isEmpty, "\(set.rawValue), released: \(isReleased)")
      #expect(theatre.desk.scene.rehearsal?.isUnderWay == false && theatre.desk.scene.rehearsal?.wishes == [])
      #expect(theatre.desk.scene.deed(.detach)?.reason == "qemu does not have 02:01.0 open")
    }
  }

  @Test func `what owns devices stays until the last of them is given back, and each user gives back their own`() {
    var theatre = Theatre()
    theatre.desk.go("02:02.0")
    _ = theatre.run("Bind 02:02.0 to vfio-pci by hand")
    theatre.type("t")
    theatre.desk.go("02:01.0")
    #expect(theatre.desk.scene.deed(.detach)?.reason == "qemu does not have 02:01.0 open, but 02:02.0")
    theatre.type("tT")
    #expect(theatre.world.ledger.processes.count == 1 && theatre.world.ledger.groupFiles.count == 1)
    theatre.desk.go("02:02.0")
    theatre.type("U")
    #expect(theatre.desk.scene.deed(.detach)?.reason == "qemu-b does not have 02:02.0 open; qemu does")
    theatre.type("UUT")
    #expect(theatre.world.ledger.processes.isEmpty && theatre.world.ledger.groupFiles.isEmpty)
  }

  @Test func `where nothing may be changed no call is made, and the title says so`() {
    var theatre = Theatre()
    theatre.desk.scene.whyNoRun = "it was started with --read-only"
    theatre.desk.go("02:01.0")
    theatre.type("tTJo.")
    #expect(theatre.events.isEmpty && theatre.desk.note == "it was started with --read-only")
    for place in theatre.desk.scene.menu().indices where theatre.desk.scene.menu()[place].deed != nil {
      #expect(theatre.desk.scene.menu()[place].reason == "it was started with --read-only")
    }
    for columns in [80, 120, 200] {
      theatre.desk.send(.resize(Size(rows: 40, columns: columns)))
      #expect(theatre.desk.scene.frame().golden.prefix(columns).contains("READ-ONLY"), "\(columns)")
    }
  }

  @Test func `a refusal for somebody who holds a device says how he lets go of it`() {
    var theatre = Theatre()
    theatre.desk.go("02:02.0")
    _ = theatre.run("Take the driver")
    theatre.desk.go("02:01.0")
    theatre.type("tx")
    let qemu = theatre.desk.scene.rehearsal?.caller.process ?? 0
    let holder = Holder(process: qemu, command: "qemu", node: "/dev/vfio/5")
    theatre.desk.send(.refused(Refusal(.held(at("02:01.0"), by: holder))))
    #expect(theatre.desk.scene.frame().golden.contains("T at 02:01.0 gives back what qemu took"))
    theatre.press(.escape)
    theatre.type("Ux")
    theatre.desk.send(.refused(Refusal(.held(at("02:01.0"), by: holder))))
    #expect(theatre.desk.scene.frame().golden.contains("T at 02:01.0, as qemu (U), gives back"))
  }

  @Test func `every line of the action menu does something or says why not`() {
    for set in RuleSet.allCases {
      for place in 0..<Theatre(set).desk.scene.menu().count {
        var theatre = Theatre(set)
        theatre.desk.go("02:01.0")
        let item = theatre.desk.scene.menu()[place]
        guard item.deed != nil else { continue }
        theatre.desk.scene.menuSelected = place
        theatre.type("3")
        theatre.press(.enter)
        #expect(theatre.desk.note == item.reason || !theatre.events.isEmpty, "\(item.title) under \(set.rawValue)")
        #expect(theatre.desk.scene.rehearsal?.queue.isEmpty == true && theatre.desk.scene.rehearsal?.pursuit == nil)
      }
    }
  }

  @Test(arguments: [(24, 80), (40, 120), (60, 200)])
  func `a machine on which somebody acts looks as its golden`(size: (Int, Int)) {
    var theatre = Theatre(.implicitApril)
    theatre.desk.change { $0[DemoStories.nic]?.driver = .value("vfio-pci") }
    theatre.desk.wait(20_000)
    theatre.desk.send(.resize(Size(rows: size.0, columns: size.1)))
    theatre.desk.go("02:01.0")
    theatre.type("t4")
    let outcome = Golden.check(theatre.desk.scene.frame().golden, "acting-\(size.1)x\(size.0).screen")
    #expect(outcome.matches, "\(outcome)")
    theatre.type("3")
    theatre.press(.character("z"))
    let menu = Golden.check(theatre.desk.scene.frame().golden, "acting-menu-\(size.1)x\(size.0).screen")
    #expect(menu.matches, "\(menu)")
  }
}
