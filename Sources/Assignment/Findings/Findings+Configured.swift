public import HostAccess
import Ownership
public import Topology

/// What is configured, against what is there and what is planned.
extension Findings {
  /// What files and the command line say that does not go with functions as they are, or with what a plan makes of
  /// them.
  public static func configured(
    on addresses: [Address], _ configured: Configured, in inventory: Inventory, for plan: Plan? = nil
  ) -> [Finding] {
    let after = Dictionary((plan?.outcome ?? []).map { ($0.address, $0.driver) }) { _, last in last }
    var found: [Finding] = []
    for address in addresses {
      if plan?.isForgetting(address) != true, let (card, source) = configured.assignment(of: address) {
        if let finding = Finding.otherCard(card, in: inventory, source) { found.append(finding) }
      }
      guard let function = inventory[address] else { continue }
      for statement in configured.concerning(function) {
        switch statement.what {
        case .vfioIDs(let ids):
          if let finding = Finding.sameIDs(function, ids, in: inventory, statement.source) { found.append(finding) }
        case .hostdev(_, let domain, true):
          found.append(.managed(address, domain: domain, statement.source))
        default: break
        }
      }
      if let finding = kept(address, configured, now: after[address] ?? function.driver, plan) { found.append(finding) }
    }
    return found + early(plan, configured)
  }

  /// Records of cards that are not where they were.
  public static func misplaced(_ configured: Configured, in inventory: Inventory) -> [Finding] {
    configured.assignments.compactMap { card in
      configured.assignment(of: card.address).flatMap { Finding.otherCard(card, in: inventory, $0.source) }
    }
  }

  /// What the store or a rule does at the next boot, where that is something else.
  private static func kept(
    _ address: Address, _ configured: Configured, now driver: Known<DriverName>, _ plan: Plan?
  ) -> Finding? {
    guard let (kept, source) = configured.kept(address), plan?.isKeeping(address) != true else { return nil }
    switch plan?.intent.verb {
    case .restore, .release:
      return plan?.isForgetting(address) == true ? nil : .staysAssigned(address, kept, source)
    case .assign, .virtualFunctions, .grant, .revoke, nil:
      return driver.value.flatMap { .otherDriver(address, wanted: $0, kept: kept, source) }
    }
  }

  /// What is left to do about the initramfs, for whatever makes it here.
  private static func early(_ plan: Plan?, _ configured: Configured) -> [Finding] {
    guard let plan, let change = EarlyChange(plan, configured) else { return [] }
    if configured.initramfs.isEmpty { return [.earlyBoot(change, nil)] }
    return configured.initramfs.map { .earlyBoot(change, $0) }
  }
}

extension Plan {
  /// Whether it says for good what driver a function has.
  fileprivate func isKeeping(_ address: Address) -> Bool {
    intent.verb == .assign
      && steps.contains { step in
        if case .writeFile(let file, _?) = step.effect { file.address == address } else { false }
      }
  }

  /// Whether it removes what was said for good.
  fileprivate func isForgetting(_ address: Address) -> Bool {
    steps.contains { step in
      if case .writeFile(let file, nil) = step.effect { file.address == address } else { false }
    }
  }
}
