import CLinux
import HostAccess

/// Writes a tree of files, directories and links into a new directory.
struct ImageWriter: ~Copyable {
  private let descriptor: OwnedDescriptor
  private let path: String
  private var made: Set<String> = [""]
  private(set) var files = 0

  /// Makes the directory, or takes an empty one. EEXIST when there is something in it.
  init(_ path: String) throws(HostError) {
    self.path = path
    if let refusal = Syscalls.refusal({ unsafe cl_mkdir(-100, path, 0o755) }), refusal != SystemError.exists {
      throw HostError("make", on: path, SystemError(refusal).errno)
    }
    let root = try Root(path)
    var isEmpty = true
    do throws(SystemError) {
      try root.entries(root.descriptor) { _, _ in isEmpty = false }
      guard isEmpty else { throw SystemError(SystemError.exists) }
      descriptor = OwnedDescriptor(try Syscalls.call { unsafe cl_open(-100, path, Root.Flags.directory) })
    } catch {
      throw HostError("write an image into", on: path, error.errno)
    }
  }

  /// Makes a directory and those above it.
  mutating func directory(_ name: String) throws(HostError) {
    if made.contains(name) { return }
    if let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) { try directory(String(name[..<slash])) }
    try attempt("make", name, allowing: SystemError.exists) { descriptor in unsafe cl_mkdir(descriptor, name, 0o755) }
    made.insert(name)
  }

  /// Writes a file, with the directories above it. A second file of the same name is left out.
  mutating func file(_ name: String, _ bytes: [UInt8], like node: cl_status? = nil) throws(HostError) {
    try directoryAbove(name)
    let file = unsafe cl_open(descriptor.number, name, Root.Flags.create)
    if file == -Int(SystemError.exists) { return }
    guard file >= 0 else { throw failure("create", name, Int32(-file)) }
    let owned = OwnedDescriptor(file)
    var written = 0
    while written < bytes.count {
      let rest = Array(bytes[written...])
      let count = unsafe cl_write(owned.number, rest, rest.count)
      guard count > 0 else { throw failure("write", name, Int32(-count)) }
      written += count
    }
    if let node, let refusal = Syscalls.refusal({ cl_give(owned.number, node.owner, node.group, UInt32(node.mode)) }) {
      throw failure("set the mode of", name, refusal)
    }
    files += 1
  }

  /// Makes a link, with the directories above it.
  mutating func link(_ name: String, to target: String) throws(HostError) {
    try directoryAbove(name)
    try attempt("link", name, allowing: SystemError.exists) { descriptor in
      unsafe cl_symlink(target, descriptor, name)
    }
    files += 1
  }

  private mutating func directoryAbove(_ name: String) throws(HostError) {
    if let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) { try directory(String(name[..<slash])) }
  }

  private func attempt(
    _ what: String, _ name: String, allowing allowed: Int32, _ body: (Int32) -> Int
  ) throws(HostError) {
    let number = descriptor.number
    if let refusal = Syscalls.refusal({ body(number) }), refusal != allowed { throw failure(what, name, refusal) }
  }

  private func failure(_ what: String, _ name: String, _ number: Int32) -> HostError {
    HostError(what, on: path + "/" + name, SystemError(number).errno)
  }
}
