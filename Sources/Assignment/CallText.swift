public import Ownership
public import Topology

/// What a call is made on, and what came of it beside its result, in words.
struct CallText {
  let rules: RuleSet
  /// The world before the call.
  let world: World
  let names: Naming

  /// The node that an open descriptor came from, or the device an administrator writes about.
  func on(_ event: Event) -> String? {
    switch event {
    case .call(.open(let node), _): Trace(rules).path(of: node, in: world)
    case .call(.close(let descriptor), let user), .call(.ioctl(let descriptor, _, _), let user),
      .call(.touch(let descriptor, _), let user):
      node(of: descriptor, user)
    case .bind(let address, _), .unbind(let address), .probe(let address), .unplug(let address):
      address.description
    case .hotAdd(let device): device.address.description
    case .chown(let node, _): Trace(rules).path(of: node, in: world)
    case .exit(let user), .kill(let user): user.name
    }
  }

  private func node(of descriptor: Descriptor, _ user: User) -> String? {
    guard let id = world.ledger.file(descriptor, of: user) else { return nil }
    switch world.ledger.files[id] {
    case .container: return "/dev/vfio/vfio"
    case .group(let file): return "/dev/vfio/\(file.group)"
    case .context: return Trace(rules).path(of: .context, in: world)
    case .device(let file): return file.address.description
    case .virtualMachine: return "/dev/kvm"
    case nil: return nil
    }
  }

  /// What else happened, one sentence each.
  func news(_ consequences: [Consequence]) -> [String] { consequences.compactMap(sentence) }

  private func sentence(_ consequence: Consequence) -> String? {
    switch consequence {
    case .bound(let address, let driver): return "\(driver) is now bound to \(names[address])."
    case .unbound(let address, let driver, let lost):
      let gone = lost.isEmpty ? "" : "; \(names.list(lost)) \(lost.count == 1 ? "is" : "are") gone"
      return "\(driver) was unbound from \(names[address])\(gone)."
    case .added(let device): return "\(names[device.address]) appeared."
    case .gone(let address): return "\(names[address]) is gone."
    case .granted: return nil
    case .tokenSet(let address, _):
      return "Users of the virtual functions of \(names[address]) now have to know the same token."
    case .reset(let members):
      return "One reset of the bus hit \(names.list(members.map { names[$0] }))."
    case .domain(let group, let from, let to, let members):
      let words = DomainWords(rules)
      let who = names.list(members.map { names[$0] })
      return "Group \(group) moved from \(words.phrase(from)) to \(words.phrase(to)): \(who)."
    case .pulledAway(let address, let driver):
      return "\(names[address]) lost its address space while \(driver) drives it: its DMA now goes wrong."
    case .atRisk(let members, let isTold):
      let who = names.list(members.map { names[$0] })
      let group = members.first.flatMap { world[$0]?.group }
      let named = group.map { "only group \($0) was named" } ?? "only the group was named"
      let told = isTold ? "the user is told" : rules.joinsDevices ? "nothing tells the user" : named
      return "Within reach without having been named: \(who); \(told)."
    case .probeRefused(let address, let driver, let errno):
      return "\(driver) was kept from \(names[address]) (\(errno.name)); it stays without a driver."
    case .asked(let address, let user):
      return "\(user?.name ?? "The process that has it open") is asked to let go of \(names[address])."
    case .released(let address): return "\(names[address]) was let go of, and what was waiting for it went on."
    case .addedToLiveGroup(let address, let group):
      return "The kernel warns that \(names[address]) was added to live group \(group)."
    case .snarfed(let address, let driver): return "\(driver) was taken away from \(names[address]) at once."
    case .panic(let address, let driver):
      return "\(driver) bound \(names[address]) in a group that a user owns: the kernel stopped."
    }
  }
}

extension Comparison.Line {
  /// A call as it is drawn, from what was asked in which world and what was answered.
  public init(
    act: Int, event: Event, answer: Answer, in world: World, under rules: RuleSet, labels: [Address: String]
  ) {
    let names = Naming(labels)
    let text = CallText(rules: rules, world: world, names: names)
    var user: User?
    var name: String?
    if case .call(let call, let who) = event {
      user = who
      if case .ioctl(_, let ioctl, _) = call { name = ioctl.name(under: rules) }
    }
    let trace = Trace(rules)
    let bare = trace.text(Answer(outcome: answer.outcome), isShell: user == nil)
    self.init(
      act: act, user: user, call: trace.text(event, in: world), name: name, on: text.on(event),
      result: trace.text(answer, isShell: user == nil),
      value: answer.errno == nil ? bare : "-1", outcome: answer.outcome,
      why: answer.reason.map { Explanation($0, errno: answer.errno, under: rules, in: world, labels: labels) },
      news: text.news(answer.consequences))
  }
}
