import CLinux
import HostAccess
import Ownership

/// The directory that journal and lock are kept in. As root it must be root's, and nobody else may be able to write to
/// it: what stands in it is written to a running kernel.
public struct StateDirectory: Hashable, Sendable {
  /// The directory.
  public let path: String

  /// A directory that may not be there yet.
  public init(_ path: String) { self.path = path }

  /// The directory that was asked for; else root's is `/var/lib/viable`, and anybody else's follows XDG.
  public init(asked: String?, isRoot: Bool, stateHome: String?, home: String?) {
    if let asked, !asked.isEmpty {
      path = asked
    } else if isRoot {
      path = "/var/lib/viable"
    } else if let stateHome, stateHome.hasPrefix("/") {
      path = Self.plain(stateHome + "/viable")
    } else if let home, home.hasPrefix("/") {
      path = Self.plain(home + "/.local/state/viable")
    } else {
      path = "/var/lib/viable"
    }
  }

  /// A path from the root without `.`, `..` and empty parts, which are taken away without a look at links.
  public static func plain(_ path: String, in directory: String = "/") -> String {
    "/" + Root.lexical(path, in: directory)
  }

  func path(of inner: String?) -> String { inner.map { path + "/" + $0 } ?? path }

  /// Opens it, or a directory in it; nil where there is none.
  func open(_ inner: String? = nil) throws(HostError) -> OwnedDescriptor? {
    let name = path(of: inner)
    let answer = unsafe cl_open(-100, name, Root.Flags.directory)
    if answer == -Int(SystemError.noSuchFile) { return nil }
    if answer == -Int(SystemError.notDirectory) { throw noDirectory(name) }
    guard answer >= 0 else { throw HostError("open", on: name, Errno(rawValue: Int32(-answer))) }
    let directory = OwnedDescriptor(answer)
    try Self.check(directory.number, CL_KIND_DIRECTORY, name)
    return directory
  }

  private func noDirectory(_ name: String) -> HostError {
    HostError("keep a journal below", on: "\(name) (name a directory with --state-dir)", .enotdir)
  }

  /// Makes it, and the directory in it, where they are not there.
  func make(_ inner: String? = nil) throws(HostError) -> OwnedDescriptor {
    var made = path.hasPrefix("/") ? "" : "."
    let parts = path.split(separator: "/").map(String.init) + (inner.map { [$0] } ?? [])
    for (place, part) in parts.enumerated() {
      let above = made.isEmpty ? "/" : made
      made += "/" + part
      let isOurs = place >= parts.count - (inner == nil ? 1 : 2)
      let refusal = Syscalls.refusal { unsafe cl_mkdir(-100, made, isOurs ? 0o700 : 0o755) }
      if let refusal, refusal != SystemError.exists {
        throw HostError("make the state directory", on: made, SystemError(refusal).errno)
      }
      // What stands in a directory that a crash takes away is lost with it.
      if refusal == nil { try Self.sync(directory: above) }
    }
    guard let directory = try open(inner) else { throw HostError("make", on: made, .enoent) }
    return directory
  }

  /// Throws where others than we and root could have written what is open.
  static func check(_ descriptor: Int32, _ kind: Int, _ path: String) throws(HostError) {
    var status = cl_status()
    if let refusal = Syscalls.refusal({ unsafe cl_status_of(descriptor, &status) }) {
      throw HostError("look at", on: path, SystemError(refusal).errno)
    }
    guard Int(status.kind) == kind else {
      throw HostError("use", on: "\(path), which is no \(kind == CL_KIND_DIRECTORY ? "directory" : "file")", .einval)
    }
    let us = cl_effective_user()
    if status.owner != us, status.owner != 0 {
      let owner = us == 0 ? "root" : "you"
      throw HostError(
        "trust", on: "\(path), which user \(status.owner) owns (look at it, then give it to \(owner) or move it away)",
        .eperm)
    }
    if status.mode & 0o022 != 0 {
      throw HostError("trust", on: "\(path), which others may write (look at it, then run chmod go-w)", .eperm)
    }
  }

  static func sync(directory path: String) throws(HostError) {
    do throws(SystemError) {
      let directory = OwnedDescriptor(try Syscalls.call { unsafe cl_open(-100, path, Root.Flags.directory) })
      _ = try Syscalls.call { cl_sync(directory.number) }
    } catch {
      throw HostError("keep", on: path, error.errno)
    }
  }
}
