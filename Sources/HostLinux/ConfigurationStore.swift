import CLinux
public import HostAccess
import Ownership

/// Files of configuration below a root: read and replaced whole, never through a link.
///
/// A file is written beside its place, kept by fsync(2) and moved there, so that a crash leaves the old one or the new
/// one. One that is replaced keeps its owner and mode; a new one is ours, readable for everybody.
struct ConfigurationStore {
  private let file: ConfigurationFile
  private let base: String
  private let folders: [String]
  private let name: String

  /// `root` is the machine's. An assignment's own path is absolute; of an image it is below its root all the same.
  init(_ file: ConfigurationFile, below root: String) {
    self.file = file
    var parts = file.path.split(separator: "/").map(String.init)
    name = parts.removeLast()
    if file.isState {
      folders = parts.suffix(1)
      let state = "/" + parts.dropLast().joined(separator: "/")
      base = root == "/" || state.hasPrefix(root) ? state : root + state
    } else {
      folders = parts
      base = root
    }
  }

  /// What stands there; nil where nothing does.
  func text() throws(HostError) -> String? {
    do throws(SystemError) {
      guard let directory = try directory(making: false) else { return nil }
      let answer = unsafe cl_open(directory.number, name, Root.Flags.file)
      if answer == -Int(SystemError.noSuchFile) { return nil }
      let opened = OwnedDescriptor(try Syscalls.call { answer })
      var status = cl_status()
      _ = try Syscalls.call { unsafe cl_status_of(opened.number, &status) }
      guard Int(status.kind) == Int(CL_KIND_FILE) else { throw SystemError(SystemError.invalid) }
      let bytes = EffectRunner.readAll(opened.number, limit: ConfigurationFile.limit + 1)
      guard bytes.count <= ConfigurationFile.limit else { throw SystemError(SystemError.tooBig) }
      guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
        throw SystemError(SystemError.illegalBytes)
      }
      return text
    } catch {
      throw HostError("read", on: file.path, error.errno)
    }
  }

  /// Writes it, or removes it.
  func replace(_ text: String?) throws(SystemError) {
    guard let directory = try directory(making: text != nil) else { return }
    var status = cl_status()
    let found = Syscalls.refusal { unsafe cl_stat(directory.number, name, &status) }
    if let found, found != SystemError.noSuchFile { throw SystemError(found) }
    if found == nil, Int(status.kind) == Int(CL_KIND_LINK) { throw SystemError(SystemError.loop) }
    if found == nil, Int(status.kind) != Int(CL_KIND_FILE) { throw SystemError(SystemError.invalid) }
    guard let text else {
      if found == nil { _ = try Syscalls.call { unsafe cl_unlink(directory.number, name) } }
      _ = try Syscalls.call { cl_sync(directory.number) }
      return
    }
    let isNew = found != nil
    try write(
      text, in: directory.number,
      owner: isNew ? cl_effective_user() : status.owner, group: isNew ? .max : status.group,
      mode: isNew ? UInt32(file.mode) : UInt32(status.mode))
  }

  private func write(
    _ text: String, in directory: Int32, owner: UInt32, group: UInt32, mode: UInt32
  ) throws(SystemError) {
    // A name that no reader of the directory takes: each wants its own ending or an address.
    let fresh = ".\(name).viable-new"
    // Left by a process that was killed at it.
    _ = unsafe cl_unlink(directory, fresh)
    let written = OwnedDescriptor(try Syscalls.call { unsafe cl_open_private(directory, fresh, 1) })
    do throws(SystemError) {
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        let count = try Syscalls.call {
          unsafe rest.withUnsafeBytes { unsafe cl_write(written.number, $0.baseAddress, $0.count) }
        }
        rest = rest.dropFirst(count)
      }
      _ = try Syscalls.call { cl_give(written.number, owner, group, mode) }
      _ = try Syscalls.call { cl_sync(written.number) }
      _ = try Syscalls.call { unsafe cl_rename(directory, fresh, name) }
      _ = try Syscalls.call { cl_sync(directory) }
    } catch {
      _ = unsafe cl_unlink(directory, fresh)
      throw error
    }
  }

  /// The directory that it stands in, step by step; nil where there is none and none is to be made.
  private func directory(making: Bool) throws(SystemError) -> OwnedDescriptor? {
    let answer = unsafe cl_open(-100, base, Root.Flags.directory)
    // The state directory is made by whoever keeps the journal in it, before anything is done.
    if answer == -Int(SystemError.noSuchFile), !making { return nil }
    var directory = OwnedDescriptor(try Syscalls.call { answer })
    for folder in folders {
      var next = unsafe cl_open_directory(directory.number, folder)
      if next == -Int(SystemError.noSuchFile) {
        guard making else { return nil }
        let refusal = Syscalls.refusal { unsafe cl_mkdir(directory.number, folder, file.isState ? 0o700 : 0o755) }
        if let refusal, refusal != SystemError.exists { throw SystemError(refusal) }
        _ = try Syscalls.call { cl_sync(directory.number) }
        next = unsafe cl_open_directory(directory.number, folder)
      }
      let answer = next
      directory = OwnedDescriptor(try Syscalls.call { answer })
    }
    return directory
  }
}

extension LinuxPerformer {
  /// Reads a file of configuration: ELOOP for a link on its way, EINVAL for what is no file, EFBIG and EILSEQ for what
  /// nobody writes there.
  public func text(of file: ConfigurationFile) throws(HostError) -> String? {
    guard file.isPermitted else { throw HostError("permit", on: file.path, .einval) }
    return try ConfigurationStore(file, below: observer.root.path).text()
  }
}
