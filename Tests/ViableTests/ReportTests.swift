import Console
import Goldens
import HostAccess
import Ownership
import Testing
import Topology

@testable import viable

/// Every report of every machine, as a person and as a script reads it.
struct ReportTests {
  private func page(_ look: Look = .plain, _ body: (inout Page) -> Void) -> String {
    var page = Page(look)
    body(&page)
    return page.text
  }

  private static let narrow = Look(inks: .none, isASCII: true, columns: 80)

  private func list(_ survey: Survey, _ targets: [Selector.Target] = [], full: Bool = false) -> ListReport {
    ListReport(survey: survey, selection: Selection(targets, in: survey.inventory), full: full)
  }

  private func expect(_ text: String, _ name: String, _ location: SourceLocation = #_sourceLocation) {
    let outcome = Golden.check(text, name)
    #expect(outcome.matches, "\(outcome)", sourceLocation: location)
  }

  @Test(arguments: Machines.allNames)
  func `a list says who is in which group and who holds it`(name: String) {
    let survey = Machines.survey(name)
    expect(page { list(survey).text(into: &$0) }, "list-\(name).txt")
    expect(page(Self.narrow) { list(survey).text(into: &$0) }, "list-\(name)-ascii-80.txt")
    expect(page { list(survey, full: true).text(into: &$0) }, "list-full-\(name).txt")
    expect(page { list(survey).tree(into: &$0) }, "tree-\(name).txt")
    expect(page(Self.narrow) { list(survey).tree(into: &$0) }, "tree-\(name)-ascii-80.txt")
  }

  @Test(arguments: Machines.allNames)
  func `a list as JSON has every device and group`(name: String) {
    let survey = Machines.survey(name)
    expect(page { list(survey).json(into: &$0) }, "list-\(name).json")
    expect(page { list(survey, full: true).json(into: &$0) }, "list-full-\(name).json")
  }

  @Test func `what a listing left unread is null with the reason, and never an empty list`() {
    var machine = Inventory(
      functions: Machines.seed.functions, groups: Machines.seed.groups, host: Machines.seed.host)
    let all = page { list(Survey(Machines.place("seed"), machine)).json(into: &$0) }
    #expect(all.contains("\"disagreements\":[]") && !all.contains("others_reason"))
    machine = Inventory(
      functions: machine.functions,
      groups: machine.groups.map { group in
        var group = group
        group.isListed = group.id != machine.groups[0].id
        return group
      }, host: machine.host)
    let some = page { list(Survey(Machines.place("seed"), machine)).json(into: &$0) }
    #expect(some.contains("\"disagreements\":null,\"disagreements_reason\":\"the directories of groups"))
    #expect(some.split(separator: "\"others\":null,\"others_reason\":").count == 2)
  }

  @Test func `a driver's name that is no plain text is as wide as it is printed`() throws {
    let machine = Inventory(
      functions: Machines.seed.functions.map { function in
        var function = function
        if function.driver.value != nil { function.driver = .value("a\u{1b}\u{7}b") }
        return function
      }, groups: Machines.seed.groups, host: Machines.seed.host)
    let lines = page { list(Survey(Machines.place("seed"), machine)).text(into: &$0) }.split(separator: "\n")
    let head = try #require(lines.first { $0.hasPrefix(" GRP") })
    let state = try #require(head.firstRange(of: "STATE"))
    let column = head.distance(from: head.startIndex, to: state.lowerBound)
    let rows = lines.filter { $0.contains("0000:") && $0.contains(Clean.visible("a\u{1b}\u{7}b") + "  ") }
    #expect(!rows.isEmpty)
    for row in rows {
      let place = row.index(row.startIndex, offsetBy: column)
      #expect(row[place] != " " && row[row.index(before: place)] == " ", "\(row)")
    }
  }

  @Test func `a group is not looked for where there are none, and the reason is said`() {
    func failure(_ machine: Inventory, _ group: UInt32 = 0) -> Failure? {
      do throws(Failure) {
        _ = try Selection.resolve(.group(GroupID(group)), in: machine)
        return nil
      } catch {
        return error
      }
    }
    let off = failure(Machines.withoutIOMMU)
    #expect(off?.exit == .unavailable && off?.message.contains("No IOMMU groups: IOMMU is off.") == true)
    #expect(failure(Machines.seed, 4242)?.exit == .notFound)
  }

  @Test func `many IOMMUs are counted, a few are named`() {
    let place = Place(kind: .image, name: "x", isPrivileged: false)
    var machine = Machines.rich
    #expect(MachineText.title(Survey(place, machine)).hasSuffix("IOMMU on (dmar0, dmar1)"))
    machine.host.iommus = (0..<20).map { "dmar\($0)" }
    #expect(MachineText.title(Survey(place, machine)).hasSuffix("IOMMU on (dmar0 and 19 more)"))
  }

