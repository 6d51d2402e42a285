import Catalogue
import HostAccess
import HostSimulated
import Ownership
import Testing
import Topology

/// The shipped scenarios: well formed, derived as the specification says, and telling what the table of it tells.
@Suite struct ShippedScenarioTests {
  @Test func `every file in the folder is shipped, and nothing else: 22 of them`() {
    #expect(ShippedFolder.names(in: "Scenarios") == ScenarioCatalogue.shippedNames.sorted())
    #expect(ScenarioCatalogue.shippedNames.count == 22)
    #expect(ScenarioCatalogue.shippedNames.first == "nic-and-hba")
  }

  @Test(arguments: ScenarioCatalogue.shippedNames)
  func `a shipped scenario is well formed, and teaches`(name: String) throws {
    let source = try #require(ScenarioCatalogue.source(of: name))
    #expect(source.utf8.count < 10_000, "embedding a larger file takes the compiler too long")
    let scenario = try ScenarioCatalogue().scenario(named: name)
    #expect(scenario.name == name && scenario.host.name == name)
    #expect(scenario.lesson.count >= 2 && !scenario.acts.isEmpty)
    #expect(scenario.acts.contains { !$0.quotes.isEmpty } || name == "unplugged-in-use")
    #expect(scenario.models.count >= 2)
    let asked = try #require(scenario.asked)
    #expect(scenario.host.inventory[asked] != nil)
    let problems = scenario.host.disagreements
    #expect(problems.isEmpty, "\(problems)")
    for act in scenario.acts {
      for quote in act.quotes {
        let marks = quote.words.utf8.count { $0 == UInt8(ascii: "\"") }
        #expect(marks % 2 == 0, "\(quote.words)")
      }
    }
  }

  /// Groups of two and more, and those with a number of their own, as the specification has them.
  private static let groups: [String: [UInt32: [String]]] = [
    "dual-function": [9: ["03:00.0", "03:00.1"]], "taken-back": [9: ["03:00.0", "03:00.1"]],
    "acs-override": [9: ["03:00.0"], 10: ["03:00.1"]],
    "stub-and-port": [7: ["00:1c.0", "01:00.0", "02:00.0", "02:01.0", "03:00.0", "04:00.0"]],
    "eperm-lookalikes": [2: ["01:00.0"], 3: ["02:00.0"]], "vdpa": [2: ["02:00.0"], 8: ["04:00.2"]],
  ]

  @Test(arguments: ScenarioCatalogue.shippedNames)
  func `the derived groups are what the specification says`(name: String) throws {
    let scenario = try ScenarioCatalogue().scenario(named: name)
    let expected = Self.groups[name] ?? [5: ["01:00.0", "02:01.0", "02:02.0"]]
    for (number, members) in expected {
      #expect(scenario.host.inventory[GroupID(number)]?.members.map(\.short) == members, "group \(number)")
    }
    let rest = scenario.host.inventory.groups.filter { expected[$0.id.number] == nil }
    #expect(rest.allSatisfy { $0.members.count == 1 })
  }

  /// The last line of every act, on a stage.
  static func tell(_ scenario: Scenario, _ rules: Rules) -> (lines: [String], host: SimulatedHost) {
    var host = scenario.host
    host.rules = rules
    let trace = Trace(rules.set)
    var lines: [String] = []
    for act in scenario.acts {
      var line = "-"
      var pursuit = Pursuit(act.wish, under: rules.set, in: host.world)
      var answer: Answer?
      while let event = pursuit.next(in: host.world, after: answer) {
        let before = host.world
        let got = host.happen(event)
        line = trace.line(event, got, in: before)
        answer = got
      }
      lines.append(line)
    }
    return (lines, host)
  }

  @Test(arguments: Told.table)
  func `a scenario tells what the specification's table tells`(_ told: Told) throws {
    let scenario = try ScenarioCatalogue().scenario(named: told.scenario)
    let (lines, host) = Self.tell(scenario, Rules(told.model, knobs: scenario.knobs))
    #expect(lines == told.lines)
    let problems = host.disagreements
    #expect(problems.isEmpty, "\(problems)")
  }

  @Test func `the table has every scenario under each of its models`() throws {
    for name in ScenarioCatalogue.shippedNames {
      let models = try ScenarioCatalogue().scenario(named: name).models
      #expect(Set(models) == Set(Told.table.filter { $0.scenario == name }.map(\.model)), "\(name)")
    }
  }

  @Test(arguments: Told.table)
  func `the stage answers what the rules answer to the same program`(_ told: Told) throws {
    let scenario = try ScenarioCatalogue().scenario(named: told.scenario)
    let rules = Rules(told.model, knobs: scenario.knobs)
    let (_, end) = Program(scenario.acts.map(\.wish)).run(under: rules, in: scenario.host.world)
    #expect(Self.tell(scenario, rules).host.world == end)
  }

  @Test func `where a knob denies, the first function runs on`() throws {
    let scenario = try ScenarioCatalogue().scenario(named: "taken-back")
    var knobs = scenario.knobs
    knobs.hostBind = .deny
    for model in [RuleSet.implicitApril, .autoUnbind] {
      let (lines, host) = Self.tell(scenario, Rules(model, knobs: knobs))
      #expect(lines.last == "echo 03:00.1 > e1000e/bind = EBUSY")
      #expect(host.rules.hold(of: GroupID(9), in: host.world).domain.isUsers)
    }
  }

  @Test func `what happens shows on the machine: the disk is gone, the third card has no driver, the NIC leaves`()
    throws
  {
    func end(_ name: String, _ model: RuleSet) throws -> Inventory {
      let scenario = try ScenarioCatalogue().scenario(named: name)
      return Self.tell(scenario, Rules(model, knobs: scenario.knobs)).host.inventory
    }
    let hba = try #require(Address("0000:02:02.0"))
    let unbound = try #require(try end("nic-and-hba", .autoUnbind)[hba])
    #expect(unbound.driver == .absent && unbound.details?.disks == .absent)
    #expect(try end("nic-and-hba", .autoUnbind)[GroupID(5)]?.holders.value?.map(\.command) == ["qemu"])
    let address = try #require(Address("0000:02:03.0"))
    let third = try #require(try end("third-card", .iommufd)[address])
    #expect(third.driver == .absent && third.group == .value(GroupID(5)))
    let left = try end("unplugged-in-use", .explicitLinux)
    let nic = try #require(Address("0000:02:01.0"))
    #expect(left[nic] == nil)
    #expect(left[GroupID(5)]?.members.map(\.short) == ["01:00.0", "02:02.0"])
    #expect(left[GroupID(5)]?.holders == .absent)
  }

  @Test func `a name that is none is refused with a guess`() {
    #expect(throws: DocumentError.self) { try ScenarioCatalogue().scenario("nic-and-hbs") }
    do throws(DocumentError) {
      _ = try ScenarioCatalogue().scenario("nic-and-hbs")
    } catch {
      #expect(error.sort == .missing && error.suggestion == "nic-and-hba")
    }
  }
}
