public import Topology

extension Binding {
  /// The binding as words, for journals and documents: address, identity, path, driver, override, group and
  /// virtual functions. A known value is `=value`, an absent one `-`, an unknown one `?` and why.
  public var words: [String] {
    [
      "\(address)", identity.word(\.word), path, driver.word(\.self), override.word(\.self),
      group.word { "\($0)" }, virtualFunctions.word { "\($0)" },
    ]
  }

  /// Reads what `words` gives; nil where it is anything else.
  public init?(words: [String]) {
    guard words.count == 7, let address = Address(words[0]),
      let identity = Known(word: words[1], { Identity(word: $0) }),
      let driver = Known(word: words[3], { $0.isEmpty ? nil : $0 }),
      let override = Known(word: words[4], { $0.isEmpty ? nil : $0 }),
      let group = Known(word: words[5], { Self.number($0).flatMap { UInt32(exactly: $0) }.map { GroupID($0) } }),
      let virtualFunctions = Known(word: words[6], { Self.number($0) })
    else { return nil }
    self.init(
      address: address, identity: identity, path: words[2], driver: driver, override: override, group: group,
      virtualFunctions: virtualFunctions)
  }

  private static func number(_ text: String) -> Int? { Int(text).flatMap { String($0) == text ? $0 : nil } }
}

extension Known {
  /// The fact as one word: `=value`, `-` or `?why`.
  public func word(_ spelling: (Value) -> String) -> String {
    switch self {
    case .value(let value): "=" + spelling(value)
    case .absent: "-"
    case .unknown(let why): "?" + why.word
    }
  }

  /// Reads what `word` gives, with a reader for the value that says nil where it is none.
  public init?(word: String, _ reading: (String) -> Value?) {
    if word == "-" {
      self = .absent
    } else if word.utf8.first == UInt8(ascii: "="), let value = reading(String(word.dropFirst())) {
      self = .value(value)
    } else if word.utf8.first == UInt8(ascii: "?"), let why = Ignorance(word: String(word.dropFirst())) {
      self = .unknown(why)
    } else {
      return nil
    }
  }
}

extension Ignorance {
  /// The reason as a word: `needs-root`, `errno:13`.
  public var word: String {
    switch self {
    case .notRead: "not-read"
    case .needsRoot: "needs-root"
    case .deviceBusy: "device-busy"
    case .notRecorded: "not-recorded"
    case .suspended: "suspended"
    case .refused(let errno): "errno:\(errno)"
    case .malformed(let text): "malformed:" + text
    }
  }

  /// Reads what `word` gives.
  public init?(word: String) {
    let plain: [Ignorance] = [.notRead, .needsRoot, .deviceBusy, .notRecorded, .suspended]
    if let why = plain.first(where: { $0.word == word }) {
      self = why
    } else if word.hasPrefix("malformed:") {
      self = .malformed(String(word.dropFirst("malformed:".count)))
    } else if word.hasPrefix("errno:"), let errno = Int32(word.dropFirst("errno:".count)) {
      self = .refused(errno: errno)
      guard self.word == word else { return nil }
    } else {
      return nil
    }
  }
}

extension Identity {
  /// `8086:100e:1af4:1100:020000`: vendor, device, subsystem vendor and device, class.
  public var word: String {
    [vendor, device, subsystemVendor, subsystemDevice].map { Hex.text($0, atLeast: 4) + ":" }.joined()
      + Hex.text(classCode.value, atLeast: 6)
  }

  /// Reads what `word` gives.
  public init?(word: String) {
    let parts = word.split(separator: ":", omittingEmptySubsequences: false).map { UInt32($0, radix: 16) }
    guard parts.count == 5, let vendor = parts[0].flatMap({ UInt16(exactly: $0) }),
      let device = parts[1].flatMap({ UInt16(exactly: $0) }),
      let subsystemVendor = parts[2].flatMap({ UInt16(exactly: $0) }),
      let subsystemDevice = parts[3].flatMap({ UInt16(exactly: $0) }), let classCode = parts[4]
    else { return nil }
    self.init(
      vendor: vendor, device: device, subsystemVendor: subsystemVendor, subsystemDevice: subsystemDevice,
      classCode: ClassCode(classCode))
    guard self.word == word else { return nil }
  }
}
