public import Topology

extension Observer {
  /// What a reset of each of these functions reaches, by sysfs and, where that does not say how one is reset alone, by its
  /// configuration space as far as it may be read. Bridges are left out: nobody resets one for its own sake.
  public func resets(of functions: [Address], in inventory: Inventory) -> [ResetReach] {
    let functions = functions.filter { inventory[$0]?.leadsToABus == false }
    if functions.isEmpty { return [] }
    let methods = resetMethods(of: functions)
    let silent = functions.filter { methods[$0]?.ignorance != nil }
    let configs = silent.isEmpty ? [:] : configSpaces(of: silent, waking: false)
    return functions.compactMap { address in
      ResetReach(
        of: address, in: inventory, methods: methods[address] ?? .unknown(.notRead),
        config: configs[address] ?? .unknown(.notRead))
    }
  }
}
