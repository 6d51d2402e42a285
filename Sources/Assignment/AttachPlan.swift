public import Ownership
public import Topology

/// Groups taken through one interface's own calls, or given back, before the first call: every call in order, with the
/// answer that the interface's rules expect. What the kernel answers stands in any case.
public struct AttachPlan: Hashable, Sendable {
  /// There or back.
  public enum Way: Hashable, Sendable { case attach, detach }
  /// There or back.
  public let way: Way
  /// Whose calls are made.
  public let model: RuleSet
  /// The groups concerned, by number.
  public let groups: [GroupID]
  /// The devices that are opened, or closed, in order.
  public let devices: [Address]
  /// Every call with the answer expected, up to the last or to the first refusal.
  public let lines: [Comparison.Line]
  /// Why it is this interface, in a sentence; empty for the way back.
  public let choice: String
  /// The other interface, where this machine has it too.
  public let other: RuleSet?
  /// Members of the groups that are not opened, and come along.
  public let along: [Address]
  /// What is named on a command line.
  private let named: [String]
  /// What devices are called beside their addresses.
  private let labels: [Address: String]

  /// A plan as the calls came out.
  public init(
    _ way: Way, through model: RuleSet, groups: [GroupID], devices: [Address], expecting lines: [Comparison.Line],
    choice: String = "", other: RuleSet? = nil, along: [Address] = [], naming named: [String]? = nil,
    labels: [Address: String] = [:]
  ) {
    self.way = way
    self.model = model
    self.groups = groups
    self.devices = devices
    self.lines = lines
    self.choice = choice
    self.other = other
    self.along = along
    self.named = named ?? groups.map { "group:\($0)" }
    self.labels = labels
  }

  /// The call that is expected to be refused; nil where all should succeed.
  public var refusal: Comparison.Line? { lines.last { !$0.isSuccess } }

  /// `group 5`, `groups 5 and 6`.
  public var groupWords: String {
    (groups.count == 1 ? "group " : "groups ") + Naming([:]).list(groups.map(\.description))
  }

  /// What does the same on a command line, and holds the devices until Enter.
  public var commandLine: String {
    "viable attach \(named.joined(separator: " ")) --model \(model.rawValue) --hold"
  }
}

extension AttachPlan {
  /// The plan in plain lines. `made` are the calls that were made so far, with what the kernel answered; they take the
  /// place of what was expected, all of it once it `isOver`. `told` is what the devices said of themselves, a line each.
  public func preview(made: [Comparison.Line] = [], isOver: Bool = false, told: [String] = []) -> Preview {
    let all = made + (isOver ? [] : lines.dropFirst(made.count))
    var calls: [Preview.Line] = []
    for (place, line) in all.enumerated() {
      calls.append(Preview.Line(line.said, step: place))
      if let why = line.why { calls.append(Preview.Line(why.line)) }
    }
    let sections: [(Preview.Section.Subject, [String])] =
      way == .attach
      ? [
        (.devices, told), (.consequences, costs), (.untouched, untouched), (.after, [after]), (.undo, [undo]),
        (.command, [commandLine]),
      ]
      : [(.after, [after]), (.undo, ["attach again: \(commandLine)"])]
    let others = sections.map { subject, lines in
      Preview.Section(
        subject: subject, lines: lines.map { Preview.Line($0, severity: subject == .consequences ? .low : nil) })
    }
    return Preview(
      title: title, sections: ([Preview.Section(subject: .calls, lines: calls)] + others).filter { !$0.lines.isEmpty })
  }

  private var title: String {
    let names = Naming(labels)
    let who = names.list(devices.map { names[$0] })
    return (way == .attach ? "Attach \(groupWords) through \(Self.node(of: model)): " : "Detach \(groupWords): ") + who
  }

  /// What an interface begins with.
  public static func node(of model: RuleSet) -> String {
    model == .iommufd ? "/dev/iommu" : "a container"
  }

  /// drivers/vfio/pci/vfio_pci_core.c `vfio_pci_core_enable` resumes the device and tries a function reset;
  /// `vfio_pci_core_disable` resets it again where that works.
  private var costs: [String] {
    guard refusal == nil else { return [] }
    return [
      "Each device is woken and, where it can be reset alone, reset when it is opened and again when it is closed.",
      "One page of this program's memory is mapped where the devices can reach it, and taken out again at the end.",
    ]
  }

  private var untouched: [String] {
    let names = Naming(labels)
    return refusal == nil ? along.map { "\(names[$0]): not opened; it is owned with its group" } : []
  }

  private var after: String {
    guard way == .attach else { return "Nobody owns \(groupWords); its devices stay with their drivers." }
    guard refusal == nil else {
      return "Nothing is attached: the calls end there, and what was opened is closed again."
    }
    return "\(groupWords.capitalizedFirst) is owned by viable: the kernel lets no host driver at a member, and no "
      + "driver of it is changed here until it is given back."
  }

  private var undo: String {
    "Detaching (T) gives it back, and so does quitting: the page is taken out and every descriptor closed, last first."
  }
}

extension Inventory {
  /// What functions are called for want of anything better: by their class.
  public func nouns(of addresses: [Address]) -> [Address: String] {
    Dictionary(
      addresses.compactMap { address in self[address]?.identity.value.map { (address, $0.classCode.noun) } }
    ) { first, _ in first }
  }
}
