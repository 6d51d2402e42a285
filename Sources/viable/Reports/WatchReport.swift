import Console
import HostAccess
import Topology

/// What `watch` prints: one change a line.
struct WatchReport {
  /// What there is to tell.
  enum News: Hashable {
    /// Watching has begun: from here on nothing is missed.
    case began
    case changed(Change)
  }
  private let told: Told
  /// Where the news came from: the quickest of the sources.
  let source: HostEvent.Source?

  /// Of several sources the one that a script can rely on most.
  init(_ news: News, from sources: Set<HostEvent.Source>) {
    told =
      switch news {
      case .began: .began
      case .changed(let change): Told(change)
      }
    source = sources.isEmpty ? nil : [.uevent, .inotify].first { sources.contains($0) } ?? .poll
  }

  /// A line for people: `0000:02:02.0 driver-changed: sym53c8xx -> vfio-pci (group 5, uevent)`.
  func text(into page: inout Page) {
    let subject = told.address?.description ?? told.group.map { "group \($0)" } ?? "machine"
    page.put(subject, .title)
    page.put(" " + told.event)
    if told.hasValues { page.put(": \(Self.word(told.from)) -> \(Self.word(told.to))") }
    let group = told.address == nil ? nil : told.group.map { "group \($0)" }
    let origin = [group, source?.rawValue].compactMap(\.self)
    if !origin.isEmpty { page.put(" (" + origin.joined(separator: ", ") + ")", .dim) }
    page.endLine()
  }

  private static func word(_ value: Told.Value?) -> String {
    switch value {
    case .driver(let driver): Clean.visible(driver)
    case .group(let group): "group \(group)"
    case nil: "none"
    }
  }

  /// One object, one line.
  func json(into page: inout Page) {
    JSONWriter.document(&page) { json in
      json.field("address", told.address?.description)
      json.field("event", told.event)
      json.value("from", told.from)
      json.field("group", told.group?.number)
      json.schema()
      json.field("source", source?.rawValue)
      json.value("to", told.to)
    }
  }
}

/// A change in the words of the stable output.
struct Told {
  /// A driver's name or a group's number.
  enum Value {
    case driver(DriverName)
    case group(GroupID)
  }
  var event: String
  var address: Address?
  var group: GroupID?
  var from: Value?
  var to: Value?
  /// Whether the event has a before and an after.
  var hasValues = false

  init(_ change: Change) {
    switch change {
    case .deviceAdded(let address, let group): self.init("device-added", address, group)
    case .deviceRemoved(let address, let group): self.init("device-removed", address, group)
    case .driver(let address, let group, let from, let to):
      self.init("driver-changed", address, group, from.map { .driver($0) }, to.map { .driver($0) }, hasValues: true)
    case .group(let address, let from, let to):
      self.init("group-changed", address, to, from.map { .group($0) }, to.map { .group($0) }, hasValues: true)
    case .driverOverride(let address, let group, let from, let to):
      self.init("override-changed", address, group, from.map { .driver($0) }, to.map { .driver($0) }, hasValues: true)
    case .groupAdded(let group): self.init("group-added", nil, group)
    case .groupRemoved(let group): self.init("group-removed", nil, group)
    case .replaced(let address, let group): self.init("device-replaced", address, group)
    case .facts(let address, let group): self.init("facts-changed", address, group)
    }
  }

  /// The first line of all.
  static let began = Told("watching", nil, nil)

  private init(
    _ event: String, _ address: Address?, _ group: GroupID?, _ from: Value? = nil, _ to: Value? = nil,
    hasValues: Bool = false
  ) {
    self.event = event
    self.address = address
    self.group = group
    self.from = from
    self.to = to
    self.hasValues = hasValues
  }
}

extension JSONWriter {
  fileprivate mutating func value(_ name: StaticString, _ value: Told.Value?) {
    switch value {
    case .driver(let driver): field(name, driver)
    case .group(let group): field(name, group.number)
    case nil: field(name, nil as String?)
    }
  }
}
