import Testing
import Topology

/// Reasons for every join: that they add up to the partition, and are the right ones.
struct TieTests {
  private func at(_ text: String) throws -> Address { try #require(Address(text)) }

  /// The partition that ties make of functions.
  private func united(_ isolation: Isolation) -> [[Address]] {
    var heads: [Address: Address] = [:]
    func head(_ address: Address) -> Address { heads[address].map { head($0) } ?? address }
    for tie in isolation.ties {
      let (left, right) = (head(tie.member), head(tie.to))
      if left != right { heads[left] = right }
    }
    let members = Dictionary(grouping: isolation.groups.flatMap(\.self)) { head($0) }
    return members.values.map { $0.sorted() }.sorted { $0[0] < $1[0] }
  }

  @Test(arguments: 1...4)
  func `in every small tree the groups are the kernel's, and the ties make them`(size: Int) {
    var count = 0
    var wrong: [[PortFacts]] = []
    SmallTrees.each(size) { functions in
      count += 1
      let isolation = Isolation(functions)
      let isRight =
        isolation.groups == KernelWalk(functions).groups && united(isolation) == isolation.groups
        && isolation.doubts.isEmpty
        && isolation.ties.count == functions.count - isolation.groups.count
      if !isRight { wrong.append(functions) }
    }
    #expect(count >= [9, 100, 1000, 10000][size - 1])
    #expect(wrong.isEmpty, "\(wrong.count) of \(count): \(wrong.first ?? [])")
  }

  @Test func `in every small tree any two members are connected, and no others`() {
    SmallTrees.each(3) { functions in
      let isolation = Isolation(functions)
      for one in functions.map(\.address) {
        for other in functions.map(\.address) {
          let path = isolation.path(from: one, to: other)
          let isTogether = isolation.members(withGroupOf: one) == isolation.members(withGroupOf: other)
          #expect((path != nil) == isTogether)
          guard let path else { continue }
          // Each tie begins where the one before ended.
          var place = one
          for tie in path {
            #expect(place == tie.member || place == tie.to)
            place = place == tie.member ? tie.to : tie.member
          }
          #expect(place == other)
        }
      }
    }
  }

  @Test func `functions that no IOMMU translates for are passed over as the kernel passes over them`() {
    SmallTrees.each(3) { functions in
      for function in functions {
        let groupless: Set = [function.address]
        #expect(
          Isolation(functions, groupless: groupless).groups == KernelWalk(functions, groupless: groupless).groups)
      }
    }
  }

  @Test func `a missing fact is a doubt wherever it could decide, and only there`() {
    SmallTrees.each(3) { functions in
      for place in functions.indices {
        var blind = functions
        blind[place].gaps = [.type: .needsRoot, .acs: .needsRoot]
        let isolation = Isolation(blind)
        for group in isolation.groups where isolation.isCertain(ofGroupOf: group[0]) {
          for known in completions(of: functions, at: place) {
            #expect(KernelWalk(known).groups.contains(group), "\(group) in \(known)")
          }
        }
      }
    }
  }

  /// What the unread function could be.
  private func completions(of functions: [PortFacts], at place: Int) -> [[PortFacts]] {
    let types: [PortType] =
      functions[place].leadsToABus ? [.conventional, .express(4), .express(7)] : [.conventional, .express(0)]
    return types.flatMap { type in
      [nil, SmallTrees.full, ACS(capability: 0x1d, control: 0)].map { acs in
        var functions = functions
        functions[place].type = type
        functions[place].acs = acs
        return functions
      }
    }
  }

  private func port(_ address: String, below parent: String? = nil, acs: ACS?) throws -> PortFacts {
    PortFacts(
      address: try at(address), parent: try parent.map { .function(try at($0)) } ?? .root("pci0000:00"),
      leadsToABus: true, type: .express(4), acs: acs)
  }

  @Test func `the reason is where the first thing on the way up lets traffic through`() throws {
    let open = ACS(capability: 0x1f, control: 0x11)
    let machine = [
      try port("0000:00:1c.0", acs: open), try port("0000:01:00.0", below: "0000:00:1c.0", acs: SmallTrees.full),
      PortFacts(address: try at("0000:02:00.0"), parent: .function(try at("0000:01:00.0")), type: .express(0)),
    ]
    let isolation = Isolation(machine)
    let expected = Tie(
      .acsOff, at: try at("0000:00:1c.0"), member: try at("0000:02:00.0"), to: try at("0000:01:00.0"))
    #expect(isolation.tie(of: try at("0000:02:00.0")) == expected)
    #expect(isolation.facts(of: try at("0000:00:1c.0"))?.leak == .acsOff(missing: 0x0c))
  }

  @Test func `functions of a card are tied at its first one`() throws {
    let port = try port("0000:00:1c.0", acs: SmallTrees.full)
    let functions = try (0...2).map {
      PortFacts(
        address: try at("0000:01:00.\($0)"), parent: .function(port.address), type: .express(0), isMultifunction: true)
    }
    let ties = Isolation([port] + functions).ties
    #expect(ties.map(\.kind) == [.multifunction, .multifunction])
    #expect(Set(ties.map(\.at.short)) == ["01:00.0"])
  }

  @Test func `an alias that leads over a third function names it`() throws {
    // 0 and 2 know nothing of each other; 1 uses the requester ids of both, but comes after 0.
    let aliases: [Set<UInt8>] = [[], [0, 2], []]
    let functions = try (0...2).map {
      PortFacts(
        address: try at("0000:05:00.\($0)"), parent: .root("pci0000:05"), type: .express(0), aliases: aliases[$0])
    }
    let ties = Isolation(functions).ties
    #expect(ties.map(\.kind) == [.aliasQuirk, .aliasQuirk])
    #expect(ties.allSatisfy { $0.at == functions[1].address })
  }

  @Test func `one loose downstream port spoils the whole switch under the proposed rule alone`() throws {
    let root = try port("0000:00:1c.0", acs: SmallTrees.full)
    let upstream = PortFacts(
      address: try at("0000:01:00.0"), parent: .function(root.address), leadsToABus: true, type: .express(5))
    let ports = try [("0000:02:00.0", nil), ("0000:02:01.0", SmallTrees.full)].map { address, acs in
      PortFacts(
        address: try at(address), parent: .function(upstream.address), leadsToABus: true, type: .express(6), acs: acs)
    }
    let cards = try zip(["0000:03:00.0", "0000:04:00.0"], ports).map { address, above in
      PortFacts(address: try at(address), parent: .function(above.address), type: .express(0))
    }
    let machine = [root, upstream] + ports + cards
    #expect(Isolation(machine).groups.map(\.count) == [1, 1, 2, 1, 1])
    #expect(Isolation(machine, rules: .wholeSwitch).groups.map(\.count) == [1, 1, 4])
  }

  @Test func `a chain of ten thousand bridges takes no longer than a row of them`() throws {
    var chain: [PortFacts] = []
    var parent = Parent.root("pci0000:00")
    for number in 0..<10_000 {
      let address = Address(domain: UInt32(number >> 8), bus: UInt8(number & 255), device: 0, function: 0)
      chain.append(
        PortFacts(address: address, parent: parent, leadsToABus: true, type: .express(4), acs: SmallTrees.full))
      parent = .function(address)
    }
    chain[0].acs = nil
    #expect(Isolation(chain).groups.count == 1)
  }
}
