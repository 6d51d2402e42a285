import Ownership
import Topology

extension Drawing {
  /// What the panes beside the list are about: the function under the cursor, present or gone.
  var subject: Function? {
    guard let row = subjectRow else { return nil }
    if case .gone(let function) = row.content { return function }
    return row.address.flatMap { scene.inventory?[$0] }
  }

  /// Its group.
  var subjectGroup: GroupID? {
    guard let row = subjectRow else { return nil }
    if case .group(let group) = row.content { return group }
    return row.group
  }

  private var subjectRow: Row? {
    scene.rows.indices.contains(scene.cursor.row) ? scene.rows[scene.cursor.row] : nil
  }

  /// The verdict, the members, what to do next, and what else is known of the group.
  func groupLines(width: Int) -> [StyledLine] {
    guard let inventory = scene.inventory else { return [StyledLine("Nothing is known yet.", .dim)] }
    guard let id = subjectGroup, let group = inventory[id], let verdict = scene.verdicts[id] else {
      return withoutGroup(inventory, width: width)
    }
    let sentence = Sentences.verdict(verdict, of: group, in: inventory, addresses: .short)
    var lines =
      scene.whyStopped.map { why in
        prose(why.prefix(1).uppercased() + why.dropFirst() + ".", .stateWarning, width)
      } ?? []
    lines += verdictLines(sentence, verdict.state.role, width)
    if let held = scene.attached.first(where: { $0.groups.contains(id) }) {
      lines += prose("Attached by this console through \(held.model.rawValue): T gives it back.", .stateGood, width)
    }
    lines += spaced(members(group, verdict, inventory, width: width))
    // Of what was to be done next nothing can be.
    if scene.whyStopped == nil { lines += spaced(next(verdict, group, inventory, width: width)) }
    lines += spaced(facts(group, width: width))
    let found = inventory.disagreements.filter { $0.link == id || $0.directory == id }
    lines += spaced(found.flatMap { prose(Sentences.disagreement($0, addresses: .short), .changed, width) })
    return lines
  }

  /// Only the first words stand out: on a terminal without colours they are reversed, and a whole sentence would shout.
  private func verdictLines(_ sentence: String, _ role: Role, _ width: Int) -> [StyledLine] {
    var lines = Paragraph.wrap(sentence, to: width).map { StyledLine($0) }
    guard let first = lines.first?.text, let colon = first.firstIndex(of: ":") else { return lines }
    lines[0] = StyledLine(String(first[...colon]), role)
    lines[0].add(String(first[first.index(after: colon)...]))
    return lines
  }

  private func withoutGroup(_ inventory: Inventory, width: Int) -> [StyledLine] {
    let text: [String]
    if inventory.functions.isEmpty {
      text = ["No group: there is no device."]
    } else if case .gone(let function)? = subjectRow?.content {
      let group = function.group.value.map { " Its group \($0) went with it." } ?? ""
      text = ["\(scene.name(function.address)) is gone: it was unplugged or removed.\(group)"]
    } else if inventory.groups.isEmpty {
      text = Sentences.noGroups(inventory.host)
    } else if let why = subject?.group.ignorance {
      text = ["Its group is not known (\(Sentences.reason(why)))."]
    } else if subject != nil {
      text = ["In no IOMMU group: no IOMMU translates for this device, so it cannot be handed to a process."]
    } else if case .folded? = subjectRow?.content {
      text = ["This line stands for several groups.", "Unfold it to see them."]
    } else {
      text = ["No device is under the cursor."]
    }
    return text.enumerated().flatMap { number, line in
      prose(line, number == 0 ? .text : .dim, width, indent: line.first?.isNumber ?? false ? 3 : 0)
    }
  }

  func prose(_ text: String, _ role: Role, _ width: Int, indent: Int = 0) -> [StyledLine] {
    Paragraph.wrap(text, to: width, indent: indent).map { StyledLine($0, role) }
  }

  /// A blank line before a block, where lines are not dear.
  private func spaced(_ block: [StyledLine]) -> [StyledLine] {
    block.isEmpty || !layout.hasBorders ? block : [StyledLine()] + block
  }

  private static func driver(of function: Function) -> String {
    switch function.driver {
    case .value(let driver): Clean.visible(driver)
    case .absent: "no driver"
    case .unknown(let why): "driver unknown (\(Sentences.reason(why)))"
    }
  }

  /// Columns of the longest remark about a driver: `does not block`.
  private static let remarkWidth = 14

