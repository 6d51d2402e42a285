import CLinux
public import HostAccess
public import Topology

/// Keeps a view of a machine true: the kernel's uevents where the tree is a real sysfs, inotify on an image's
/// directories and on the nodes below dev. One thread drains it; it shares nothing with an observer.
public final class Watcher {
  /// A watched directory. There are two for each function of a machine, so that rare ones with long names keep them
  /// elsewhere.
  enum Place: Hashable {
    case root, devices, groups
    /// The directory of a root bus: what is made anew there has no watched parent else.
    indirect case bus(String)
    case function(Address)
    case group(GroupID), members(GroupID)
    /// A directory inside that of a function that was looked at closely.
    indirect case inside(Address, String)
    /// A member of a group that is no PCI function.
    indirect case other(GroupID, String)
    case dev, vfio, vfioDevices
  }
  /// How each source stands now.
  public private(set) var sources: Sources
  private let root: Root
  private let uevents: Uevents?
  private let inotify: Inotify<Place>?
  private var ranOut = false
  /// The directories that everything hangs on and that are no longer where they were.
  private var lost: Set<Place> = []
  /// The group of each member that is no PCI function, by the name that the end of its DEVPATH is.
  private var others: [String: GroupID] = [:]
  /// Functions of which more is watched than their own directory.
  private var closer: Set<Address> = []

  /// Subscribes; what happens from now on is not missed by whoever looks afterwards.
  public init(root path: String) throws(HostError) {
    root = try Root(path)
    sources = Sources(uevents: .notNeeded, inotify: .live, reconcile: nil)
    do {
      uevents = root.isSysfs ? try Uevents() : nil
      if root.isSysfs { sources.uevents = .live }
    } catch {
      uevents = nil
      sources.uevents = .missing("\(error)")
    }
    do {
      inotify = try Inotify()
    } catch {
      inotify = nil
      sources.inotify = .missing("\(error)")
    }
    // Overrides and power states change silently on a real machine.
    if root.isSysfs || inotify == nil { sources.reconcile = 5 }
    watchPlaces()
    // An image may be watched before it is filled.
    if !root.isSysfs, let inotify, !inotify.isWatching(.devices), !ranOut {
      lose(.devices, "\(root.path)/\(root.devicesPath) is not there")
    }
  }

  /// What to poll for reading.
  public var descriptors: [Int32] { [uevents?.descriptor, inotify?.descriptor].compactMap { $0 } }

  /// Whether a directory that everything hangs on was removed or replaced: from then on only a look at everything
  /// tells what is there.
  public var isLost: Bool { !lost.isEmpty }

  /// Watches what stands now at the path that it began with. Lost directories that are there again are lost no more.
  public func regain() {
    guard isLost, let inotify else { return }
    root.follow()
    inotify.forgetAll()
    closer.removeAll()
    watchAll()
    lost = lost.filter { !inotify.isWatching($0) }
    guard lost.isEmpty, !ranOut else { return }
    sources.inotify = .live
    sources.reconcile = nil
  }

  /// What has happened, each thing once. Never waits.
  public func drain(_ descriptor: Int32) -> [HostEvent] {
    if let uevents, descriptor == uevents.descriptor { return uevents.drain { groups(ofOther: $0) } }
    guard let inotify, descriptor == inotify.descriptor else { return [] }
    let drained = inotify.drain()
    if drained.isOverflown {
      watchAll()
      return [HostEvent(.inotify, .lost)]
    }
    var events: [HostEvent] = []
    var seen: Set<HostEvent> = []
    for notice in drained.notices {
      for subject in subjects(notice) {
        let event = HostEvent(.inotify, subject)
        if seen.insert(event).inserted { events.append(event) }
      }
    }
    return events
  }

  /// Watches everything that is there now, before anybody looks. Only an image has watches of functions and groups.
  public func watchAll() {
    watchPlaces()
    guard !root.isSysfs else { return }
    for entry in root.list(root.devicesPath) ?? [] { Address(entry.name).map { watch($0) } }
    for entry in root.list(GroupReader.path) ?? [] { Parse.group(entry.name).map { watch($0) } }
  }

  /// Watches what an inventory has. What was watched before costs no call.
  public func watch(_ inventory: Inventory) {
    for group in inventory.groups { note(group) }
    guard !root.isSysfs else { return }
    for function in inventory.functions { watch(function) }
    for group in inventory.groups { watch(group.id) }
  }

  /// Watches what a difference brought; its cost follows the difference.
  public func watch(_ difference: Difference) {
    for group in difference.groups { note(group) }
    guard !root.isSysfs else { return }
    for function in difference.functions { watch(function) }
    for group in difference.groups { watch(group.id) }
  }
}

extension Watcher {
  private static let entries =
    CL_IN_CREATE | CL_IN_DELETE | CL_IN_MOVED_FROM | CL_IN_MOVED_TO | CL_IN_DELETE_SELF | CL_IN_MOVE_SELF
  private static let contents = entries | CL_IN_MODIFY | CL_IN_CLOSE_WRITE
  /// Opening a node of the group says that somebody takes it, closing that somebody gives it back.
  private static let nodes = entries | CL_IN_ATTRIB | CL_IN_OPEN | CL_IN_CLOSE_WRITE | CL_IN_CLOSE_NOWRITE

  /// What stands inside a function's directory and is shown of it when it was looked at closely: its power, its
  /// interfaces and its vfio device.
  private static let inner: Set<String> = ["power", "net", "vfio-dev"]
  /// How many functions are watched that closely: what is on a screen, several times over, and no whole large machine.
  private static let closerLimit = 512

