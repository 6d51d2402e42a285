public import HostAccess
import Ownership
public import Topology

extension Findings {
  /// What a user has who is given nodes: every member that they lead to, and memory that may be locked.
  public static func giving(_ plan: Plan, _ limit: Known<LockLimit>, in inventory: Inventory) -> [Finding] {
    guard plan.intent.verb == .grant, let grantee = plan.intent.grantee else { return [] }
    let named = plan.intent.endpoints(in: inventory)
    var found = plan.groups.flatMap { Finding.reach(of: $0, beyond: named, grantee, in: inventory) }
    for case .node(let node, let seen) in plan.readings where seen.mode & 0o006 != 0 {
      found += named.prefix(1).map { .open($0, node, seen) }
    }
    found += named.prefix(1).map { .locked($0, grantee, limit) }
    return Severity.allCases.reversed().flatMap { severity in found.filter { $0.severity == severity } }
  }
}

extension Finding {
  /// The rest of a group: what its node opens as well, and what DMA reaches without passing the IOMMU.
  fileprivate static func reach(
    of group: Group, beyond named: [Address], _ grantee: Grantee, in inventory: Inventory
  ) -> [Finding] {
    let others = group.members.filter { !named.contains($0) }.compactMap { inventory[$0] }
    guard let first = group.members.first(where: named.contains), !others.isEmpty else { return [] }
    let who = Clean.visible(grantee.name)
    let bound = others.filter { if case .vfio = RuleSet.explicitLinux.standing(of: $0) { true } else { false } }
    var found = bound.map { function in
      Finding(
        .medium, function.address, .reach,
        "\(who) can open \(function.address.short) as well: it is with \(Clean.visible(function.driver.value ?? "")) in group \(group.id), whose "
          + "node is given.")
    }
    let names = others.map { "\($0.address.short)" }
    found.append(
      Finding(
        .low, first, .reach,
        "DMA of \(first.short) reaches \(Naming([:]).list(names)) of its group without passing the IOMMU (peer to peer)."
      ))
    return found
  }

  /// A node that everybody could open.
  fileprivate static func open(_ address: Address, _ node: DeviceNode, _ seen: Node) -> Finding {
    Finding(
      .low, address, .openToAll,
      "\(node) is open to everybody (\(Effect.octal(seen.mode))), and is not afterwards: whoever else used it is shut "
        + "out.")
  }

  /// Whether what is mapped for the devices may be locked.
  fileprivate static func locked(_ address: Address, _ grantee: Grantee, _ limit: Known<LockLimit>) -> Finding {
    let who = Clean.visible(grantee.name)
    let remedy =
      "'\(who) - memlock 5242880' in /etc/security/limits.d/ lets a guest of 4 GiB in from the next login on."
    let text: String
    switch limit {
    case .value(let limit):
      let source = Clean.visible(limit.source)
      guard let bytes = limit.bytes else {
        text = "\(who) may lock any amount of memory (\(source))."
        break
      }
      let isEnough = bytes >= 5 << 30
      text =
        "\(who) may lock \(size(bytes)) of memory (\(source))"
        + (isEnough
          ? ": a guest with a little less fits." : ", and what is mapped beyond is refused with ENOMEM: \(remedy)")
    case .absent:
      text =
        "nothing in /etc/security/limits.conf, limits.d or systemd's system.conf says how much memory \(who) may lock, "
        + "so the system's default counts, 8 MiB on most: \(remedy)"
    case .unknown(let why): text = "how much memory \(who) may lock is not known (\(why)): \(remedy)"
    }
    return Finding(.low, address, .memoryLimit, text)
  }

  private static func size(_ bytes: UInt64) -> String {
    for (unit, size) in [("GiB", UInt64(1) << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)] where bytes >= size {
      if bytes % size == 0 { return "\(bytes / size) \(unit)" }
    }
    return "\(bytes) bytes"
  }
}
