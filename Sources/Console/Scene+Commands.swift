import Ownership
import Topology

extension Scene {
  /// The same question as a command: what `c c` copies.
  var commandLine: String? {
    let groups = targetGroups
    if !groups.isEmpty { return "viable check " + groups.map { "group:\($0)" }.joined(separator: " ") }
    return selectedFunction.map { "viable show \($0.address)" }
  }

  /// Why there are no commands that would free the target; nil when there are.
  var whyNoShell: String? {
    let groups = targetGroups
    guard !groups.isEmpty else { return whyNoGroup }
    let verdicts = groups.compactMap { self.verdicts[$0] }
    let name = groups.count == 1 ? "group \(groups[0])" : "every group"
    if verdicts.allSatisfy({ $0.blockers.isEmpty }) {
      let unknown = verdicts.flatMap(\.unknowns).first
      return unknown.map { "the driver of \(Clean.visible($0.member)) is unknown (\($0.why))" }
        ?? "\(name) is viable: nothing has to be freed"
    }
    let canFree = verdicts.flatMap(\.blockers).contains { blocker in
      if case .driver = blocker { true } else { false }
    }
    return canFree ? nil : verdicts.flatMap(\.blockers).first.map(Self.whyStuck)
  }

  /// The commands of a root shell that free every blocker: the override before the driver is unbound, so that
  /// nothing else can bind in between (drivers/pci/pci-driver.c `pci_match_device`).
  var shellCommands: [String] {
    let blockers = targetGroups.compactMap { verdicts[$0] }.flatMap(\.blockers)
    var lines = ["modprobe vfio-pci"]
    for blocker in blockers {
      guard case .driver(let address, let driver) = blocker else {
        lines.append("# " + Self.whyStuck(blocker))
        continue
      }
      let device = "/sys/bus/pci/devices/\(address)"
      lines.append("# \(address): \(Clean.visible(driver))")
      // vfio-pci refuses bridges (drivers/vfio/pci/vfio_pci_core.c, header type): without a driver they do not block.
      let isBridge = inventory?[address]?.leadsToABus ?? false
      if !isBridge { lines.append("echo vfio-pci > \(device)/driver_override") }
      lines.append("echo \(address) > \(device)/driver/unbind")
      if !isBridge { lines.append("echo \(address) > /sys/bus/pci/drivers_probe") }
    }
    return lines
  }

  private static func whyStuck(_ blocker: Blocker) -> String {
    switch blocker {
    case .driver(let address, let driver): "\(address) is bound to \(Clean.visible(driver))"
    case .otherDriver(let device, let driver):
      "\(Clean.visible(device)) is no PCI function; free it from \(Clean.visible(driver)) on its own bus"
    case .directRegion(let region):
      "firmware keeps \(region.range) mapped; no command frees that"
    case .holder(let holder):
      "process \(holder.process) (\(Clean.visible(holder.command))) holds \(Clean.visible(holder.node)) open"
    }
  }

  /// A group's record in the words of `viable list --json`.
  func record(of id: GroupID) -> String {
    guard let group = inventory?[id] else { return "" }
    let verdict = verdicts[id]
    var json = JSONLine()
    json.add("schema", string: "viable/1")
    json.add("id", raw: id.description)
    json.add("members", strings: group.members.map(\.description))
    json.add("viable", raw: verdict?.isViable.map { $0 ? "true" : "false" } ?? "null")
    json.add("state", string: (verdict?.state ?? .unknown).rawValue)
    json.add("blockers", raw: "[" + (verdict?.blockers ?? []).map(Self.record(of:)).joined(separator: ",") + "]")
    return json.text
  }

  private static func record(of blocker: Blocker) -> String {
    var json = JSONLine()
    var (member, name): (String?, String?) = (nil, nil)
    switch blocker {
    case .driver(let address, let driver): (member, name) = (address.description, driver)
    case .otherDriver(let device, let driver): (member, name) = (device, driver)
    case .directRegion, .holder: break
    }
    json.add("address", string: member)
    json.add("driver", string: name)
    json.add("reason", string: whyStuck(blocker))
    return json.text
  }
}
