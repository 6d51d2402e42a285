import Ownership
import Topology

extension Handover {
  /// The environment for SPDK's set-up, and the configuration that attaches the devices.
  func spdk() -> [String] {
    let disks = endpoints.filter { spdkMethod($0) != nil }
    let allowed = "PCI_ALLOWED=\"\(disks.map(\.description).joined(separator: " "))\""
    guard !choice.isBare else { return configuration(disks) }
    var lines = Wrapped.lines("\(title) for SPDK: \(list(disks)).", prefix: "# ")
    lines += [
      "# scripts/setup.sh touches every NVMe disk that it may; this keeps it to these:", allowed, "#",
      "# The same attached, as a file for --json (without comments: viable export … --as spdk --bare):",
    ]
    lines += configuration(disks).map { "#   \($0)" }
    lines += ["#", "# Or at run time:"]
    for (place, disk) in disks.enumerated() { lines += ["#   \(call(disk, place))"] }
    return lines + comments(spdkCaveats)
  }

  /// Whether SPDK has a use for a function.
  func isForSPDK(_ address: Address) -> Bool { spdkMethod(address) != nil }

  /// What attaches a device: nil where SPDK has no use for it.
  private func spdkMethod(_ address: Address) -> (method: String, parameters: [(String, String)])? {
    guard let identity = inventory[address]?.identity.value else { return nil }
    if identity.classCode.value == 0x010802 {
      return ("bdev_nvme_attach_controller", [("trtype", "PCIe"), ("traddr", address.description)])
    }
    let virtio: [UInt16: String] = [0x1001: "blk", 0x1042: "blk", 0x1004: "scsi", 0x1048: "scsi"]
    guard identity.vendor == 0x1af4, let type = virtio[identity.device] else { return nil }
    return (
      "bdev_virtio_attach_controller",
      [("trtype", "pci"), ("traddr", address.description), ("dev_type", type)]
    )
  }

  private func name(_ address: Address, _ place: Int) -> String {
    (inventory[address]?.identity.value?.vendor == 0x1af4 ? "Virtio" : "Nvme") + "\(place)"
  }

  /// The remote call in a shell.
  private func call(_ address: Address, _ place: Int) -> String {
    guard let (method, parameters) = spdkMethod(address) else { return "" }
    let options = ["trtype": "-t", "traddr": "-a", "dev_type": "-d"]
    let words = parameters.flatMap { [options[$0.0] ?? "", $0.1] }
    let (first, last) =
      method == "bdev_nvme_attach_controller" ? (["-b", name(address, place)], []) : ([], [name(address, place)])
    return (["scripts/rpc.py", method] + first + words + last).joined(separator: " ")
  }

  /// A configuration file for an SPDK program's `--json`.
  private func configuration(_ disks: [Address]) -> [String] {
    let calls = disks.enumerated().map { place, disk -> String in
      guard let (method, parameters) = spdkMethod(disk) else { return "" }
      let fields = ([("name", name(disk, place))] + parameters).map { "\"\($0.0)\": \"\($0.1)\"" }
      return "        {\"method\": \"\(method)\", \"params\": {\(fields.joined(separator: ", "))}}"
    }
    return ["{", "  \"subsystems\": [", "    {", "      \"subsystem\": \"bdev\",", "      \"config\": ["]
      + calls.enumerated().map { $1 + ($0 + 1 < calls.count ? "," : "") }
      + ["      ]", "    }", "  ]", "}"]
  }

  /// What to know of these devices with SPDK.
  var spdkCaveats: [Caveat] {
    let takes: (Address) -> Bool = { spdkMethod($0) != nil }
    return hindrances(unused: Set(endpoints.filter { !takes($0) }))
      + useless(takes, "SPDK attaches NVMe and virtio disks, and has no use for") + traits
      + [
        Caveat(
          .driver, "scripts/setup.sh binds what it may by itself; devices that are with vfio-pci already it leaves so."),
        memory,
      ]
  }
}
