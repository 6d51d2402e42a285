import Assignment
import Console
import HostSimulated
import Ownership

extension Demonstration {
  /// A scenario as the pure floors see it.
  init(_ scenario: Scenario) {
    let acts = scenario.acts.map { act in
      Act(
        title: act.title, wish: act.wish,
        sayings: act.quotes.map { Saying(message: $0.message, words: $0.words) }, expected: act.expected)
    }
    self.init(
      name: scenario.name, title: scenario.title, lesson: scenario.lesson, world: scenario.host.world,
      labels: scenario.labels, acts: acts, asked: scenario.asked, swap: scenario.swap, knobs: scenario.knobs)
  }
}

extension Cast {
  /// Whom and what a scenario brings along.
  init(_ scenario: Scenario) {
    self.init(users: scenario.users, labels: scenario.labels, cards: scenario.cards)
  }
}
