import Testing

@testable import Console

@Suite struct KeymapTests {
  /// Keys that mean something in a pane: its own, and those of every pane.
  private func strokes(_ context: Action.Context) -> [(Stroke, Action.ID)] {
    let isPane: Bool
    switch context {
    case .devices, .group, .actions, .log, .device, .explain: isPane = true
    case .prompt, .overlay, .plan, .consent, .export, .tooSmall, .demo, .demoModels, .whatIf, .global: isPane = false
    }
    return Action.all.filter { $0.contexts.contains(context) || (isPane && $0.contexts.contains(.global)) }
      .flatMap { action in action.keys.map { ($0, action.id) } }
  }

  @Test(arguments: Action.Context.allCases)
  func `no key is bound twice in a context`(_ context: Action.Context) {
    var seen: [Stroke: Action.ID] = [:]
    for (stroke, id) in strokes(context) {
      #expect(seen[stroke] == nil, "\(stroke.name) is \(id) and \(String(describing: seen[stroke]))")
      seen[stroke] = id
    }
  }

  @Test(arguments: Action.Context.allCases)
  func `the first key of two is no key of its own`(_ context: Action.Context) {
    let all = strokes(context).map(\.0)
    let single = Set(all.compactMap { stroke -> Key? in if case .key(let key) = stroke { key } else { nil } })
    let prefixes = Set(all.compactMap { stroke -> Key? in if case .key = stroke { nil } else { stroke.first } })
    #expect(single.isDisjoint(with: prefixes))
  }

  @Test func `every action has one record, a key, a context and words`() {
    #expect(Set(Action.all.map(\.id)) == Set(Action.ID.allCases))
    #expect(Action.all.count == Action.ID.allCases.count)
    for action in Action.all {
      #expect(!action.keys.isEmpty && !action.contexts.isEmpty && !action.short.isEmpty && !action.long.isEmpty)
      #expect(!action.keys.contains { $0.name.contains("?") && $0 != .char("?") })
    }
  }

  @Test func `every function key has a letter beside it, but the log's`() {
    for action in Action.all {
      let isOnlyFunction = action.keys.allSatisfy { stroke in
        if case .key(.function) = stroke { true } else { false }
      }
      #expect(!isOnlyFunction || action.id == .log)
    }
  }

  @Test func `what acts has a risk: it asks for a plan first, or needs a simulated machine and says so`() {
    let acting = Action.all.filter { $0.risk != .none }
    let planning: Set<Action.ID> = [.planDefault, .bindDriver, .release, .restore, .undo, .redo]
    #expect(acting.count >= 14 && planning.isSubset(of: acting.map(\.id)))
    var desk = Desk()
    desk.go("02:01.0")
    for id in planning.subtracting([.redo]) {
      desk.press(Action.of(id)?.keys.first?.first ?? .escape)
      #expect(desk.requests.contains { if case .plan = $0 { true } else { false } }, "\(id)")
      desk.press(.escape)
    }
    for action in acting where !planning.contains(action.id) {
      desk.press(action.keys[0].first)
      #expect(desk.note == Scene.whyNoStage && desk.requests.allSatisfy { $0.isHarmless }, "\(action.id)")
    }
  }

  @Test func `names are what people call keys`() {
    let names = ["j", "Space", "Ctrl-N", "PgDn", "F10", "Shift-Tab", "Alt-x"]
    let keys: [Key] = [
      .character("j"), .character(" "), .control("n"), .pageDown, .function(10), .backTab, .alt("x"),
    ]
    #expect(keys.map(\.name) == names)
    #expect(Stroke.sequence(.character("g"), .character("g")).name == "g g")
    #expect(Stroke.thenLetter(.character("M")).name == "M a-z")
  }

  @Test func `the hint bar of a pane names only keys that work there`() {
    var desk = Desk()
    desk.press(.character("4"))
    #expect(desk.scene.hints.contains { $0.id == .follow })
    desk.press(.character("1"))
    #expect(!desk.scene.hints.contains { $0.id == .follow })
    #expect(desk.scene.hints.first?.id == .help)
    desk.press(.character("/"))
    #expect(desk.scene.hints.map(\.id).prefix(2) == [.accept, .cancel])
  }

  @Test func `a first key tells what may follow, and a wrong second one is named`() {
    var desk = Desk()
    desk.press(.character("c"))
    #expect(desk.note?.contains("c j copy the group as JSON") == true)
    desk.press(.character("x"))
    #expect(desk.note == "c x is not bound")
    desk.press(.character("c"), .escape)
    #expect(desk.note == nil && desk.scene.pending == nil)
  }

  @Test func `q closes what lies on top before it quits, and Esc never quits`() {
    var desk = Desk()
    desk.press(.character("?"), .character("q"))
    #expect(desk.scene.overlay == nil && !desk.requests.contains(.quit))
    for _ in 0..<5 { desk.press(.escape) }
    #expect(!desk.requests.contains(.quit))
    desk.press(.character("q"))
    #expect(desk.requests.contains(.quit))
    desk.press(.control("c"))
    #expect(desk.requests.contains(.quit))
  }

  @Test func `a screen too small still quits and goes to line mode`() {
    var desk = Desk(rows: 1, columns: 1)
    desk.press(.character("l"))
    #expect(desk.requests.contains(.lineMode))
    desk.press(.character("j"), .character("q"))
    #expect(desk.requests.contains(.quit))
  }

  @Test func `what is done outside becomes a request`() {
    var desk = Desk()
    let table: [(Key, Request)] = [
      (.character("R"), .rescan), (.control("l"), .repaint), (.control("z"), .suspend),
      (.character("m"), .mouse(false)),
    ]
    for (key, request) in table {
      desk.press(key)
      #expect(desk.requests.contains(request))
    }
    desk.press(.character("m"))
    #expect(desk.requests.contains(.mouse(true)))
  }
}

extension Request {
  /// Whether nothing is made to happen.
  fileprivate var isHarmless: Bool {
    switch self {
    case .happen, .rules: false
    default: true
    }
  }
}
