public import Topology

/// A device node whose owner says who may use what is behind it.
public enum DeviceNode: Hashable, Sendable {
  /// `/dev/vfio/5`: the group.
  case group(GroupID)
  /// `/dev/vfio/devices/vfio3`: one function, by the number that its binding got.
  case device(Address, number: Int)
  /// `/dev/iommu`.
  case iommu
}

extension DeviceNode {
  /// Where it stands, below the machine's root.
  public var path: String {
    switch self {
    case .group(let group): "/dev/vfio/\(group)"
    case .device(_, let number): "/dev/vfio/devices/vfio\(number)"
    case .iommu: "/dev/iommu"
    }
  }

  /// The node as words, for journals and documents.
  public var words: [String] {
    switch self {
    case .group(let group): ["group", "\(group)"]
    case .device(let address, let number): ["device", "\(address)", "\(number)"]
    case .iommu: ["iommu"]
    }
  }

  /// Reads what `words` gives; nil where it is anything else.
  public init?(words: some Collection<String>) {
    let words = Array(words)
    switch (words.first, words.count) {
    case ("group", 2):
      guard let number = UInt32(words[1]), String(number) == words[1] else { return nil }
      self = .group(GroupID(number))
    case ("device", 3):
      guard let address = Address(words[1]), let number = Int(words[2]), number >= 0, String(number) == words[2] else {
        return nil
      }
      self = .device(address, number: number)
    case ("iommu", 1): self = .iommu
    default: return nil
    }
  }
}

extension DeviceNode: CustomStringConvertible {
  /// Its path.
  public var description: String { path }
}
