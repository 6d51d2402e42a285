import Ownership
import Topology

extension Handover {
  /// Arguments for qemu-system-*, one a line, with what to know as comments.
  func qemu() -> [String] {
    let other: Model = model == .explicit ? .iommufd : .explicit
    guard !choice.isBare else { return arguments(model) }
    var lines = Wrapped.lines(
      "\(title) for QEMU, \(Self.way(model)): \(list(endpoints)).", prefix: "# ")
    lines += arguments(model)
    lines += comments(qemuCaveats)
    for (place, card) in cards.enumerated() { lines += placed(card, place + 1) }
    lines += ["#"] + Wrapped.lines("The same \(Self.way(other)):", prefix: "# ")
    return lines + arguments(other).map { "#   \($0)" }
  }

  private static func way(_ model: Model) -> String {
    switch model {
    case .explicit: "by group nodes and container"
    case .iommufd: "by iommufd (QEMU 9.0 and later)"
    }
  }

  private func arguments(_ model: Model) -> [String] {
    let object = model == .iommufd ? ["-object iommufd,id=iommufd0"] : []
    return object + endpoints.map { argument($0, model) }
  }

  private func argument(_ address: Address, _ model: Model, _ more: String = "") -> String {
    // QEMU's host= reads domains of four digits (hw/core/qdev-properties-system.c `set_pci_host_devaddr`).
    let device =
      address.domain > 0xffff ? "sysfsdev=/sys/bus/pci/devices/\(address)" : "host=\(address)"
    return "-device vfio-pci,\(device)\(model == .iommufd ? ",iommufd=iommufd0" : "")\(more)"
  }

  /// What to know of these devices in a guest.
  var qemuCaveats: [Caveat] {
    var found = hindrances() + [doubt].compactMap(\.self) + traits + displays
    if endpoints.contains(where: { $0.domain > 0xffff }) {
      found.append(Caveat(.domain, "QEMU's host= takes no domain wider than four digits; sysfsdev= names the same."))
    }
    if model == .iommufd {
      found.append(
        Caveat(
          .peerToPeer,
          "QEMU warns of a bad address (EFAULT) for each BAR: iommufd maps no memory of devices, so devices "
            + "of the guest cannot reach each other's. Nothing else is lost."))
    }
    return found + [memory]
  }

  var displays: [Caveat] {
    endpoints.filter { inventory[$0]?.identity.value?.classCode.base == 0x03 }.map { address in
      Caveat(
        .display, address,
        "\(call(address)) is a display. As the guest's only one it wants -vga none, and x-vga=on where "
          + "the guest has a BIOS; one that the host showed its first screen on may need its ROM from a file: "
          + "romfile=FILE.")
    }
  }

  /// Functions of one card in one slot of the guest, as comments.
  private func placed(_ card: [Address], _ number: Int) -> [String] {
    let text =
      "\(Naming([:]).list(card.map(\.short))) are functions of one card. A guest that is to see them so has them in "
      + "one slot:"
    let port = "card\(number)"
    let lines = card.enumerated().map { place, address in
      let whole = place == 0 ? ",multifunction=on" : ""
      return argument(address, model, ",bus=\(port),addr=00.\(place)\(whole)")
    }
    return ["#"] + Wrapped.lines(text, prefix: "# ")
      + (["-device pcie-root-port,id=\(port),chassis=\(100 + number)"] + lines).map { "#   \($0)" }
  }

  /// Caveats as comments: what comes first first.
  func comments(_ caveats: [Caveat]) -> [String] {
    var lines: [String] = []
    for (heading, some) in [
      ("Before it can start:", caveats.filter(\.comesFirst)), ("To know:", caveats.filter { !$0.comesFirst }),
    ] where !some.isEmpty {
      lines += ["#", "# \(heading)"]
      for caveat in some {
        lines += Wrapped.lines(caveat.text, prefix: "# - ", rest: "#   ")
        lines += caveat.next.map { "#     \($0)" }
      }
    }
    return lines
  }
}
