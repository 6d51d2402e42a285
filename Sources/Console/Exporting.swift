import Assignment
import Topology

/// The dialog that writes devices down for somebody else: what is exported, as what, and what came of it.
struct Exporting: Hashable, Sendable {
  /// The groups that are meant, whole.
  var groups: [GroupID]
  /// A function that is in no group.
  var named: [Address]
  /// The chosen format.
  var format = ExportFormat.qemu
  /// The first line on screen.
  var scroll = 0
  /// What came of every format that was looked at.
  var found: [ExportFormat: Found] = [:]

  /// What came of one format.
  enum Found: Hashable, Sendable {
    case lines([String])
    /// Why there is none, in words.
    case none(String)
  }

  /// The text of the chosen format; nil while it is not there.
  var text: String? {
    guard case .lines(let lines)? = found[format] else { return nil }
    return lines.map { $0 + "\n" }.joined()
  }

  /// `group 5`.
  var title: String {
    if groups.isEmpty { return named.map(\.short).joined(separator: ", ") }
    return (groups.count == 1 ? "group " : "groups ") + groups.map(\.description).joined(separator: ", ")
  }

  /// `group-5.svg`.
  var fileName: String {
    let names = groups.isEmpty ? named.map(\.description) : groups.map { "group-\($0)" }
    return (names.first ?? "export") + (names.count > 1 ? "-and-\(names.count - 1)-more" : "") + format.ending
  }
}

extension ExportFormat {
  /// How a file of it is called.
  fileprivate var ending: String {
    switch self {
    case .qemu, .dpdk, .spdk: "-\(rawValue).txt"
    case .libvirt: ".xml"
    case .script: ".sh"
    case .dot, .svg: "." + rawValue
    case .report: ".md"
    }
  }
}

extension Action {
  /// Writing devices down, and the keys of that dialog.
  static let exporting: [Action] = [
    Action(
      .export, [.char("E")], in: [.global], bar: "Export", help: "write it down for QEMU, libvirt, a forum", .act),
    Action(
      .exportNext, [.key(.right), .key(.tab)], in: [.export], bar: "Format", help: "next format", .act, priority: 1),
    Action(
      .exportPrevious, [.key(.left), .key(.backTab)], in: [.export], bar: "Previous", help: "previous format", .act,
      priority: 2),
    Action(
      .copyExport, [.char("y"), .key(.enter)], in: [.export], bar: "Copy", help: "copy what is written down", .act,
      priority: 3),
    Action(.saveExport, [.char("S")], in: [.export], bar: "Save", help: "save it as a file", .act, priority: 4),
  ]
}
