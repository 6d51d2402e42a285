import Catalogue
import Console
import Glibc
import Testing

/// A directory that goes away with the test.
private final class Folder {
  let path: String
  private var names: [String] = []

  init() throws {
    var template = Array("/tmp/viable-themes-XXXXXX".utf8CString)
    let isMade = unsafe template.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.flatMap { unsafe mkdtemp($0) } != nil
    }
    try #require(isMade)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for name in names {
      unsafe unlink(path + "/" + name)
      unsafe rmdir(path + "/" + name)
    }
    unsafe rmdir(path)
  }

  func write(_ text: String, _ name: String) throws {
    names.append(name)
    let file = unsafe try #require(unsafe fopen(path + "/" + name, "w"))
    defer { unsafe fclose(file) }
    let bytes = Array(text.utf8)
    #expect(unsafe fwrite(bytes, 1, bytes.count, file) == bytes.count)
  }

  func makeFIFO(_ name: String) {
    names.append(name)
    #expect(unsafe mkfifo(path + "/" + name, 0o600) == 0)
  }

  func makeDirectory(_ name: String) {
    names.append(name)
    #expect(unsafe mkdir(path + "/" + name, 0o700) == 0)
  }
}

@Suite struct ThemeCatalogueTests {
  /// The message, with the test's own directory left out.
  private func told(_ error: DocumentError?, _ folder: Folder) -> String {
    var text = error.map { "\($0)" } ?? "no error"
    while let range = text.range(of: folder.path + "/") { text.removeSubrange(range) }
    return text
  }

  private func thrown(_ body: () throws(DocumentError) -> Theme) -> DocumentError? {
    do throws(DocumentError) {
      _ = try body()
      return nil
    } catch { return error }
  }

  @Test func `themes on disk add to the shipped ones and replace them by name`() throws {
    let (one, two) = (try Folder(), try Folder())
    try one.write("name = 'mine'\n[dim]\nforeground = '256:100'", "a.toml")
    try one.write("name = 'mono'\n[dim]\nforeground = '256:100'", "b.toml")
    try two.write("name = 'mine'\n[dim]\nforeground = '256:101'", "c.toml")
    try two.write("not a theme", "notes.txt")
    let catalogue = ThemeCatalogue(directories: [one.path, two.path + "/", "/nonexistent"])
    #expect(catalogue.errors.isEmpty)
    #expect(catalogue.names == ThemeCatalogue.shippedNames + ["mine"])
    #expect(try catalogue.theme(named: "mine").appearances[.dim]?.foreground == Ink(indexed: 101))
    #expect(try catalogue.theme(named: "mono").appearances[.dim]?.foreground == Ink(indexed: 100))
    #expect(catalogue.themes.map(\.name) == catalogue.names)
  }

  @Test func `a theme may adjust the one that it replaces`() throws {
    let folder = try Folder()
    try folder.write("name = 'default-dark'\ninherits = 'default-dark'\n[dim]\nforeground = '256:250'", "x.toml")
    let theme = try ThemeCatalogue(directories: [folder.path]).theme(named: "default-dark")
    #expect(theme.appearances[.dim] == Appearance(foreground: Ink(indexed: 250), monochrome: .dim))
    #expect(theme.appearances[.stateGood] == ThemeCatalogue.fallback.appearances[.stateGood])
  }

