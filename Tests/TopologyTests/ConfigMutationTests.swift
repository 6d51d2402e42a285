import Randomness
import Testing
import Topology

/// Whatever the bytes are, reading them ends, traps never, and says nothing that they do not carry.
@Suite struct ConfigMutationTests {
  /// Every fact of a configuration space as text, so that two can be compared.
  private func facts(_ space: ConfigSpace) -> [String: Known<String>] {
    var facts: [String: Known<String>] = [
      "layout": space.layout.map { "\($0)" }, "multifunction": space.saysMultifunction.map { "\($0)" },
      "revision": space.revision.map { "\($0)" }, "buses": space.busNumbers.map { "\($0)" },
      "port": space.port.map { "\($0)" }, "slot": space.hasSlot.map { "\($0)" },
      "flr": space.hasFunctionLevelReset.map { "\($0)" }, "ari": space.forwardsARI.map { "\($0)" },
      "pm": space.keepsStateInD3.map { "\($0)" }, "acs": space.acs.map { "\($0)" },
      "wide": space.wideACS.map { "\($0)" }, "sriov": space.sriov.map { "\($0)" },
    ]
    for register in ConfigRegister.allCases { facts["\(register)"] = space[register].map(\.description) }
    return facts
  }

  /// Evidence is what stands at its place.
  private func check(_ space: ConfigSpace, _ bytes: [UInt8], _ place: Comment) {
    for register in ConfigRegister.allCases {
      guard let evidence = space[register].value else { continue }
      let start = Int(evidence.offset)
      guard start + evidence.width <= bytes.count else {
        Issue.record("\(register) at \(start) of \(bytes.count): \(place)")
        continue
      }
      let value = (0..<evidence.width).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << UInt32(8 * $1) }
      #expect(value == evidence.value, place)
    }
    #expect(space.capabilities.entries.count <= 48 && space.extendedCapabilities.entries.count <= 480, place)
    #expect(space.capabilities.entries.allSatisfy { (0x40...0xfc).contains($0.offset) && $0.offset & 3 == 0 }, place)
    #expect(
      space.extendedCapabilities.entries.allSatisfy { (0x100...0xffc).contains($0.offset) && $0.offset & 3 == 0 },
      place)
  }

  @Test func `real bytes cut short anywhere say the same, or that more could not be read`() throws {
    for (name, bytes) in try ConfigSeeds.all() {
      let end = (bytes.lastIndex { $0 != 0 } ?? 0) + 16
      let whole = facts(ConfigSpace(bytes, size: bytes.count, beyond: .needsRoot))
      #expect(whole.values.allSatisfy { $0.ignorance == nil }, "\(name)")
      let lengths = Array(0..<min(end, bytes.count)) + Array(stride(from: end, to: bytes.count, by: 509))
      for length in lengths {
        let cut = Array(bytes.prefix(length))
        let space = ConfigSpace(cut, size: bytes.count, beyond: .needsRoot)
        check(space, cut, "\(name) cut at \(length)")
        for (fact, found) in facts(space) where found != whole[fact] {
          #expect(found.ignorance == .needsRoot, "\(name) cut at \(length): \(fact)")
        }
      }
    }
  }

  @Test func `thousands of mutations of real bytes are read to an end`() throws {
    let seeds = try ConfigSeeds.all()
    var dice = Dice(state: 2021)
    for round in 0..<4000 {
      var bytes = seeds[dice.below(seeds.count)].bytes
      for _ in 0...dice.below(12) { mutate(&bytes, seeds[dice.below(seeds.count)].bytes, &dice) }
      let size = [nil, 256, 4096, bytes.count][dice.below(4)]
      let space = ConfigSpace(bytes, size: size, beyond: .notRecorded)
      check(space, space.bytes, "round \(round)")
      #expect(space.bytes == Array(bytes.prefix(4096)), "round \(round)")
      _ = space.identity
      _ = facts(space.takenAtItsWord)
    }
  }

  private func mutate(_ bytes: inout [UInt8], _ other: [UInt8], _ dice: inout Dice) {
    guard !bytes.isEmpty else { return bytes = other }
    /// Half of all strokes hit where pointers stand.
    let busy = min(bytes.count, 0x180)
    let place = dice.below(dice.below(2) == 0 ? busy : bytes.count)
    switch dice.below(7) {
    case 0: bytes[place] ^= 1 << UInt8(dice.below(8))
    case 1: bytes[place] = UInt8(dice.below(256))
    case 2: bytes[place] = [0, 0x3f, 0x40, 0xfc, 0xff][dice.below(5)]
    case 3:
      // A capability where there was none, pointing somewhere.
      let ids: [UInt8] = [0x01, 0x05, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x13, 0x1b, 0xff]
      bytes[place] = ids[dice.below(ids.count)]
      if place + 3 < bytes.count { for next in 1...3 { bytes[place + next] = UInt8(dice.below(256)) } }
    case 4:
      if let pointer = [0x14, 0x34, 0x41, 0x102, 0x103].filter({ $0 < bytes.count }).randomElement(using: &dice) {
        bytes[pointer] = UInt8(dice.below(256))
      }
    case 5: bytes.removeLast(dice.below(bytes.count))
    default:
      let cut = min(place, other.count)
      bytes = Array(bytes[..<cut]) + other[cut...]
    }
  }
}
