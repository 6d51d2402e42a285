import Testing

@testable import Console

@Suite struct ThemeReportTests {
  private func theme(
    _ appearances: [Role: Appearance], on ground: Theme.Ground = .dark, for deficiency: Deficiency? = nil
  ) -> Theme {
    Theme(name: "t", ground: ground, deficiency: deficiency, appearances: appearances)
  }

  private func ink(_ index: UInt8) -> Appearance { Appearance(foreground: Ink(indexed: index)) }

  private func groups(_ indices: [UInt8]) -> [Role: Appearance] {
    Dictionary(uniqueKeysWithValues: zip(Role.groups, indices.map(ink)))
  }

  @Test func `the researched colours reach what the research says`() throws {
    let dark = ThemeReport(of: theme(groups([106, 135, 157, 167, 218, 226])))
    let light = ThemeReport(of: theme(groups([17, 25, 52, 93, 94, 125]), on: .light))
    #expect(abs(try #require(dark.leastDistance) - 31.8) < 0.05)
    #expect(abs(try #require(light.leastDistance) - 30.85) < 0.05)
    #expect(try #require(dark.leastTextContrast) >= 4.5)
    #expect(try #require(light.leastTextContrast) >= 4.5)
  }

  @Test func `text below 4,5 fails on the ground where it is worst`() {
    let report = ThemeReport(of: theme([.dim: ink(240)]))
    #expect(!report.passes)
    #expect(report.failures.map(\.description) == ["dim: contrast 2.3:1 on #1e1e1e, needs 4.5:1"])
  }

  @Test func `a border passes with 3 where text does not`() {
    let report = ThemeReport(of: theme([.border: ink(242), .dim: ink(242)]))
    #expect(report.failures.count == 1)
    #expect(report.failures.allSatisfy { if case .contrast(.dim, _, _, _) = $0 { true } else { false } })
    #expect(!ThemeReport(of: theme([.border: ink(240)])).passes)
  }

  @Test func `a background of its own is the only ground that counts`() {
    let own = Appearance(foreground: Ink(indexed: 231), background: Ink(indexed: 124))
    #expect(ThemeReport(of: theme([.danger: own], on: .any)).leastTextContrast.map { $0 > 7.4 && $0 < 7.5 } == true)
  }

  @Test func `text is measured on the cursor's row too`() {
    var themed = theme([.cursor: Appearance(background: Ink(indexed: 245)), .stateGood: ink(75)])
    let report = ThemeReport(of: themed)
    #expect(
      report.failures.map(\.description) == [
        "state-ok: contrast 1.4:1 on the row of cursor, #8a8a8a, needs 3.0:1"
      ])
    themed.appearances[.cursor]?.foreground = Ink(indexed: 16)
    #expect(ThemeReport(of: themed).passes, "a text colour of the cursor's own wins")
  }

  @Test func `what the terminal chooses is not measured`() throws {
    let report = ThemeReport(of: theme([.stateGood: ink(33), .text: Appearance(foreground: Ink(basic: 4))], on: .any))
    #expect(report.passes)
    #expect(report.leastTextContrast == nil && report.leastBorderContrast == nil && report.leastDistance == nil)
    #expect(report.contrasts.map(\.role) == Role.allCases)
  }

  @Test func `the worst of both depths counts`() {
    let both = Appearance(foreground: Ink(rgb: 0xffffff, indexed: 240))
    #expect(!ThemeReport(of: theme([.dim: both])).passes)
  }

  @Test func `a theme for a deficiency must separate its colours for it`() {
    let close = groups([203, 209, 157, 33, 218, 226])
    #expect(ThemeReport(of: theme(close)).passes, "nothing is promised without a deficiency")
    let report = ThemeReport(
      of: theme(close.merging([.stateGood: ink(76), .stateWarning: ink(178)]) { $1 }, for: .deutan))
    #expect(report.failures.count == 2)
    #expect(report.failures.allSatisfy { if case .distance(_, .deutan) = $0 { true } else { false } })
  }

  @Test func `a theme for a deficiency cannot leave its colours to the terminal`() {
    let report = ThemeReport(of: theme([.stateGood: Appearance(foreground: Ink(basic: 6))], on: .any, for: .tritan))
    #expect(
      report.failures.map(\.description) == [
        "group-1, group-2, group-3, group-4, group-5, group-6: the terminal chooses a colour here, so nothing can be "
          + "promised for tritan vision; give each a foreground as \"#rrggbb\" or \"256:16\" to \"256:255\"",
        "state-ok, state-warn: the terminal chooses a colour here, so nothing can be promised for tritan vision; give "
          + "each a foreground as \"#rrggbb\" or \"256:16\" to \"256:255\"",
      ])
  }

  @Test func `a figure is cut and never rounded up to a pass`() {
    #expect(ThemeReport.Failure.number(4.499) == "4.4")
    #expect(ThemeReport.Failure.number(4.5) == "4.5")
    #expect(ThemeReport.Failure.number(31.99) == "31.9")
  }
}
