import CLinux
import Console
import Glibc
import Ownership
import Topology

/// Where copied text goes beside the clipboard: terminals often have OSC 52 switched off, and none says so.
struct CopyDesk {
  /// `--state-dir`, or where the conventions put it.
  let folder: String

  /// Keeps what was copied in `copy.txt`, and says where.
  func copy(_ text: String, reachedClipboard fits: Bool) -> Note {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count - (text.hasSuffix("\n") ? 1 : 0)
    let cut = fits ? "" : " (the clipboard got the first 64 kB)"
    return write(text, to: "copy.txt") {
      "copied \(lines == 1 ? "1 line" : "\(lines) lines") to the clipboard\(cut) and to \($0)"
    }
  }

  /// Saves text under a name of the console's choosing.
  func save(_ text: String, as name: String) -> Note {
    write(text, to: name) { "saved as \($0)" }
  }

  private func write(_ text: String, to name: String, success: (String) -> String) -> Note {
    let path = folder + "/" + name
    makeFolders()
    // Private to its owner: a log names devices, disks and interfaces of the machine.
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return complaint(errno, path) }
    defer { close(descriptor) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return complaint(errno, path) }
      rest = rest.dropFirst(count)
    }
    return Note(.done, success(path))
  }

  /// `number` comes first, so that errno is read before a text is made.
  private func complaint(_ number: Int32, _ path: String) -> Note {
    Note(.error, "cannot write \(path): \(Errno(rawValue: number))")
  }

  /// Makes the folder and those above it, as `mkdir -p` does.
  private func makeFolders() {
    var path = ""
    for part in folder.split(separator: "/", omittingEmptySubsequences: false) {
      path += part + "/"
      if path != "/" { unsafe mkdir(path, 0o700) }
    }
  }
}
