import Assignment
import HostAccess
import HostLinux
import HostSimulated
import Topology

/// An image of a machine: what would be done there can be shown, and is never done.
struct ImagePlace: ActPlace {
  let observer: any Observer
  var door: LinuxPerformer
  var store = MemoryJournal()
  let session = Entry.Session(boot: "image", machine: "")
  let drivers: VFIODrivers
  var isReal: Bool { true }
  var statePath: String { "/var/lib/viable" }

  init(_ observer: any Observer, root: String) throws(Failure) {
    self.observer = observer
    do throws(HostError) { door = try LinuxPerformer(root: root) } catch { throw Failure(error) }
    // Of the modules of its kernel an image tells nothing.
    drivers = VFIODrivers(registered: ["vfio-pci"], aliases: .unknown(.notRecorded))
  }

  /// Why nothing is run on it.
  static let hindrance = "this is an image; --rehearse tries it on a copy"

  func takeLock(_ command: String) throws(Failure) { throw Failure(.unavailable, Self.hindrance) }
  func leaveLock() {}
  func wait(for work: Work, or signals: Int32) -> Bool { false }
}
