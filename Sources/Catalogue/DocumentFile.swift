import Glibc

/// Reads documents from disk.
public enum DocumentFile {
  /// No theme or scenario needs more bytes; what is larger is no document of ours.
  static let limit = 1 << 20

  /// The bytes of a regular file, at most `limit`. FIFOs and devices are refused and never waited for.
  public static func read(_ path: String) throws(DocumentError) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw refused(path, "a file that can be read", errno) }
    defer { close(descriptor) }
    var facts = stat()
    guard unsafe fstat(descriptor, &facts) == 0 else { throw refused(path, "a file that can be read", errno) }
    guard facts.st_mode & S_IFMT == S_IFREG else {
      let found = facts.st_mode & S_IFMT == S_IFDIR ? "a directory" : "something that is no ordinary file"
      throw DocumentError(.unreadable, file: path, expected: "an ordinary file", found: found)
    }
    guard facts.st_size <= limit else {
      throw DocumentError(.unreadable, file: path, expected: "at most \(limit) bytes", found: "\(facts.st_size)")
    }
    return try bytes(of: descriptor, path)
  }

  /// The bytes of standard input, at most `limit`.
  public static func readStandardInput() throws(DocumentError) -> [UInt8] { try bytes(of: 0, "standard input") }

  private static func bytes(of descriptor: Int32, _ path: String) throws(DocumentError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= limit {
      let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw refused(path, "a file that can be read", errno) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
    throw DocumentError(.unreadable, file: path, expected: "at most \(limit) bytes", found: "more")
  }

  /// The paths of a directory's files that end in `.toml`, sorted. A directory that is not there has none.
  static func list(_ directory: String) throws(DocumentError) -> [String] {
    guard let stream = unsafe opendir(directory) else {
      if errno == ENOENT { return [] }
      throw refused(directory, "a directory that can be read", errno)
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name.hasSuffix(".toml"), !name.hasPrefix(".") { names.append(name) }
    }
    let prefix = directory.hasSuffix("/") ? directory : directory + "/"
    return names.sorted().map { prefix + $0 }
  }

  /// The name of a file without directory and `.toml`.
  static func stem(_ path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name.hasSuffix(".toml") ? String(name.dropLast(5)) : name
  }

  private static func refused(_ path: String, _ expected: String, _ errno: Int32) -> DocumentError {
    let words = unsafe String(cString: strerror(errno))
    let isMissing = errno == ENOENT || errno == ENOTDIR
    return DocumentError(isMissing ? .missing : .unreadable, file: path, expected: expected, found: words)
  }
}
