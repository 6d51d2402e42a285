/// What was measured of one theme, in the words that the theme picker shows.
public struct ThemeFigures: Hashable, Sendable {
  /// How many colours it uses: `256`, `16`, `0`.
  public var colours: String
  /// Its least contrast: `AA 4.5`, `terminal`, `attributes`.
  public var contrast: String
  /// Its least distance between two groups under the deficiencies: `32`, `n/a`.
  public var distance: String

  /// All three, as they are shown.
  public init(colours: String, contrast: String, distance: String) {
    self.colours = colours
    self.contrast = contrast
    self.distance = distance
  }
}

extension ThemeFigures {
  /// A theme measured, in three short words.
  public init(of theme: Theme) {
    let report = ThemeReport(of: theme)
    let inks = theme.appearances.values.flatMap { [$0.foreground, $0.background] }.compactMap(\.self)
    let hasMany = inks.contains { $0.indexed != nil || $0.rgb != nil }
    self.init(
      colours: inks.isEmpty ? "0" : hasMany ? "256" : "16",
      contrast: report.leastTextContrast.map { ($0 < ThemeReport.textNeeds ? "low " : "AA ") + Self.tenths($0) }
        ?? (inks.isEmpty ? "attributes" : "terminal"),
      distance: report.leastDistance.map { String(Int($0)) } ?? "n/a")
  }

  private static func tenths(_ value: Double) -> String {
    let tenths = Int(value * 10)
    return "\(tenths / 10).\(tenths % 10)"
  }
}
