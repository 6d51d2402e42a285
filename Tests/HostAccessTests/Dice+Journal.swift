import HostAccess
import Randomness
import Topology

/// Random values of a journal.
extension Dice {
  /// Texts as firmware, people and attackers make them.
  mutating func text() -> String {
    let scalars: [Unicode.Scalar] = [
      "a", "Z", "0", "-", "_", ".", " ", "%", "\t", "\"", "\\", "ä", "\u{202e}", "🙂", "=", "?",
    ]
    return (0..<below(6)).reduce(into: "") { text, _ in text.unicodeScalars.append(scalars[below(scalars.count)]) }
  }

  mutating func name() -> String { ["e1000", "vfio-pci", "sym53c8xx", "my driver", "%", "ä", "=x", "-"][below(8)] }

  mutating func address() -> Address {
    Address(
      domain: UInt32.random(in: 0...0x1_ffff, using: &self), bus: UInt8.random(in: 0...255, using: &self),
      device: UInt8(below(32)), function: UInt8(below(8)))
  }

  mutating func effect(on address: Address) -> Effect {
    switch below(6) {
    case 0: .setOverride(address, name())
    case 1: .setOverride(address, nil)
    case 2: .unbind(address, from: name())
    case 3: .probe(address, expecting: name())
    case 4: .probe(address, expecting: nil)
    default: .setVirtualFunctions(address, below(300))
    }
  }

  mutating func known<Value>(_ value: (inout Dice) -> Value) -> Known<Value> {
    switch below(4) {
    case 0: return .absent
    case 1:
      let whys: [Ignorance] = [
        .notRead, .needsRoot, .deviceBusy, .notRecorded, .suspended, .refused(errno: Int32(below(200))),
        .malformed(text()),
      ]
      return .unknown(whys[below(whys.count)])
    default: return .value(value(&self))
    }
  }

  mutating func binding(of address: Address) -> Binding {
    let identity = known { dice in
      Identity(
        vendor: UInt16(dice.below(65536)), device: UInt16(dice.below(65536)),
        subsystemVendor: UInt16(dice.below(65536)),
        subsystemDevice: UInt16(dice.below(65536)), classCode: ClassCode(UInt32(dice.below(0x100_0000))))
    }
    return Binding(
      address: address, identity: identity, path: text(), driver: known { $0.name() }, override: known { $0.name() },
      group: known { GroupID(UInt32($0.below(100))) }, virtualFunctions: known { $0.below(64) })
  }

  mutating func record() -> Record {
    let states = Record.State.allCases
    if below(6) == 0 {
      return Record(.loadModule("vfio-pci"), inverse: [], before: nil, state: states[below(states.count)])
    }
    let state = states[below(states.count)]
    switch below(4) {
    case 0:
      let file = file()
      return Record(
        .writeFile(file, content()), inverse: [.writeFile(file, content())], before: .file(file, content()),
        state: state)
    case 1:
      let node = node()
      return Record(owner(of: node), inverse: [owner(of: node)], before: .node(node, seen(node)), state: state)
    default: break
    }
    let address = address()
    return Record(
      effect(on: address), inverse: (0..<below(4)).map { _ in effect(on: address) },
      before: .function(binding(of: address)), state: state)
  }

  mutating func file() -> ConfigurationFile {
    switch below(6) {
    case 0: .driverctl(address())
    case 1: .bindingRule(address())
    case 2: .grantRule(["5", "0000:02:01.0", "a_b-c.d"][below(3)])
    case 3: .moduleOptions(address())
    case 4: .initramfsHook
    default: .assignment(address(), state: ["/var/lib/viable", "/x", "/a b/assignments/ä"][below(3)])
    }
  }

  mutating func content() -> String? {
    below(4) == 0 ? nil : (0..<below(5)).map { _ in text() + ["", "\n", "\r\n"][below(3)] }.joined()
  }

  mutating func node() -> DeviceNode {
    switch below(3) {
    case 0: .group(GroupID(UInt32(below(100))))
    case 1: .device(address(), number: below(300))
    default: .iommu
    }
  }

  mutating func seen(_ node: DeviceNode) -> Node {
    Node(path: node.path, owner: UInt32(below(70000)), group: UInt32(below(9)), mode: UInt16(below(0o1000)))
  }

  mutating func owner(of node: DeviceNode) -> Effect {
    .setOwner(node, uid: UInt32(below(70000)), gid: UInt32(below(9)), mode: UInt16(below(0o1000)))
  }

  mutating func entry() -> Entry {
    Entry(
      number: 1 + below(1000), title: text(), time: Int64.random(in: .min ... .max, using: &self),
      session: Entry.Session(boot: text(), machine: text()), records: (0..<below(5)).map { _ in record() })
  }
}
