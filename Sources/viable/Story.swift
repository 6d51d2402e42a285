import Assignment
import Catalogue
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

extension Scenario {
  /// The scenario that was asked for by name or file, or the seed scene.
  static func chosen(_ text: String?) throws(Failure) -> Scenario {
    let catalogue = ScenarioCatalogue()
    do throws(DocumentError) {
      return try catalogue.scenario(text ?? catalogue.names[0])
    } catch {
      throw Failure(error)
    }
  }
}
