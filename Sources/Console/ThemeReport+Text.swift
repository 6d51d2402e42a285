import Topology

extension ThemeReport.Failure: CustomStringConvertible {
  /// `dim: contrast 4.1:1 on #1e1e1e, needs 4.5:1`.
  public var description: String {
    switch self {
    case .contrast(let role, let has, let ground, let needed):
      "\(role.rawValue): contrast \(Self.number(has)):1 on \(Self.hex(ground)), needs \(Self.number(needed)):1"
    case .cursorContrast(let role, let has, let ground, let row):
      "\(role.rawValue): contrast \(Self.number(has)):1 on the row of \(row.rawValue), \(Self.hex(ground)), needs "
        + "\(Self.number(ThemeReport.borderNeeds)):1"
    case .distance(let distance, let vision):
      "\(distance.first.rawValue) and \(distance.second.rawValue): distance \(Self.number(distance.value)) for "
        + "\(vision.rawValue) vision, needs \(Self.number(ThemeReport.distanceNeeded))"
    case .unmeasured(let roles, let vision):
      "\(roles.map(\.rawValue).joined(separator: ", ")): the terminal chooses a colour here, so nothing can be promised "
        + "for \(vision.rawValue) vision; give each a foreground as \"#rrggbb\" or \"256:16\" to \"256:255\""
    }
  }

  /// One decimal, cut and not rounded: 4.49 must not read 4.5.
  static func number(_ value: Double) -> String {
    let tenths = Int((value * 10 + 1e-9).rounded(.down))
    return "\(tenths / 10).\(tenths % 10)"
  }

  static func hex(_ rgb: UInt32) -> String { "#" + Hex.text(rgb, atLeast: 6) }
}

extension ThemeReport {
  /// The whole report as `viable theme check` prints it: a table of roles, a table of visions, the outcome.
  public var text: String {
    let head = [Clean.visible(theme) + ": " + purpose, "", Self.columns("role", "needs", "has", "on", "cursor row")]
    let visions = ["", Self.columns("vision", "groups", "closest", "", "ok/warn")]
    let outcome = failures.isEmpty ? ["", "passes"] : ["", "fails:"] + failures.map { "  \($0)" }
    let lines = head + contrasts.map(Self.line) + visions + separations.map(Self.line) + outcome
    return lines.joined(separator: "\n") + "\n"
  }

  private var purpose: String {
    let place =
      switch ground {
      case .dark: "for dark terminals (#000000 and #1e1e1e)"
      case .light: "for light terminals (#ffffff and #eeeeee)"
      case .any: "for any terminal"
      }
    return place + (deficiency.map { ", for \($0.rawValue) vision" } ?? "")
  }

  private static func line(_ contrast: RoleContrast) -> String {
    columns(
      contrast.role.rawValue, Failure.number(contrast.needed), contrast.ratio.map(Failure.number) ?? "terminal",
      contrast.ground.map(Failure.hex) ?? "", contrast.onCursor.map(Failure.number) ?? "")
  }

  private static func line(_ separation: Separation) -> String {
    let groups = separation.groups
    return columns(
      separation.vision.rawValue, groups.map { Failure.number($0.value) } ?? "terminal", groups?.first.rawValue ?? "",
      groups?.second.rawValue ?? "", separation.states.map { Failure.number($0.value) } ?? "terminal")
  }

  private static func columns(_ cells: String...) -> String {
    let widths = [18, 10, 10, 10]
    var line = ""
    for (cell, width) in zip(cells, widths) { line += Width.fit(cell, to: width) }
    line += cells.last ?? ""
    while line.last == " " { line.removeLast() }
    return line
  }
}
