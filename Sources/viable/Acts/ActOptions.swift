import ArgumentParser
import Assignment
import HostAccess
import Topology

/// What acts take that change the drivers of what is named.
struct ActOptions: ParsableArguments {
  @OptionGroup
  var agree: AgreeOptions

  @Flag(help: "Stay with what is named; else every member of its groups is concerned.")
  var onlyNamed = false

  @Flag(help: "Wait for a device that somebody has open, for as long as it takes.")
  var wait = false
}

extension ActOptions {
  /// What is wanted of what was named.
  func intent(
    _ verb: Intent.Verb, _ selectors: [Selector], in inventory: Inventory
  ) throws(Failure) -> Intent {
    var intent = Intent(verb, onlyNamed: onlyNamed, mayWait: wait)
    for selector in selectors {
      switch try Selection.resolve(selector, in: inventory) {
      case .group(let group): if !intent.groups.contains(group) { intent.groups.append(group) }
      case .functions(let addresses): intent.named += addresses.filter { !intent.named.contains($0) }
      }
    }
    return intent
  }
}
