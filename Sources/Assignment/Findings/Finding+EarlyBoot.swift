import HostAccess
import Topology

/// What a plan changes that an initramfs has to have, or to have no more.
struct EarlyChange: Hashable {
  /// Whose: the first of those whose own drivers may come before udev's rules on disk.
  var address: Address
  /// Whether it is to be as it was again.
  var isEnding: Bool
  /// What has to be there: the drivers' modules, and the rules that aim devices at them.
  var modules: [String]
  var rules: [String]

  /// Nil where the plan changes nothing that concerns early boot.
  init?(_ plan: Plan, _ configured: Configured) {
    let displays = Set(plan.assumptions.filter { $0.identity.value?.classCode.base == 0x03 }.map(\.address))
    var concerned: Set<Address> = []
    var drivers: [Address: DriverName] = [:]
    var isEnding = true
    var hasHook = false
    for step in plan.steps {
      guard case .writeFile(let file, let text) = step.effect else { continue }
      switch file {
      case .moduleOptions(let address): concerned.insert(address)
      case .bindingRule(let address): if displays.contains(address) { concerned.insert(address) }
      case .initramfsHook: hasHook = true
      case .assignment(let address, _): drivers[address] = text.flatMap { Assigned(text: $0) }?.driver
      case .driverctl, .grantRule: continue
      }
      if text != nil { isEnding = false }
    }
    guard let address = concerned.min() ?? (hasHook ? plan.touched.first : nil) else { return nil }
    self.address = address
    self.isEnding = isEnding
    let own = concerned.sorted().compactMap { drivers[$0] ?? configured.assignment(of: $0)?.card.driver }
    modules = (["vfio-pci", "vfio_iommu_type1"] + own).reduce(into: []) { found, module in
      if !found.contains(module) { found.append(module) }
    }
    rules = concerned.sorted().map { ConfigurationFile.bindingRule($0).path }
  }
}

extension Finding {
  /// What an initramfs says holds only once it is made anew. initramfs-tools runs the hook that the plan writes; the
  /// others have no place for a rule but their own settings, which are the administrator's (dracut:
  /// modules.d/90kernel-modules copies modprobe.d, 95udev-rules the rules that it names; mkinitcpio: install/udev).
  static func earlyBoot(_ change: EarlyChange, _ tool: InitramfsTool?) -> Finding {
    Finding(.low, change.address, .earlyBoot, change.isEnding ? ending(tool) : keeping(change, tool))
  }

  private static func keeping(_ change: EarlyChange, _ tool: InitramfsTool?) -> String {
    let start = "its own driver may come before the system's disk is there"
    let modules = change.modules.map { Clean.visible($0) }.joined(separator: " ")
    let rules = change.rules.joined(separator: " ")
    switch tool {
    case .initramfsTools:
      return "\(start): for the next boot the initramfs has to be made anew afterwards, with update-initramfs -u"
    case .dracut:
      return "\(start), and dracut takes in neither module nor rule unless told: put add_drivers+=\" \(modules) \" and "
        + "install_items+=\" \(rules) \" into a file NAME.conf below /etc/dracut.conf.d, then make the initramfs anew "
        + "with dracut --force"
    case .mkinitcpio:
      return "\(start), and mkinitcpio takes in neither module nor rule unless told: in /etc/mkinitcpio.conf add "
        + "\(modules) to MODULES and \(rules) to FILES, with modconf among HOOKS, then make the initramfs anew with "
        + "mkinitcpio -P"
    case nil:
      return "\(start), and nothing was found here that makes an initramfs (initramfs-tools, dracut, mkinitcpio): if "
        + "this machine boots through one, it has to have the modules \(modules), /etc/modprobe.d and \(rules)"
    }
  }

  private static func ending(_ tool: InitramfsTool?) -> String {
    let start = "an initramfs that was made meanwhile still hands it out"
    switch tool {
    case .initramfsTools: return "\(start): make it anew afterwards, with update-initramfs -u"
    case .dracut:
      return "\(start): take what was put there for it out of /etc/dracut.conf.d, and make it anew with dracut --force"
    case .mkinitcpio:
      return "\(start): take what was put there for it out of /etc/mkinitcpio.conf, and make it anew with mkinitcpio -P"
    case nil: return "\(start), and has to be made anew"
    }
  }
}
