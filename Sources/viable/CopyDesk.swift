import CLinux
import Console
import Glibc
import Ownership
import Topology

/// Where copied text goes beside the clipboard: terminals often have OSC 52 switched off, and none says so.
struct CopyDesk {
  /// `--state-dir`, or where the conventions put it.
  let folder: String
  /// The person's home, which is told as `~`: the end of a path says most, and lines are short.
  var home: String?

  /// Keeps what was copied in `copy.txt`, and says where.
  func copy(_ text: String, reachedClipboard fits: Bool) -> Note {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count - (text.hasSuffix("\n") ? 1 : 0)
    let cut = fits ? "" : " (the clipboard got the first 64 kB)"
    return write(text, to: "copy.txt") {
      "copied \(lines == 1 ? "1 line" : "\(lines) lines"): clipboard\(cut) and \($0)"
    }
  }

  /// Saves text under a name of the console's choosing.
  func save(_ text: String, as name: String) -> Note {
    write(text, to: name) { "saved as \($0)" }
  }

  private func write(_ text: String, to name: String, success: (String) -> String) -> Note {
    let path = folder + "/" + name
    if let refusal = makeFolders() { return complaint(refusal, told(folder), attempt: "cannot make") }
    // Private to its owner: a log names devices, disks and interfaces of the machine.
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return complaint(errno, told(path)) }
    defer { close(descriptor) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return complaint(errno, told(path)) }
      rest = rest.dropFirst(count)
    }
    return Note(.done, success(told(path)))
  }

  /// `number` comes first, so that errno is read before a text is made.
  private func complaint(_ number: Int32, _ path: String, attempt: String = "cannot write") -> Note {
    Note(.error, "\(attempt) \(path): \(Errno(rawValue: number).explained)")
  }

  private func told(_ path: String) -> String {
    guard let home, home.count > 1, path.hasPrefix(home + "/") else { return path }
    return "~" + path.dropFirst(home.count)
  }

  /// Makes the folder and those above it, as `mkdir -p` does; the errno when the folder cannot be had.
  private func makeFolders() -> Int32? {
    var path = ""
    var refusal: Int32?
    for part in folder.split(separator: "/", omittingEmptySubsequences: false) {
      path += part + "/"
      if path != "/" { refusal = unsafe mkdir(path, 0o700) == 0 ? nil : errno }
    }
    return refusal == EEXIST ? nil : refusal
  }
}
