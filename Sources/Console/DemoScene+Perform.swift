import Assignment
import Ownership

extension DemoScene {
  /// Where keys mean what they mean now, the innermost first.
  var contexts: [Action.Context] {
    if layout.isTooSmall { return [.demo] }
    switch overlay {
    case nil: return [.demo]
    case .models: return [.demoModels, .overlay]
    case .help, .words, .stories: return [.overlay]
    }
  }

  /// What the hint bar offers now, most useful first.
  var hints: [Action] {
    let here = Set(contexts)
    // Over the columns q closes, as Esc does; a text has nothing to choose.
    var useless: Set<Action.ID> = [.find, .quit]
    if layout.tabs == nil { useless.insert(.demoNext) }
    switch overlay {
    case .help, .words: useless.insert(.choose)
    case .stories, .models, nil: break
    }
    let useful = Action.all.filter {
      $0.priority > 0 && !$0.contexts.isDisjoint(with: here) && !useless.contains($0.id)
    }
    let ordered = useful.enumerated().sorted { ($0.element.priority, $0.offset) < ($1.element.priority, $1.offset) }
    return ordered.map(\.element) + (overlay == nil ? [] : [Action.of(.leave)].compactMap(\.self))
  }

  /// One key: a binding, or the second half of one.
  mutating func press(_ key: Key, at now: Moment) -> [Request] {
    message = nil
    let wasPlaying = due != nil
    due = nil
    let contexts = contexts
    if let first = pending {
      pending = nil
      guard let (id, _) = Keymap.standard.meaning(of: key, after: first, in: contexts) else { return [] }
      return overlay == nil ? perform(id, at: now) : performInOverlay(id)
    }
    switch Keymap.standard.meaning(of: key, in: contexts) {
    case .action(.repaint): return [.repaint]
    case .action(.suspend): return [.suspend]
    // The key that started it stops it.
    case .action(.demoPlay) where wasPlaying: message = Note(.done, "stopped; Space goes on")
    case .action(let id): return overlay == nil || layout.isTooSmall ? perform(id, at: now) : performInOverlay(id)
    case .prefix: pending = key
    case nil: break
    }
    return []
  }

  /// Why an action can do nothing now; nil when it can.
  func unavailable(_ id: Action.ID) -> String? {
    switch id {
    case .demoBack, .demoStart: comparison.position == 0 ? "this is the beginning" : nil
    case .demoStep, .demoPlay, .demoFinish: comparison.position >= count ? "the story ends here" : nil
    case .demoSwap: comparison.story.swap == nil ? "this story asks for one device only" : nil
    case .demoFlag: whyNoFlag
    case .demoStories: stories.isEmpty ? "there is no other story" : nil
    case .demoWords: words.isEmpty ? "nothing was said of this on the list" : nil
    case .demoNext, .demoPrevious: layout.tabs == nil ? "all models are on the screen" : nil
    default: nil
    }
  }

  private mutating func perform(_ id: Action.ID, at now: Moment) -> [Request] {
    if let why = unavailable(id) {
      message = Note(.done, why)
      return []
    }
    switch id {
    case .demoStep: step()
    case .demoBack: back()
    case .demoStart: restart()
    case .demoFinish: while comparison.position < count { step() }
    case .demoPlay:
      due = now.milliseconds + Self.pace
      message = Note(.done, "playing; any key stops it")
      return [.wake(at: now.milliseconds + Self.pace)]
    case .demoUp: scrollLines(by: -1)
    case .demoDown: scrollLines(by: 1)
    case .demoNext: first = (first + 1) % max(1, comparison.sides.count)
    case .demoPrevious: first = (first + comparison.sides.count - 1) % max(1, comparison.sides.count)
    case .demoLeft, .demoRight:
      device += id == .demoLeft ? -1 : 1
      tidy()
    case .demoSwap: swap()
    case .demoFlag: toggleFlag()
    case .demoStories:
      overlay = .stories(selected: stories.firstIndex { $0.name == comparison.story.name } ?? 0)
    case .demoModels: overlay = .models(selected: 0, chosen: Set(comparison.sides.map(\.rules.set)))
    case .demoWords: overlay = .words(scroll: 0)
    case .demoHelp: overlay = .help(scroll: 0)
    case .demoExport: return export()
    case .demoEnd: return [.end]
    default: break
    }
    return []
  }

  private mutating func performInOverlay(_ id: Action.ID) -> [Request] {
    switch id {
    case .down: moveOverlay(by: 1)
    case .up: moveOverlay(by: -1)
    case .pageDown, .halfDown: moveOverlay(by: max(1, size.rows - 8))
    case .pageUp, .halfUp: moveOverlay(by: -max(1, size.rows - 8))
    case .first: moveOverlay(by: -1 << 32)
    case .last: moveOverlay(by: 1 << 32)
    case .demoTick: tick()
    case .choose: return choose()
    case .leave, .quit: overlay = nil
    default: break
    }
    return []
  }

  private mutating func moveOverlay(by step: Int) {
    func moved(_ place: Int, _ count: Int) -> Int { min(max(0, place + step), max(0, count - 1)) }
    switch overlay {
    case .stories(let selected): overlay = .stories(selected: moved(selected, stories.count))
    case .models(let selected, let chosen):
      overlay = .models(selected: moved(selected, RuleSet.allCases.count), chosen: chosen)
    case .help(let scroll): overlay = .help(scroll: moved(scroll, overlayExtent))
    case .words(let scroll): overlay = .words(scroll: moved(scroll, overlayExtent))
    case nil: break
    }
  }

  /// How many first lines the open text may have.
  private var overlayExtent: Int {
    var drawing = DemoDrawing(self)
    let body = drawing.drawTextOverlay()
    return max(1, body.lines - body.rows + 1)
  }

  private mutating func tick() {
    guard case .models(let selected, var chosen) = overlay else { return }
    let model = RuleSet.allCases[selected]
    if chosen.remove(model) == nil { chosen.insert(model) }
    guard chosen.count <= Self.models.upperBound else {
      message = Note(.error, "at most \(Self.models.upperBound) models fit side by side")
      return
    }
    overlay = .models(selected: selected, chosen: chosen)
  }

  private mutating func choose() -> [Request] {
    switch overlay {
    case .stories(let selected):
      overlay = nil
      return stories.indices.contains(selected) ? [.story(stories[selected].name)] : []
    case .models(_, let chosen):
      guard Self.models.contains(chosen.count) else {
        message = Note(.error, "choose \(Self.models.lowerBound) to \(Self.models.upperBound) models; Space ticks one")
        return []
      }
      overlay = nil
      choose(RuleSet.allCases.filter(chosen.contains))
    case .help, .words, nil: overlay = nil
    }
    return []
  }

  /// Scrolls all columns; 0 shows the newest call.
  mutating func scrollLines(by step: Int) {
    let most = DemoDrawing(self).mostScroll
    scroll = min(max(0, scroll - step), most)
  }

  /// Keeps what is scrolled inside what there is.
  mutating func tidy() {
    first = min(first, max(0, comparison.sides.count - 1))
    device = min(max(0, device), DemoDrawing(self).lastFirstDevice)
    scroll = min(scroll, DemoDrawing(self).mostScroll)
  }

  /// Where everything stands now.
  var layout: DemoLayout {
    DemoLayout(size: size, models: comparison.sides.count, first: first, alarms: warningLines.count)
  }
}
