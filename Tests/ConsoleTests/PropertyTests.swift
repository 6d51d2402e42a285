import HostAccess
import Ownership
import Randomness
import Testing
import Topology

@testable import Console

@Suite struct PropertyTests {
  private static let keys: [Key] =
    Array("jkhlgG[]{}zvVnN /\\LsPyYcsj'aMbRm?CfieSq12345<>").map { .character($0) } + [
      .up, .down, .left, .right, .home, .end, .pageUp, .pageDown, .tab, .backTab, .enter, .escape, .backspace, .delete,
      .function(1), .function(2), .function(3), .function(4), .function(5), .function(6), .function(8), .function(9),
      .control("l"), .control("u"), .control("w"), .control("c"), .controlLeft, .controlUp, .insert, .alt("x"),
    ]
  private static let filters = [
    "group:5", "class:storage", "driver:e1000", "state:free", "!vfio", "zzz", "nvme", "bus:0",
  ]
  private static let sizes = [
    (40, 120), (24, 80), (60, 200), (30, 100), (24, 90), (50, 160), (45, 130), (16, 60), (1, 1), (0, 0), (3, 200),
    (200, 3), (17, 61),
  ]

  /// One thing that may happen to a machine.
  private static func disturb(_ machine: Inventory, with all: [Function], _ dice: inout Dice) -> Inventory {
    machine.changing { functions in
      for _ in 0...dice.below(3) {
        let chosen = dice.one(of: all)
        let place = chosen.address
        switch dice.below(9) {
        case 0: functions[place] = nil
        case 1, 2: functions[place] = chosen
        case 3, 4: functions[place]?.driver = dice.one(of: [.absent, .value("vfio-pci"), .value("e1000")])
        case 5: functions[place]?.group = dice.one(of: [.value(GroupID(5)), .value(GroupID(15)), .absent])
        case 6: functions[place]?.details = dice.one(of: [nil, Details(path: "sys/x")])
        case 7: functions[place]?.driverOverride = dice.one(of: [.absent, .value("vfio-pci"), .unknown(.notRead)])
        default:
          functions[place]?.identity = dice.one(of: [
            chosen.identity, .unknown(.deviceBusy),
            .value(Identity(vendor: 0x10ec, device: 0x8168, classCode: ClassCode(0x02_0000))),
          ])
        }
      }
    }
  }

  /// Something that is no key, and so may not move the selection.
  private static func news(_ desk: inout Desk, _ all: [Function], _ dice: inout Dice) {
    switch dice.below(12) {
    case 0...7: desk.become(disturb(desk.machine, with: all, &dice))
    case 8: desk.wait(UInt64(dice.below(12_000)))
    case 9: desk.send(.note(Note(.event, "n")))
    case 10:
      let (rows, columns) = dice.one(of: sizes)
      desk.send(.resize(Size(rows: rows, columns: columns)))
    default:
      desk.machine = disturb(desk.machine, with: all, &dice)
      desk.send(.inventory(desk.machine))
    }
  }

  private static func hand(_ desk: inout Desk, _ dice: inout Dice) {
    desk.now += UInt64(dice.below(400))
    switch dice.below(20) {
    case 0:
      let kinds: [Mouse.Kind] = [.press, .release, .drag, .rightPress, .wheelUp, .wheelDown]
      desk.send(.mouse(Mouse(dice.one(of: kinds), at: Point(row: dice.below(61), column: dice.below(201)))))
    case 1: desk.send(.paste(dice.one(of: ["group:5", "a\nb", "driver:!x", ""])))
    case 2:
      for key in [Key.character("\\"), .control("u")] { desk.send(.key(key)) }
      if desk.scene.prompt != nil { desk.send(.paste(dice.one(of: filters))) }
      desk.send(.key(.enter))
    case 3...7: desk.send(.key(dice.one(of: "jkhl".map { .character($0) })))
    case 8, 9: desk.send(.key(.escape))
    case 10: desk.send(.key(desk.scene.isPaused ? .character("P") : .character("1")))
    default: desk.send(.key(dice.one(of: keys)))
    }
  }

