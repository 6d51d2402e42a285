/// The functions of an inventory in the order of a drawn tree: every function after the one it hangs below.
public struct Tree: Hashable, Sendable {
  /// One line of the drawn tree.
  public struct Line: Hashable, Sendable {
    /// The function on this line.
    public var address: Address
    /// How many functions stand above it; 0 on a root bus.
    public var depth: Int
    /// Whether no sibling follows, which decides the corner that is drawn.
    public var isLast: Bool
    /// Bit d is set where the ancestor at depth d has siblings below this line, so that a rule passes through.
    public var passes: UInt64
    /// Whether anything hangs below it.
    public var hasChildren: Bool
  }

  /// Depth first; roots and siblings by address. A function whose parent is gone stands as a root.
  public let lines: [Line]

  /// Linear in the number of functions, but for the sort of roots that inventories already bring.
  public init(_ inventory: Inventory) {
    let functions = inventory.functions
    var firstChild = [Int32](repeating: -1, count: functions.count)
    var nextSibling = [Int32](repeating: -1, count: functions.count)
    var roots: [Int32] = []
    // Backwards, so that pushing to the front of a list of children leaves it in address order.
    for index in functions.indices.reversed() {
      if let above = functions[index].parent.function, let place = inventory.index(of: above), place != index {
        nextSibling[index] = firstChild[place]
        firstChild[place] = Int32(index)
      } else {
        roots.append(Int32(index))
      }
    }
    roots.reverse()
    var walk = Walk(firstChild: firstChild, nextSibling: nextSibling)
    lines = walk.lines(of: functions, roots: roots)
  }

  /// Depth-first order over child lists, without recursion: a hostile image may nest as deep as it likes.
  private struct Walk {
    let firstChild: [Int32]
    let nextSibling: [Int32]

    mutating func lines(of functions: [Function], roots: [Int32]) -> [Line] {
      var lines: [Line] = []
      lines.reserveCapacity(functions.count)
      var visited = [Bool](repeating: false, count: functions.count)
      for (position, root) in roots.enumerated() {
        var stack: [(index: Int32, depth: Int, passes: UInt64)] = [(root, 0, 0)]
        while let (index, depth, passes) = stack.popLast() {
          guard !visited[Int(index)] else { continue }
          visited[Int(index)] = true
          let next = nextSibling[Int(index)]
          let isLast = depth == 0 ? position == roots.count - 1 : next < 0
          let child = firstChild[Int(index)]
          lines.append(
            Line(
              address: functions[Int(index)].address, depth: depth, isLast: isLast, passes: passes,
              hasChildren: child >= 0))
          if depth > 0, next >= 0 { stack.append((next, depth, passes)) }
          if child >= 0 {
            let bit: UInt64 = isLast || depth >= 63 ? 0 : 1 << UInt64(depth)
            stack.append((child, depth + 1, passes | bit))
          }
        }
      }
      return lines
    }
  }
}
