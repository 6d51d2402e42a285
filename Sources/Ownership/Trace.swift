import Topology

/// Calls and answers in the notation of the golden traces: `JOIN(4,3)=-1 EPERM {02:02.0 sym53c8xx}`.
public struct Trace: Hashable, Sendable {
  /// Whose names are used.
  public var rules: RuleSet

  /// The notation of one interface.
  public init(_ rules: RuleSet) { self.rules = rules }

  /// An event and what became of it.
  public func line(_ event: Event, _ answer: Answer, in world: World) -> String {
    let isShell = if case .call = event { false } else { true }
    return text(event, in: world) + (isShell ? " = " : "=") + text(answer, isShell: isShell)
  }

  /// An event, as it is asked for in `world`.
  public func text(_ event: Event, in world: World) -> String {
    switch event {
    case .call(let call, _): text(call, in: world)
    case .bind(let address, let driver): "echo \(address.short) > \(driver)/bind"
    case .unbind(let address): "echo \(address.short) > \(world[address]?.driver ?? "driver")/unbind"
    case .probe(let address): "echo \(address.short) > drivers_probe"
    case .hotAdd(let device): "add \(device.address.short)"
    case .chown(let node, let uid): "chown \(uid) \(path(of: node, in: world))"
    case .unplug(let address): "remove \(address.short)"
    case .exit(let user): "exit \(user.name)"
    case .kill(let user): "kill -9 \(user.name)"
    }
  }

  /// A call.
  public func text(_ call: Call, in world: World) -> String {
    switch call {
    case .open(let node): return "open(\(path(of: node, in: world)))"
    case .close(let descriptor): return "close(\(descriptor.number))"
    case .touch(let descriptor, let touch): return "\(touch)(\(descriptor.number))"
    case .ioctl(let descriptor, let ioctl, _):
      let arguments = arguments(of: ioctl, on: descriptor)
      let name = ioctl.shortName(under: rules)
      return arguments.isEmpty ? name : "\(name)(\(arguments.joined(separator: ",")))"
    }
  }

  /// Those that tell one call of a trace from the next; groups and containers are one a trace.
  private func arguments(of ioctl: Ioctl, on descriptor: Descriptor) -> [String] {
    let own = String(descriptor.number)
    switch ioctl {
    case .groupGetDeviceFD(let address, let token): return [address.short + (token.map { " vf_token=\($0)" } ?? "")]
    case .hotReset(let groups): return [own] + groups.map { String($0.number) }
    case .addFile(let target), .removeFile(let target): return [own, String(target.number)]
    case .join(let target, let joining):
      let flag = joining.implicitGroup ? ["IOASID_IMPLICIT_GROUP"] : []
      return [own, String(target.number)] + (joining.cookie.map { ["cookie \($0)"] } ?? []) + flag
    case .attach(let number, let pasid): return [own, String(number)] + (pasid.map { ["pasid \($0)"] } ?? [])
    case .getInfo, .detach, .unjoin: return [own]
    case .free(let number), .info(let number), .setPageTables(let number), .createNesting(let number),
      .bindPageTable(let number), .unbindPageTable(let number), .bindPASIDTable(let number),
      .unbindPASIDTable(let number), .invalidateCache(let number):
      return [String(number)]
    case .allocateTable(let device, let over): return [String(device), String(over)]
    case .checkExtension(let number): return [String(number)]
    default: return []
    }
  }

  /// What happened, with what the interface itself tells about it in braces.
  public func text(_ answer: Answer, isShell: Bool = false) -> String {
    var text: String
    switch answer.outcome {
    case .success(let value): text = isShell ? "ok" : self.text(value)
    case .refused(let errno): text = isShell ? errno.name : "-1 \(errno.name)"
    case .blocks: text = "blocks"
    case .panic: text = "PANIC"
    }
    var told: [String] = []
    if let reason = answer.reason, reason.isTold { told += reason.culprits.map { self.text($0, reason.rule) } }
    let unbinding = unbound(answer)
    if !isShell, !unbinding.isEmpty { told.append("event: " + unbinding.joined(separator: ", ")) }
    for case .atRisk(let members, isTold: true) in answer.consequences where !isShell {
      told.append("at risk: " + members.map(\.short).joined(separator: ", "))
    }
    if !told.isEmpty { text += " {" + told.joined(separator: ", ") + "}" }
    return text
  }

  private func unbound(_ answer: Answer) -> [String] {
    answer.consequences.flatMap { consequence -> [String] in
      guard case .unbound(let address, let driver, let lost) = consequence else { return [] }
      return ["\(driver) unbound from \(address.short)"] + lost.map { "\($0) removed" }
    }
  }

  private func text(_ culprit: Culprit, _ rule: Rule) -> String {
    let what = rule == .membersNotJoined ? "not joined" : culprit.driver ?? culprit.owner?.name
    return [culprit.member?.short, what].compactMap(\.self).joined(separator: " ")
  }

  private func text(_ value: Value) -> String {
    switch value {
    case .nothing, .unmapped: "0"
    case .descriptor(let descriptor): String(descriptor.number)
    case .object(let number), .number(let number): String(number)
    case .deviceID(let number): "0 devid=\(number)"
    case .table(let number): "0 (pt_id=\(number) HWPT)"
    case .iova(let start): "0 iova=0x" + Hex.text(start, atLeast: 1)
    case .status(let status):
      "{"
        + [(GroupStatus.viable, "VIABLE"), (.containerSet, "CONTAINER_SET")]
        .filter { status.contains($0.0) }.map(\.1).joined(separator: ",") + "}"
    }
  }

  /// A node's path; where the device has none, its address stands in angle brackets.
  public func path(of node: Openable, in world: World) -> String {
    switch node {
    case .container: return "/dev/vfio/vfio"
    case .group(let group): return "/dev/vfio/\(group)"
    case .context: return [.iommufd, .explicitLinux, .implicitRFC2].contains(rules) ? "/dev/iommu" : "/dev/ioasid"
    case .virtualMachine: return "/dev/kvm"
    case .device(let address):
      let number = world[address]?.nodeNumber.map(String.init) ?? "<\(address.short)>"
      if world[address]?.isVDPA ?? false { return "/dev/vhost-vdpa-\(number)" }
      switch rules {
      case .implicitApril, .autoUnbind: return "/dev/vfio/device\(number)"
      case .implicitRFC1, .implicitRFC2: return "/dev/vfio/devices/dev\(number)"
      case .iommufd, .explicitLinux, .explicit2021: return "/dev/vfio/devices/vfio\(number)"
      }
    }
  }
}
