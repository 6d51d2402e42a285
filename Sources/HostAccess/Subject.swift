public import Topology

/// What an effect changes: it is looked at before and after.
public enum Subject: Hashable, Sendable {
  /// A function: its driver, its override, its virtual functions.
  case function(Address)
  /// A file of configuration.
  case file(ConfigurationFile)
  /// A node's owner.
  case node(DeviceNode)

  /// The function, where it is one.
  public var function: Address? { if case .function(let address) = self { address } else { nil } }
}

extension Subject: CustomStringConvertible {
  /// The address or the path.
  public var description: String {
    switch self {
    case .function(let address): address.description
    case .file(let file): file.path
    case .node(let node): node.path
    }
  }
}

extension Subject: Comparable {
  /// Functions by address, then files, then nodes by path.
  public static func < (left: Subject, right: Subject) -> Bool {
    switch (left, right) {
    case (.function(let left), .function(let right)): left < right
    case (.function, _): true
    case (_, .function): false
    case (.file, .node): true
    case (.node, .file): false
    case (.file, .file), (.node, .node): left.description < right.description
    }
  }
}

extension Subject {
  /// The subject as words, for documents.
  public var words: [String] {
    switch self {
    case .function(let address): ["function", "\(address)"]
    case .file(let file): ["file", file.path]
    case .node(let node): ["node"] + node.words
    }
  }

  /// Reads what `words` gives; nil where it is anything else.
  public init?(words: [String]) {
    switch (words.first, words.count) {
    case ("function", 2):
      guard let address = Address(words[1]) else { return nil }
      self = .function(address)
    case ("file", 2):
      guard let file = ConfigurationFile(path: words[1]) else { return nil }
      self = .file(file)
    case ("node", 2...):
      guard let node = DeviceNode(words: words[1...]) else { return nil }
      self = .node(node)
    default: return nil
    }
  }
}
