import HostAccess
import Ownership
import Topology

extension Handover {
  /// What stands in the way of everybody who would own the devices: all but `exempt`, which keep their drivers or lose
  /// them by themselves. Of `unused`, which nobody asked for, only those that block are told. `parents` are those that
  /// have virtual functions, where more than these are meant.
  func hindrances(
    exempting exempt: Set<Address> = [], unused: Set<Address> = [], parents others: [Parent]? = nil
  ) -> [Caveat] {
    let parents = others ?? parents(exempting: exempt, unused: unused)
    let deadlocked = Set(parents.filter(\.isDeadlock).compactMap(\.group))
    var found = ungrouped.map {
      Caveat(.noGroup, $0, "\(call($0)) is in no IOMMU group: VFIO cannot have it.", next: ["viable doctor"])
    }
    found += parents.map(caveat)
    let (out, had) = (Set(parents.filter(\.isDeadlock).map(\.address)).union(withheld), Set(endpoints))
    let verdicts = verdicts
    let refused = refused(verdicts)
    for verdict in verdicts {
      for blocker in verdict.blockers {
        switch blocker {
        case .driver(let address, _) where out.contains(address): break
        case .driver(let address, let driver) where unused.contains(address) || !had.contains(address):
          found.append(
            Caveat(
              .blocked, address,
              "\(call(address)) of group \(verdict.group) is driven by \(Clean.visible(driver)): "
                + "while it is, nobody can own the group.",
              next: deadlocked.contains(verdict.group)
                ? [] : refused?.next() ?? ["sudo viable assign group:\(verdict.group)"]))
        case .driver: break
        case .otherDriver(let device, let driver):
          found.append(
            Caveat(
              .blocked,
              "\(Clean.visible(device)), no PCI device and driven by \(Clean.visible(driver)), keeps group "
                + "\(verdict.group) from being owned."))
        case .directRegion:
          found.append(
            Caveat(
              .firmware,
              "Firmware demands a fixed mapping (RMRR) for group \(verdict.group): the kernel lets nobody "
                + "own it."))
        case .holder(let holder):
          found.append(
            Caveat(
              .inUse, "\(Clean.visible(holder.command)) (process \(holder.process)) has group \(verdict.group) open."))
        }
      }
    }
    let unbound = endpoints.filter { address in
      guard let group = inventory.group(of: address), !deadlocked.contains(group.id) else { return false }
      return !exempt.contains(address) && !unused.contains(address) && !isVFIO(address)
    }
    if !unbound.isEmpty {
      let who = unbound.map { "\(call($0)) (\(inventory[$0].map(Self.driver) ?? "gone"))" }
      found.append(
        Caveat(
          .notBound, unbound.count == 1 ? unbound[0] : nil,
          "Not bound to a vfio driver yet: \(Naming([:]).list(who)).",
          next: assigning(selectors(without: deadlocked))))
    }
    return found + unisolated + closedNodes
  }

  /// The command that binds them, or what to do first where the plan for it is always refused.
  func assigning(_ selectors: String) -> [String] {
    refused(verdicts)?.next() ?? ["sudo viable assign \(selectors)"]
  }

  /// Why the plan for them is always refused; nil where it need not be.
  private func refused(_ verdicts: [Verdict]) -> Refusal? {
    for (group, verdict) in zip(groups, verdicts) {
      if let refusal = Refusal.domain(in: verdict, of: group, in: inventory) { return refusal }
    }
    return nil
  }

  private var unisolated: [Caveat] {
    guard !exposed.isEmpty else { return [] }
    return [
      Caveat(
        .interrupts, exposed.count == 1 ? exposed[0] : nil,
        "The interrupts of \(list(exposed)) are not kept apart from the host's: the kernel answers EPERM to whoever "
          + "wants to have \(exposed.count == 1 ? "it" : "them").", next: ["viable doctor"])
    ]
  }

  /// Group nodes that root alone may open.
  private var closedNodes: [Caveat] {
    let closed = groups.filter { group in
      guard let node = group.details?.node.value else { return false }
      return node.owner == 0 && node.mode & 0o066 == 0
    }
    guard !closed.isEmpty else { return [] }
    return [
      Caveat(
        .node, "Root alone may open \(Naming([:]).list(closed.map { "/dev/vfio/\($0.id)" })).",
        next: closed.map { "sudo viable grant group:\($0.id) --user USER" })
    ]
  }

  /// What is true of the devices whoever has them.
  var traits: [Caveat] { staying + endpoints.compactMap(reset) + unknownResets + virtualFunctions }

  private var staying: [Caveat] {
    guard !leftBehind.isEmpty else { return [] }
    return [
      Caveat(
        .leftBehind,
        "\(list(leftBehind)) \(leftBehind.count == 1 ? "stays" : "stay") behind: in the same group, so "
          + "within reach of whoever has the rest, and of no use to the host meanwhile.")
    ]
  }

