import CLinux
import Topology

extension Root {
  /// The text of a link, or the errno: EINVAL when it is no link.
  func link(_ path: UnsafePointer<CChar>) throws(SystemError) -> String {
    let count = unsafe try linkCount(path)
    return filled(0..<count) { String(decoding: $0) }
  }

  /// Reads a link into the buffer and answers its length.
  func linkCount(_ path: UnsafePointer<CChar>, from directory: Int32? = nil) throws(SystemError) -> Int {
    try Syscalls.call { unsafe cl_readlink(directory ?? descriptor, path, space, Self.pathLimit) }
  }

  /// The same for a path that is not spelled in C.
  func link(_ path: String) throws(SystemError) -> String { unsafe try link(try spelled(path)) }

  /// Hands the last component of a link to `body`; absent when there is no such link.
  func linkName<Value>(
    _ path: UnsafePointer<CChar>, from directory: Int32? = nil, _ body: (Span<UInt8>) -> Known<Value>
  ) -> Known<Value> {
    do {
      let count = unsafe try linkCount(path, from: directory)
      return filled(0..<count) { target in
        var start = target.count
        while start > 0, target[start - 1] != UInt8(ascii: "/") { start -= 1 }
        return body(target.extracting(start...))
      }
    } catch {
      return error.number == SystemError.invalid ? .unknown(.malformed("not a link")) : .missing(error)
    }
  }

  /// `target`, as found in a link in `directory`, spelled from the root: `.` and `..` are taken away as the file
  /// system would where no component is a link, and `..` at the root stays there.
  static func lexical(_ target: String, in directory: String) -> String {
    var parts: [Substring] = target.hasPrefix("/") ? [] : directory.split(separator: "/")
    for part in target.split(separator: "/") {
      switch part {
      case ".": break
      case "..": _ = parts.popLast()
      default: parts.append(part)
      }
    }
    return parts.joined(separator: "/")
  }

  /// The path with every link in it followed inside the tree, as chroot(2) would see it; nil when something in it
  /// does not exist, or after forty links.
  func resolve(_ path: String) -> String? {
    var pending = path.split(separator: "/").reversed().map(String.init)
    var resolved: [String] = []
    var links = 0
    while let part = pending.popLast() {
      if part == "." { continue }
      if part == ".." {
        _ = resolved.popLast()
        continue
      }
      resolved.append(part)
      guard resolved.count < 256, pending.count < 1024 else { return nil }
      do {
        let target = try link(resolved.joined(separator: "/"))
        links += 1
        guard links <= 40 else { return nil }
        _ = resolved.popLast()
        if target.hasPrefix("/") { resolved.removeAll() }
        pending += target.split(separator: "/").reversed().map(String.init)
      } catch {
        // EINVAL says: there, and no link.
        if error.number != SystemError.invalid { return nil }
      }
    }
    return resolved.joined(separator: "/")
  }

  /// The path of a directory with its links followed, or nil when there is none.
  func straightDirectory(_ path: String) -> String? {
    do {
      _ = OwnedDescriptor(Int(unsafe try openStraight(try spelled(path), Flags.place)))
      return path
    } catch {
      guard Self.mayBeALink(error), let real = resolve(path), real != path else { return nil }
      return straightDirectory(real)
    }
  }

  /// Whether a directory has an entry of the function's name: a link, as in sysfs, or anything else.
  func isEntry(_ address: Address, in directory: String) -> Bool {
    do {
      _ = unsafe try linkCount(try spelled(directory, address))
      return true
    } catch {
      return error.number == SystemError.invalid
    }
  }
}
