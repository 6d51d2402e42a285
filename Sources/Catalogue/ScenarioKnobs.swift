import Ownership

/// The open questions of the rule sets, by the words that scenarios have for them.
enum ScenarioKnobs {
  private static var switches: [(word: String, knob: WritableKeyPath<Knobs, Bool>)] {
    [
      ("thread", \.thread), ("allows-unsafe-interrupts", \.allowsUnsafeInterrupts),
      ("per-device-ioasid", \.perDeviceIoasid), ("extack", \.extack), ("all-devices-viable", \.allDevicesViable),
      ("tests-viability-at-attach", \.testsViabilityAtAttach), ("only-singletons", \.onlySingletons),
      ("snarfs-hot-added", \.snarfsHotAdded), ("rebinds-at-close", \.rebindsAtClose),
    ]
  }

  /// Every word.
  static let words = switches.map(\.word) + ["host-bind", "mappings"]

  static func read(_ fields: [String: Field]) throws(DocumentError) -> Knobs {
    var knobs = Knobs()
    for (word, knob) in switches {
      if let field = fields[word] { knobs[keyPath: knob] = try field.flag() }
    }
    if let field = fields["host-bind"] {
      knobs.hostBind = try field.word(of: ["panic", "deny"]) == "deny" ? .deny : .panic
    }
    if let field = fields["mappings"] { knobs.mappings = try field.number(in: 1...1 << 30) }
    return knobs
  }
}
