import CLinux
import Glibc
import Topology

/// Where a command's program is, found before anything is opened.
enum ProgramSearch {
  /// The path of a program: what is typed where it has a slash, else the first of that name in `path`. 66 where there is
  /// none.
  static func find(_ name: String, path: String?) throws(Failure) -> String {
    guard !name.isEmpty else { throw Failure(.usage, "the command is an empty word") }
    if name.contains("/") {
      let answer = unsafe cl_may_execute(name)
      guard answer == 1 else {
        let why = answer == 0 ? "is no program that can be run" : "is not there, or cannot be looked at"
        throw Failure(.notFound, "\(Clean.visible(name)) \(why); nothing was opened")
      }
      return name
    }
    // What execvp(3) takes without PATH.
    let places = (path ?? "/bin:/usr/bin").split(separator: ":", omittingEmptySubsequences: false)
    for place in places {
      let candidate = (place.isEmpty ? "." : String(place)) + "/" + name
      if unsafe cl_may_execute(candidate) == 1 { return candidate }
    }
    throw Failure(.notFound, "no command \(Clean.visible(name)) in PATH; nothing was opened")
  }

  /// The environment of this process, `NAME=value` each.
  static func environment() -> [String] {
    var found: [String] = []
    var place = unsafe environ
    while let entry = unsafe place.pointee {
      unsafe found.append(String(cString: entry))
      unsafe place += 1
    }
    return found
  }
}