  private func check(_ desk: Desk, _ step: Int) {
    let scene = desk.scene
    #expect(scene.rows.isEmpty ? scene.cursor.row == 0 : scene.rows.indices.contains(scene.cursor.row), "step \(step)")
    if let row = scene.selectedRow, let anchor = scene.cursor.anchor { #expect(row.address == anchor.address) }
    guard let inventory = scene.inventory else { return }
    var fresh = scene
    fresh.judgeAll()
    #expect(fresh.verdicts == scene.verdicts && fresh.states == scene.states, "verdicts at step \(step)")
    #expect(fresh.tally == scene.tally, "counts at step \(step)")
    #expect(Trunk(inventory, gone: scene.gone) == scene.trunk, "tree at step \(step)")
    if scene.filter.isActive { checkWhole(scene, inventory, step) } else { checkComplete(scene, inventory, step) }
  }

  /// A filter never shows a group in part.
  private func checkWhole(_ scene: Scene, _ inventory: Inventory, _ step: Int) {
    let shown = Set(
      scene.rows.compactMap { row -> Address? in
        if case .function(let address) = row.content { address } else { nil }
      })
    for address in shown {
      guard let group = inventory.group(of: address) else { continue }
      #expect(Set(group.members).isSubset(of: shown), "group \(group.id) in part at step \(step)")
    }
  }

  /// Without a filter every function is shown once, or stands behind exactly one fold.
  private func checkComplete(_ scene: Scene, _ inventory: Inventory, _ step: Int) {
    #expect(RowBuilder(scene, pinned: nil)?.rows() == scene.rows, "rows at step \(step)")
    guard scene.gone.isEmpty else { return }
    let count = scene.rows.reduce(0) { count, row in
      if case .function = row.content { count + 1 + row.foldedCount } else { count + row.foldedCount }
    }
    #expect(count == inventory.functions.count, "functions at step \(step)")
  }

  private func run(_ machine: Inventory, steps: Int, seed: UInt64) {
    var dice = Dice(state: seed)
    var desk = Desk(machine)
    let all = machine.functions
    for step in 0..<steps {
      let before = desk.scene
      if dice.below(3) == 0 {
        Self.news(&desk, all, &dice)
        checkStill(before, desk.scene, step)
      } else {
        Self.hand(&desk, &dice)
      }
      #expect(desk.wakes.allSatisfy { $0 > desk.now }, "a wake-up in the past at step \(step)")
      if step % 8 == 0 { check(desk, step) }
    }
    if desk.scene.isPaused { desk.scene.isPaused = false }
    desk.wait(2000)
    #expect(desk.scene.inventory?.functions == desk.machine.functions)
    #expect(desk.scene.inventory?.groups == desk.machine.groups)
  }

  /// What is selected is the same device on the same line of the screen, or nothing when it left for good.
  private func checkStill(_ before: Scene, _ after: Scene, _ step: Int) {
    if let anchor = before.cursor.anchor {
      guard let now = after.cursor.anchor else {
        let isThere = after.inventory?[anchor.address].map { Anchor($0).isSame(as: anchor) } ?? false
        #expect(!isThere, "selection lost at step \(step)")
        return
      }
      #expect(now.isSame(as: anchor), "selection moved at step \(step)")
      guard before.size == after.size else { return }
      let (was, line) = (before.cursor.row - before.cursor.top, after.cursor.row - after.cursor.top)
      #expect(was == line, "line of the screen at step \(step)")
    } else if before.cursor.content != nil {
      #expect(after.cursor.anchor == nil, "selection moved at step \(step)")
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64])
  func `whatever happens in whatever order, what is shown is true and what is selected stays`(_ seed: UInt64) {
    run(Machines.seed, steps: 4500, seed: seed)
  }

  @Test func `the same holds on a machine that folds`() {
    run(Machines.many(80), steps: 2000, seed: 5)
  }

  @Test func `the same holds among hostile names`() {
    run(Machines.hostile, steps: 2000, seed: 6)
  }
}
