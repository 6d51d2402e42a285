import Catalogue
import Console
import Goldens
import Testing

@Suite struct ShippedThemeTests {
  @Test func `every file in the folder is shipped, and nothing else`() {
    #expect(ShippedFolder.names(in: "Themes") == ThemeCatalogue.shippedNames.sorted())
  }

  @Test(arguments: ThemeCatalogue.shippedNames)
  func `a shipped theme is well formed, whole, and passes the check`(name: String) throws {
    let source = try #require(ThemeCatalogue.source(of: name))
    #expect(source.utf8.count < 10_000, "embedding a larger file takes the compiler too long")
    let theme = try ThemeCatalogue().theme(named: name)
    #expect(theme.name == name)
    #expect(Set(theme.appearances.keys) == Set(Role.allCases))
    let report = ThemeReport(of: theme)
    #expect(report.passes, "\(report.failures)")
    let outcome = Golden.check(report.text, "report-\(name).txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `the default is the dark theme, and it is not empty`() {
    #expect(ThemeCatalogue.fallback.name == "default-dark")
    #expect(ThemeCatalogue.fallback.ground == .dark)
    #expect(ThemeCatalogue.fallback.appearances.count == Role.allCases.count)
    #expect(ThemeCatalogue.source(of: "no-such-theme") == nil)
  }

  @Test func `all shipped themes are there, in order`() {
    #expect(ThemeCatalogue().themes.map(\.name) == ThemeCatalogue.shippedNames)
    #expect(ThemeCatalogue().errors.isEmpty)
  }

  @Test func `a theme for a deficiency serves it better than the default does`() throws {
    let catalogue = ThemeCatalogue()
    let standard = ThemeReport(of: ThemeCatalogue.fallback)
    for deficiency in Deficiency.allCases {
      let report = ThemeReport(of: try catalogue.theme(named: "cvd-\(deficiency.rawValue)"))
      #expect(report.deficiency == deficiency)
      let there = standard.separations.first { $0.vision == Vision(deficiency) }?.groups?.value
      #expect(try #require(report.leastDistance) > #require(there))
    }
  }

  @Test func `high contrast reaches 7 to 1 on a page of its own`() throws {
    let report = ThemeReport(of: try ThemeCatalogue().theme(named: "high-contrast"))
    #expect(try #require(report.leastTextContrast) >= 7)
    #expect(report.contrasts.allSatisfy { $0.ratio != nil || $0.role == .cursorUnfocused })
    #expect(try #require(report.leastDistance) >= 25)
  }

  @Test func `the monochrome theme has no colour, and shows cursor, blockers and danger`() throws {
    let theme = try ThemeCatalogue().theme(named: "mono")
    #expect(theme.appearances.values.allSatisfy { $0.foreground == nil && $0.background == nil })
    for role in [Role.cursor, .stateWarning, .danger, .title] {
      #expect(theme.appearances[role]?.attributes.contains(.reverse) == true)
    }
    #expect(theme.appearances[.cursorUnfocused]?.attributes == .underline)
  }

  @Test func `every theme can be told apart without colour as the monochrome one can`() throws {
    let catalogue = ThemeCatalogue()
    for name in ThemeCatalogue.shippedNames {
      let theme = try catalogue.theme(named: name)
      for role in [Role.cursor, .title, .danger, .stateWarning] {
        let look = try #require(theme.appearances[role])
        #expect((look.monochrome ?? look.attributes).contains(.reverse), "\(name) \(role)")
      }
    }
  }

  @Test func `eight colours are never black nor blue without bold on the terminal's ground`() throws {
    let theme = try ThemeCatalogue().theme(named: "console-8")
    for (role, look) in theme.appearances where look.background == nil {
      guard let basic = look.foreground?.basic else { continue }
      #expect(basic < 8 && basic != 0, "\(role)")
      #expect(basic != 4 || look.attributes.contains(.bold), "\(role)")
    }
  }
}
