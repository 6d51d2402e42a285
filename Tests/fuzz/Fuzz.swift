// What libFuzzer calls: compiled together with the sources of Topology by Tests/fuzz/run.

/// The first byte chooses what is said about the bytes, the rest is configuration space.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let input = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  guard let choice = input.first else { return 0 }
  let bytes = Array(input.dropFirst())
  let size: Int? = [nil, 256, 4096, bytes.count][Int(choice & 3)]
  let beyond: Ignorance = choice & 4 == 0 ? .needsRoot : .notRecorded
  let space = choice & 8 == 0 ? ConfigSpace(bytes, size: size, beyond: beyond) : ConfigSpace(bytes).takenAtItsWord
  for register in ConfigRegister.allCases {
    if let evidence = space[register].value {
      precondition(Int(evidence.offset) + evidence.width <= min(bytes.count, 4096), "evidence from nowhere")
    }
  }
  precondition(space.capabilities.entries.count <= 48 && space.extendedCapabilities.entries.count <= 480)
  precondition(space.bytes == Array(bytes.prefix(4096)), "not the bytes that were given")
  _ = (space.busNumbers, space.hasFunctionLevelReset, space.forwardsARI, space.keepsStateInD3, space.sriov)
  ports(space, choice)
  if choice & 0xf0 == 0xf0 { commandLine(bytes) }
  return 0
}

/// A bridge and a function below it, both with these bytes.
private func ports(_ space: ConfigSpace, _ choice: UInt8) {
  let (above, below) = (
    Address(domain: 0, bus: 0, device: 1, function: 0), Address(domain: 0, bus: 1, device: 0, function: choice >> 4 & 7)
  )
  let identity = space.identity.value.map { Known.value($0) } ?? .unknown(.notRead)
  let inventory = Inventory(
    functions: [
      Function(address: above, parent: .root("pci0000:00"), identity: identity),
      Function(address: below, parent: .function(above), identity: identity),
    ], groups: [], host: HostFacts(iommu: .on))
  let facts = PortFacts.read(inventory, [above: .value(space), below: .value(space)])
  precondition(facts.count == 2)
  _ = facts.map(\.isolation)
  precondition(Isolation(facts).groups.flatMap(\.self).count == 2)
  _ = ResetReach(of: below, in: inventory, config: .value(space))
}

private func commandLine(_ bytes: [UInt8]) {
  let line = KernelCommandLine(String(decoding: bytes, as: UTF8.self))
  _ = (line.acs, line.acsOverride, line.vfioIDs, line.iommuOptions, line.allowsUnsafeInterrupts)
}
