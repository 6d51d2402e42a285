import CLinux
import HostAccess

/// Writes a tree of files, directories and links into a new directory, and nowhere else: the links that it copies may
/// lead anywhere, and are never followed.
struct ImageWriter: ~Copyable {
  private let root: Root
  private var made: Set<String> = [""]
  private(set) var files = 0

  /// Makes the directory, or takes an empty one. EEXIST when there is something in it.
  init(_ path: String) throws(HostError) { root = try Self.empty(path) }

  private static func empty(_ path: String) throws(HostError) -> Root {
    if let refusal = Syscalls.refusal({ unsafe cl_mkdir(-100, path, 0o755) }), refusal != SystemError.exists {
      throw HostError("make", on: path, SystemError(refusal).errno)
    }
    let root = try Root(path)
    guard root.list(".")?.isEmpty ?? false else {
      throw HostError("write an image into", on: path, SystemError(SystemError.exists).errno)
    }
    return root
  }

  /// Makes a directory and those above it.
  mutating func directory(_ name: String) throws(HostError) {
    if made.contains(name) { return }
    try attempt("make", name, allowing: SystemError.exists) { unsafe cl_mkdir($0, $1, 0o755) }
    made.insert(name)
  }

  /// Writes a file, with the directories above it. A second file of the same name is left out.
  mutating func file(_ name: String, _ bytes: [UInt8], like node: cl_status? = nil) throws(HostError) {
    var file = -1
    try attempt("create", name, allowing: SystemError.exists) {
      file = unsafe cl_open($0, $1, Root.Flags.create)
      return file
    }
    guard file >= 0 else { return }
    let owned = OwnedDescriptor(file)
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe cl_write(owned.number, $0.baseAddress, $0.count) }
      guard count > 0 else { throw failure("write", name, Int32(-count)) }
      rest = rest.dropFirst(count)
    }
    if let node, let refusal = Syscalls.refusal({ cl_give(owned.number, node.owner, node.group, UInt32(node.mode)) }) {
      throw failure("set the mode of", name, refusal)
    }
    files += 1
  }

  /// Makes a link, with the directories above it.
  mutating func link(_ name: String, to target: String) throws(HostError) {
    try attempt("link", name, allowing: SystemError.exists) { unsafe cl_symlink(target, $0, $1) }
    files += 1
  }

  /// Does something to the last component of a path, in the directory that the others name.
  private mutating func attempt(
    _ what: String, _ name: String, allowing allowed: Int32, _ body: (Int32, String) -> Int
  ) throws(HostError) {
    let slash = name.utf8.lastIndex(of: UInt8(ascii: "/"))
    let above = slash.map { String(name[..<$0]) } ?? ""
    let last = slash.map { String(name[name.utf8.index(after: $0)...]) } ?? name
    try directory(above)
    do throws(SystemError) {
      guard last != "..", last != "." else { throw SystemError(SystemError.invalid) }
      let place = above.isEmpty ? nil : unsafe try root.openStraight(try root.spelled(above), Root.Flags.place)
      defer { if let place { _ = cl_close(place) } }
      _ = try Syscalls.call { body(place ?? root.descriptor, last) }
    } catch {
      if error.number != allowed { throw failure(what, name, error.number) }
    }
  }

  private func failure(_ what: String, _ name: String, _ number: Int32) -> HostError {
    HostError(what, on: root.path + "/" + name, SystemError(number).errno)
  }
}
