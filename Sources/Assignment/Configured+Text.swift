public import HostAccess
import Topology

extension Configured.What {
  /// What is said, in a sentence without its end: for lists that name the source beside it.
  public var sentence: String {
    switch self {
    case .override(let address, let driver): "driverctl binds \(address) to \(Clean.visible(driver))"
    case .rule(let address, let driver): "a rule of viable's binds \(address) to \(Clean.visible(driver))"
    case .vfioIDs(let ids): "vfio-pci takes every card with the ids \(ids.map(\.words).joined(separator: ", "))"
    case .blacklist(let module): "\(Clean.visible(module)) is not loaded by itself"
    case .softdep(let module, let before):
      "\(before.map { Clean.visible($0) }.joined(separator: ", ")) comes before \(Clean.visible(module))"
    case .option(let text): "the kernel was started with \(Clean.visible(text))"
    case .hostdev(let address, let domain, true):
      "libvirt's domain \(Clean.visible(domain)) has \(address) and binds it by itself (managed='yes')"
    case .hostdev(let address, let domain, false): "libvirt's domain \(Clean.visible(domain)) has \(address)"
    case .assigned(let card): "\(card.address) was assigned for good as \(card.identity.ids)"
    }
  }

  /// A word for scripts.
  public var word: String {
    switch self {
    case .override: "driverctl"
    case .rule: "rule"
    case .vfioIDs: "vfio-ids"
    case .blacklist: "blacklist"
    case .softdep: "softdep"
    case .option: "option"
    case .hostdev: "hostdev"
    case .assigned: "assigned"
    }
  }
}