  private func reach(_ address: Address) -> ResetReach? {
    ResetReach(
      of: address, in: inventory, methods: methods[address] ?? .unknown(.notRead),
      config: configs[address] ?? .unknown(.notRead))
  }

  private func reset(_ address: Address) -> Caveat? {
    guard let reach = reach(address), case .absent = reach.ownReset else { return nil }
    let start = "\(call(address)) has no reset of its own"
    let result = "it starts with whatever state its last user left."
    switch reach.bus {
    case .onRootBus: return Caveat(.reset, address, "\(start), and no bridge above that could reset its bus: \(result)")
    case .virtualFunction: return Caveat(.reset, address, "\(start): \(result)")
    case .forbidden(let because, let quirk):
      return Caveat(
        .reset, address,
        "\(start), and the kernel does not reset its bus, for \(call(because)) would not survive it "
          + "(drivers/pci/quirks.c \(quirk.source)): \(result)")
    case .possible(let bridge):
      // Virtual functions that go first are not there any more when it is used.
      let others = reach.others.filter { !leaving.contains($0.address) }
      guard !others.isEmpty else { return nil }
      let hit = list(others.map(\.address))
      if others.contains(where: { $0.isBridge || $0.group != .same }) {
        return Caveat(
          .reset, address,
          "\(start); a reset of its bus by \(call(bridge)) also hits \(hit), so VFIO refuses it to "
            + "whoever does not own them all: \(result)")
      }
      return Caveat(
        .reset, address,
        "\(start); a reset of its bus by \(call(bridge)) also hits \(hit) of its group, and is done "
          + "only for whoever has them all.")
    }
  }

  /// One sentence for each reason why resets are not known.
  private var unknownResets: [Caveat] {
    var byReason: [(why: Ignorance, who: [Address])] = []
    for address in endpoints {
      guard let why = reach(address)?.ownReset.ignorance else { continue }
      if let place = byReason.firstIndex(where: { $0.why == why }) {
        byReason[place].who.append(address)
      } else {
        byReason.append((why, [address]))
      }
    }
    return byReason.map {
      Caveat(.reset, "Whether \(list($0.who)) can be reset alone is not known (\(Clean.visible("\($0.why)"))).")
    }
  }

  private var virtualFunctions: [Caveat] {
    endpoints.compactMap { address in
      guard let physical = inventory[address]?.physicalFunction else { return nil }
      guard let owner = inventory[physical] else {
        return Caveat(
          .virtualFunction, address, "The physical function of \(call(address)), \(physical), is not there.")
      }
      switch rules.standing(of: owner) {
      case .free:
        return Caveat(
          .virtualFunction, address,
          "\(call(physical)), whose virtual function \(address.short) is, has no driver: "
            + "nobody sets the virtual function up.", next: ["sudo viable restore \(physical)"])
      case .vfio:
        return Caveat(
          .virtualFunction, address,
          "\(call(physical)), whose virtual function \(address.short) is, is with a vfio "
            + "driver: whoever opens \(address.short) has to show the token that the owner of \(physical.short) set.")
      case .exempt, .host, .unknown: return nil
      }
    }
  }

  /// What every program that maps a guest's memory needs.
  var memory: Caveat {
    let found = capabilities.first { $0.subject == .memoryLock }.map { " " + Clean.visible($0.finding) } ?? ""
    return Caveat(
      .memory,
      "All memory that the devices may reach is locked: the limit of whoever runs it (ulimit -l) has to be "
        + "above that.\(found)")
  }

  /// Endpoints that are functions of one card, two or more, each card once.
  var cards: [[Address]] {
    let whole = endpoints.filter { inventory[$0]?.physicalFunction == nil }
    return Dictionary(grouping: whole) { $0.packed >> 3 }.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
  }

  func capability(_ subject: Capability.Subject) -> Capability? { capabilities.first { $0.subject == subject } }

  /// Which way of handing out is written down: the chosen one, else the container, which every program knows, where it
  /// works or nothing is known of either.
  var model: Model {
    if let model = choice.model { return model }
    let worksLegacy = capability(.container)?.status == .works
    let worksNew = capability(.iommufd)?.status == .works && capability(.deviceNodes)?.status != .missing
    return !worksLegacy && worksNew ? .iommufd : .explicit
  }

  /// What is the matter with the way that is written down; nil where it works.
  var doubt: Caveat? {
    let parts: [Capability.Subject] = model == .explicit ? [.container] : [.iommufd, .deviceNodes]
    let trouble = parts.compactMap { capability($0) }.filter { $0.status == .missing }
    guard let first = trouble.first else { return nil }
    let remedy = first.remedy.isEmpty ? "" : " " + Clean.visible(first.remedy)
    return Caveat(.model, Clean.visible(first.finding) + remedy)
  }
}
