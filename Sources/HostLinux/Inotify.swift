import CLinux
import HostAccess

/// An inotify descriptor and what its watches stand for.
final class Inotify<Place: Hashable> {
  /// One thing that happened in a watched directory.
  struct Notice {
    var place: Place
    var mask: Int
    /// The entry concerned; empty when it is the directory itself.
    var name: String

    func says(_ bits: Int) -> Bool { mask & bits != 0 }
  }
  /// What came of a drain.
  struct Drained {
    var notices: [Notice] = []
    var isOverflown = false
  }

  let descriptor: Int32
  private let owned: OwnedDescriptor
  private var places: [Int32: Place] = [:]
  private var watches: [Place: Int32] = [:]
  private var buffer = [UInt8](repeating: 0, count: 65536)

  init() throws(HostError) {
    do {
      owned = OwnedDescriptor(try Syscalls.call { cl_inotify() })
    } catch {
      throw HostError("open", on: "inotify", error.errno)
    }
    descriptor = owned.number
  }

  var count: Int { places.count }

  func isWatching(_ place: Place) -> Bool { watches[place] != nil }

  /// Watches a directory; the errno when that fails. Watching it again only renews the watch.
  func watch(_ path: String, as place: Place, _ mask: Int) -> Int32? {
    do {
      let flags = UInt32(truncatingIfNeeded: mask | Int(CL_IN_ONLYDIR) | Int(CL_IN_DONT_FOLLOW))
      let watch = Int32(try Syscalls.call { unsafe cl_watch(descriptor, path, flags) })
      if let before = watches[place], before != watch { forget(before) }
      if let other = places[watch], other != place { watches[other] = nil }
      places[watch] = place
      watches[place] = watch
      return nil
    } catch {
      return error.number
    }
  }

  /// Watches nothing any more.
  func forgetAll() {
    for watch in places.keys { _ = cl_unwatch(descriptor, watch) }
    (places, watches) = ([:], [:])
  }

  private func forget(_ watch: Int32) {
    places[watch] = nil
    _ = cl_unwatch(descriptor, watch)
  }

  /// What has happened since the last time. Never waits.
  func drain() -> Drained {
    var drained = Drained()
    while true {
      let count: Int
      do {
        count = try Syscalls.call { unsafe cl_read(descriptor, &buffer, buffer.count) }
      } catch {
        return drained
      }
      var offset: UInt32 = 0
      while offset < count { take(&offset, into: &drained) }
      if count == 0 { return drained }
    }
  }

  private func take(_ offset: inout UInt32, into drained: inout Drained) {
    let notice = unsafe cl_notice_at(buffer, offset)
    let start = Int(notice.name_offset)
    let name = String(decoding: buffer[start..<start + Int(notice.length)], as: UTF8.self)
    let (watch, mask) = (notice.watch, Int(notice.mask))
    offset = notice.next
    if mask & Int(CL_IN_Q_OVERFLOW) != 0 { drained.isOverflown = true }
    guard let place = places[watch] else { return }
    if mask & Int(CL_IN_IGNORED) != 0 {
      places[watch] = nil
      if watches[place] == watch { watches[place] = nil }
    } else {
      drained.notices.append(Notice(place: place, mask: mask, name: name))
    }
  }
}
