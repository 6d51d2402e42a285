import Assignment
import Catalogue
import Console
import Goldens
import HostSimulated
import Ownership
import Testing
import Topology

@testable import viable

/// Stories and attempts as the command line prints them. The traces are typed from the specification.
struct StoryTests {
  private func page(_ look: Look = .plain, _ body: (inout Page) -> Void) -> String {
    var page = Page(look)
    body(&page)
    return page.text
  }

  private func expect(_ text: String, _ name: String, _ location: SourceLocation = #_sourceLocation) {
    let outcome = Golden.check(text, name)
    #expect(outcome.matches, "\(outcome)", sourceLocation: location)
  }

  private func seed() throws -> Scenario { try ScenarioCatalogue().scenario(named: "nic-and-hba") }

  private func report(_ scenario: Scenario, _ models: [RuleSet], isLinear: Bool = false) -> DemoReport {
    DemoReport(Comparison(Demonstration(scenario), models: models), isLinear: isLinear)
  }

  /// What `demo --models MODEL` prints of the calls of a story.
  private func trace(_ scenario: Scenario, _ model: RuleSet) -> [String] {
    let comparison = report(scenario, [model]).comparison
    return comparison.lines(of: comparison.sides[0]).compactMap { $0?.text }
  }

  @Test func `the seed scene's traces come out exactly`() throws {
    let release = "echo 02:02.0 > sym53c8xx/unbind = ok"
    #expect(
      trace(try seed(), .explicitLinux) == [
        "open(/dev/vfio/vfio)=3", "open(/dev/vfio/5)=4", "GET_STATUS={}", "SET_CONTAINER=-1 EPERM", release,
        "GET_STATUS={VIABLE}", "SET_CONTAINER=0", "SET_IOMMU=0", "MAP_DMA=0", "GET_DEVICE_FD(02:01.0)=5",
      ])
    #expect(
      trace(try seed(), .explicit2021) == [
        "open(/dev/vfio/vfio)=3", "open(/dev/vfio/5)=4", "GET_STATUS={}", "SET_CONTAINER=0", "SET_IOMMU=0",
        "MAP_DMA=0", "GET_DEVICE_FD(02:01.0)=-1 EINVAL", release, "GET_DEVICE_FD(02:01.0)=5",
      ])
    #expect(
      trace(try seed(), .implicitApril) == [
        "open(/dev/ioasid)=3", "open(/dev/vfio/device0)=4", "JOIN(4,3)=-1 EPERM {02:02.0 sym53c8xx}", release,
        "JOIN(4,3)=0", "CREATE_IOASID=1", "ATTACH(4,1)=-1 EPERM {02:02.0 not joined}",
        "close(4)=0", "open(/dev/vfio/device0)=4", "JOIN(4,3,IOASID_IMPLICIT_GROUP)=0",
        "ATTACH(4,1)=0 {at risk: 02:02.0}",
      ])
    #expect(
      trace(try seed(), .autoUnbind) == [
        "open(/dev/ioasid)=3", "open(/dev/vfio/device0)=4",
        "JOIN(4,3)=0 {event: sym53c8xx unbound from 02:02.0, sda removed}", "CREATE_IOASID=1", "ATTACH(4,1)=0",
      ])
    #expect(
      trace(try seed(), .iommufd) == [
        "open(/dev/iommu)=3", "open(/dev/vfio/devices/vfio0)=4", "BIND(4,3)=-1 EPERM", release,
        "BIND(4,3)=0 devid=1", "IOAS_ALLOC=2", "MAP=0", "ATTACH(4,2)=0 (pt_id=3 HWPT)",
      ])
  }

  /// The seed scene, going on as the rest of a trace does.
  private func continued(_ acts: [String]) throws -> Scenario {
    let head = """
      name = "further"
      title = "The rest of the trace"
      extends = "nic-and-hba"
      models = ["explicit"]
      [user.qemu]
      [user.other]
      [device.HBA]
      driver = "none"
      """
    let body = acts.map { "[[act]]\ntitle = \"next\"\n\($0)" }
    return try ScenarioCatalogue().scenario(
      bytes: Array(([head] + body).joined(separator: "\n").utf8), file: "further.toml")
  }

  @Test func `the rest of the explicit trace: one opener, and a group that lives as long as its device`() throws {
    let story = try continued([
      "attach = \"NIC\"\nby = \"qemu\"", "attach = \"HBA\"\nby = \"qemu\"", "open = \"group:5\"\nby = \"other\"",
      "close-owner = \"qemu\"", "open = \"group:5\"\nby = \"other\"", "close = \"NIC\"\nby = \"qemu\"",
      "own = \"NIC\"\nby = \"other\"",
    ])
    #expect(
      trace(story, .explicitLinux).dropFirst(6) == [
        "GET_DEVICE_FD(02:02.0)=-1 ENODEV", "open(/dev/vfio/5)=-1 EBUSY", "close(4)=0", "close(3)=0",
        "open(/dev/vfio/5)=-1 EBUSY", "close(5)=0", "open(/dev/vfio/vfio)=3", "open(/dev/vfio/5)=4",
        "GET_STATUS={VIABLE}", "SET_CONTAINER=0",
      ])
  }

  @Test func `the rest of the implicit trace: every member joined, and no flag`() throws {
    let story = try continued([
      "attach = \"NIC\"\nby = \"qemu\"", "give = \"HBA\"\nto = \"vfio-pci\"", "own = \"HBA\"\nby = \"qemu\"",
      "attach = \"NIC\"\nby = \"qemu\"",
    ])
    #expect(
      trace(story, .implicitApril).dropFirst(4) == [
        "ATTACH(4,1)=-1 EPERM {02:02.0 not joined}", "echo 02:02.0 > vfio-pci/bind = ok",
        "open(/dev/vfio/device1)=5", "JOIN(5,3)=0", "ATTACH(4,1)=0",
      ])
  }

  @Test func `the rest of the iommufd trace: host drivers and other owners kept out until all is closed`() throws {
    let story = try continued([
      "attach = \"NIC\"\nby = \"qemu\"\nmemory = { iova = 0, size = 4096 }",
      "give = \"HBA\"\nto = \"sym53c8xx\"", "give = \"HBA\"\nto = \"vfio-pci\"", "own = \"HBA\"\nby = \"other\"",
      "own = \"HBA\"\nby = \"qemu\"", "attach = \"HBA\"\nby = \"qemu\"\nspace = 1", "close-owner = \"qemu\"",
      "exit = \"other\"", "close = \"NIC\"\nby = \"qemu\"",
      "close = \"HBA\"\nby = \"qemu\"", "release = \"HBA\"", "give = \"HBA\"\nto = \"sym53c8xx\"",
    ])
    let lines = trace(story, .iommufd)
    #expect(
      lines.prefix(12) == [
        "open(/dev/iommu)=3", "open(/dev/vfio/devices/vfio0)=4", "BIND(4,3)=0 devid=1", "IOAS_ALLOC=2", "MAP=0",
        "ATTACH(4,2)=0 (pt_id=3 HWPT)", "echo 02:02.0 > sym53c8xx/bind = EBUSY", "echo 02:02.0 > vfio-pci/bind = ok",
        "open(/dev/iommu)=3", "open(/dev/vfio/devices/vfio1)=4", "BIND(4,3)=-1 EPERM",
        "open(/dev/vfio/devices/vfio1)=5",
      ])
    #expect(lines.contains("BIND(5,3)=0 devid=4") && lines.contains("ATTACH(5,5)=-1 EINVAL"))
    #expect(
      lines.suffix(5) == [
        "exit other = ok", "close(4)=0", "close(5)=0", "echo 02:02.0 > vfio-pci/unbind = ok",
        "echo 02:02.0 > sym53c8xx/bind = ok",
      ])
  }

  @Test func `a story is printed in columns, in 80 ASCII columns, one side after the other, and as JSON`() throws {
    let pair: [RuleSet] = [.explicitLinux, .implicitApril]
    expect(page { try? report(seed(), pair).text(into: &$0) }, "demo-pair.txt")
    let narrow = Look(inks: .none, isASCII: true, columns: 80)
    let text = page(narrow) { try? report(seed(), pair).text(into: &$0) }
    expect(text, "demo-pair-ascii-80.txt")
    for line in text.split(separator: "\n") { #expect(Width.of(line) <= 80, "\(line)") }
    expect(page { try? report(seed(), pair, isLinear: true).text(into: &$0) }, "demo-pair-linear.txt")
    expect(page { try? report(seed(), RuleSet.allCases).text(into: &$0) }, "demo-all.txt")
    expect(page { try? report(seed(), pair).json(into: &$0) }, "demo-pair.json")
  }

  @Test func `nothing that a scenario's author wrote acts on a terminal`() throws {
    let text = """
      name = "bell"
      title = "ring\\u0007"
      lesson = ["ring\\u0007, \\u001b[31mred"]
      models = ["explicit", "implicit"]
      asked = "N\\u0007IC"
      [device."N\\u0007IC"]
      at = "02:01.0"
      class = "ethernet"
      ids = "8086:100e"
      driver = "e1\\u0007000"
      interfaces = ["eth\\u0007"]
      [user."us\\u0007er"]
      [[act]]
      title = "ring\\u0007"
      give = "N\\u0007IC"
      to = "vfio\\u0007"
      says = [{ mail = "SEED", words = "ring\\u0007" }]
      [[act]]
      title = "k"
      kill = "us\\u0007er"
      expect.explicit = "ring\\u0007"
      """
    let bell = try ScenarioCatalogue().scenario(bytes: Array(text.utf8), file: "bell.toml")
    for isLinear in [false, true] {
      let printed = page { report(bell, [.explicitLinux, .implicitApril], isLinear: isLinear).text(into: &$0) }
      #expect(printed.contains("\\x07") && printed.contains("\\x1b[31mred"))
      #expect(printed.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 && $0.value != 0x7f }, "\(printed)")
    }
  }

  @Test func `a story that deviates says so and ends with 1`() throws {
    var scenario = try seed()
    #expect(report(scenario, scenario.models).exit == .done)
    scenario.acts[0].expected[.iommufd] = "BIND(4,3)=0 devid=1"
    let report = report(scenario, scenario.models)
    #expect(report.exit == .not)
    let words = "DEVIATES: act 1 under iommufd has to come to BIND(4,3)=0 devid=1, and came to BIND(4,3)=-1 EPERM."
    #expect(page { report.text(into: &$0) }.contains(words))
    #expect(page { report.json(into: &$0) }.contains("\"deviations\":[{\"act\":1,"))
  }

  private func attempt(
    _ model: RuleSet, _ devices: [Address], _ host: inout SimulatedHost, allowUnused: Bool = false,
    labels: [Address: String] = [:]
  ) -> Attempt {
    var attempt = Attempt(model, taking: devices, allowUnused: allowUnused, labels: labels)
    attempt.take(on: &host)
    attempt.giveBack(on: &host)
    return attempt
  }

  @Test(arguments: RuleSet.allCases)
  func `an attempt prints every call, why it was refused, and what was given back`(model: RuleSet) throws {
    let scenario = try seed()
    var host = scenario.host
    let nic = Machines.address("0000:02:01.0")
    let report = AttachReport(attempt: attempt(model, [nic], &host, labels: scenario.labels))
    expect(page { report.text(into: &$0) }, "attach-\(model.rawValue).txt")
    expect(page { report.json(into: &$0) }, "attach-\(model.rawValue).json")
    #expect(report.exit == (model == .autoUnbind ? .done : .not))
  }

  @Test(arguments: RuleSet.allCases)
  func `whatever was taken, everything is as it was afterwards`(model: RuleSet) throws {
    let drivers: [DriverName?] = [nil, "vfio-pci", "pci-stub", "sym53c8xx"]
    let (nic, hba) = (Machines.address("0000:02:01.0"), Machines.address("0000:02:02.0"))
    for driver in drivers {
      var start = try seed().host
      start.rules = Rules(model)
      _ = start.happen(.unbind(hba))
      if let driver { _ = start.happen(.bind(hba, driver)) }
      for devices in [[nic], [hba], [nic, hba], [hba, nic], [nic, nic]] {
        for allowUnused in [false, true] {
          var host = start
          let attempt = attempt(model, devices, &host, allowUnused: allowUnused)
          #expect(attempt.isAsBefore && host == start, "\(driver ?? "none") \(devices) \(allowUnused)")
          #expect(attempt.isAttached == (attempt.refusal == nil))
        }
      }
    }
  }

  @Test func `a group stands for every endpoint where devices join, and for what is bound where it is a group`() throws
  {
    let (nic, hba) = (Machines.address("0000:02:01.0"), Machines.address("0000:02:02.0"))
    let world = try seed().host.world
    for model in RuleSet.allCases {
      let isExplicit = model == .explicitLinux || model == .explicit2021
      #expect(Attempt.devices(of: GroupID(5), under: model, in: world) == (isExplicit ? [nic] : [nic, hba]))
    }
    #expect(Attempt.devices(of: GroupID(99), under: .iommufd, in: world).isEmpty)
  }

  @Test func `check with a model forecasts every uAPI and says why they differ`() {
    let nic = [(text: "02:01.0", target: Selector.Target.functions([Machines.address("0000:02:01.0")]))]
    for model in [RuleSet.explicitLinux, .implicitApril, .autoUnbind] {
      let survey = Survey(Machines.place("seed"), Machines.seed, rules: model)
      let report = CheckReport(survey, nic, forecasting: Footing(World(Machines.seed)))
      expect(page { report.text(into: &$0) }, "forecast-\(model.rawValue).txt")
      expect(page { report.json(into: &$0) }, "forecast-\(model.rawValue).json")
      #expect(report.exit == (model == .autoUnbind ? .done : .not))
    }
  }

  @Test func `what viability cannot tell, the model does: April wants the sibling, a group brings it along`() {
    let functions = Machines.seed.functions.map { function in
      var function = function
      if function.driver.value == "sym53c8xx" { function.driver = .absent }
      return function
    }
    let inventory = Inventory(
      functions: functions, groups: Machines.seed.groups, names: Machines.names, host: Machines.seed.host)
    func exit(_ target: Selector.Target, _ model: RuleSet) -> Exit {
      let survey = Survey(Machines.place("seed"), inventory, rules: model)
      return CheckReport(survey, [(text: "x", target: target)], forecasting: Footing(World(inventory))).exit
    }
    let nic = Selector.Target.functions([Machines.address("0000:02:01.0")])
    for model in RuleSet.allCases {
      let isRefused = model == .implicitApril || model == .implicitRFC1
      #expect(exit(nic, model) == (isRefused ? .not : .done), "\(model)")
      #expect(exit(.group(GroupID(5)), model) == .done, "\(model)")
    }
    let survey = Survey(Machines.place("seed"), inventory, rules: .implicitApril)
    let report = CheckReport(survey, [(text: "02:01.0", target: nic)], forecasting: Footing(World(inventory)))
    expect(page { report.text(into: &$0) }, "forecast-released.txt")
  }
}

/// The shipped stories, each under the interfaces it is about.
struct ShippedStoryTests {
  @Test(arguments: ScenarioCatalogue().names)
  func `every shipped story says how it has to come out under each of its models, and does`(name: String) throws {
    let scenario = try ScenarioCatalogue().scenario(named: name)
    for act in scenario.acts { #expect(Set(act.expected.keys) == Set(scenario.models), "\(act.title)") }
    let report = DemoReport(Comparison(Demonstration(scenario), models: RuleSet.allCases))
    #expect(report.comparison.deviations.isEmpty)
    #expect(report.exit == .done)
  }
}
