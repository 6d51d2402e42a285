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