  @Test func `themes that inherit each other in a circle are refused by name`() throws {
    let folder = try Folder()
    try folder.write("name = 'a'\ninherits = 'b'", "a.toml")
    try folder.write("name = 'b'\n\ninherits = 'c'", "b.toml")
    try folder.write("name = 'c'\ninherits = 'b'", "c.toml")
    let catalogue = ThemeCatalogue(directories: [folder.path])
    #expect(
      told(thrown { () throws(DocumentError) in try catalogue.theme(named: "a") }, folder)
        == "a.toml:2:12: inherits: expected themes that end somewhere, found a loop: a → b → c → b")
    #expect(catalogue.themes.map(\.name) == ThemeCatalogue.shippedNames)
  }

  @Test func `a broken file gives its error and the default theme`() throws {
    let folder = try Folder()
    try folder.write("name = 'mine'\n[txet]\n", "mine.toml")
    try folder.write("name = \n", "mono.toml")
    try folder.write("name = 'child'\ninherits = 'mine'\n", "child.toml")
    let catalogue = ThemeCatalogue(directories: [folder.path])
    #expect(catalogue.errors.count == 2)
    let choice = catalogue.choose("mine")
    #expect(choice.theme == ThemeCatalogue.fallback)
    #expect(
      told(choice.error, folder)
        == "mine.toml:2:2: txet: expected a table named after a role, as default-dark.toml has them, found \"txet\"; did you mean text?"
    )
    #expect(catalogue.choose("mono").error?.sort == .syntax)
    #expect(catalogue.choose("default-light").error == nil)
    #expect(
      told(catalogue.choose("child").error, folder)
        == "child.toml:2:12: inherits: expected the name of another theme, found \"mine\", whose file is broken: "
        + "mine.toml:2:2: txet: expected a table named after a role, as default-dark.toml has them, found \"txet\"; did "
        + "you mean text?")
  }

  @Test func `an unknown name is told with the names there are`() {
    let choice = ThemeCatalogue().choose("default-drak")
    #expect(choice.theme == ThemeCatalogue.fallback)
    #expect(choice.error?.sort == .missing)
    #expect(
      choice.error?.description
        == "theme \"default-drak\": expected one of default-dark, default-light, high-contrast, cvd-protan, cvd-deutan, "
        + "cvd-tritan, console-8, mono, found no such theme; did you mean default-dark?")
    #expect(ThemeCatalogue().choose("\u{1b}[31m").error?.description.contains("\u{1b}") == false)
  }

  @Test func `two files with one name are an error of the second`() throws {
    let folder = try Folder()
    try folder.write("name = 'mine'\n[dim]\nforeground = '256:100'", "a.toml")
    try folder.write("\nname = 'mine'", "b.toml")
    let catalogue = ThemeCatalogue(directories: [folder.path])
    #expect(
      catalogue.errors.map { told($0, folder) } == [
        "b.toml:2:8: name: expected a name that no other theme in this directory has, found \"mine\", which a.toml has"
      ])
    #expect(try catalogue.theme(named: "mine").appearances.count == 1)
  }

  @Test func `a file that is no ordinary file is refused and never waited for`() throws {
    let folder = try Folder()
    folder.makeFIFO("fifo.toml")
    folder.makeDirectory("directory.toml")
    try folder.write(String(repeating: "#", count: (1 << 20) + 1), "large.toml")
    let catalogue = ThemeCatalogue(directories: [folder.path])
    #expect(
      catalogue.errors.map { told($0, folder) } == [
        "directory.toml: expected an ordinary file, found a directory",
        "fifo.toml: expected an ordinary file, found something that is no ordinary file",
        "large.toml: expected at most 1048576 bytes, found 1048577",
      ])
    let missing = thrown { () throws(DocumentError) in try catalogue.theme(file: folder.path + "/none.toml") }
    #expect(missing?.sort == .missing)
    #expect(told(missing, folder) == "none.toml: expected a file that can be read, found No such file or directory")
    let zero = thrown { () throws(DocumentError) in try catalogue.theme(file: "/dev/zero") }
    #expect(zero?.description == "/dev/zero: expected an ordinary file, found something that is no ordinary file")
    let endless = thrown { () throws(DocumentError) in try catalogue.theme(file: "/proc/self/maps") }
    #expect(endless?.sort == .syntax, "a file of size 0 that has bytes all the same")
  }

  @Test func `a theme file anywhere is read, and inherits from the catalogue`() throws {
    let (folder, elsewhere) = (try Folder(), try Folder())
    try folder.write("name = 'base'\n[dim]\nforeground = '256:100'", "base.toml")
    try elsewhere.write("name = 'base'\ninherits = 'base'\n[text]", "x.toml")
    let theme = try ThemeCatalogue(directories: [folder.path]).theme(file: elsewhere.path + "/x.toml")
    #expect(theme.appearances == [.text: Appearance(), .dim: Appearance(foreground: Ink(indexed: 100))])
  }
}

extension String {
  /// The first place where `text` stands.
  fileprivate func range(of text: String) -> Range<Index>? {
    indices.lazy.compactMap { start in
      self[start...].hasPrefix(text) ? start..<self.index(start, offsetBy: text.count) : nil
    }.first
  }
}
