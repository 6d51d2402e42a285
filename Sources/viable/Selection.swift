import Console
import HostAccess
import Topology

/// What a list of selectors chooses of a machine. A group is never chosen in part.
struct Selection {
  /// Whole groups.
  var groups: Set<GroupID> = []
  /// Functions without a group.
  var ungrouped: Set<Address> = []
  /// Everything, when nothing was named.
  var isEverything = true

  /// What the targets choose; none chooses everything.
  init(_ targets: [Selector.Target] = [], in inventory: Inventory) {
    isEverything = targets.isEmpty
    for target in targets {
      switch target {
      case .group(let group): groups.insert(group)
      case .functions(let addresses):
        for address in addresses {
          if let group = inventory.group(of: address)?.id { groups.insert(group) } else { ungrouped.insert(address) }
        }
      }
    }
  }

  func contains(_ group: GroupID) -> Bool { isEverything || groups.contains(group) }
  func contains(ungrouped address: Address) -> Bool { isEverything || ungrouped.contains(address) }

  /// A selector's meaning, with its error as a command's.
  static func resolve(_ selector: Selector, in inventory: Inventory) throws(Failure) -> Selector.Target {
    do throws(SelectorError) {
      return try selector.resolve(in: inventory)
    } catch {
      guard case .notFound(.group, _) = error, inventory.groups.isEmpty else { throw Failure(error) }
      // Not this group is wanting: none is there, and why is the same as of a device without one.
      let text = ([error.description] + Sentences.noGroups(inventory.host)).joined(separator: "\n")
      throw Failure(inventory.host.iommu == .off ? .unavailable : .notFound, text)
    }
  }

  /// Reads what was typed.
  static func read(_ texts: [String]) throws(Failure) -> [Selector] {
    var selectors: [Selector] = []
    for text in texts {
      do throws(SelectorError) {
        selectors.append(try Selector(text))
      } catch {
        throw Failure(error)
      }
    }
    return selectors
  }
}
