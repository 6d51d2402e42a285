import Assignment
import Console
import Ownership
import Topology

/// Why groups are groups: the reasons in words, with what proves them and what would split them.
struct WhyReport {
  let found: TiedFindings
  /// What was typed; nothing stands for every group.
  let typed: [String]
  /// The groups that it is about.
  let groups: [TiedGroup]
  /// Groups without a PCI device: PCI's rules say nothing of them.
  let foreign: [Group]
  /// Functions that were named and are in no group.
  let loose: [Address]
  /// Two functions whose relation was asked for.
  let pair: Pair?
  /// What would be, where that was asked for.
  let whatIf: WhatIfReport?

  /// Two functions, and the ties between them; nil when they are in different groups.
  struct Pair {
    var first: Address
    var second: Address
    var path: [Tie]?
  }

  init(_ found: TiedFindings, typed: [String] = [], whatIf: [String] = []) throws(Failure) {
    self.found = found
    self.typed = typed
    let isExplained = whatIf.isEmpty || !typed.isEmpty
    groups = !isExplained ? [] : found.ties.groups.filter { found.selection.contains($0.id) }
    foreign =
      isExplained ? found.survey.inventory.groups.filter { $0.members.isEmpty && found.selection.contains($0.id) } : []
    loose = found.selection.ungrouped.sorted()
    self.whatIf = try whatIf.isEmpty ? nil : WhatIfReport(whatIf, found)
    pair = try found.targets.count == 2 ? Self.pair(found, typed) : nil
  }

  private static func pair(_ found: TiedFindings, _ typed: [String]) throws(Failure) -> Pair {
    var ends: [Address] = []
    for (target, text) in zip(found.targets, typed) {
      guard case .functions(let functions) = target, let only = functions.first, functions.count == 1 else {
        throw Failure(
          .usage, "'\(Clean.visible(text))' is more than one device; 'why A B' takes two devices, 'why A' a group")
      }
      ends.append(only)
    }
    if ends[0] == ends[1] {
      throw Failure(.usage, "\(ends[0].short) is named twice; 'why A B' takes two devices, 'why A' a group")
    }
    let group = found.survey.inventory.group(of: ends[0])?.id
    let isTogether = group != nil && group == found.survey.inventory.group(of: ends[1])?.id
    let tied = isTogether ? group.flatMap { found.ties[$0] } : nil
    return Pair(first: ends[0], second: ends[1], path: tied.flatMap { $0.path(from: ends[0], to: ends[1]) })
  }

  /// Whether facts are missing because somebody sleeps.
  var needsWaking: Bool {
    groups.contains { group in group.doubts.contains { found.witness.ignorance(of: $0.about) == .suspended } }
  }

  /// Why some facts are missing, when root would have them.
  var needsRoot: Bool {
    groups.contains { group in group.doubts.contains { found.witness.ignorance(of: $0.about) == .needsRoot } }
  }

  /// How the command ends.
  var exit: Exit {
    if found.survey.inventory.groups.isEmpty {
      return found.survey.inventory.host.iommu == .on ? .cannotTell : .unavailable
    }
    if groups.contains(where: { $0.isAsserted || $0.agrees == false && $0.cause == nil }) { return .not }
    if let whatIf, !whatIf.isCertain { return .cannotTell }
    if let pair, pair.path == nil { return .not }
    if !foreign.isEmpty, !found.selection.isEverything { return .cannotTell }
    return groups.contains { $0.agrees == nil } ? .cannotTell : .done
  }

  /// The line that shows the rest.
  var retry: String {
    let words = found.selection.isEverything ? ["--all"] : typed.map { Clean.visible($0) }
    return "sudo viable why " + words.joined(separator: " ")
  }
}

extension TiedGroup {
  /// The ties from one member to another.
  func path(from first: Address, to second: Address) -> [Tie]? {
    let byMember = Dictionary(ties.map { ($0.member, $0) }) { first, _ in first }
    return Tie.path(from: first, to: second) { byMember[$0] }
  }
}
