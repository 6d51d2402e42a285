import Assignment
import Console
import HostAccess
import Ownership
import Topology

/// All that is known about devices or a group, with what is not known and why, and the file beside each fact.
struct ShowReport {
  let survey: Survey
  let targets: [Selector.Target]
  /// What a reset of each function that was named reaches.
  var resets: [ResetReach] = []
  /// What files and the command line say.
  var configured = Configured()

  /// One block for each function, and one for each group that was named or that a function is in.
  func text(into page: inout Page) {
    var isFirst = true
    for function in functions {
      if !isFirst { page.endLine() }
      device(function, &page)
      isFirst = false
    }
    for (group, verdict) in judged {
      if !isFirst { page.endLine() }
      self.group(group, verdict, &page)
      isFirst = false
    }
  }

  /// `show --json`: the objects of `list --full --json`, of what was named.
  func json(into page: inout Page) {
    JSONWriter.document(&page) { json in
      json.configured(functions.flatMap { configured.concerning($0) })
      json.key("devices")
      var names = NameCache(survey.inventory.names)
      json.lines(functions) { json, function in
        json.device(function, survey.state(of: function), &names, full: true)
      }
      json.key("groups")
      json.lines(judged) { json, judged in json.group(judged.group, judged.verdict, full: true) }
      json.host(survey.place, survey.inventory.host)
      json.key("resets")
      json.lines(resets) { $0.reset($1, witness) }
      json.schema()
    }
  }

  /// It names devices; what ties them is another report's.
  private var witness: Witness { Witness(survey.inventory, Ties(survey.inventory, [])) }

  private var functions: [Function] {
    targets.flatMap { target -> [Function] in
      guard case .functions(let addresses) = target else { return [] }
      return addresses.compactMap { survey.inventory[$0] }
    }
  }

  /// The groups named and those of the functions named, each once, with their verdicts.
  private var judged: [(group: Group, verdict: Verdict)] {
    var seen: Set<GroupID> = []
    let named: [GroupID] = targets.flatMap { target in
      switch target {
      case .group(let group): [group]
      case .functions(let addresses): addresses.compactMap { survey.inventory.group(of: $0)?.id }
      }
    }
    return named.filter { seen.insert($0).inserted }.compactMap { id in
      guard let group = survey.inventory[id], let verdict = survey.verdict(on: id) else { return nil }
      return (group, verdict)
    }
  }
}

extension ShowReport {
  private func device(_ function: Function, _ page: inout Page) {
    let names = survey.inventory.names
    page.put(function.address.description, .title)
    page.put("  " + DeviceText.name(of: function, names: names))
    page.endLine()
    var facts = [
      Fact("name", DeviceText.fullName(of: function, names: names), from: "modalias"),
      Fact("ids", function.identity, from: "modalias", Self.ids),
      Fact("class", function.identity, from: "modalias") {
        Hex.text($0.classCode.value, atLeast: 6) + " " + $0.classCode.noun
      },
      Fact("state", survey.state(of: function).word, from: "", survey.state(of: function).role),
      Fact("driver", function.driver, from: "driver") { $0 },
      Fact("group", function.group, from: "iommu_group") { $0.description },
      parent(of: function),
    ]
    if let physical = function.physicalFunction { facts.append(Fact("VF of", physical.description, from: "physfn")) }
    facts += Fact.details(of: function)
    if let reset = resets.first(where: { $0.address == function.address }) {
      let reach = witness.reach(reset)
      facts.append(Fact("reset", reset.ownReset, from: reset.ownSource.rawValue, absent: "not alone", \.words))
      facts.append(Fact("bus reset", reach.brief, from: "", reach.isAlarm ? .changed : .text))
    }
    facts += configured.concerning(function).enumerated().map { place, statement in
      Fact(place == 0 ? "configured" : "", statement.what.sentence, from: Clean.visible("\(statement.source)"))
    }
    let path = function.details.map { "/" + $0.path } ?? "/sys/bus/pci/devices/\(function.address)"
    print(facts, below: Clean.visible(path), &page)
  }

  private static func ids(_ identity: Identity) -> String {
    let (vendor, device) = (identity.subsystemVendor, identity.subsystemDevice)
    guard vendor != 0 || device != 0 else { return identity.ids }
    return identity.ids + ", subsystem " + Hex.text(vendor, atLeast: 4) + ":" + Hex.text(device, atLeast: 4)
  }

  private func parent(of function: Function) -> Fact {
    switch function.parent {
    case .root(let name): Fact("below", "root bus " + Clean.visible(name), from: "..")
    case .function(let above):
      Fact(
        "below",
        above.description + (survey.inventory[above].map { " " + DeviceText.noun(of: $0) } ?? ", which is gone"),
        from: "..")
    }
  }

  private func group(_ group: Group, _ verdict: Verdict, _ page: inout Page) {
    page.put("group \(group.id)", .title)
    page.put("  ")
    page.put(verdict.state.word, verdict.state.role)
    page.endLine()
    page.line("  " + Sentences.verdict(verdict, of: group, in: survey.inventory))
    let directory = "/sys/kernel/iommu_groups/\(group.id)"
    let count = verdict.devices.count + group.others.count
    var facts = [Fact("members", String(count), from: "devices")]
    for device in verdict.devices {
      guard let function = survey.inventory[device.address] else { continue }
      let driver =
        function.driver.value.map { Clean.visible($0) }
        ?? (function.driver.ignorance.map { "unknown (\($0))" } ?? "no driver")
      facts.append(
        Fact(
          "", "\(device.address) \(DeviceText.noun(of: function)), \(driver), \(device.state.word)",
          from: "devices/\(device.address)"))
    }
    for other in group.others {
      facts.append(
        Fact("", Clean.visible(other.name) + ", no PCI device", from: "devices/" + Clean.visible(other.name)))
    }
    let details = group.details ?? GroupDetails()
    facts += [
      survey.inventory.host.kernelRelease.value == nil
        ? Fact("rules", survey.rules.words + ", today's, as the kernel is unknown", from: "")
        : Fact("rules", survey.rules.words, from: "/proc/sys/kernel/osrelease"),
      Fact("type", details.type, from: "type") { $0 },
      Fact("reserved", group.reserved, from: "reserved_regions", Self.regions),
      Fact("node", details.node, from: "/dev/vfio", Fact.node),
      // Without a node there is nothing to hold.
      Fact(
        "in use by", group.holders, from: details.node == .absent ? "/dev/vfio" : "/proc/*/fd", absent: "nobody",
        Self.holders),
    ]
    print(facts, below: directory, &page)
  }

  private static func regions(_ regions: [ReservedRegion]) -> String {
    regions.isEmpty ? "none" : regions.map { "\($0.range) \($0.kind.rawValue)" }.joined(separator: ", ")
  }

  private static func holders(_ holders: [Holder]) -> String {
    holders.isEmpty ? "nobody" : holders.map { "\($0.command) (pid \($0.process))" }.joined(separator: ", ")
  }

  private func print(_ facts: [Fact], below directory: String, _ page: inout Page) {
    page.put("  " + directory, .dim)
    page.endLine()
    for fact in facts {
      page.tab(to: 2)
      page.put(fact.label, .dim)
      page.tab(to: 15)
      page.put(fact.value, fact.role)
      if !fact.source.isEmpty {
        page.tab(to: max(50, page.column + 2))
        page.putLast(fact.source, .dim)
      }
      page.endLine()
    }
  }
}
