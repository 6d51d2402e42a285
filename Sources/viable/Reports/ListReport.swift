import Console
import Ownership
import Topology

/// What `viable list` prints: groups, their members, drivers and verdicts.
struct ListReport {
  let survey: Survey
  let selection: Selection
  /// Whether every fact of a closer look is printed too.
  var full = false

  /// Groups by number, then what is in no group.
  func text(into page: inout Page) {
    head(&page)
    var table = DeviceTable(survey, isASCII: page.look.isASCII, full: full)
    let ungrouped = survey.ungrouped.filter { selection.contains(ungrouped: $0.address) }
    if !survey.inventory.functions.isEmpty { table.head(&page) }
    for (group, verdict) in zip(survey.inventory.groups, survey.verdicts) where selection.contains(group.id) {
      table.group(group, verdict, &page)
    }
    if !ungrouped.isEmpty, !survey.inventory.groups.isEmpty {
      page.endLine()
      let isKnown = ungrouped.allSatisfy { $0.group.ignorance == nil }
      page.line(isKnown ? "In no IOMMU group, so not to be handed out:" : "In no IOMMU group that is known:", .title)
    }
    for function in ungrouped {
      table.row(function, survey.state(of: function), lane: .none, label: label(of: function), word: nil, &page)
    }
    foot(&page)
  }

  /// The PCI tree with a group beside each function.
  func tree(into page: inout Page) {
    head(&page)
    var table = DeviceTable(survey, isASCII: page.look.isASCII, full: full)
    if !survey.inventory.functions.isEmpty { table.head(&page) }
    var seen: Set<GroupID> = []
    for line in chosenLines {
      guard let function = survey.inventory[line.address] else { continue }
      let verdict = function.group.value.flatMap { survey.verdict(on: $0) }
      let isNew = verdict.map { seen.insert($0.group).inserted } ?? false
      table.row(
        function, survey.state(of: function), lane: .none, label: label(of: function),
        word: isNew ? verdict?.state : nil, tree: line, &page)
    }
    foot(&page)
  }

  /// The lines of the tree that are chosen, and those above them.
  private var chosenLines: [Tree.Line] {
    let lines = Tree(survey.inventory).lines
    if selection.isEverything { return lines }
    var wanted = selection.ungrouped
    for group in selection.groups { wanted.formUnion(survey.inventory[group]?.members ?? []) }
    // Upwards once, so that what hangs deep keeps the bridges it hangs below.
    for line in lines.reversed() where wanted.contains(line.address) {
      if let above = survey.inventory[line.address]?.parent.function { wanted.insert(above) }
    }
    return lines.filter { wanted.contains($0.address) }
  }

  /// `list --json`.
  func json(into page: inout Page) {
    let inventory = survey.inventory
    JSONWriter.document(&page) { json in
      json.key("devices")
      var names = NameCache(inventory.names)
      json.lines(inventory.functions.lazy.filter(isChosen)) { json, function in
        json.device(function, survey.state(of: function), &names, full: full)
      }
      json.key("disagreements")
      if inventory.isWhollyListed || !inventory.disagreements.isEmpty {
        json.lines(inventory.disagreements) { $0.disagreement($1) }
      } else {
        json.null()
        json.field("disagreements_reason", "the directories of groups that host drivers keep are not read")
      }
      json.key("groups")
      json.lines(zip(inventory.groups, survey.verdicts).lazy.filter { selection.contains($0.0.id) }) { json, judged in
        json.group(judged.0, judged.1, full: full)
      }
      json.host(survey.place, inventory.host)
      json.schema()
    }
  }

  private func label(of function: Function) -> String {
    switch function.group {
    case .value(let group): group.description
    case .absent: "-"
    case .unknown: "??"
    }
  }

  private func isChosen(_ function: Function) -> Bool {
    if selection.isEverything { return true }
    guard let group = function.group.value, survey.verdict(on: group) != nil else {
      return selection.contains(ungrouped: function.address)
    }
    return selection.contains(group)
  }
}

extension ListReport {
  private func head(_ page: inout Page) {
    page.line(MachineText.title(survey), .title)
    guard !survey.inventory.functions.isEmpty else { return }
    page.line(MachineText.totals(survey))
    page.endLine()
  }

  /// What a person should know of the machine as a whole.
  private func foot(_ page: inout Page) {
    let inventory = survey.inventory
    var lines = inventory.disagreements.map { "note: " + Sentences.disagreement($0) }
    if inventory.functions.isEmpty {
      lines += Sentences.noDevices(inventory.host)
    } else if inventory.groups.isEmpty {
      lines += Sentences.noGroups(inventory.host)
    }
    if !lines.isEmpty { page.endLine() }
    for line in lines { page.line(line) }
  }
}
