import CLinux
public import HostAccess
public import Topology

/// The kernel's uevent socket. Needs no privilege; what anybody but the kernel sends is dropped.
public final class Uevents {
  /// Readable when something has happened.
  public let descriptor: Int32
  private let owned: OwnedDescriptor
  /// The environment of a uevent has at most 2048 bytes (include/linux/kobject.h `UEVENT_BUFFER_SIZE`).
  private var buffer = [UInt8](repeating: 0, count: 8192)

  /// Listens from now on.
  public init() throws(HostError) {
    do {
      owned = OwnedDescriptor(try Syscalls.call { cl_uevents() })
    } catch {
      throw HostError("open", on: "the uevent socket", error.errno)
    }
    descriptor = owned.number
  }

  /// What has happened since the last time, each thing once and in order. Never waits. `groups` tells which groups a
  /// device on another bus is in, by its path below sys.
  public func drain(_ groups: (String) -> [GroupID] = { _ in [] }) -> [HostEvent] {
    var events: [HostEvent] = []
    var seen: Set<HostEvent> = []
    while true {
      var sender = cl_sender()
      let count: Int
      do {
        count = try Syscalls.call { unsafe cl_uevent_receive(descriptor, &buffer, buffer.count, &sender) }
      } catch {
        // After ENOBUFS the socket goes on, with events lost.
        guard error.number == SystemError.noBuffers else { return events }
        if seen.insert(HostEvent(.uevent, .lost)).inserted { events.append(HostEvent(.uevent, .lost)) }
        continue
      }
      guard sender.port == 0, sender.groups == 1, sender.user == 0, sender.truncated == 0 else { continue }
      for subject in Uevent.subjects(buffer.span.extracting(..<count), groups) {
        let event = HostEvent(.uevent, subject)
        if seen.insert(event).inserted { events.append(event) }
      }
    }
  }
}

/// One message: `ACTION@DEVPATH`, then `KEY=VALUE`, each closed by a zero byte (lib/kobject_uevent.c).
enum Uevent {
  /// What a message says about the machine; nothing when it is about something else, or malformed.
  static func subjects(
    _ message: Span<UInt8>, _ groups: (String) -> [GroupID] = { _ in [] }
  ) -> [HostEvent.Subject] {
    var (path, subsystem, slot): (String?, String?, String?) = (nil, nil, nil)
    var place = 0
    while place < message.count {
      var end = place
      while end < message.count, message[end] != 0 { end += 1 }
      let field = message.extracting(place..<end)
      if let value = value(of: "DEVPATH=", in: field) { path = value }
      if let value = value(of: "SUBSYSTEM=", in: field) { subsystem = value }
      if let value = value(of: "PCI_SLOT_NAME=", in: field) { slot = value }
      place = end + 1
    }
    guard let path, let subsystem, isHeader(message, path) else { return [] }
    let nearest = path.split(separator: "/").last { Address($0) != nil }.flatMap { Address($0) }
    switch subsystem {
    case "pci": return (slot.flatMap { Address($0) } ?? nearest).map { [.function($0)] } ?? []
    case "vfio": return [.nodes]
    case "vfio-dev": return (nearest.map { [.function($0)] } ?? []) + [.nodes]
    case "iommu": return [.lost]
    case "net", "block": return nearest.map { [.details($0)] } ?? []
    // A platform, AMBA, fsl-mc or CDX device may be a group's member too.
    default: return groups(path).map { .group($0) }
    }
  }

  private static func value(of key: StaticString, in field: Span<UInt8>) -> String? {
    let length = key.utf8CodeUnitCount
    guard field.count > length, field.extracting(..<length).equals(key) else { return nil }
    return String(decoding: field.extracting(length...))
  }

  /// The first field must be an action and the path of the rest; udev's own messages begin with `libudev`.
  private static func isHeader(_ message: Span<UInt8>, _ path: String) -> Bool {
    var at = 0
    while at < message.count, message[at] != UInt8(ascii: "@"), message[at] != 0 { at += 1 }
    let bytes = path.utf8.span
    guard at > 0, at + 1 + bytes.count < message.count, message[at] == UInt8(ascii: "@") else { return false }
    for place in 0..<bytes.count where message[at + 1 + place] != bytes[place] { return false }
    return message[at + 1 + bytes.count] == 0
  }
}
