public import HostAccess
public import Ownership
public import Topology

/// What is not as it was once devices that a user had were given back.
public struct Leftover: Hashable, Sendable {
  /// One thing.
  public enum Change: Hashable, Sendable {
    /// It is not there any more.
    case gone(Address)
    /// It has another driver, or none.
    case driver(Address)
    case group(Address)
    case node(Address)
    /// It could not be looked at.
    case unseen(HostError)
  }
  /// All of it, by address.
  public let changes: [Change]
  /// Whether a device may still be on its way out. The kernel waits for whoever has it open; then it takes the driver
  /// off first, and what names the device after that (drivers/pci/remove.c `pci_stop_dev`, `pci_destroy_dev`).
  public let isLeaving: Bool

  /// Compares devices as they were with those that there are.
  public init(_ before: [Device], in now: World) {
    var changes: [Change] = []
    var isLeaving = false
    for device in before {
      guard let found = now[device.address] else {
        changes.append(.gone(device.address))
        continue
      }
      if found.driver != device.driver { changes.append(.driver(device.address)) }
      if found.group != device.group { changes.append(.group(device.address)) }
      if found.nodeNumber != device.nodeNumber { changes.append(.node(device.address)) }
      if device.driver != nil && found.driver == nil || device.group != nil && found.group == nil { isLeaving = true }
    }
    (self.changes, self.isLeaving) = (changes, isLeaving)
  }

  /// The machine could not be looked at again.
  public init(unseen error: HostError) { (changes, isLeaving) = ([.unseen(error)], false) }

  /// A phrase for each.
  public var phrases: [String] { changes.map { Self.phrase($0) } }

  /// In sentences; empty where all is as it was.
  public var sentence: String {
    let gone = changes.compactMap { if case .gone(let address) = $0 { "\(address)" } else { nil } }
    let others = changes.filter { if case .gone = $0 { false } else { true } }.map { Self.phrase($0) }
    let words = gone.count == 1 ? "is gone" : "are gone"
    return [
      gone.isEmpty ? nil : "\(Naming([:]).list(gone)) \(words).",
      others.isEmpty ? nil : "Not as it was: \(others.joined(separator: ", ")).",
    ].compactMap(\.self).joined(separator: " ")
  }

  private static func phrase(_ change: Change) -> String {
    switch change {
    case .gone(let address): "\(address), which is gone"
    case .driver(let address): "the driver of \(address)"
    case .group(let address): "the group of \(address)"
    case .node(let address): "the node of \(address)"
    case .unseen(let error): "what cannot be seen (\(Clean.visible(error.description)))"
    }
  }
}
