import Assignment
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
