/// Why a selector selects nothing. The first two are the typist's, the others depend on the machine.
public enum SelectorError: Error, Hashable, Sendable {
  /// It cannot be read; what was expected.
  case malformed(String, expected: String)
  /// It can be read in more than one way; how to write each of them.
  case twoReadings(String, readings: [String])
  /// This machine has no such thing; what comes close.
  case notFound(Selector, nearest: [String])
  /// It means more than one device; which ones.
  case ambiguous(Selector, matches: [Address])
}

extension SelectorError: CustomStringConvertible {
  /// One sentence without a full stop, with the selector in front. Cleaned.
  public var description: String {
    switch self {
    case .malformed(let text, let expected):
      "\(Clean.visible(text)): not a device or group; expected \(expected)"
    case .twoReadings(let text, let readings):
      "\(Clean.visible(text)): may be " + readings.joined(separator: " or ")
    case .notFound(let selector, let nearest):
      Self.subject(selector)
        + (nearest.isEmpty ? "" : "; did you mean " + nearest.joined(separator: " or ") + "?")
    case .ambiguous(let selector, let matches):
      "\(Clean.visible(selector.description)): \(matches.count) devices match, name one: "
        + matches.prefix(Self.limit).map(\.description).joined(separator: " ")
        + (matches.count > Self.limit ? " and \(matches.count - Self.limit) more" : "")
    }
  }

  private static let limit = 16

  private static func subject(_ selector: Selector) -> String {
    let text = Clean.visible(selector.description)
    return switch selector {
    case .group(let group): "group \(group): no such group"
    case .ids: "\(text): no device with these ids"
    case .vfioDevice: "\(text): no such vfio device"
    case .disk: "\(text): no disk of that name on a PCI device"
    case .name: "\(text): no interface or disk of that name on a PCI device"
    case .address, .slot, .path: "\(text): no such device"
    }
  }
}
