import Console
import Testing

@testable import viable

/// Copies go to a file beside the clipboard, and the note says which.
struct CopyDeskTests {
  @Test func `a copy names its file, from the person's home on`() throws {
    let home = try Shell.run("mktemp -d").text.filter { $0 != "\n" }
    let desk = CopyDesk(folder: home + "/.local/state/viable", home: home)
    #expect(
      desk.copy("one\ntwo\n", reachedClipboard: true)
        == Note(.done, "copied 2 lines: clipboard and ~/.local/state/viable/copy.txt"))
    #expect(desk.save("x", as: "a.log") == Note(.done, "saved as ~/.local/state/viable/a.log"))
    #expect(try Shell.run("cat \(home)/.local/state/viable/copy.txt; rm -r \(home)").text == "one\ntwo\n")
  }

  @Test func `a folder that cannot be made is what is complained of`() {
    let note = CopyDesk(folder: "/dev/null/state").copy("x", reachedClipboard: true)
    #expect(note == Note(.error, "cannot make /dev/null/state: not a directory (ENOTDIR)"))
  }
}
