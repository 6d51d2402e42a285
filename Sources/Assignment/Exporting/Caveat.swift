public import Topology

/// Something to know, or to do first, before a device is used by whoever it is handed to.
public struct Caveat: Hashable, Sendable {
  /// What it is about. The raw values are the JSON's words.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// It has no group: nobody can have it.
    case noGroup = "no-group"
    /// Firmware keeps the group from every owner.
    case firmware = "direct-region"
    /// Its interrupts are not isolated.
    case interrupts = "interrupts-not-isolated"
    /// A process holds the group.
    case inUse = "in-use"
    /// Another member keeps the group from being owned.
    case blocked
    /// It is not bound to a vfio driver yet.
    case notBound = "not-bound"
    /// Nobody but root may open what has to be opened.
    case node
    /// Others of its group are not handed over.
    case leftBehind = "left-behind"
    /// It cannot be reset by itself.
    case reset
    /// It is a virtual function, and what that needs of its physical one.
    case virtualFunction = "virtual-function"
    case display
    case memory
    case peerToPeer = "peer-to-peer"
    /// Which way of handing out works, where that is not sure.
    case model
    /// Functions of one card.
    case placement
    /// A domain wider than four digits.
    case domain
    /// A device that the program has no use for.
    case useless
    /// What the program needs to know of this driver.
    case driver
  }
  /// What it is about.
  public var kind: Kind
  /// Which function, where it is one.
  public var address: Address?
  /// A sentence or two. Clean.
  public var text: String
  /// What to type about it, one a line.
  public var next: [String]

  init(_ kind: Kind, _ text: String, next: [String] = []) { self.init(kind, nil, text, next: next) }

  init(_ kind: Kind, _ address: Address?, _ text: String, next: [String] = []) {
    self.kind = kind
    self.address = address
    self.text = text
    self.next = next
  }

  /// Whether it has to be seen to before anything can start.
  public var comesFirst: Bool {
    switch kind {
    case .noGroup, .firmware, .interrupts, .inUse, .blocked, .notBound, .node, .model: true
    default: false
    }
  }
}
