public import Topology

/// What was read of a subject at one moment.
public enum Reading: Hashable, Sendable {
  /// A function.
  case function(Binding)
  /// What stands in a file; nil where there is none.
  case file(ConfigurationFile, String?)
  /// A node that is there, with its owner.
  case node(DeviceNode, Node)

  /// Of what.
  public var subject: Subject {
    switch self {
    case .function(let binding): .function(binding.address)
    case .file(let file, _): .file(file)
    case .node(let node, _): .node(node)
    }
  }

  /// The function, where it is one.
  public var binding: Binding? { if case .function(let binding) = self { binding } else { nil } }

  /// The file, where it is one.
  public var file: ConfigurationFile? { if case .file(let file, _) = self { file } else { nil } }

  /// Whether both speak of the same thing: the same card in the same place, the same file, the same node.
  public func isSameThing(as other: Reading) -> Bool {
    switch (self, other) {
    case (.function(let one), .function(let other)): one.isSameDevice(as: other)
    default: subject == other.subject
    }
  }
}

extension Reading {
  /// The reading as words, for journals and documents. A function's are its binding's, which begin with an address.
  public var words: [String] {
    switch self {
    case .function(let binding): binding.words
    case .file(let file, let text): [text == nil ? "no-file" : "file", file.path] + (text.map { [$0] } ?? [])
    case .node(let node, let seen):
      ["node", "\(seen.owner)", "\(seen.group)", Effect.octal(seen.mode)] + node.words
    }
  }

  /// Reads what `words` gives; nil where it is anything else.
  public init?(words: [String]) {
    switch (words.first, words.count) {
    case ("no-file", 2):
      guard let file = ConfigurationFile(path: words[1]) else { return nil }
      self = .file(file, nil)
    case ("file", 3):
      guard let file = ConfigurationFile(path: words[1]) else { return nil }
      self = .file(file, words[2])
    case ("node", 5...):
      guard let owner = UInt32(words[1]), let group = UInt32(words[2]), let mode = UInt16(words[3], radix: 8),
        let node = DeviceNode(words: words[4...])
      else { return nil }
      self = .node(node, Node(path: node.path, owner: owner, group: group, mode: mode))
    default:
      guard let binding = Binding(words: words) else { return nil }
      self = .function(binding)
    }
    guard self.words == words else { return nil }
  }
}
