import Assignment
import Catalogue
import Console
import HostSimulated
import Ownership

/// The stories that the demo can tell, wherever they come from. None is read before it is asked for.
struct DemoShelf {
  /// The story to begin with, by name or file.
  let first: String
  /// The interfaces that were asked for; nil leaves them to the story.
  let models: [RuleSet]?

  /// The story of the options, or the seed scene.
  init(_ options: Options, first: String? = nil, models: [RuleSet]? = nil) {
    self.first = first ?? options.scenario ?? ScenarioCatalogue().names.first ?? ""
    self.models = models
  }

  /// What the demo lists.
  var entries: [DemoScene.Entry] {
    ScenarioCatalogue().scenarios.map { DemoScene.Entry(name: $0.name, title: $0.title) }
  }

  /// Reads a story. Unless others were asked for, it begins with its usual pair; the demo can choose others.
  func tell(_ name: String) throws(Failure) -> Comparison {
    let scenario = try HostChoice.scenario(named: name)
    return Comparison(Demonstration(scenario), models: models ?? Array(scenario.models.prefix(2)))
  }
}
