import HostAccess
import Ownership
import Topology

/// What makes an assignment outlast the boot, and what ends that: files, after everything else is done.
extension Plan.Draft {
  /// Writes for every function that is handed out who it is and what driver it is to have.
  mutating func keep(_ scope: Scope) throws(Refusal) {
    let configured = scope.basis.configured
    for member in scope.members {
      guard let driver = vfioDriver(of: member, scope), case .value(let identity) = member.identity else { continue }
      if scope.intent.onlyNamed, !scope.asked.contains(member.address) { continue }
      let address = member.address
      let card = Assigned(address: address, identity: identity, path: member.path, driver: driver)
      try write(.assignment(address, state: configured.state), card.text, scope)
      let host = hostDriver(of: member, scope)
      let isEarly = Early.isNeeded(identity, host: host, configured)
      if configured.driverctl != nil { try write(.driverctl(address), driver + "\n", scope) }
      // What driverctl does waits for systemd, which the initramfs has not.
      if configured.driverctl == nil || isEarly { try write(.bindingRule(address), KeepingText.rule(card), scope) }
      guard isEarly else { continue }
      if let host { try write(.moduleOptions(address), KeepingText.options(card, host: host), scope) }
      // Nobody else runs it.
      if configured.initramfs.contains(.initramfsTools) { try write(.initramfsHook, KeepingText.hook, scope) }
    }
  }

  /// Removes what keeps a function assigned: what stood there before this boot's act, or nothing. A store that names
  /// another driver than VFIO's, of which there is no record, is somebody else's.
  mutating func forget(_ scope: Scope) throws(Refusal) {
    let configured = scope.basis.configured
    let concerned = scope.intent.onlyNamed ? scope.asked : scope.asked.union(scope.members.map(\.address))
    for address in concerned.sorted() {
      let isRecorded = configured.assignment(of: address) != nil
      for file in ConfigurationFile.keeping(address, state: configured.state).reversed() {
        if case .driverctl = file, !isRecorded, !isStoreOurs(file, scope) { continue }
        try write(file, origin(of: file, scope), scope)
      }
    }
    let others = configured.assignments.filter { !concerned.contains($0.address) }
    let staysEarly = others.contains { Early.isNeeded($0.identity, host: nil, configured) }
    if !staysEarly { try write(.initramfsHook, origin(of: .initramfsHook, scope), scope) }
  }

  private func origin(of file: ConfigurationFile, _ scope: Scope) -> String? {
    guard case .file(_, let text) = scope.basis.journal.origin(of: .file(file)) else { return nil }
    return text
  }

  private func isStoreOurs(_ file: ConfigurationFile, _ scope: Scope) -> Bool {
    guard case .file(_, let text?) = scope.basis.readings[.file(file)],
      case .override(_, let driver) = Configured.statement(of: file, text)?.what
    else { return false }
    return RuleSet.vfioDrivers.contains(driver) || scope.basis.drivers.isVariant(driver)
  }

  /// One file, unless it says so already.
  private mutating func write(_ file: ConfigurationFile, _ text: String?, _ scope: Scope) throws(Refusal) {
    guard !steps.contains(where: { $0.effect.subject == .file(file) }) else { return }
    guard let reading = scope.basis.readings[.file(file)], case .file(_, let now) = reading else {
      throw Refusal(.unreadable(HostError("read", on: file.path, .enoent)))
    }
    guard now != text else { return }
    steps.append(Plan.Step(.writeFile(file, text), inverse: [.writeFile(file, now)]))
    readings.append(reading)
  }

  /// The vfio driver that a function has once the steps so far are done; nil for any other, and for bridges.
  private func vfioDriver(of member: Binding, _ scope: Scope) -> DriverName? {
    if scope.basis.isBridge(member) { return nil }
    var after = member
    for step in steps {
      switch step.effect {
      case .unbind(member.address, _): after.driver = .absent
      case .probe(member.address, let driver?): after.driver = .value(driver)
      default: continue
      }
    }
    guard case .vfio(let driver) = scope.basis.standing(of: after) else { return nil }
    return driver
  }

  /// The driver that the host would have for it: the one that it has, or had before this boot's acts.
  private func hostDriver(of member: Binding, _ scope: Scope) -> DriverName? {
    let origin = scope.basis.journal.origin(of: member) ?? member
    guard case .host(let driver) = scope.basis.standing(of: origin) else { return nil }
    return driver
  }
}

/// Whether a function's own driver comes before udev's rules on disk are there.
enum Early {
  /// A display: firmware's picture is on it, and its driver is in most initramfs. Else where its driver's module is
  /// named for the initramfs.
  static func isNeeded(_ identity: Identity, host: DriverName?, _ configured: Configured) -> Bool {
    if identity.classCode.base == 0x03 { return true }
    guard let host else { return false }
    return configured.earlyModules.value?.contains { Configured.folded($0) == Configured.folded(host) } ?? false
  }
}

extension Plan {
  /// What is different where driverctl keeps it.
  func stored(_ names: Naming) -> [String] {
    let stored = steps.compactMap { step -> Address? in
      guard case .writeFile(.driverctl(let address), .some) = step.effect else { return nil }
      return address
    }
    guard !stored.isEmpty else { return [] }
    let isEarly = steps.contains { step in
      switch step.effect {
      case .writeFile(.bindingRule, .some), .writeFile(.moduleOptions, .some), .writeFile(.initramfsHook, .some): true
      default: false
      }
    }
    return [
      "driverctl's store goes by address: another card at \(names.list(stored.map { names[$0] })) is bound all the same"
    ]
      + (isEarly
        ? [
          "only viable restore --persist ends it: driverctl removes its own file, and not what early boot is given here"
        ] : [])
  }
}
