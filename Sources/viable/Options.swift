import ArgumentParser
import Assignment
import Catalogue
import Console
import HostLinux

/// When output is coloured.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never
}

/// What every command is told, by the parser or without it.
struct Options: Equatable {
  /// The image to look at; else this machine.
  var root: String?
  /// The simulated machine to look at.
  var scenario: String?
  /// Whether to work on a simulated copy.
  var rehearse = false
  var json = false
  var color = ColorChoice.auto
  var theme: String?
  var ascii = false
  var line = false
  var readOnly = false
  /// Where the journal is, as `place` makes it.
  var stateDir: String?
}

extension Options {
  /// A state directory as it is recorded and printed: it means the same from wherever it is read again.
  static func place(_ asked: String) throws -> String {
    guard !asked.isEmpty else { return asked }
    guard asked.utf8.count < 2000, asked.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 }) else {
      throw ValidationError("--state-dir is no path that could be recorded: it is too long, or has control characters")
    }
    guard let here = asked.hasPrefix("/") ? "/" : Surroundings.workingDirectory else {
      throw ValidationError("--state-dir: the working directory is gone; name an absolute path")
    }
    return StateDirectory.plain(asked, in: here)
  }

  /// What leads a command to this machine and its journal. What is done in a scenario can be done there only; what is
  /// tried on an image or on a rehearsal is meant for the machine that it shows.
  var chosenBy: (questions: CommandOptions, acts: CommandOptions) {
    let scenario = scenario.map { ["--scenario", $0] } ?? []
    let root = root.flatMap { HostChoice.isRoot($0) ? nil : ["--root", $0] } ?? []
    let journal = stateDir.flatMap { $0.isEmpty ? nil : ["--state-dir", $0] } ?? []
    return (
      CommandOptions(machine: scenario + root + (rehearse ? ["--rehearse"] : []), journal: journal),
      CommandOptions(machine: scenario, journal: journal)
    )
  }

  /// How output looks under these options here. A theme that does not exist is a failure whether or not there are
  /// colours, one whose file is broken only a complaint; without one the sixteen colours are used, which a terminal's
  /// owner has made readable.
  func look(in here: Surroundings) throws(Failure) -> Look {
    let isColored = here.wantsColor(color)
    // Nobody waits for a theme that nobody asked for and nobody sees.
    guard isColored || theme != nil else { return look(.none, here) }
    let chosen = try chosenTheme(in: here)
    return look(isColored ? Inks(theme: chosen, depth: theme == nil ? .sixteen : here.colorDepth) : .none, here)
  }

  private func look(_ inks: Inks, _ here: Surroundings) -> Look {
    Look(inks: inks, isASCII: ascii || !here.isUTF8, columns: here.outputIsTerminal ? here.columns : nil)
  }

  /// Refuses a theme that does not exist where no text is coloured by it.
  func checkTheme(in here: Surroundings) throws(Failure) {
    guard let theme else { return }
    let error = ThemeCatalogue(directories: here.themeDirectories).choose(theme).error
    if let error, error.sort == .missing { throw Failure(error) }
  }

  /// The theme asked for; the default one when none was, or when the file of that one is broken.
  func chosenTheme(in here: Surroundings) throws(Failure) -> Theme {
    guard let theme else { return ThemeCatalogue.fallback }
    do throws(DocumentError) {
      return try ThemeCatalogue(directories: here.themeDirectories).theme(named: theme)
    } catch {
      guard error.sort != .missing else { throw Failure(error) }
      Session.complain("\(error); the default theme is used")
      return ThemeCatalogue.fallback
    }
  }
}
