import CLinux
public import HostAccess
import Ownership
import Topology

/// The journal on disk: a file an act below `journal` in the state directory, `000012.entry`, replaced whole and kept
/// by fsync(2) before anybody goes on.
///
/// Whoever writes holds the `JournalLock`. What stands in the files is written to a running kernel, so that only files
/// are read which nobody but their reader and root could have written.
public struct FileJournal: JournalStore {
  private let state: StateDirectory

  /// The journal of a state directory, which may not be there yet.
  public init(in state: StateDirectory) { self.state = state }

  private static let folder = "journal"
  /// More than an act of thousands of functions takes.
  private static let limit = 16 << 20

  /// The entries, oldest first; none where there is no journal. A file that is no entry throws with its line, and stays
  /// as it is.
  public func entries() throws(HostError) -> [Entry] {
    let found = try legible()
    if let damaged = found.damaged.first { throw damaged.error }
    return found.entries
  }

  /// The entries that can be read, and those that cannot. A file that others could have written throws all the same:
  /// then the others may be theirs as well.
  public func legible() throws(HostError) -> (entries: [Entry], damaged: [DamagedEntry]) {
    guard let directory = try state.open(Self.folder) else { return ([], []) }
    var entries: [Entry] = []
    var damaged: [DamagedEntry] = []
    for number in try numbers(directory.number) {
      let name = Self.name(number)
      let path = self.path(name)
      guard let bytes = try read(name, in: directory.number) else { continue }
      do throws(Entry.Misreading) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
          throw Entry.Misreading(line: 1, expected: "UTF-8")
        }
        let entry = try Entry(text: text)
        guard entry.number == number else { throw Entry.Misreading(line: 2, expected: "entry \(number)") }
        entries.append(entry)
      } catch {
        let object = "\(path):\(error.line) (expected \(error.expected); move it away to go on)"
        damaged.append(DamagedEntry(number: number, error: HostError("read", on: object, .ebadmsg)))
      }
    }
    return (entries, damaged)
  }

  /// Writes an entry beside the one with its number, keeps it, and puts it in that one's place.
  public func save(_ entry: Entry) throws(HostError) {
    let directory = try state.make(Self.folder)
    try replace(Self.name(entry.number), entry.text, in: directory.number)
  }

  /// Forgets an entry. One that is not there is forgotten already.
  public func remove(_ number: Int) throws(HostError) {
    guard let directory = try state.open(Self.folder) else { return }
    let name = Self.name(number)
    if let refusal = Syscalls.refusal({ unsafe cl_unlink(directory.number, name) }),
      refusal != SystemError.noSuchFile
    {
      throw failure("remove", name, refusal)
    }
    if let refusal = Syscalls.refusal({ cl_sync(directory.number) }) { throw failure("keep", "", refusal) }
  }
}

extension FileJournal {
  private func path(_ name: String) -> String { state.path(of: Self.folder) + (name.isEmpty ? "" : "/" + name) }

  private func failure(_ what: String, _ name: String, _ number: Int32) -> HostError {
    HostError(what, on: path(name), SystemError(number).errno)
  }

  /// `000012.entry`.
  private static func name(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".entry"
  }

  /// The numbers of the entries that there are, in order. What is being written, and files of other names, are none.
  private func numbers(_ directory: Int32) throws(HostError) -> [Int] {
    let root = try Root(path(""))
    guard let names = root.list(".")?.map(\.name) else { throw failure("list", "", Errno.eio.rawValue) }
    return names.compactMap { name in
      guard name.hasSuffix(".entry"), let number = Int(name.dropLast(6)), number > 0, Self.name(number) == name else {
        return nil
      }
      return number
    }.sorted()
  }

  /// What is in a file that nobody else could have written; nil where there is none.
  private func read(_ name: String, in directory: Int32) throws(HostError) -> [UInt8]? {
    let answer = unsafe cl_open(directory, name, Root.Flags.file)
    if answer == -Int(SystemError.noSuchFile) { return nil }
    guard answer >= 0 else { throw failure("open", name, Int32(-answer)) }
    let file = OwnedDescriptor(answer)
    try StateDirectory.check(file.number, Int(CL_KIND_FILE), path(name))
    return EffectRunner.readAll(file.number, limit: Self.limit)
  }

  /// A crash leaves the old file or the new one, and never half of one.
  private func replace(_ name: String, _ text: String, in directory: Int32) throws(HostError) {
    let fresh = name + ".new"
    do throws(SystemError) {
      // Left by a process that was killed at it.
      _ = unsafe cl_unlink(directory, fresh)
      let file = OwnedDescriptor(try Syscalls.call { unsafe cl_open_private(directory, fresh, 1) })
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        let count = try Syscalls.call {
          unsafe rest.withUnsafeBytes { unsafe cl_write(file.number, $0.baseAddress, $0.count) }
        }
        rest = rest.dropFirst(count)
      }
      _ = try Syscalls.call { cl_sync(file.number) }
      _ = try Syscalls.call { unsafe cl_rename(directory, fresh, name) }
      _ = try Syscalls.call { cl_sync(directory) }
    } catch {
      throw failure("write", name, error.number)
    }
  }
}