  private func watch(_ function: Function) {
    watch(function.address)
    guard function.hasDetails, closer.count < Self.closerLimit, closer.insert(function.address).inserted,
      let path = root.directory(of: function.address, below: root.devicesPath)
    else { return }
    for name in Self.inner { add(path + "/" + name, .inside(function.address, name), Self.contents) }
  }

  /// Members on other buses: an image's are watched where they stand.
  private func note(_ group: Group) {
    for other in group.others {
      others[other.name] = group.id
      guard !root.isSysfs, let path = root.resolve(GroupReader.path + "/\(group.id)/devices/" + other.name) else {
        continue
      }
      add(path, .other(group.id, other.name), Self.entries)
    }
  }

  /// The groups that a device on another bus is in, or was: by what it links to now, and by its name.
  private func groups(ofOther path: String) -> [GroupID] {
    let link = (try? root.link("sys" + path + "/iommu_group")).flatMap { $0.split(separator: "/").last }
    let name = path.split(separator: "/").last.flatMap { others[String($0)] }
    return Set([link.flatMap { UInt32($0) }.map { GroupID($0) }, name].compactMap(\.self)).sorted()
  }

  private func watchPlaces() {
    if !root.isSysfs {
      _ = inotify?.watch(root.path + "/.", as: .root, CL_IN_DELETE_SELF | CL_IN_MOVE_SELF)
      add(root.devicesPath, .devices, Self.entries)
      add(GroupReader.path, .groups, Self.entries)
    }
    add("dev", .dev, CL_IN_CREATE | CL_IN_DELETE | CL_IN_MOVED_FROM | CL_IN_MOVED_TO)
    watchNodes()
  }

  private func lose(_ place: Place, _ why: String) {
    lost.insert(place)
    sources.inotify = .missing(why)
    sources.reconcile = 5
  }

  private func watchNodes() {
    add("dev/vfio", .vfio, Self.nodes)
    add("dev/vfio/devices", .vfioDevices, Self.nodes)
  }

  /// `anew`: its entry was made anew and may lead elsewhere.
  private func watch(_ address: Address, anew: Bool = false) {
    if anew { closer.remove(address) } else if inotify?.isWatching(.function(address)) ?? true { return }
    guard let path = root.directory(of: address, below: root.devicesPath) else { return }
    add(path, .function(address), Self.contents)
    let components = path.split(separator: "/")
    if let bus = components.dropLast().last, Address(bus) == nil {
      let directory = components.dropLast().joined(separator: "/")
      if !(inotify?.isWatching(.bus(directory)) ?? true) { add(directory, .bus(directory), Self.entries) }
    }
  }

  private func watch(_ group: GroupID) {
    if inotify?.isWatching(.members(group)) ?? true { return }
    add(GroupReader.path + "/\(group)", .group(group), Self.contents)
    add(GroupReader.path + "/\(group)/devices", .members(group), Self.entries)
  }

  private func add(_ path: String, _ place: Place, _ mask: Int) {
    guard let inotify, !ranOut else { return }
    // A live tree is the kernel's; an image's links must not lead a watch out of it.
    guard let real = root.isLive ? path : root.straightDirectory(path) else { return }
    guard let refusal = inotify.watch(root.path + "/" + real, as: place, mask) else { return }
    if refusal == SystemError.noSpace || refusal == SystemError.noMemory {
      ranOut = true
      sources.inotify = .missing(
        "out of inotify watches at \(inotify.count); raise them with sysctl fs.inotify.max_user_watches=524288")
      sources.reconcile = 5
    }
  }
}

extension Watcher {
  private func subjects(_ notice: Inotify<Place>.Notice) -> [HostEvent.Subject] {
    let isSelf = notice.says(CL_IN_DELETE_SELF | CL_IN_MOVE_SELF)
    let isNew = notice.says(CL_IN_CREATE | CL_IN_MOVED_TO)
    switch notice.place {
    case .root, .devices, .groups:
      guard isSelf else { return entry(notice, isNew: isNew) }
      lose(notice.place, "\(root.path) was removed or replaced")
      return [.lost]
    case .bus:
      guard let address = Address(notice.name) else { return [] }
      if isNew { watch(address) }
      return [.function(address)]
    case .function(let address):
      // A function below has an entry of its own in the listing.
      guard let below = Address(notice.name) else {
        // Its inner directories are watched anew with whatever the next look finds.
        if isNew, Self.inner.contains(notice.name) { closer.remove(address) }
        return [.function(address)]
      }
      if isNew { watch(below) }
      return [.function(below)]
    case .inside(let address, _):
      return [.details(address)]
    case .other(let id, _):
      return [.group(id)]
    case .group(let id):
      if isNew, notice.name == "devices" { watch(id) }
      return [.group(id)]
    case .members(let id):
      return [.group(id)] + (Address(notice.name).map { [.function($0)] } ?? [])
    case .dev:
      guard notice.name == "vfio" || notice.name == "iommu" else { return [] }
      if isNew { watchNodes() }
      return [.nodes]
    case .vfio, .vfioDevices:
      // Our own listing of these directories opens and closes them too.
      let isOpenOrClose = notice.says(CL_IN_OPEN | CL_IN_CLOSE_WRITE | CL_IN_CLOSE_NOWRITE)
      if isOpenOrClose, notice.name.isEmpty || notice.says(CL_IN_ISDIR) { return [] }
      if isNew, notice.name == "devices" { watchNodes() }
      return [.nodes]
    }
  }

  /// An entry of the listing of functions or of groups came or went.
  private func entry(_ notice: Inotify<Place>.Notice, isNew: Bool) -> [HostEvent.Subject] {
    if case .groups = notice.place {
      guard let id = Parse.group(notice.name) else { return [] }
      if isNew { watch(id) }
      return [.group(id)]
    }
    guard let address = Address(notice.name) else { return [] }
    if isNew { watch(address, anew: true) }
    return [.function(address)]
  }
}
