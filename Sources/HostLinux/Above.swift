import Topology

/// Network interfaces and disks of the whole machine, each found through its class once and put to the function that
/// it hangs below. Cheaper than a search below every function, and it sees what is several devices deep.
struct Above {
  private var interfaces: [Address: [String]]?
  private var disks: [Address: [String]]?

  init(_ root: Root) {
    interfaces = Self.scan(Self.devices(of: "sys/class/net", root))
    disks = Self.scan(Self.devices(of: "sys/class/block", root))
  }

  func interfaces(of function: Function, at path: String, hasDirectory: Bool, _ root: Root) -> Known<[String]> {
    if let interfaces { return Self.known(interfaces[function.address]) }
    let names = hasDirectory ? root.list(path + "/net")?.map(\.name).sorted() : nil
    if let names, !names.isEmpty { return .value(names) }
    return root.isSysfs ? .absent : .unknown(.notRecorded)
  }

  func disks(of function: Function, at path: String, _ root: Root) -> Known<[String]> {
    if let disks { return Self.known(disks[function.address]) }
    let isStorage = function.identity.value?.classCode.base == 0x01
    let names = isStorage && !root.isSysfs ? Self.search(path, root) : []
    if !names.isEmpty { return .value(names) }
    return root.isSysfs ? .absent : .unknown(.notRecorded)
  }

  private static func known(_ names: [String]?) -> Known<[String]> { names.map { .value($0) } ?? .absent }

  private static func scan(_ found: [Device]?) -> [Address: [String]]? {
    guard let found else { return nil }
    var names: [Address: [String]] = [:]
    for device in found {
      for address in device.owners { names[address, default: []].append(device.name) }
    }
    return names
  }

  /// A member of a class, and where it is.
  struct Device {
    var name: String
    var path: [Substring]
    /// The functions it hangs below; none for a virtual device.
    var owners: Set<Address>
    /// The links by which a disk with several NVMe controllers leads to them.
    var controllers: [String]
  }

  /// The members of a class by name, partitions left out; nil when there is no such class.
  static func devices(of classPath: String, _ root: Root) -> [Device]? {
    guard let entries = root.list(classPath) else { return nil }
    let names = Set(entries.map(\.name))
    return names.sorted().compactMap { name in
      guard let target = try? root.link(classPath + "/" + name) else { return nil }
      let path = Root.lexical(target, in: classPath).split(separator: "/")
      // A partition's directory lies inside its disk's.
      if let above = path.dropLast().last, names.contains(String(above)) { return nil }
      return device(name, path, root)
    }
  }

  /// The nearest function above a path. A disk with several NVMe controllers lies below none of them:
  /// `virtual/nvme-subsystem/nvme-subsys0/nvme0n1` has links to its controllers beside it.
  private static func device(_ name: String, _ path: [Substring], _ root: Root) -> Device {
    if let owner = nearest(path) { return Device(name: name, path: path, owners: [owner], controllers: []) }
    guard path.count > 2, path[path.count - 3] == "nvme-subsystem" else {
      return Device(name: name, path: path, owners: [], controllers: [])
    }
    let subsystem = path.dropLast().joined(separator: "/")
    let links = (root.list(subsystem) ?? []).filter { $0.kind == .link && $0.name.hasPrefix("nvme") }
    let controllers = links.map { subsystem + "/" + $0.name }
    let owners = controllers.compactMap { controller -> Address? in
      guard let target = try? root.link(controller) else { return nil }
      return nearest(Root.lexical(target, in: subsystem).split(separator: "/"))
    }
    return Device(name: name, path: path, owners: Set(owners), controllers: controllers)
  }

  private static func nearest(_ path: [Substring]) -> Address? {
    path.last { Address($0) != nil }.flatMap { Address($0) }
  }

  /// Looks for `block` directories below a function of an image that has no sys/class/block: at most six levels deep and
  /// a thousand directories wide, never through a link and never into a function below.
  private static func search(_ path: String, _ root: Root) -> [String] {
    var found: Set<String> = []
    var pending = [(path, 0)]
    var visited = 0
    while let (directory, depth) = pending.popLast(), visited < 1000 {
      visited += 1
      let isBlock = directory.hasSuffix("/block")
      let isController = directory.split(separator: "/").dropLast().last == "nvme"
      for (name, kind) in root.list(directory) ?? [] where kind == .directory && Address(name) == nil {
        let isDisk = isController && name.hasPrefix("nvme") && name.contains("n")
        if isBlock || isDisk && name.dropFirst(4).contains("n") {
          found.insert(name)
        } else if depth < 6, name != "power" {
          pending.append((directory + "/" + name, depth + 1))
        }
      }
    }
    return found.sorted()
  }
}
