import Topology

/// Network interfaces and disks of the whole machine, each found through its class once and put to the function that
/// it hangs below. Cheaper than a search below every function, and it sees what is several devices deep.
struct Above {
  private var interfaces: [Address: [String]]?
  private var disks: [Address: [String]]?

  init(_ root: Root) {
    interfaces = Self.scan("sys/class/net", root) { _, _ in true }
    disks = Self.scan("sys/class/block", root) { path, names in
      // A partition's directory lies inside its disk's.
      !(path.dropLast().last.map { names.contains(String($0)) } ?? false)
    }
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

  private static func scan(
    _ classPath: String, _ root: Root, where isWanted: ([Substring], Set<String>) -> Bool
  ) -> [Address: [String]]? {
    guard let entries = root.list(classPath) else { return nil }
    let names = Set(entries.map(\.name))
    var found: [Address: [String]] = [:]
    for name in names {
      guard let target = try? root.link(classPath + "/" + name) else { continue }
      let path = Root.lexical(target, in: classPath).split(separator: "/")
      guard isWanted(path, names) else { continue }
      for address in owners(of: path, root) { found[address, default: []].append(name) }
    }
    for address in found.keys { found[address]?.sort() }
    return found
  }

  /// The nearest function above a path. A disk with several NVMe controllers lies below none of them:
  /// `virtual/nvme-subsystem/nvme-subsys0/nvme0n1` has links to its controllers beside it.
  private static func owners(of path: [Substring], _ root: Root) -> Set<Address> {
    if let address = path.last(where: { Address($0) != nil }).flatMap({ Address($0) }) { return [address] }
    guard path.count > 2, path[path.count - 3] == "nvme-subsystem" else { return [] }
    let subsystem = path.dropLast().joined(separator: "/")
    let controllers = (root.list(subsystem) ?? []).filter { $0.kind == .link && $0.name.hasPrefix("nvme") }
    return Set(
      controllers.compactMap { controller in
        guard let target = try? root.link(subsystem + "/" + controller.name) else { return nil }
        return Root.lexical(target, in: subsystem).split(separator: "/").last { Address($0) != nil }.flatMap {
          Address($0)
        }
      })
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
