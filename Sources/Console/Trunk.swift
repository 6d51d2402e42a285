import Topology

/// The drawn tree with what each of its lines needs to become a row. It is kept until functions come, go or
/// change their place, so that folding, filtering and a driver's change touch no tree.
struct Trunk: Hashable, Sendable {
  struct Entry: Hashable, Sendable {
    var line: Tree.Line
    /// Index into the inventory's functions; -1 where the function is gone.
    var index: Int
    var group: GroupID?
    /// Its group has no other member.
    var isAlone: Bool
    /// The entry above; -1 on a root bus.
    var parent: Int
    /// The entry after the last one below it.
    var end: Int
  }

  var entries: [Entry] = []
  /// Functions that left, by address; one whose slot is taken again stands before its successor.
  var gone: [Address: Function] = [:]
  /// Groups with more than one member, in the order of the tree.
  var brackets: [GroupID] = []

  init() {}

  /// Linear but for searches in a compact list of addresses.
  init(_ inventory: Inventory, gone departed: [Scene.Departed]) {
    for left in departed { gone[left.function.address] = left.function }
    let missing = departed.map(\.function).filter { inventory[$0.address] == nil }
    let whole =
      missing.isEmpty ? inventory : Inventory(functions: inventory.functions + missing, groups: inventory.groups)
    let addresses = inventory.functions.map(\.address.packed)
    var alone: Set<GroupID> = []
    alone.reserveCapacity(inventory.groups.count)
    for group in inventory.groups where group.members.count + group.others.count == 1 { alone.insert(group.id) }

    let lines = Tree(whole).lines
    entries.reserveCapacity(lines.count)
    var open: [Int] = []
    var seen: Set<GroupID> = []
    for line in lines {
      while let last = open.last, entries[last].line.depth >= line.depth {
        entries[last].end = entries.count
        open.removeLast()
      }
      let index = Self.place(of: line.address.packed, in: addresses)
      let group = index < 0 ? gone[line.address]?.group.value : inventory.functions[index].group.value
      let isAlone = group.map { alone.contains($0) } ?? false
      if let group, !isAlone, seen.insert(group).inserted { brackets.append(group) }
      open.append(entries.count)
      entries.append(
        Entry(
          line: line, index: index, group: group, isAlone: isAlone, parent: open.count > 1 ? open[open.count - 2] : -1,
          end: lines.count))
    }
  }

  private static func place(of address: UInt64, in addresses: [UInt64]) -> Int {
    var (low, high) = (0, addresses.count)
    while low < high {
      let middle = (low + high) / 2
      if addresses[middle] < address { low = middle + 1 } else { high = middle }
    }
    return low < addresses.count && addresses[low] == address ? low : -1
  }
}
