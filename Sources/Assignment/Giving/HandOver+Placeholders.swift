import Topology

extension HandOver {
  /// A word in braces that stands for nothing.
  public struct PlaceholderError: Error, Hashable, Sendable {
    /// As it was written, with its braces.
    public let placeholder: String
    /// Why it stands for nothing here.
    public let why: Why

    /// Both.
    public init(placeholder: String, why: Why) {
      self.placeholder = placeholder
      self.why = why
    }

    /// Why.
    public enum Why: Hashable, Sendable {
      /// There is none of that name.
      case unknown
      /// This model has no such thing; what would have one.
      case notHere(String)
      /// There are several; what to write instead.
      case several([String])
      /// It names a device or a group that is not handed over.
      case notHanded
    }
  }

  /// The placeholders, for messages and help.
  public static let placeholders = [
    "{iommufd}", "{ioas}", "{container}", "{group}", "{group:N}", "{device}", "{device:ADDRESS}", "{devid}",
    "{devid:ADDRESS}",
  ]

  /// An argument with its placeholders filled in. Only a lower-case word in braces is one, so that `{}`, `{1..3}` and
  /// JSON stay what they are; doubled, `{{word}`, it stands for `{word}`.
  public func filling(_ argument: String) throws(PlaceholderError) -> String {
    var filled = ""
    var rest = argument[...]
    while let open = rest.firstIndex(of: "{") {
      filled += rest[..<open]
      rest = rest[open...]
      if rest.hasPrefix("{{"), let word = Self.leading(rest.dropFirst()) {
        filled += word
        rest = rest.dropFirst(1 + word.count)
      } else if let word = Self.leading(rest) {
        filled += try value(of: String(word))
        rest = rest.dropFirst(word.count)
      } else {
        filled += "{"
        rest = rest.dropFirst()
      }
    }
    return filled + rest
  }

  /// The placeholder that a text begins with.
  private static func leading(_ text: Substring) -> Substring? {
    guard let close = text.firstIndex(of: "}") else { return nil }
    let word = text[text.index(after: text.startIndex)..<close]
    let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = parts.first, !name.isEmpty, name.utf8.allSatisfy({ (97...122).contains($0) }) else { return nil }
    guard parts.count == 1 || parts[1].utf8.allSatisfy({ Hex.digit($0) != nil || $0 == 58 || $0 == 46 }) else {
      return nil
    }
    return text[...close]
  }

  private func value(of placeholder: String) throws(PlaceholderError) -> String {
    func error(_ why: PlaceholderError.Why) -> PlaceholderError { PlaceholderError(placeholder: placeholder, why: why) }
    let parts = placeholder.dropFirst().dropLast().split(separator: ":", maxSplits: 1)
    let (name, detail) = (String(parts[0]), parts.count == 2 ? String(parts[1]) : nil)
    var number: Int?
    switch (name, detail) {
    case ("iommufd", nil):
      number = self.number(of: .iommufd)
      if number == nil { throw error(.notHere("--model iommufd")) }
    case ("container", nil):
      number = self.number(of: .container)
      if number == nil { throw error(.notHere("--model explicit")) }
    case ("ioas", nil):
      number = space
      if number == nil { throw error(.notHere("--model iommufd without --open-only")) }
    case ("group", _):
      if groups.isEmpty { throw error(.notHere("--model explicit")) }
      guard let group = try only(groups, detail, "group", error, { $0.description == $1 }) else { break }
      number = self.number(of: .group(group))
    case ("device", _), ("devid", _):
      if name == "devid", identifiers.isEmpty { throw error(.notHere("--model iommufd without --open-only")) }
      guard let address = try only(devices, detail, name, error, { Self.names($1, $0) }) else { break }
      number = name == "device" ? self.number(of: .device(address)) : identifiers[address]
    default: throw error(.unknown)
    }
    guard let number else { throw error(.notHanded) }
    return "\(number)"
  }

  /// The only one, or the one that is named.
  private func only<Element: CustomStringConvertible>(
    _ all: [Element], _ detail: String?, _ name: String, _ error: (PlaceholderError.Why) -> PlaceholderError,
    _ isNamed: (Element, String) -> Bool
  ) throws(PlaceholderError) -> Element? {
    if let detail { return all.first { isNamed($0, detail) } }
    guard all.count <= 1 else { throw error(.several(all.map { "{\(name):\($0)}" })) }
    return all.first
  }

  /// Whether a text is an address, with its domain or, in domain 0, without.
  private static func names(_ text: String, _ address: Address) -> Bool {
    let folded = text.lowercased()
    return folded == address.description || folded == address.short
  }
}

extension HandOver.PlaceholderError: CustomStringConvertible {
  /// What is wrong with it, and what to write.
  public var description: String {
    let word = Clean.visible(placeholder)
    switch why {
    case .unknown:
      let known = HandOver.placeholders.joined(separator: " ")
      return "\(word) stands for nothing; there are \(known). To mean the word itself, write {\(word)"
    case .notHere(let where_): return "\(word) stands for nothing here: it takes \(where_)"
    case .several(let words): return "\(word) could stand for several: write \(words.joined(separator: " or "))"
    case .notHanded: return "\(word) is not among what is handed over"
    }
  }
}
