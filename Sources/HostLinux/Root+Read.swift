import CLinux
import Topology

extension Root {
  /// Reads `directory/name` and hands its bytes to `body`. The one way small files are read, whatever the tree:
  /// on an image the file must be a regular one before it is opened.
  func read<Value>(
    _ directory: String, _ name: StaticString, limit: Int = Root.fileLimit, _ body: (Span<UInt8>) -> Known<Value>
  ) -> Known<Value> {
    do {
      return unsafe try readStraight(try joined(directory, name), limit, body)
    } catch {
      guard Self.mayBeALink(error) else { return .missing(error) }
      return readThroughLinks(directory + "/" + name.description, limit, body)
    }
  }

  /// The same for a path that is put together at run time.
  func read<Value>(
    path: String, limit: Int = Root.fileLimit, _ body: (Span<UInt8>) -> Known<Value>
  ) -> Known<Value> {
    do {
      return unsafe try readStraight(try spelled(path), limit, body)
    } catch {
      guard Self.mayBeALink(error) else { return .missing(error) }
      return readThroughLinks(path, limit, body)
    }
  }

  static func mayBeALink(_ error: SystemError) -> Bool {
    error.number == SystemError.loop || error.number == SystemError.notDirectory
  }

  private func readThroughLinks<Value>(_ path: String, _ limit: Int, _ body: (Span<UInt8>) -> Known<Value>) -> Known<
    Value
  > {
    guard let real = resolve(path) else { return .missing(SystemError(SystemError.noSuchFile)) }
    do {
      return unsafe try readStraight(try spelled(real), limit, body)
    } catch {
      return .missing(error)
    }
  }

  /// A read that throws ELOOP where a component is a link.
  func readStraight<Value>(
    _ path: UnsafePointer<CChar>, _ limit: Int, _ body: (Span<UInt8>) -> Known<Value>
  ) throws(SystemError) -> Known<Value> {
    unsafe try readStraight(path, limit, from: descriptor, isKernels: isKernels(path), body)
  }

  /// The same from a directory that was reached without a link.
  func readStraight<Value>(
    _ path: UnsafePointer<CChar>, _ limit: Int, from directory: Int32, isKernels: Bool,
    _ body: (Span<UInt8>) -> Known<Value>
  ) throws(SystemError) -> Known<Value> {
    if !isKernels {
      var status = cl_status()
      _ = try Syscalls.call { unsafe cl_stat(directory, path, &status) }
      if Int(status.kind) == CL_KIND_LINK { throw SystemError(SystemError.loop) }
      guard Int(status.kind) == CL_KIND_FILE else { return .unknown(.malformed("not a regular file")) }
    }
    let file = unsafe try openStraight(path, Flags.file, from: directory, isKernels: isKernels)
    defer { finish(file) }
    return take(file, limit, body)
  }

  /// One read of an open file: sysfs gives an attribute whole, and so does a regular file.
  func take<Value>(_ file: Int32, _ limit: Int, _ body: (Span<UInt8>) -> Known<Value>) -> Known<Value> {
    do {
      let count = try Syscalls.call { unsafe cl_read(file, space, min(limit, Self.fileLimit)) }
      guard count < Self.fileLimit else { return .unknown(.malformed("longer than 64 KiB")) }
      return filled(0..<count, body)
    } catch {
      return .missing(error)
    }
  }
}

extension Known {
  /// What an errno says about a fact: ENOENT and ENODEV that it is not there.
  static func missing(_ error: SystemError) -> Known<Value> {
    switch error.number {
    case SystemError.noSuchFile, SystemError.noSuchDevice: .absent
    default: .unknown(.refused(errno: error.number))
    }
  }
}

extension Root {
  /// The text of a regular file that may be longer than an attribute; empty when it cannot be read.
  func text(_ path: String, limit: Int) -> String { document(path, limit: limit).value ?? "" }

  /// The same with its reason where it cannot be read.
  func document(_ path: String, limit: Int = 4 << 20) -> Known<String> {
    contents(path, limit: limit).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The same before it is text; empty when it cannot be read.
  func bytes(_ path: String, limit: Int) -> [UInt8] { contents(path, limit: limit).value ?? [] }

  /// Reads until nothing more comes: files of /proc come a page at a time.
  private func contents(_ path: String, limit: Int) -> Known<[UInt8]> {
    guard let real = isSysfs && isLive ? path : resolve(path) else { return .absent }
    do {
      var status = cl_status()
      _ = try Syscalls.call { unsafe cl_stat(descriptor, real, &status) }
      guard Int(status.kind) == CL_KIND_FILE else { return .unknown(.malformed("not a regular file")) }
      let file = OwnedDescriptor(Int(unsafe try openStraight(try spelled(real), Flags.file)))
      var bytes: [UInt8] = []
      while bytes.count < limit {
        let count = try Syscalls.call { unsafe cl_read(file.number, space, Self.fileLimit) }
        if count == 0 { break }
        filled(0..<count) { bytes += Array(copying: $0) }
      }
      return .value(bytes)
    } catch {
      return .missing(error)
    }
  }
}
