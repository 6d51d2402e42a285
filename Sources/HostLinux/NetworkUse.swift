import CLinux
import Topology

/// What goes through a function's network interfaces: addresses and routes of their own, or of the bonds, bridges and
/// VLANs that they are part of.
struct NetworkUse {
  private let interfaces: [Address: [String]]
  private let hasClass: Bool
  /// The interfaces directly above one, from its `upper_…` links (net/core/dev.c).
  private var uppers: [String: [String]] = [:]
  private var isUp: Set<String> = []
  /// Addresses that tell of use, by interface.
  private var addresses: [String: [String]] = [:]
  /// Every address, by interface: a login may come to one that tells nothing else.
  private var everyAddress: [String: Set<String>] = [:]
  private var routes: [String: Int] = [:]
  private var gaps: [(what: Burden.Gap.What, why: Ignorance)] = []
  private let isLive: Bool
  /// Logins over the network: the machine's own address in each, and the other side's.
  private let logins: [Logins.Login]

  init(_ root: Root, _ logins: Logins) {
    let devices = Above.devices(of: "sys/class/net", root)
    hasClass = devices != nil
    var interfaces: [Address: [String]] = [:]
    for device in devices ?? [] {
      for owner in device.owners { interfaces[owner, default: []].append(device.name) }
      let path = "sys/class/net/" + device.name
      uppers[device.name] = (root.list(path) ?? []).compactMap { entry in
        entry.name.hasPrefix("upper_") ? String(entry.name.dropFirst("upper_".count)) : nil
      }
      // include/uapi/linux/if.h IFF_UP, bit 0 of `flags`.
      let flags = root.read(path: path + "/flags", Parse.prefixed).value ?? 0
      if flags & 1 == 1 { isUp.insert(device.name) }
    }
    self.interfaces = interfaces
    isLive = root.isLive
    self.logins = logins.found
    if logins.isIncomplete { gaps.append((.login, .needsRoot)) }
    readAddresses(root)
    readRoutes(root)
  }

  private mutating func readAddresses(_ root: Root) {
    guard root.isLive else {
      gaps.append((.addresses, .notRecorded))
      return
    }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = unsafe buffer.withUnsafeMutableBytes { bytes in
      unsafe cl_interface_addresses(bytes.baseAddress, bytes.count)
    }
    guard count >= 0, count <= buffer.count else {
      gaps.append((.addresses, .refused(errno: count < 0 ? Int32(truncatingIfNeeded: -count) : 0)))
      return
    }
    note(addresses: String(decoding: buffer[..<count], as: UTF8.self))
  }

  /// Lines of an interface and an address. What the kernel gives every interface that is up says nothing of its use.
  mutating func note(addresses text: String) {
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 2 else { continue }
      everyAddress[String(words[0]), default: []].insert(String(words[1]))
      if words[1].lowercased().hasPrefix("fe80:") { continue }
      addresses[String(words[0]), default: []].append(String(words[1]))
    }
  }

  private mutating func readRoutes(_ root: Root) {
    // net/ipv4/fib_trie.c `fib_route_seq_show`: the interface first, below a heading.
    count(root.document("proc/net/route"), root, dropping: 1) { $0.first }
    // net/ipv6/route.c `rt6_info_route`: the interface last; local, multicast and link-local ones are the kernel's.
    count(root.document("proc/net/ipv6_route"), root, dropping: 0) { words in
      guard words.count == 10, words[9] != "lo", !words[0].hasPrefix("fe80"), !words[0].hasPrefix("ff"),
        let flags = UInt32(words[8], radix: 16), flags & 0x8000_0000 == 0
      else { return nil }
      return words[9]
    }
  }

  private mutating func count(
    _ text: Known<String>, _ root: Root, dropping heading: Int, _ name: ([Substring]) -> Substring?
  ) {
    guard let text = text.value else {
      // A kernel without IPv6 has no table of its routes.
      if !root.isLive || text.ignorance != nil { gaps.append((.routes, text.ignorance ?? .notRecorded)) }
      return
    }
    for line in text.split(separator: "\n").dropFirst(heading) {
      let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
      if let name = name(words) { routes[String(name), default: 0] += 1 }
    }
  }

  /// Adds what the function carries. `isCard` says that its driver makes interfaces. Each network namespace shows its
  /// own alone (net/core/net-sysfs.c `net_namespace`): a card without one may be a container's, or a process's own.
  func tell(_ address: Address, isCard: Bool, isRecorded: Bool, into burden: inout Burden) {
    guard hasClass else {
      if !isRecorded { burden.unknown.append(.init(address, .interfaces, .notRecorded)) }
      return
    }
    let own = (interfaces[address] ?? []).sorted()
    if own.isEmpty, isCard { burden.unknown.append(.init(address, .elsewhere, isLive ? .notRead : .notRecorded)) }
    if !own.isEmpty { for gap in gaps { burden.unknown.append(.init(address, gap.what, gap.why)) } }
    for name in own {
      let stack = above(name)
      // The host's addresses are on another port of the switch, to which no link leads (net/openvswitch/vport-netdev.c
      // `ovs_netdev_link`).
      if stack.contains(where: { $0.0 == "ovs-system" }) {
        burden.unknown.append(.init(address, .openVSwitch, .notRead))
      }
      for (interface, via) in stack {
        let (addresses, routes) = (addresses[interface] ?? [], routes[interface] ?? 0)
        let sources = sources(through: interface)
        guard interface == name || !addresses.isEmpty || routes > 0 || !sources.isEmpty else { continue }
        let what = Carried.What.interface(
          interface, isUp: isUp.contains(interface), addresses: addresses, routes: routes)
        burden.carried.append(Carried(address, what, via: via))
        burden.carried += sources.map { Carried(address, .login(interface: interface, from: $0), via: via) }
      }
    }
  }

  /// From where somebody is logged in through an interface, each once. A link-local address stands on any link, and
  /// sshd says on which: `fe80::1%eth0` (getnameinfo(3)); /proc/net/tcp6 does not.
  private func sources(through interface: String) -> [String] {
    var sources: [String] = []
    for login in logins {
      let to = login.to.split(separator: "%", maxSplits: 1).map(String.init)
      guard let own = to.first, everyAddress[interface]?.contains(own) == true, to.count == 1 || to[1] == interface
      else { continue }
      let from = String(login.from.prefix { $0 != "%" })
      if !sources.contains(from) { sources.append(from) }
    }
    return sources
  }

  private func above(_ name: String) -> [(String, [String])] {
    var found: [(String, [String])] = []
    var pending = [(name, [String]())]
    var seen: Set<String> = []
    while let (next, below) = pending.popLast() {
      guard seen.insert(next).inserted else { continue }
      found.append((next, below + [next]))
      pending += (uppers[next] ?? []).sorted().reversed().map { ($0, below + [next]) }
    }
    return found
  }
}
