public import Ownership
public import Topology

/// What is said about groups: plain words first, and always who by address and driver. The console and `check`
/// say the same.
public enum Sentences {
  /// How addresses are spelt.
  public enum Addresses: Hashable, Sendable {
    /// `0000:02:02.0`, which can be pasted anywhere.
    case full
    /// `02:02.0`, where columns are dear.
    case short

    func text(_ address: Address) -> String { self == .full ? address.description : address.short }
  }

  /// The verdict in one sentence or two.
  public static func verdict(
    _ verdict: Verdict, of group: Group, in inventory: Inventory, addresses: Addresses = .full
  ) -> String {
    switch verdict.state {
    case .viable: return viable(verdict, group, inventory, addresses)
    case .owned:
      return "Taken: " + list(holders(verdict).map { "\(who($0)) has \(Clean.visible($0.node)) open" }) + "."
    case .unknown: return unknown(verdict)
    case .blocked, .hostOwned: return unavailable(verdict, group, inventory, addresses)
    }
  }

  private static func unknown(_ verdict: Verdict) -> String {
    var (members, parts): ([(name: String, why: String)], [String]) = ([], [])
    for one in verdict.unknowns {
      switch one.subject {
      case .driver(let member): members.append((Clean.visible(member), reason(one.why)))
      case .reservedRegions: parts.append("the group's reserved regions could not be read (\(reason(one.why)))")
      }
    }
    if let one = members.first, members.count == 1 {
      parts.insert("the driver of \(one.name) could not be read (\(one.why))", at: 0)
    } else if !members.isEmpty {
      parts.insert("the drivers of \(list(members.map { "\($0.name) (\($0.why))" })) could not be read", at: 0)
    }
    return "Not known: \(parts.joined(separator: "; "))."
  }

  /// One fact that decides and is not known, as a sentence: a finding of `check`.
  public static func unknown(_ one: Verdict.Unknown) -> String {
    switch one.subject {
    case .driver(let member): "\(Clean.visible(member)): its driver is not known (\(reason(one.why)))."
    case .reservedRegions: "The group's reserved regions are not known (\(reason(one.why)))."
    }
  }

  private static func viable(
    _ verdict: Verdict, _ group: Group, _ inventory: Inventory, _ addresses: Addresses
  ) -> String {
    let count = group.members.count + group.others.count
    if count == 0 { return "Viable: it has no members." }
    if group.others.isEmpty, group.members.allSatisfy({ inventory[$0].map(isBridge) ?? false }) {
      return "Viable, but nothing in it can be handed out: vfio-pci takes endpoints only."
    }
    let isReady = hasVFIO(verdict)
    guard count == 1, let only = group.members.first else {
      return "Viable: none of its \(count) devices has a host driver, so a process may take the group "
        + (isReady ? "now." : "once an endpoint of it is bound to vfio-pci.")
    }
    return "Viable: no host driver is bound to \(addresses.text(only)), so a process may take it "
      + (isReady ? "now." : "once it is bound to vfio-pci.")
  }

  private static func unavailable(
    _ verdict: Verdict, _ group: Group, _ inventory: Inventory, _ addresses: Addresses
  ) -> String {
    let drivers = verdict.blockers.compactMap { phrase($0, in: inventory, addresses: addresses) }
    let start = verdict.state == .blocked ? "Not viable" : "In use by the host"
    guard let first = drivers.first else { return "Not viable: " + firmware(verdict) }
    if verdict.state == .hostOwned {
      return "\(start): \(list(drivers))." + (verdict.isAsked ? "" : " Nobody asked for this group.")
    }
    if drivers.count == 1 { return "\(start): \(first) still has its host driver." }
    let count = group.members.count + group.others.count
    return "\(start): \(drivers.count) of \(count) members still have a host driver: \(list(drivers))."
  }

  private static func firmware(_ verdict: Verdict) -> String {
    let ranges = verdict.blockers.compactMap { blocker in
      if case .directRegion(let region) = blocker { region.range } else { nil }
    }
    return "firmware demands a fixed mapping at \(list(ranges)) for a member, and the kernel hands no such group out."
  }

  /// One blocker as a sentence: a finding of `check`.
  public static func blocker(_ blocker: Blocker, in inventory: Inventory, addresses: Addresses = .full) -> String {
    switch blocker {
    case .driver(let address, let driver):
      let noun = inventory[address].map { " " + DeviceText.noun(of: $0) } ?? ""
      return "\(addresses.text(address))\(noun) has the host driver \(Clean.visible(driver))."
    case .otherDriver(let device, let driver):
      return "\(Clean.visible(device)), no PCI device, has the host driver \(Clean.visible(driver))."
    case .directRegion(let region):
      return "Firmware demands a fixed mapping at \(region.range) for a member."
    case .holder(let holder):
      return "\(who(holder)) has \(Clean.visible(holder.node)) open."
    }
  }

  /// The JSON field `others_reason` of a group whose own directory a listing left.
  public static let othersUnread = "not read: host drivers keep the group whatever else is in it"

  /// Two sources that contradict each other.
  public static func disagreement(_ found: Disagreement, addresses: Addresses = .full) -> String {
    let link =
      found.linkIgnorance.map { "nothing that is a group (\(Clean.visible($0.description)))" }
      ?? found.link.map { "group \($0)" } ?? "no group"
    let directory = found.directory.map { "group \($0) lists it" } ?? "no group lists it"
    return "\(addresses.text(found.address)): its iommu_group link says \(link), but \(directory); the list counts."
  }

  static func holders(_ verdict: Verdict) -> [Holder] {
    verdict.blockers.compactMap { if case .holder(let holder) = $0 { holder } else { nil } }
  }

  static func who(_ holder: Holder) -> String { "\(Clean.visible(holder.command)) (pid \(holder.process))" }

  /// The JSON field `viable_reason`: every fact that decides and is not known. Uncleaned.
  public static func reason(_ unknowns: [Verdict.Unknown]) -> String {
    unknowns.map { one in
      switch one.subject {
      case .driver(let member): "driver of \(member): \(one.why)"
      case .reservedRegions: "reserved regions: \(one.why)"
      }
    }.joined(separator: "; ")
  }

  /// Why a fact is not known: what it quotes may come from hardware or files.
  static func reason(_ why: Ignorance) -> String { Clean.visible(why.description) }

  /// `02:02.0 SCSI HBA (sym53c8xx)`; nil for what is no driver.
  private static func phrase(_ blocker: Blocker, in inventory: Inventory, addresses: Addresses) -> String? {
    switch blocker {
    case .driver(let address, let driver):
      let noun = inventory[address].map { " " + DeviceText.noun(of: $0) } ?? ""
      return "\(addresses.text(address))\(noun) (\(Clean.visible(driver)))"
    case .otherDriver(let device, let driver): return "\(Clean.visible(device)) (\(Clean.visible(driver)))"
    case .directRegion, .holder: return nil
    }
  }

  /// `a`, `a and b`, `a, b and c`, `a, b, c and 5 more`.
  static func list(_ items: [String]) -> String {
    let shown = items.count > 4 ? items.prefix(3) + ["\(items.count - 3) more"] : items[...]
    guard let last = shown.last, shown.count > 1 else { return shown.first ?? "" }
    return shown.dropLast().joined(separator: ", ") + " and " + last
  }
}
