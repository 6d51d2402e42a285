import Assignment
import HostAccess
import HostSimulated
import Topology

/// A machine looked at, and what ties its groups together.
struct TiedFindings {
  var survey: Survey
  var targets: [Selector.Target]
  var selection: Selection
  /// What the kernel looks at, of every function.
  var ports: [PortFacts]
  /// The registers behind that, as far as they were read.
  var configs: [Address: Known<ConfigSpace>]
  var ties: Ties
  var witness: Witness
  /// What a reset of each function that is named, or is in a group that is named, reaches; nil where everything is
  /// asked for.
  var resets: [ResetReach]?
}

extension Session {
  /// Looks at the machine and, of what the selectors name, at the configuration space that decides about groups; of
  /// everything when they name nothing, or when it is `everything`. A suspended device is left asleep unless `waking`.
  func lookAtTies(at selectors: [Selector], everything: Bool = false, waking: Bool = false) throws(Failure)
    -> TiedFindings
  {
    let observer = try HostChoice.observer(options, here)
    let inventory: Inventory
    do throws(HostError) {
      inventory = try observer.inventory(selectors.contains(where: \.needsDetails) ? .full : .listing)
    } catch {
      throw Failure(error)
    }
    var targets: [Selector.Target] = []
    for selector in selectors { targets.append(try Selection.resolve(selector, in: inventory)) }
    let selection = Selection(targets, in: inventory)
    let deciding =
      selection.isEverything || everything
      ? inventory.functions.map(\.address) : Ties.deciding(selection.members(in: inventory), in: inventory)
    let configs = observer.configSpaces(of: deciding, waking: waking)
    let ports = observer.ports(of: inventory, configs)
    let ties = Ties(inventory, ports)
    let labels = try HostChoice.scenario(options)?.labels ?? [:]
    return TiedFindings(
      survey: Survey(observer.place, inventory), targets: targets, selection: selection, ports: ports, configs: configs,
      ties: ties,
      witness: Witness(inventory, ties, configs: configs, labels: labels),
      resets: selection.isEverything ? nil : observer.resets(of: selection.members(in: inventory), in: inventory))
  }
}

extension Selection {
  /// Every function that is chosen.
  func members(in inventory: Inventory) -> [Address] {
    groups.flatMap { inventory[$0]?.members ?? [] } + ungrouped
  }
}
