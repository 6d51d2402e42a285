public import Topology

/// What taking functions from the host would cost: one file a finding, its sentence beside what decides it.
public enum Findings {
  /// The findings on account of `addresses`, worst first, each once. What could not be told is among them: unknown is
  /// never taken for fine.
  /// `resets` are those of functions that somebody else is to own.
  public static func on(
    _ addresses: [Address], _ burden: Burden, in inventory: Inventory, resets: [ResetReach] = []
  ) -> [Finding] {
    var found: [Finding] = []
    for address in addresses {
      guard let function = inventory[address] else { continue }
      let gaps = burden.unknown.filter { $0.address == address }
      let open = Set(gaps.map(\.what))
      found += burden.of(address).compactMap { of($0, unknown: open) }
      if let hang = Finding.hangs(function) { found.append(hang) }
      found += resets.filter { $0.address == address }.compactMap(Finding.resetReach)
      found += gaps.map(Finding.unknown)
    }
    var once: Set<Finding> = []
    let distinct = found.filter { once.insert($0).inserted }
    // Stable: within one gravity in the order of the devices.
    return Severity.allCases.reversed().flatMap { severity in distinct.filter { $0.severity == severity } }
  }

  /// `unknown` are the sources that could not be read: nothing is said to be unused on the strength of one of them.
  private static func of(_ carried: Carried, unknown: Set<Burden.Gap.What>) -> Finding? {
    let isUseKnown = unknown.isDisjoint(with: [.mounts, .layers, .swap])
    let address = carried.address
    switch carried.what {
    case .mount(let source, let point, let type):
      return .fileSystem(address, source: source, at: point, type: type, via: carried.via)
    case .swap(let path): return .swap(address, path, via: carried.via)
    case .disk(let name): return .disk(address, name, isUseKnown: isUseKnown)
    case .member(let whole, let kind):
      return .member(address, of: whole, kind: kind, via: carried.via, isUseKnown: isUseKnown)
    case .interface(let name, let isUp, let addresses, let routes):
      let isUsed = !addresses.isEmpty || routes > 0
      guard isUsed || unknown.isDisjoint(with: [.addresses, .routes]) else {
        return .leaving(address, interface: name, via: carried.via)
      }
      return .network(address, name, isUp: isUp, addresses: addresses, routes: routes, via: carried.via)
    case .login(let interface, let from): return .login(address, interface: interface, from: from)
    case .display(let name): return .display(address, name)
    case .keyboard(let name, let isOnly): return .keyboard(address, name, isOnly: isOnly)
    case .holder(let holder): return .holder(address, holder)
    case .virtualFunctions(let functions): return .virtualFunctions(address, functions)
    case .suspended: return .suspended(address)
    }
  }

  /// ` (sda → sda2 → dm-0)` where something stands between the disk and its use.
  static func way(_ via: [String]) -> String {
    via.count < 2 ? "" : " (" + via.map { Clean.visible($0) }.joined(separator: " → ") + ")"
  }
}
