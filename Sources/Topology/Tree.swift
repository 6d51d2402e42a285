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

  /// Depth first; roots and siblings by address. A function whose parent is gone stands as a root, and so does the
  /// lowest address of a loop of parents, which only a hostile image has: every function has exactly one line.
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
    walk.cutLoops(of: functions.count, roots: &roots) { index in
      functions[index].parent.function.flatMap { inventory.index(of: $0) }
    }
    lines = walk.lines(of: functions, roots: roots)
  }

  /// Depth-first order over child lists, without recursion: a hostile image may nest as deep as it likes.
  private struct Walk {
    private(set) var firstChild: [Int32]
    private(set) var nextSibling: [Int32]

    init(firstChild: [Int32], nextSibling: [Int32]) {
      self.firstChild = firstChild
      self.nextSibling = nextSibling
    }

    /// Makes a root of one function of every loop, so that all are reached.
    mutating func cutLoops(of count: Int, roots: inout [Int32], parent: (Int) -> Int?) {
      var isReached = [Bool](repeating: false, count: count)
      for root in roots { mark(root, &isReached) }
      guard let first = isReached.firstIndex(of: false) else { return }
      for index in first..<count where !isReached[index] {
        if let above = parent(index) { unlink(Int32(index), from: above) }
        roots.append(Int32(index))
        mark(Int32(index), &isReached)
      }
      roots.sort()
    }

    private func mark(_ root: Int32, _ isReached: inout [Bool]) {
      var stack = [root]
      while let index = stack.popLast() {
        isReached[Int(index)] = true
        var child = firstChild[Int(index)]
        while child >= 0 {
          stack.append(child)
          child = nextSibling[Int(child)]
        }
      }
    }

    private mutating func unlink(_ index: Int32, from parent: Int) {
      let next = nextSibling[Int(index)]
      nextSibling[Int(index)] = -1
      guard firstChild[parent] != index else {
        firstChild[parent] = next
        return
      }
      var before = Int(firstChild[parent])
      while nextSibling[before] != index { before = Int(nextSibling[before]) }
      nextSibling[before] = next
    }

    func lines(of functions: [Function], roots: [Int32]) -> [Line] {
      var lines: [Line] = []
      lines.reserveCapacity(functions.count)
      for (position, root) in roots.enumerated() {
        var stack: [(index: Int32, depth: Int, passes: UInt64)] = [(root, 0, 0)]
        while let (index, depth, passes) = stack.popLast() {
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