  @Test func `a list on 80 columns has no longer line`() {
    for name in Machines.allNames {
      let survey = Machines.survey(name)
      let text = page(Self.narrow) { list(survey).text(into: &$0) }
      let table = text.split(separator: "\n").drop { !$0.hasPrefix(" GRP") }.prefix { !$0.hasPrefix("No IOMMU") }
      for line in table where !line.hasPrefix("      ") && !line.hasPrefix("note") {
        #expect(Width.of(line) <= 80, "\(name): \(line)")
      }
    }
  }

  @Test func `a group is listed whole when one member is named`() throws {
    let survey = Machines.survey("seed")
    let target = try Selector("02:01.0").resolve(in: survey.inventory)
    expect(page { list(survey, [target]).text(into: &$0) }, "list-seed-one.txt")
    expect(page { list(survey, [target]).tree(into: &$0) }, "tree-seed-one.txt")
    expect(page { list(survey, [target]).json(into: &$0) }, "list-seed-one.json")
  }

  @Test func `a list in colour differs from a plain one by escapes alone`() {
    let theme = Theme(name: "t", appearances: [.stateWarning: Appearance(foreground: Ink(basic: 1), attributes: .bold)])
    let colored = Look(inks: Inks(theme: theme, depth: .sixteen), isASCII: false, columns: nil)
    let survey = Machines.survey("seed")
    let text = page(colored) { list(survey).text(into: &$0) }
    #expect(text.contains("\u{1b}[1;31mNOT VIABLE\u{1b}[0m"))
    let stripped = text.split(separator: "\u{1b}[0m", omittingEmptySubsequences: false).joined()
      .split(separator: "\u{1b}[1;31m", omittingEmptySubsequences: false).joined()
    #expect(stripped == page { list(survey).text(into: &$0) })
  }

  @Test(arguments: ["seed", "rich", "hostile", "unknown", "no-iommu"])
  func `show says all there is of every device and its group`(name: String) {
    let survey = Machines.survey(name)
    let report = ShowReport(survey: survey, targets: [.functions(survey.inventory.functions.map(\.address))])
    expect(page { report.text(into: &$0) }, "show-\(name).txt")
    expect(page { report.json(into: &$0) }, "show-\(name).json")
  }

  @Test(arguments: ["seed", "rich", "hostile", "unknown", "no-iommu"])
  func `check names who blocks and what to do next`(name: String) {
    let survey = Machines.survey(name)
    var targets = survey.inventory.groups.map { (text: "group:\($0.id)", target: Selector.Target.group($0.id)) }
    targets += survey.ungrouped.map { (text: $0.address.short, target: .functions([$0.address])) }
    let report = CheckReport(survey, targets)
    expect(page { report.text(into: &$0) }, "check-\(name).txt")
    expect(page { report.json(into: &$0) }, "check-\(name).json")
  }

  @Test func `check ends with what it found`() {
    func exit(_ machine: String, _ target: Selector.Target) -> Exit {
      CheckReport(Machines.survey(machine), [(text: "x", target: target)]).exit
    }
    let device = { (text: String) in Selector.Target.functions([Machines.address(text)]) }
    #expect(exit("seed", .group(GroupID(0))) == .done)
    #expect(exit("seed", .group(GroupID(5))) == .not)
    #expect(exit("rich", .group(GroupID(21))) == .not)
    #expect(exit("rich", device("0000:00:16.0")) == .not)
    #expect(exit("unknown", .group(GroupID(3))) == .cannotTell)
    #expect(exit("unknown", device("0000:00:03.0")) == .cannotTell)
    #expect(exit("no-iommu", device("0000:00:02.0")) == .unavailable)
  }

  @Test func `a bridge with a host driver blocks since 5_19 and not before`() {
    let place = Machines.place("rich")
    let target = [(text: "group:25", target: Selector.Target.group(GroupID(25)))]
    #expect(CheckReport(Survey(place, Machines.rich), target).exit == .not)
    #expect(CheckReport(Survey(place, Machines.rich, rules: .explicit2021), target).exit == .done)
  }

  @Test(arguments: ["seed", "rich", "unknown", "hostile"])
  func `the console copies a group's record as the list prints it`(name: String) throws {
    let survey = Machines.survey(name)
    let inventory = survey.inventory
    for (group, verdict) in zip(inventory.groups, survey.verdicts) where !verdict.devices.isEmpty {
      var writer = JSONWriter(Page(.plain))
      writer.group(group, verdict, full: false)
      let listed = writer.page.text
      let state = try #require(listed.firstRange(of: "\"state\":"))
      let expected = "\(listed[..<state.lowerBound])\"schema\":\"viable/1\",\(listed[state.lowerBound...])\n"
      let text = try copied(group, of: inventory)
      #expect(text == expected, "group \(group.id)")
    }
  }

