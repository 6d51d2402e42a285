import Console
import Ownership
import Topology

/// The table of `list`: narrow columns first, so that names may be as long as they are.
struct DeviceTable {
  private let survey: Survey
  private let isASCII: Bool
  private let full: Bool
  private let columns: Columns
  private var names: TextCache

  /// Where each column begins.
  private struct Columns {
    var verdict: Int
    var address: Int
    var ids: Int
    var driver: Int
    var state: Int
    var device: Int

    init(label: Int, address widest: Int, driver longest: Int) {
      verdict = 1 + label + 2
      address = verdict + 12
      ids = address + widest + 2
      driver = ids + 11
      state = driver + longest + 2
      device = state + 8
    }
  }

  init(_ survey: Survey, isASCII: Bool, full: Bool) {
    self.survey = survey
    self.isASCII = isASCII
    self.full = full
    let widest = survey.inventory.groups.last.map { $0.id.description.utf8.count } ?? 0
    let functions = survey.inventory.functions
    let wide = functions.contains { $0.address.domain > 0xffff }
    var driver = 6
    for function in functions {
      if let name = function.driver.value { driver = max(driver, min(24, Self.width(of: name))) }
    }
    columns = Columns(label: max(3, widest), address: wide ? 16 : 12, driver: driver)
    names = TextCache(survey.inventory.names)
  }

  /// As it is printed: what is no plain text is spelled out.
  private static func width(of name: String) -> Int {
    Clean.isPlain(name.utf8.span) ? name.utf8.count : Width.of(Clean.visible(name))
  }

  /// The line above.
  func head(_ page: inout Page) {
    let titles = [
      (1, "GRP"), (columns.verdict, "VERDICT"), (columns.address, "ADDRESS"), (columns.ids, "IDS"),
      (columns.driver, "DRIVER"), (columns.state, "STATE"), (columns.device, "DEVICE"),
    ]
    for (column, title) in titles {
      page.tab(to: column)
      page.put(title, .title)
    }
    page.endLine()
  }

  /// A group: a line for each member, and why nobody can have it where that needs saying.
  mutating func group(_ group: Group, _ verdict: Verdict, _ page: inout Page) {
    let count = verdict.devices.count + group.others.count
    var place = 0
    for device in verdict.devices {
      guard let function = survey.inventory[device.address] else { continue }
      row(
        function, device.state, lane: Self.lane(place, of: count), label: group.id.description,
        word: place == 0 ? verdict.state : nil, &page)
      place += 1
    }
    for member in group.others {
      other(member, lane: Self.lane(place, of: count), group: group.id, word: place == 0 ? verdict.state : nil, &page)
      place += 1
    }
    if count == 0 { emptyGroup(group, verdict, &page) }
    if needsSaying(verdict) { note(Sentences.verdict(verdict, of: group, in: survey.inventory), &page) }
  }

  /// Quiet by default: that the host's own drivers hold a group is seen in its rows.
  private func needsSaying(_ verdict: Verdict) -> Bool {
    switch verdict.state {
    case .viable: false
    case .blocked, .owned, .unknown: true
    case .hostOwned: verdict.blockers.contains { if case .driver = $0 { false } else { true } }
    }
  }

  private func note(_ text: String, _ page: inout Page) {
    page.tab(to: columns.verdict)
    page.put(text, .dim)
    page.endLine()
  }

  private static func lane(_ place: Int, of count: Int) -> Row.Lane {
    if count < 2 { return .none }
    return place == 0 ? .first : place == count - 1 ? .last : .member
  }

  /// One function.
  mutating func row(
    _ function: Function, _ state: DeviceState, lane: Row.Lane, label: String, word: GroupState?,
    tree line: Tree.Line? = nil, _ page: inout Page
  ) {
    start(lane: lane, label: label, word: word, &page)
    page.put(function.address.description)
    page.tab(to: columns.ids)
    page.put(function.identity.value?.ids ?? "unreadable", .dim)
    page.tab(to: columns.driver)
    page.put(Self.text(of: function.driver))
    page.tab(to: columns.state)
    page.put(state.word, state.role)
    page.tab(to: columns.device)
    if let line { page.put(branches(to: line), .border) }
    page.putLast(names.name(of: function))
    page.endLine()
    if full { for text in DetailText.lines(of: function) { note(text, &page) } }
  }

  private func start(lane: Row.Lane, label: String, word: GroupState?, _ page: inout Page) {
    page.put(bracket(lane), .border)
    page.put(label)
    page.tab(to: columns.verdict)
    if let word { page.put(word.word, word.role) }
    page.tab(to: columns.address)
  }

  private func other(_ member: OtherMember, lane: Row.Lane, group: GroupID, word: GroupState?, _ page: inout Page) {
    start(lane: lane, label: group.description, word: word, &page)
    page.put(Clean.visible(member.name))
    page.tab(to: columns.driver)
    page.put(Self.text(of: member.driver))
    page.tab(to: columns.device)
    page.putLast("no PCI device")
    page.endLine()
  }

  private func emptyGroup(_ group: Group, _ verdict: Verdict, _ page: inout Page) {
    start(lane: .none, label: group.id.description, word: verdict.state, &page)
    page.putLast("no members", .dim)
    page.endLine()
  }

  private static func text(of driver: Known<DriverName>) -> String {
    switch driver {
    case .value(let driver): Clean.visible(driver)
    case .absent: "-"
    case .unknown: "??"
    }
  }

  private func bracket(_ lane: Row.Lane) -> String {
    switch lane {
    case .first: isASCII ? "/" : "┌"
    case .member: isASCII ? "|" : "│"
    case .last: isASCII ? "\\" : "└"
    case .none, .passing, .overflow: " "
    }
  }

  /// The rules and the corner before a function that hangs below another.
  private func branches(to line: Tree.Line) -> String {
    guard line.depth > 0 else { return "" }
    var text = ""
    for depth in 1..<max(1, line.depth) {
      let passes = depth < 64 && line.passes >> UInt64(depth) & 1 == 1
      text += passes ? (isASCII ? "| " : "│ ") : "  "
    }
    return text + (line.isLast ? (isASCII ? "\\-" : "└─") : (isASCII ? "+-" : "├─"))
  }
}

/// Device names for people, each made once for all functions that bear it.
struct TextCache {
  private struct Key: Hashable {
    var identity: Identity
    var physicalFunction: Address?
  }
  private let names: Names
  private var made: [Key: String] = [:]

  init(_ names: Names) { self.names = names }

  /// What the console calls it too. A function that was looked at closely has a name of its own.
  mutating func name(of function: Function) -> String {
    guard !function.hasDetails, let identity = function.identity.value else {
      return DeviceText.name(of: function, names: names)
    }
    let key = Key(identity: identity, physicalFunction: function.physicalFunction)
    if let known = made[key] { return known }
    let name = DeviceText.name(of: function, names: names)
    made[key] = name
    return name
  }
}
