import CLinux
import HostAccess
import Ownership
import Synchronization
import Topology

/// Reads attributes whose read may wait for a device's lock: `uevent`, `driver_override` and `sriov_numvfs` on some
/// kernels, for ever while an unbind is blocked (drivers/pci/iov.c `sriov_numvfs_show` takes `device_lock`).
///
/// A thread reads a batch; when it makes no progress for 200 ms it is left behind with the file that holds it up, and
/// a fresh thread serves the rest. While that thread has not come back, its file is not tried again.
final class CautiousReader {
  private let root: Root
  private let patience: Int32
  /// For reads that wake a device, in milliseconds: a link that comes back takes a second (drivers/pci/pci.c
  /// `pci_bridge_wait_for_secondary_bus`).
  static let wakingPatience: Int32 = 2_000
  /// So many threads may be left behind in one batch; what then is left is not known.
  private static let mostLeftBehind = 16
  private var stuck: [Batch] = []

  /// `patience` in milliseconds.
  init(_ root: Root, patience: Int32 = 200) {
    self.root = root
    self.patience = patience
  }

  /// How a file is read.
  enum Manner {
    /// In one read, as an attribute wants it.
    case whole
    /// As configuration space: no more of it than is harmless.
    case config
  }

  /// The bytes of each file; absent when it is not there.
  func read(_ paths: [String], _ manner: Manner = .whole) -> [Known<[UInt8]>] {
    stuck.removeAll { $0.isDone }
    let held = Set(stuck.compactMap(\.current))
    var answers = [Known<[UInt8]>](repeating: .unknown(.deviceBusy), count: paths.count)
    var waiting = paths.indices.filter { !held.contains(paths[$0]) }
    var leftBehind = 0
    while !waiting.isEmpty, leftBehind < Self.mostLeftBehind {
      let batch = Batch(root, waiting.map { paths[$0] }, manner)
      guard batch.start() else {
        root.done.note(HostError("begin to read", on: "/" + paths[waiting[0]], .emfile))
        break
      }
      let isDone = batch.wait(patience)
      let read = batch.answers
      for (place, answer) in zip(waiting, read) {
        answers[place] = answer
        if case .unknown(.refused(let errno)) = answer, SystemError(errno).isShortage {
          root.done.note(HostError("open", on: "/" + paths[place], Errno(rawValue: errno)))
        }
      }
      if isDone { break }
      stuck.append(batch)
      leftBehind += 1
      waiting.removeFirst(min(read.count + 1, waiting.count))
    }
    return answers
  }

  /// One thread's work. It keeps the root open for as long as the thread lives, which may be longer than anyone
  /// waits for it.
  private final class Batch: Sendable {
    private struct State {
      var answers: [Known<[UInt8]>] = []
      var isAbandoned = false
      var isDone = false
    }
    private let paths: [String]
    private let manner: Manner
    private let descriptor: Int32
    private let keeper: Keeper
    private let event: Int
    private let state = Mutex(State())

    init(_ root: Root, _ paths: [String], _ manner: Manner) {
      self.paths = paths
      self.manner = manner
      descriptor = root.descriptor
      keeper = Keeper(root)
      event = cl_event()
    }

    deinit { if event >= 0 { _ = cl_close(Int32(event)) } }

    var answers: [Known<[UInt8]>] { state.withLock(\.answers) }
    var isDone: Bool { state.withLock(\.isDone) }
    /// The file that the thread is at.
    var current: String? {
      state.withLock { $0.answers.count < paths.count ? paths[$0.answers.count] : nil }
    }

    func start() -> Bool {
      guard event >= 0 else { return false }
      let itself = unsafe Unmanaged.passRetained(self)
      let refusal = unsafe cl_thread(
        { context in
          guard let context = unsafe context else { return nil }
          unsafe Unmanaged<Batch>.fromOpaque(context).takeRetainedValue().run()
          return nil
        }, unsafe itself.toOpaque())
      if refusal < 0 { unsafe itself.release() }
      return refusal >= 0
    }

    /// Waits until the batch is done; false, and the thread is on its own, when it stands still.
    func wait(_ patience: Int32) -> Bool {
      var progress = 0
      while true {
        var waits = cl_wait(descriptor: Int32(event), ready: 0)
        _ = Syscalls.refusal { unsafe cl_poll(&waits, 1, patience) }
        let (count, isDone) = state.withLock { ($0.answers.count, $0.isDone) }
        if isDone { return true }
        if count == progress {
          state.withLock { $0.isAbandoned = true }
          return false
        }
        progress = count
      }
    }

    private func run() {
      for path in paths {
        if state.withLock(\.isAbandoned) { break }
        let answer = read(path)
        let goesOn = state.withLock { state in
          if !state.isAbandoned { state.answers.append(answer) }
          return !state.isAbandoned
        }
        if !goesOn { break }
      }
      state.withLock { $0.isDone = true }
      _ = cl_event_signal(Int32(event))
    }

    private func read(_ path: String) -> Known<[UInt8]> {
      do {
        let file = OwnedDescriptor(
          try Syscalls.call { unsafe cl_open(descriptor, path, Int32(CL_READ_ONLY)) })
        if manner == .config { return .value(ConfigCopy.read(file.number)) }
        var bytes = [UInt8](repeating: 0, count: 4097)
        let count = try Syscalls.call { unsafe cl_read(file.number, &bytes, bytes.count) }
        return .value(Array(bytes[..<count]))
      } catch {
        return .missing(error)
      }
    }
  }

  /// Holds a root alive and lets nobody use it: only its descriptor number is used on the other thread.
  private final class Keeper: @unchecked Sendable {
    private let root: Root
    init(_ root: Root) { self.root = root }
  }
}
