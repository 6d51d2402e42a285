import CLinux
public import HostAccess
import Ownership
import Topology

/// Acts on the machine below a directory: the live one's `/`, or an ordinary directory of files, for tests.
///
/// It owns the children that carry out effects and the descriptors of the calls that it makes; it is built and used on
/// one thread. Letting go of it leaves children to themselves.
public final class LinuxPerformer {
  let observer: SysfsObserver
  let calls: UserCalls
  /// The nodes that calls have opened, since the last time that none was open.
  var opened: Set<Openable> = []
  private let program: String
  private let lock: JournalLock?
  private var children: [Int32: EffectChild] = [:]

  /// `root` is `/`, or an absolute path in tests. `program` is run for each effect, as an `EffectRunner`; `/proc/self/exe`
  /// is viable itself, even where its file was replaced. Children inherit `lock`.
  /// - Throws: `HostError` where there is no such directory.
  public init(
    root: String = "/", program: String = "/proc/self/exe", lock: JournalLock? = nil
  ) throws(HostError) {
    observer = try SysfsObserver(root: root)
    calls = try UserCalls(root: root)
    self.program = program
    self.lock = lock
  }

  /// Which boot of which machine this is.
  public var session: Entry.Session {
    get throws(HostError) {
      _ = observer.root.done.takeTrouble()
      let session = Entry.Session(
        boot: observer.root.read(path: "proc/sys/kernel/random/boot_id", Parse.word).value ?? "",
        machine: observer.root.read(path: "etc/machine-id", Parse.word).value ?? "")
      // A boot without its name would make what was done in it look like another boot's.
      if let trouble = observer.root.done.takeTrouble() { throw trouble }
      return session
    }
  }

  /// The children at work, by number.
  public var working: [Work] { children.values.map(\.work).sorted { $0.process < $1.process } }

  /// Begins an effect in a child. What is none of the permitted effects is refused here and, again, there.
  public func begin(_ effect: Effect) -> Progress {
    if let objection = effect.objection ?? ownHandle(effect) { return .failed(objection) }
    do throws(HostError) {
      let child = try EffectChild(
        effect, below: observer.root.path, program: program, lock: lock?.descriptor)
      children[child.work.descriptor] = child
      return .waiting(child.work)
    } catch {
      return .failed(error)
    }
  }

  /// How far a child has come, without waiting for it. Once it is done or failed its descriptor is closed.
  public func progress(of work: Work) -> Progress {
    guard let child = children[work.descriptor], child.work == work else {
      return .failed(HostError("hear of", on: "process \(work.process)", .enoent))
    }
    let progress = child.progress()
    if case .waiting = progress { return progress }
    children[work.descriptor] = nil
    if children.isEmpty { lock?.forgetChildren() }
    return progress
  }
}