  private func members(_ group: Group, _ verdict: Verdict, _ inventory: Inventory, width: Int) -> [StyledLine] {
    let functions = verdict.devices.compactMap { device in inventory[device.address].map { ($0, device.state) } }
    // In a narrow pane the reason counts more than the sort of bridge.
    let noun = { (function: Function) in
      function.leadsToABus && width < 60 ? "bridge" : DeviceText.noun(of: function)
    }
    let nounWidth = functions.map { Width.of(noun($0.0)) }.max() ?? 0
    // What is said of the drivers stands in a column of its own, where the pane has room for one.
    let remarked = functions.filter { ($0.1.isInTheWay || $0.1 == .exempt) && $0.0.driver.value != nil }
    let longest = remarked.map { Width.of(Self.driver(of: $0.0)) }.max() ?? 0
    let address = functions.map { Width.of($0.0.address.short) }.max() ?? 0
    let driverWidth = 2 + address + 2 + nounWidth + 2 + longest + 2 + Self.remarkWidth > width ? 0 : longest
    var lines: [StyledLine] = []
    for (function, state) in functions {
      let remark = remark(function, state, driverWidth)
      var line = sign(of: state)
      // What is said of the driver counts more than what the device is.
      let room = max(Self.leastNoun, width - line.width - Width.of(function.address.short) - 4 - remark.width)
      line.add(function.address.short, .text)
      line.add("  " + Width.fit(Width.cut(noun(function), to: room), to: min(nounWidth, room)) + "  ", .text)
      for span in remark.spans { line.add(span.text, span.role) }
      lines.append(line)
    }
    for other in group.others {
      var line = StyledLine("  ")
      let driver = other.driver.value.map { Clean.visible($0) } ?? "no driver"
      line.add(Clean.visible(other.name) + "  no PCI device  " + driver)
      lines.append(line)
    }
    return lines
  }

  /// So much of a noun stays however narrow the pane is.
  private static let leastNoun = 6

  /// The driver, and whether it is in the way.
  private func remark(_ function: Function, _ state: DeviceState, _ driverWidth: Int) -> StyledLine {
    let driver = Self.driver(of: function)
    var line = StyledLine(driver, function.driver.ignorance == nil ? .text : .changed)
    let gap = String(repeating: " ", count: max(0, driverWidth - Width.of(driver)) + 2)
    if state == .exempt { line.add(gap + "does not block", .dim) }
    if state.isInTheWay {
      line.add(gap)
      line.add(state == .blocks ? state.word : "host driver", state.role)
    }
    return line
  }

  private func sign(of state: DeviceState) -> StyledLine {
    switch state {
    case .blocks, .host: StyledLine("✘ ", state.role)
    case .unknown: StyledLine("? ", .changed)
    case .free, .exempt, .vfio, .open, .gone: StyledLine("✔ ", state == .exempt ? .stateQuiet : .stateGood)
    }
  }

  /// What is attached by this console is given back by a key: nobody has to wait until its process ends.
  private func settled(_ verdict: Verdict) -> Verdict {
    guard scene.attachedGroups.contains(verdict.group) else { return verdict }
    var rest = verdict
    let holders = rest.blockers.filter { if case .holder = $0 { true } else { false } }
    // Whoever else has it open was handed it by somebody, and does matter.
    if holders.count == 1 { rest.blockers.removeAll { $0 == holders[0] } }
    return rest
  }

  private func next(_ verdict: Verdict, _ group: Group, _ inventory: Inventory, width: Int) -> [StyledLine] {
    var lines: [StyledLine] = []
    for text in Sentences.advice(settled(verdict), of: group, in: inventory, addresses: .short) {
      lines += prose(text, .text, width)
    }
    let lost = Sentences.consequences(verdict, in: inventory, addresses: .short, isReading: true)
    for text in lost { lines += prose(text, .text, width) }
    let commands = Sentences.commands(verdict, of: group, in: inventory).map { Clean.visible(scene.acting($0)) }
    guard !commands.isEmpty else { return lines }
    let intention = Sentences.intention(verdict)
    let fits = (commands.map { Width.of($0) }.max() ?? 0) + 2 <= width
    if fits, scene.zoomed || width >= 100 {
      lines.append(StyledLine(intention))
      return lines + commands.map { StyledLine("  " + $0, .logCall) }
    }
    let steps = Sentences.steps(verdict, of: group, in: inventory, addresses: .short)
    lines += prose(intention + " " + steps.joined(separator: "; ") + ".", .text, width)
    if let key = Action.of(.copyShell)?.keys.first?.name {
      lines += prose("\(key) copies the shell commands.", .dim, width)
    }
    return lines
  }

  private func facts(_ group: Group, width: Int) -> [StyledLine] {
    var lines: [StyledLine] = []
    for region in group.reserved.value ?? [] {
      lines.append(StyledLine("\(region.range)  \(Sentences.region(region.kind))", .dim))
    }
    if let why = group.reserved.ignorance, why != .notRead {
      lines += prose("Reserved regions: unknown (\(Sentences.reason(why)))", .changed, width)
    }
    if let details = group.details {
      lines.append(fact("default domain", details.type.map { Clean.visible($0) }))
      let node = details.node.map { "\(Clean.visible($0.path)) \($0.access)" }
      let hasNodes = scene.rehearsal?.rules.set.hasGroupNodes ?? true
      let absence = hasNodes ? "none, as no vfio driver is bound" : "none, as groups have none under these rules"
      lines.append(fact("node", node, absent: absence))
    }
    if let why = group.holders.ignorance {
      lines.append(StyledLine("held by: unknown (\(Sentences.reason(why)))", .changed))
    }
    return lines
  }

  private func fact(_ label: String, _ value: Known<String>, absent: String = "none") -> StyledLine {
    switch value {
    case .value(let text): StyledLine("\(label): \(text)", .dim)
    case .absent: StyledLine("\(label): \(absent)", .dim)
    case .unknown(let why): StyledLine("\(label): unknown (\(Sentences.reason(why)))", .changed)
    }
  }
}
