public import Topology

/// What a row or a mark stands for, so that a different card in the same slot is never "the same".
public struct Anchor: Hashable, Sendable {
  /// Where it sits.
  public var address: Address
  /// What it says it is; nil when its ids were unreadable.
  public var identity: Identity?
  /// What it hangs below.
  public var parent: Parent

  /// The anchor of a function.
  public init(_ function: Function) {
    address = function.address
    identity = function.identity.value
    parent = function.parent
  }
}

/// One line of the device list.
public struct Row: Hashable, Sendable {
  /// What the line is about.
  public enum Content: Hashable, Sendable {
    /// A function of the inventory.
    case function(Address)
    /// A function that is no longer there, kept for a few seconds.
    indirect case gone(Function)
    /// Singletons below one bridge, folded into a line: `+ 14 devices in 14 groups`.
    case folded(below: Address?, devices: [Address], groups: Int)
    /// The head of a group in the group list.
    case group(GroupID)
    /// Members of the group list that belong to no group.
    case ungrouped
    /// How many rows the filter hides.
    case hidden(Int)
  }

  /// How one lane of the margin looks on this line.
  public enum Lane: Hashable, Sendable {
    case none, first, member, last, passing, overflow
  }

  /// What it is about.
  public var content: Content
  /// How many functions stand above it in the drawn tree.
  public var depth: Int
  /// Whether no sibling follows.
  public var isLast: Bool
  /// Bit d: a rule of the ancestor at depth d passes through.
  public var passes: UInt64
  /// Its group.
  public var group: GroupID?
  /// The margin, leftmost lane first.
  public var lanes: [Lane]
  /// Whether what hangs below it is folded away.
  public var isFolded: Bool
  /// Shown only because its group matches the filter.
  public var isContext: Bool
  /// How many functions the fold of this line hides.
  public var foldedCount = 0
  /// Whether one of them blocks its group.
  public var hidesBlocker = false

  /// The function it is about, present or gone.
  public var address: Address? {
    switch content {
    case .function(let address): address
    case .gone(let function): function.address
    case .folded, .group, .ungrouped, .hidden: nil
    }
  }
}
