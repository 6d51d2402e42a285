import Catalogue
import Goldens
import HostSimulated
import Ownership
import Testing
import Topology

@Suite struct ScenarioDocumentTests {
  private func error(_ text: String) -> DocumentError? {
    do throws(DocumentError) {
      _ = try ScenarioCatalogue().scenario(bytes: Array(text.utf8), file: "my.toml")
      return nil
    } catch { return error }
  }

  private static let head = "name = 'mine'\ntitle = 't'\n"
  private static let nic = "[device.NIC]\nat = '02:00.0'\nclass = 'ethernet'\nids = '8086:10d3'\n"
  private static let whole = head + nic + "[user.qemu]\n"

  @Test func `a text becomes the machine and the story that it tells`() throws {
    let text = """
      name = "mine"
      title = "One NIC"
      models = ["iommufd", "explicit"]
      asked = "NIC"
      [device.NIC]
      at = "10000:02:00.0"
      class = "020000"
      ids = "8086:10d3"
      disks = ["sda"]
      [group.NIC]
      number = 12
      node-owner = "alice"
      reserved = [{ first = 0x1000, last = 0x1fff, kind = "reserved" }]
      [user.alice]
      uid = 1000
      memory-limit = 4096
      [knobs]
      host-bind = "deny"
      thread = true
      [[act]]
      title = "she asks"
      attach = "NIC"
      space = 1
      allow-unused = true
      memory = { iova = 0, size = 4096 }
      says = [{ mail = "SEED", words = "Groups are there." }]
      """
    let scenario = try ScenarioCatalogue().scenario(bytes: Array(text.utf8), file: "my.toml")
    let nic = try #require(Address("10000:02:00.0"))
    let alice = User(process: 100, name: "alice", uid: 1000, memoryLimit: 4096)
    let how = Attaching(allowUnused: true, space: 1, memory: Mapping(iova: 0, size: 4096))
    #expect(scenario.models == [.iommufd, .explicitLinux] && scenario.asked == nic && scenario.swap == nil)
    #expect(scenario.labels == [nic: "NIC"])
    #expect(
      scenario.acts == [
        .init(
          title: "she asks", wish: .attach(nic, by: alice, how),
          quotes: [.init(message: .seed, words: "Groups are there.")])
      ])
    #expect(scenario.knobs.hostBind == .deny && scenario.knobs.thread && scenario.host.rules.knobs == scenario.knobs)
    #expect(scenario.host.world[nic]?.driver == "e1000e", "left out, the driver is the one that booting finds")
    #expect(scenario.host.world[GroupID(12)]?.nodeOwner == 1000)
    #expect(scenario.host.world[GroupID(12)]?.reserved.count == 2)
    #expect(scenario.host.inventory[nic]?.details?.disks == .value(["sda"]))
  }

  @Test func `what is extended is taken over key by key`() throws {
    let text = "extends = 'nic-and-hba'\n" + Self.head + "[device.HBA]\ndriver = 'none'\n[user.second]\n"
    let base = try ScenarioCatalogue().scenario(named: "nic-and-hba")
    let mine = try ScenarioCatalogue().scenario(bytes: Array(text.utf8), file: "my.toml")
    #expect(mine.labels == base.labels && mine.asked == base.asked && mine.acts.isEmpty)
    let hba = try #require(Address("0000:02:02.0"))
    #expect(mine.host.world[hba]?.driver == nil && base.host.world[hba]?.driver == "sym53c8xx")
    #expect(mine.host.inventory[hba]?.identity == base.host.inventory[hba]?.identity)
  }

  private static func cycle(_ key: String, _ rest: String) -> String {
    head
      + [("A", "1", "B"), ("B", "2", "C"), ("C", "3", "A")].map { label, device, other in
        "[device.\(label)]\nat = '0\(device):00.0'\n\(key) = '\(other)'\n\(rest)"
      }.joined()
  }

  @Test(arguments: ["below", "virtual-function-of"])
  func `devices that lead back to themselves are an error that names line and cycle`(key: String) throws {
    let found = try #require(error(Self.cycle(key, "type = 'conventional-bridge'\n")))
    #expect(found.sort == .meaning && found.line == 13 && found.key == "device.C.\(key)")
    #expect(found.expected == "a device that does not lead back to C (A \(key) B \(key) C \(key) A)")
  }

  @Test(.timeLimit(.minutes(1)), arguments: ["below", "virtual-function-of"])
  func `a device that leads to itself is the shortest of these circles`(key: String) throws {
    let found = try #require(
      error(Self.whole + "[device.X]\nat = '03:00.0'\ntype = 'conventional-bridge'\n\(key) = 'X'\n"))
    #expect(found.sort == .meaning && found.key == "device.X.\(key)")
    #expect(found.expected == "a device that does not lead back to X (X \(key) X)")
  }

  @Test(
    arguments: [
      ("nic-and-hbs", "nic-and-hba"), ("vms", "two-vms"), ("dpdk", "dpdk-one-address"), ("x", nil),
    ] as [(String, String?)])
  func `a scenario that is none is told with the nearest one, or with all`(name: String, near: String?) {
    do throws(DocumentError) {
      _ = try ScenarioCatalogue().scenario(named: name)
      Issue.record("\(name) is there")
    } catch {
      #expect(error.suggestion == near && error.sort == .missing)
      #expect(error.expected.contains("partial-group") == (near == nil), "\(error)")
    }
  }

  /// One broken text after another, and every message that a person would read.
  private static let broken: [String] = [
    "", "name = 'a b'\ntitle = 't'\n" + nic, "name = 'a'\n" + nic, head, head + "[devise.NIC]\n",
    head + "extends = 'nic-and-hbs'\n", head + "device = 3\n", head + "[device.NIC]\n",
    head + "[device.NIC]\nat = '02:00'\n", head + "[device.NIC]\nat = '02:00.0'\n",
    head + "[device.NIC]\nat = '02:00.0'\nids = '8086:100e'\n",
    head + "[device.NIC]\nat = '02:00.0'\nids = '8086'\nclass = 'ethernet'\n",
    head + "[device.NIC]\nat = '02:00.0'\nids = '8086:100e'\nclass = 'ethernit'\n", head + nic + "drivr = 'e1000'\n",
    head + nic + "driver = 7\n", head + nic + "below = 'brigde'\n[device.bridge]\nat = '01:00.0'\ntype = 'root-port'\n",
    head + nic + "below = 'NIC2'\n[device.NIC2]\nat = '03:00.0'\nclass = 'ethernet'\nids = '8086:10d3'\n",
    cycle("below", "type = 'conventional-bridge'\n"),
    cycle("virtual-function-of", "class = 'usb'\nids = '8086:10d3'\n"),
    head + nic + "virtual-function-of = 'VF'\n[device.VF]\nat = '02:10.0'\nvirtual-function-of = 'VF2'\n",
    head + "[device.bridge]\nat = '01:00.0'\ntype = 'root-port'\nvirtual-function-of = 'NIC'\n" + nic,
    head + nic + "type = 'rootport'\n", head + nic + "acs = true\n", head + nic + "disks = 'sda'\n",
    head + nic + "group = -1\n", head + nic + "node-owner = 'alice'\n", head + nic + "plugged = false\n",
    head + nic + "plugged = 'no'\n", head + nic + "[device.HBA]\nat = '02:00.0'\n",
    whole + "[group.NIK]\nnumber = 5\n", whole + "[group.NIC]\n",
    whole + "[group.NIC]\nnumber = 5\nreserved = [{ first = 9, last = 1, kind = 'msi' }]\n",
    whole + "[user.b]\nuid = -1\n", whole + "[user.b]\nprocess = 100\n[user.c]\nprocess = 100\n",
    whole + "[knobs]\nhost-bind = 'allow'\n", whole + "[knobs]\nhostbind = 'deny'\n",
    "models = ['explict']\n" + whole, "models = []\n" + whole, "asked = 'NIK'\n" + whole, "lesson = 'one'\n" + whole,
    whole + "[act]\n", whole + "[[act]]\n", whole + "[[act]]\ntitle = 't'\n", whole + "[[act]]\nattach = 'NIC'\n",
    whole + "[[act]]\ntitle = 't'\nattach = 'NIC'\nrelease = 'NIC'\n", whole + "[[act]]\ntitle = 't'\natach = 'NIC'\n",
    whole + "[[act]]\ntitle = 't'\nattach = 'nic'\n", whole + "[[act]]\ntitle = 't'\nrelease = 'NIC'\nby = 'qemu'\n",
    whole + "[[act]]\ntitle = 't'\ngive = 'NIC'\n", whole + "[[act]]\ntitle = 't'\ngrant = 'group:x'\nto = 0\n",
    whole + "[user.two]\n[[act]]\ntitle = 't'\nattach = 'NIC'\n",
    whole + "[[act]]\ntitle = 't'\nattach = 'NIC'\nby = 'quemu'\n",
    whole + "[[act]]\ntitle = 't'\nattach = 'NIC'\nspace = 9\n",
    whole + "[[act]]\ntitle = 't'\nmap = { iova = 'x' }\n", whole + "[[act]]\ntitle = 't'\nhot-add = 'NIC'\n",
    whole + "[[act]]\ntitle = 't'\nrelease = 'NIC'\nsays = [{ mail = 'G22d', words = 'w' }]\n",
    whole + "[[act]]\ntitle = 't'\nrelease = 'NIC'\nsays = ['w']\n", "name = \"\u{1b}[2J\"\n", "[device\n",
  ]

  private static let port = "[device.port]\nat = '00:01.0'\ntype = 'root-port'\n"
  private static let second = "[device.second]\nclass = 'usb'\nids = '8086:10d3'\n"

  /// What has a meaning for nobody, with a part of what is told.
  static let senseless: [(text: String, told: String)] = [
    (head + port + "driver = 'vfio-pci'\n", "device.port.driver: expected a driver that takes bridges"),
    (head + nic + "driver = ''\n", "expected a driver's name, or \"none\", found \"\""),
    (head + nic + "driver = '../../x'\n", "expected a driver's name, or \"none\", found \"../../x\""),
    (head + nic + "host-drivers = ['']\n", "expected a driver's name, found \"\""),
    ("kernel = 'banana'\n" + head + nic, "expected a kernel release, for instance \"6.12.0\", found \"banana\""),
    (
      head + port + nic + "below = 'port'\n" + second + "at = '03:00.0'\nbelow = 'port'\n",
      "device.second.at: expected an address on the bus of NIC, below the same bridge"
    ),
    (
      head + port + second + "at = '0001:02:00.0'\nbelow = 'port'\n",
      "expected an address on a bus of domain 0000 above 00, where port, the bridge above second, is"
    ),
    (
      head + port + second + "at = '00:02.0'\nbelow = 'port'\n",
      "expected an address on a bus of domain 0000 above 00, where port, the bridge above second, is"
    ),
    (
      head + port + nic + "below = 'port'\n" + second + "at = '02:01.0'\n",
      "device.second.at: expected an address on another bus; that of NIC is below port"
    ),
    (
      head + port + nic + "below = 'port'\n[group.port]\nnumber = 5\n[group.NIC]\nnumber = 5\n",
      "group.NIC.number: expected a number that no other group has; the one of port has it"
    ),
    (
      head + nic + "[device.second]\nat = '02:00.1'\nclass = 'usb'\nids = '8086:10d3'\n[group.NIC]\nnumber = 5\n"
        + "[group.second]\nnumber = 6\n",
      "group.second.number: expected the number 5 that [group.NIC] gives the same group, found the integer 6"
    ),
    (whole + "[[act]]\ntitle = 't'\nattach = 'NIC'\nrelease = 'NIC'\n", "found release and attach"),
    (whole + "[[act]]\ntitle = 't'\n", "found none of them"),
    (
      whole + "[[act]]\ntitle = 't'\nrelease = 'NIC'\nexpect.iommufd = 'nothing'\n",
      "expected a model that the scenario has in its models: one of explicit, implicit, found \"iommufd\""
    ),
  ]

  @Test(arguments: senseless)
  func `what has no meaning is not taken without a word`(text: String, told: String) {
    let found = error(text)
    #expect(found?.description.contains(told) == true, "\(text)\n\(found.map { "\($0)" } ?? "taken")")
    #expect(found?.line != nil)
  }

  @Test func `every mistake in a scenario is told with file, line and what was expected`() {
    let told = Self.broken.map { text in
      let error = error(text)
      #expect(error != nil, "\(text) is accepted")
      #expect(error?.line != nil)
      return text + "  → " + (error.map { "\($0)" } ?? "") + "\n"
    }
    let outcome = Golden.check(told.joined(separator: "\n"), "scenario-errors.txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `no bytes at all can end the program`() {
    let source = Array((ScenarioCatalogue.source(of: "permissions") ?? "").utf8)
    let pieces = [
      "[", "]", "{", "}", "=", "'", "\"", "\n", "NIC", "act", "0", "-1", "true", "[[", "device", "below", ".",
    ]
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    for round in 0..<300 {
      var bytes = source
      for _ in 0..<(round % 8 + 1) {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let place = Int(state >> 33) % (bytes.count + 1)
        bytes.insert(contentsOf: Array(pieces[Int(state >> 20 & 0xffff) % pieces.count].utf8), at: place)
      }
      if let error = error(String(decoding: bytes, as: UTF8.self)) { #expect(!"\(error)".isEmpty) }
    }
  }

  @Test func `tokens, locks, limits and resets are read`() throws {
    let text =
      Self.head + Self.nic + """
        [device.VF]
        at = '02:10.0'
        class = 'ethernet'
        ids = '8086:10ca'
        virtual-function-of = 'NIC'
        locked = true
        [device.third]
        at = '03:00.0'
        class = 'ethernet'
        ids = '8086:10d3'
        plugged = false
        [user.qemu]
        descriptor-limit = 64
        [[act]]
        title = 'a'
        attach = 'VF'
        token = 'secret'
        [[act]]
        title = 'b'
        ask = 'VF'
        [[act]]
        title = 'c'
        reset = 'VF'
        [[act]]
        title = 'd'
        free = 1
        """
    let scenario = try ScenarioCatalogue().scenario(bytes: Array(text.utf8), file: "my.toml")
    let (nic, function) = (try #require(Address("0000:02:00.0")), try #require(Address("0000:02:10.0")))
    let user = User(process: 100, name: "qemu", uid: 0, descriptorLimit: 64)
    #expect(
      scenario.acts.map(\.wish) == [
        .attach(function, by: user, Attaching(token: "secret")), .ask(function, by: user), .reset(function, by: user),
        .free(space: 1, by: user),
      ])
    let device = try #require(scenario.host.world[function])
    #expect(device.isLocked && device.physicalFunction == nic)
    #expect(scenario.host.inventory[function]?.physicalFunction == nic)
    #expect(scenario.users == [user] && scenario.cards.map(\.address.short) == ["03:00.0"])
    let wrong = error(Self.whole.replacingFirst("ids", with: "virtual-function-of = 'nic'\nids"))
    #expect(wrong?.suggestion == "NIC" || wrong?.description.contains("another device") == true)
  }
}

extension String {
  fileprivate func replacingFirst(_ text: String, with other: String) -> String {
    guard let place = self.firstRange(of: text) else { return self }
    return self[..<place.lowerBound] + other + self[place.upperBound...]
  }
}
