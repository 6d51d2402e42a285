import Testing

@testable import Topology

@Suite struct TreeTests {
  private func at(_ number: Int) -> Address {
    Address(
      domain: UInt32(number >> 16), bus: UInt8(truncatingIfNeeded: number >> 8),
      device: UInt8(truncatingIfNeeded: number >> 3) & 31, function: UInt8(truncatingIfNeeded: number) & 7)
  }

  /// Functions 0..., each below the one whose number stands at its place; nil is a root bus.
  private func tree(_ parents: [Int?]) -> Tree {
    Tree(
      Inventory(
        functions: parents.enumerated().map { number, parent in
          Function(address: at(number), parent: parent.map { .function(at($0)) } ?? .root("pci0000:00"))
        }, groups: []))
  }

  /// `depth:function`, `*` for the last of its siblings, `+` for one with children.
  private func drawn(_ tree: Tree) -> [String] {
    tree.lines.map { line in
      "\(line.depth):\(line.address.packed)" + (line.isLast ? "*" : "") + (line.hasChildren ? "+" : "")
    }
  }

  @Test func `children follow their parents, siblings by address`() {
    #expect(drawn(tree([nil, 0, 1, 0, nil, 4])) == ["0:0+", "1:1+", "2:2*", "1:3*", "0:4*+", "1:5*"])
  }

  @Test func `a rule passes where an ancestor has siblings below`() {
    let lines = tree([nil, 0, 1, 0, nil]).lines
    #expect(lines.map(\.passes) == [0, 0b1, 0b11, 0b1, 0])
  }

  @Test func `an empty machine has no lines`() {
    #expect(tree([]).lines.isEmpty)
  }

  @Test func `a function whose parent is gone stands as a root`() {
    #expect(drawn(tree([nil, 77, 1])) == ["0:0", "0:1*+", "1:2*"])
  }

  @Test func `a function that is its own parent stands as a root`() {
    #expect(drawn(tree([0, 0])) == ["0:0*+", "1:1*"])
  }

  @Test func `a loop is cut at its lowest address, and nothing is lost`() {
    #expect(drawn(tree([nil, 3, 1, 2])) == ["0:0", "0:1*+", "1:2*+", "2:3*"])
    // A loop of 1 and 2; 3 and 4 hang below 2 beside 1, and 0 stands outside.
    #expect(drawn(tree([nil, 2, 1, 2, 2])) == ["0:0", "0:1*+", "1:2*+", "2:3", "2:4*"])
    #expect(drawn(tree([1, 0, 3, 2])) == ["0:0+", "1:1*", "0:2*+", "1:3*"])
  }

  @Test func `every function has exactly one line, whatever the parents are`() {
    // All ways in which up to five functions can hang below each other, a missing one or a root bus.
    for count in 0...5 {
      let choices: [Int?] = [nil, 99] + (0..<count).map { $0 }
      var digits = Array(repeating: 0, count: count)
      var more = true
      while more {
        let lines = tree(digits.map { choices[$0] }).lines
        if lines.map(\.address).sorted() != (0..<count).map(at) { Issue.record("\(digits) loses or repeats functions") }
        if !isConsistent(lines) {
          Issue.record("\(digits) is drawn wrongly: \(drawn(tree(digits.map { choices[$0] })))")
        }
        more = false
        for place in digits.indices {
          digits[place] += 1
          if digits[place] < choices.count {
            more = true
            break
          }
          digits[place] = 0
        }
      }
    }
  }

  /// Depth grows by one at most; what `isLast` and `hasChildren` say is what the following lines show.
  private func isConsistent(_ lines: [Tree.Line]) -> Bool {
    for (place, line) in lines.enumerated() {
      let after = lines[(place + 1)...]
      let next = after.first?.depth ?? 0
      if next > line.depth + 1 || (next == line.depth + 1 && place + 1 < lines.count) != line.hasChildren {
        return false
      }
      let sibling = after.first { $0.depth <= line.depth }
      if (sibling?.depth == line.depth) == line.isLast { return false }
      for depth in 0..<line.depth {
        let passes = line.passes >> UInt64(depth) & 1 == 1
        if passes != (after.first { $0.depth <= depth }?.depth == depth) { return false }
      }
    }
    return true
  }

  @Test func `hostile nesting of 100 000 levels costs no stack`() {
    let lines = tree([nil] + (0..<99_999).map { $0 }).lines
    #expect(lines.count == 100_000)
    #expect(lines.last?.depth == 99_999)
    let loop = tree([99_999] + (0..<99_999).map { $0 }).lines
    #expect(loop.count == 100_000)
  }
}
