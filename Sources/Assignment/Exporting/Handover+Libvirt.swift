import Ownership
import Topology

extension Handover {
  /// A hostdev element for each endpoint, to stand inside `<devices>` of a domain.
  func libvirt() -> [String] {
    let elements = endpoints.flatMap(element)
    guard !choice.isBare else { return elements }
    var lines = Self.comment(["\(title) for libvirt, inside the domain's <devices>: \(list(endpoints))."])
    lines += elements
    let caveats = libvirtCaveats
    for (heading, some) in [
      ("Before it can start:", caveats.filter(\.comesFirst)), ("To know:", caveats.filter { !$0.comesFirst }),
    ] where !some.isEmpty {
      lines += Self.comment([heading] + some.flatMap { ["- " + $0.text] + $0.next.map { "    " + $0 } })
    }
    return lines
  }

  private func element(_ address: Address) -> [String] {
    let isManaged = isManaged(address)
    let numbers = [
      ("domain", Hex.text(address.domain, atLeast: 4)), ("bus", Hex.text(address.bus, atLeast: 2)),
      ("slot", Hex.text(address.device, atLeast: 2)), ("function", Hex.text(address.function, atLeast: 1)),
    ]
    return [
      "<hostdev mode='subsystem' type='pci' managed='\(isManaged ? "yes" : "no")'>",
      "  <source>",
      "    <address \(numbers.map { "\($0.0)='0x\($0.1)'" }.joined(separator: " "))/>",
      "  </source>",
      "</hostdev>",
    ]
  }

  /// libvirt gives a managed device back to its host driver when the guest ends; who is with a vfio driver already, or
  /// told to be, was put there by somebody who wants it to stay.
  private func isManaged(_ address: Address) -> Bool {
    if let isManaged = choice.isManaged { return isManaged }
    if isVFIO(address) { return false }
    return !(inventory[address]?.driverOverride.value.map(RuleSet.vfioDrivers.contains) ?? false)
  }

  /// What to know of these devices in a domain.
  var libvirtCaveats: [Caveat] {
    let managed = Set(endpoints.filter(isManaged))
    // libvirt binds what it manages, but no more than anybody else a physical function with virtual ones.
    let parents = parents()
    let deadlocked = Set(parents.filter(\.isDeadlock).compactMap(\.group))
    var found =
      hindrances(exempting: managed, parents: parents).filter { $0.kind != .node } + traits + displays
    if !managed.isEmpty {
      let groups = groups.filter { !deadlocked.contains($0.id) }
      found.append(
        Caveat(
          .driver,
          "managed='yes': libvirt takes \(list(managed.sorted())) from the host when the guest starts, without "
            + "a look at what is in use, and gives \(managed.count == 1 ? "it" : "them") back when the guest ends.",
          next: leftBehind.isEmpty || groups.isEmpty
            ? [] : assigning(groups.map { "group:\($0.id)" }.joined(separator: " "))))
    }
    if endpoints.contains(where: { $0.domain > 0xffff }) {
      found.append(
        Caveat(
          .domain,
          "libvirt's schema takes the wide domain; QEMU's host=, which libvirt gives it, takes four digits (QEMU "
            + "7.2 refuses more): it may only work with QEMU itself and sysfsdev=."))
    }
    for card in cards {
      found.append(
        Caveat(
          .placement,
          "\(Naming([:]).list(card.map(\.short))) are functions of one card: for the guest to see them so, "
            + "give each an <address type='pci' …/> in one slot, function 0 with multifunction='on'."))
    }
    return found
  }

  /// An XML comment, which may hold no two dashes in a row.
  static func comment(_ lines: [String]) -> [String] {
    let wrapped = lines.flatMap { line -> [String] in
      if line.hasPrefix("    ") { return [line] }
      return Wrapped.lines(line, rest: line.hasPrefix("- ") ? "  " : "", width: 67)
    }
    var safe = wrapped.map { line in
      line.reduce(into: "") { text, character in if character != "-" || text.last != "-" { text.append(character) } }
    }
    if safe.count == 1 { return ["<!-- \(safe[0]) -->"] }
    safe = safe.map { "     " + $0 }
    guard let first = safe.first, let last = safe.last else { return [] }
    safe[0] = "<!-- " + first.dropFirst(5)
    safe[safe.count - 1] = last + " -->"
    return safe
  }
}