  /// What `c j` copies on the group's first member.
  private func copied(_ group: Group, of inventory: Inventory) throws -> String {
    var scene = Scene(
      place: Machines.place("x"), size: Size(rows: 50, columns: 120), glyphs: Glyphs(isASCII: false), themes: [],
      themeName: "mono")
    let now = Moment(milliseconds: 0, sinceMidnight: 0)
    _ = scene.receive(.inventory(inventory), at: now)
    let member = try #require(group.members.first { inventory[$0] != nil })
    var keys: [Key] = [.character("/")]
    keys += member.description.map { Key.character($0) }
    keys += [.enter, .character("c"), .character("j")]
    var requests: [Request] = []
    for key in keys { requests = scene.receive(.key(key), at: now) }
    for case .copy(let text) in requests { return text }
    return "nothing was copied"
  }

  @Test func `doctor says what is missing and what to do`() {
    let report = DoctorReport(
      place: Machines.place("seed"),
      capabilities: [
        Capability(.pci, .works, "/sys/bus/pci has 6 functions"),
        Capability(.iommufd, .missing, "/dev/iommu is not there", remedy: "a kernel with CONFIG_IOMMUFD"),
        Capability(.interruptRemapping, .unknown, "the kernel's log\u{1b}[2J needs root"),
      ])
    expect(page { report.text(into: &$0) }, "doctor.txt")
    expect(page { report.json(into: &$0) }, "doctor.json")
  }

  @Test func `watch tells each sort of change in one line`() {
    let (nic, five) = (Machines.address("0000:02:01.0"), GroupID(5))
    let changes: [Change] = [
      .deviceAdded(nic, group: five), .deviceRemoved(nic, group: nil),
      .driver(nic, group: five, from: "e1000", to: nil), .group(nic, from: nil, to: five),
      .driverOverride(nic, group: five, from: nil, to: "vfio-pci"), .groupAdded(five), .groupRemoved(five),
      .replaced(nic, group: five), .facts(nil, group: five), .facts(nic, group: five),
    ]
    let reports = [WatchReport(.began, from: [])] + changes.map { WatchReport(.changed($0), from: [.poll, .inotify]) }
    expect(page { page in for report in reports { report.text(into: &page) } }, "watch.txt")
    expect(page { page in for report in reports { report.json(into: &page) } }, "watch.json")
    #expect(WatchReport(.changed(.groupAdded(five)), from: [.inotify, .uevent]).source == .uevent)
    #expect(WatchReport(.began, from: []).source == nil)
  }

  @Test func `keys come under the headings of the help`() {
    let report = KeysReport(lines: [
      KeyLine(id: "down", keys: ["j", "Down"], contexts: ["devices", "log"], section: "MOVE", text: "next row"),
      KeyLine(id: "quit", keys: ["q", "F10"], contexts: ["global"], section: "OTHER", text: "quit"),
      KeyLine(id: "last", keys: ["G"], contexts: ["global"], section: "MOVE", text: "last row"),
    ])
    expect(page { report.text(into: &$0) }, "keys.txt")
    expect(page { report.json(into: &$0) }, "keys.json")
  }

  @Test func `a group that could be taken, as far as its looker can see, says that root would know more`() {
    let functions = Machines.seed.functions.map { function in
      var function = function
      if function.driver.value == "sym53c8xx" { function.driver = .value("vfio-pci") }
      return function
    }
    func kinds(_ holders: Known<[Holder]>) -> [String] {
      let groups = Machines.seed.groups.map { group in
        var group = group
        if group.id == GroupID(5) { group.holders = holders }
        return group
      }
      let survey = Survey(Machines.place("seed"), Inventory(functions: functions, groups: groups))
      let report = CheckReport(survey, [(text: "group:5", target: .group(GroupID(5)))])
      return report.results.flatMap(\.findings).map(\.kind)
    }
    #expect(kinds(.unknown(.needsRoot)).contains("holders-unknown"))
    #expect(!kinds(.value([])).contains("holders-unknown") && !kinds(.absent).contains("holders-unknown"))
  }

  @Test func `what our journal has in force counts as asked for`() {
    let functions = Machines.seed.functions.map { function in
      var function = function
      if function.driver.value == "vfio-pci" { (function.driver, function.driverOverride) = (.absent, .absent) }
      return function
    }
    let machine = Inventory(functions: functions, groups: Machines.seed.groups)
    let place = Machines.place("seed")
    #expect(Survey(place, machine).verdict(on: GroupID(5))?.state == .hostOwned)
    let asked = Survey(place, machine, asked: [Machines.address("0000:02:01.0")])
    #expect(asked.verdict(on: GroupID(5))?.state == .blocked)
    #expect(asked.verdict(on: GroupID(4))?.state == .hostOwned)
  }
}
