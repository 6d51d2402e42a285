import Ownership
import Topology

extension Handover {
  /// EAL arguments, one line a device, with what to know as comments.
  func dpdk() -> [String] {
    let devices = endpoints.filter(Self.dpdkTakes(inventory))
    let arguments = devices.map { "-a \($0)" } + ["--iova-mode=va"]
    guard !choice.isBare else { return arguments }
    var lines = Wrapped.lines("\(title) for DPDK, arguments of the EAL: \(list(devices)).", prefix: "# ")
    lines += arguments
    let line = "dpdk-testpmd \(arguments.joined(separator: " ")) -- -i"
    lines += ["#", "# To try it:", "#   \(line)"]
    lines += Wrapped.lines(
      "Without huge pages: --no-huge -m 64 before the --, and --total-num-mbufs=2048 after it; as a user whose locked "
        + "memory is limited also --no-mlockall.", prefix: "# ")
    return lines + comments(dpdkCaveats)
  }

  /// Classes that poll-mode drivers are made for: networks but for those that are no Ethernet or InfiniBand, among them
  /// every Wi-Fi card (0280), processors and accelerators, DMA engines.
  static func dpdkTakes(_ inventory: Inventory) -> (Address) -> Bool {
    { address in
      guard let code = inventory[address]?.identity.value?.classCode else { return false }
      if code.baseAndSub == 0x0280 { return false }
      return [0x02, 0x0b, 0x10, 0x12].contains(code.base) || [0x0801, 0x0880].contains(code.baseAndSub)
    }
  }

  /// Devices that DPDK drives beside their kernel drivers.
  var bifurcated: [Address] { endpoints.filter { Self.dpdkTakes(inventory)($0) && isBifurcated($0) } }

  /// What to know of these devices with DPDK.
  var dpdkCaveats: [Caveat] {
    let takes = Self.dpdkTakes(inventory)
    let bifurcated = bifurcated
    let needsVFIO = endpoints.contains { takes($0) && !isBifurcated($0) }
    var found = !needsVFIO ? [] : hindrances(exempting: Set(bifurcated), unused: Set(endpoints.filter { !takes($0) }))
    found += bifurcated.map { address in
      Caveat(
        .driver, address,
        "\(call(address)) is driven through its kernel driver (mlx5_core, mlx4_core), by libibverbs: "
          + "leave it bound to that, and do not assign it.")
    }
    found += useless(takes, "DPDK has no poll-mode driver for")
    guard needsVFIO else { return found + [memory] }
    var rest = self
    rest.endpoints.removeAll(where: Set(bifurcated).contains)
    rest.withheld += bifurcated
    found += rest.traits
    if endpoints.contains(where: { token(of: $0) }) {
      found.append(Caveat(.virtualFunction, "The token of the physical function goes to --vfio-vf-token=UUID."))
    }
    return found + [
      Caveat(
        .driver, "--iova-mode=va needs no physical addresses, and so no root; without an IOMMU there is only pa."),
      memory,
    ]
  }

  private func token(of address: Address) -> Bool {
    inventory[address]?.physicalFunction.map(isVFIO) ?? false
  }

  /// NVIDIA's ConnectX NICs: the kernel's driver stays, and the program goes beside it.
  private func isBifurcated(_ address: Address) -> Bool {
    guard let identity = inventory[address]?.identity.value else { return false }
    return identity.vendor == 0x15b3 && identity.classCode.base == 0x02
  }

  /// Devices that a program has no use for.
  func useless(_ takes: (Address) -> Bool, _ what: String) -> [Caveat] {
    let rest = endpoints.filter { !takes($0) }
    return rest.isEmpty ? [] : [Caveat(.useless, rest.count == 1 ? rest[0] : nil, "\(what) \(list(rest)).")]
  }
}
