import Assignment
import Topology

extension Scene {
  /// Opens "what if" at the selected device.
  mutating func suppose() {
    guard let device = selectedFunction?.address else { return }
    supposing = Supposing(device)
    overlay = .whatIf
  }

  /// The question that nobody was asked yet.
  mutating func wantedSupposition() -> Supposition.Question? {
    guard overlay == .whatIf, let supposing, !supposing.isAsked else { return nil }
    self.supposing?.isAsked = true
    return supposing.question
  }

  /// Takes an answer in, unless something else was asked meanwhile.
  mutating func take(_ answer: Supposition) {
    guard let old = supposing, old.question == answer.question else { return }
    let isOtherList = old.answer?.question.taken != answer.question.taken || old.answer == nil
    supposing?.answer = answer
    let tried = answer.offers.firstIndex { $0.change == answer.tried }
    let last = max(0, answer.offers.count - 1)
    // What stands out is what is tried. Over an answer to what is taken alone nothing does.
    let first = answer.question.taken.isEmpty ? 0 : nil
    supposing?.selected = tried ?? (isOtherList ? first : old.selected.map { min($0, last) })
  }

  /// Tries another change of the list. What cannot be made says why, and nobody is asked.
  mutating func tryChange(by step: Int) {
    guard let old = supposing, !old.offers.isEmpty else { return }
    tryChange(min(max(0, (old.selected ?? -1) + step), old.offers.count - 1))
  }

  mutating func tryChange(_ place: Int) {
    guard var next = supposing, next.offers.indices.contains(place), place != next.selected else { return }
    next.selected = place
    next.scroll = 0
    if let offer = next.offer, offer.obstacle == nil {
      next.ask(Supposition.Question(next.question.device, taken: next.question.taken, tried: offer.change))
    }
    supposing = next
  }

  /// Takes the change that stands out as made, so that others can be tried on top of it.
  mutating func takeChange() {
    guard let old = supposing, let offer = old.offer else {
      message = Note(.error, "no change stands out: choose one first")
      return
    }
    if let obstacle = offer.obstacle {
      message = Note(.error, obstacle)
      return
    }
    supposing?.ask(Supposition.Question(old.question.device, taken: old.question.taken + [offer.change]))
  }

  /// Takes the newest change back; without one there is nothing to take back.
  mutating func giveChangeBack() {
    guard let old = supposing, !old.question.taken.isEmpty else {
      message = Note(.error, "no change is taken as made")
      return
    }
    supposing?.ask(Supposition.Question(old.question.device, taken: old.question.taken.dropLast()))
  }

  /// The question as a command.
  func copySupposition() -> [Request] { supposing?.answer.map { [.copy(asking($0.command) + "\n")] } ?? [] }

  /// Keys that move: by lines through the list, by pages through the result.
  mutating func steerSupposition(_ id: Action.ID) {
    let page = max(1, supposedExtent.visible - 1)
    switch id {
    case .down: tryChange(by: 1)
    case .up: tryChange(by: -1)
    case .first: tryChange(0)
    case .last: tryChange(max(0, (supposing?.offers.count ?? 0) - 1))
    case .pageDown: scrollSupposition(by: page)
    case .pageUp: scrollSupposition(by: -page)
    case .halfDown: scrollSupposition(by: max(1, page / 2))
    case .halfUp: scrollSupposition(by: -max(1, page / 2))
    default: break
    }
  }

  /// Moves the result under the list.
  mutating func scrollSupposition(by step: Int) {
    let extent = supposedExtent
    let most = max(0, extent.lines - extent.visible)
    let place = supposing?.scroll ?? 0
    supposing?.scroll = min(max(0, place + step), most)
  }
}
