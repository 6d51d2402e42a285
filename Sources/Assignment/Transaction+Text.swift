public import HostAccess
import Ownership
public import Topology

extension Transaction {
  /// How it ended, in sentences that name step, function and cause; nil while it goes on.
  public func sentence(_ labels: [Address: String] = [:]) -> String? {
    guard case .over(let outcome) = state else { return nil }
    let names = Naming(labels)
    let leftover =
      self.leftover.map { " The journal could not be brought up to date: \(Clean.visible($0.description))." } ?? ""
    switch outcome {
    case .done:
      let undo = keepsEntry && entry.isOpen ? " It is kept as journal entry \(entry.number)." : ""
      return "Done." + undo + leftover
    case .notBegun(let error):
      return "Nothing was changed: the journal is written first, and that failed (\(Clean.visible(error.description)))."
    case .takenBack(let step, let trouble):
      let isFirst = !entry.records[..<step].contains { $0.state == .takenBack }
      let nothing = trouble == .calledOff ? " Nothing was done." : " Nothing else was done."
      return failed(step, trouble, names) + (isFirst ? nothing : " What was done before was taken back.")
        + leftover
    case .stuck(let step, let trouble, let left):
      let who = names.list(left.map { $0.function.map { names[$0] } ?? Clean.visible("\($0)") })
      var text = failed(step, trouble, names) + " "
      text +=
        "\(who) could not be taken back and \(left.count == 1 ? "is" : "are") left as \(left.count == 1 ? "it is" : "they are"): "
      text += obstacles.map { "\($0.effect.phrase): \($0.trouble.phrase(of: $0.effect))" }.joined(separator: "; ")
      // Files and nodes have no selector of their own.
      let functions = left.compactMap(\.function)
      let named = functions.count == left.count ? functions.map(\.description).joined(separator: " ") : "--all"
      return text + ". Once the cause is gone: viable restore \(named)" + leftover
    }
  }

  private func failed(_ step: Int, _ trouble: Trouble, _ names: Naming) -> String {
    let effect = entry.records[step].effect
    if trouble == .calledOff {
      return "Called off before step \(step + 1) of \(entry.records.count) (\(effect.phrase))."
    }
    return "Step \(step + 1) of \(entry.records.count) failed (\(effect.phrase)): \(trouble.phrase(of: effect))."
  }
}

extension Transaction.Trouble {
  /// What went wrong with an effect, as the end of a sentence.
  public func phrase(of effect: Effect) -> String {
    switch (self, effect) {
    case (.refused(let error), .probe(_, let driver?))
    where error.errno == .einval && !RuleSet.vfioDrivers.contains(driver):
      // drivers/base/bus.c `drivers_probe_store` folds the EBUSY of iommu_device_use_default_domain into EINVAL.
      return "drivers_probe answered EINVAL: the group is owned, and the kernel lets no host driver at its members"
    case (.refused(let error), .unbind(_, let driver)) where error.errno == .enodev:
      return "\(Clean.visible(driver)) was not bound any more (ENODEV)"
    case (.refused(let error), .setVirtualFunctions) where error.errno == .enoent:
      return "its driver does not make virtual functions (ENOENT)"
    case (.refused(let error), _): return Clean.visible(error.description)
    case (.noEffect(let found), .probe(_, let driver?)):
      let now = Self.now(found)
      return "the write was taken, and \(Clean.visible(driver)) did not bind: \(now); the kernel log may say why"
    case (.noEffect(let found), .setOverride):
      let override =
        found.binding?.override.value.map { Clean.visible($0) }
        ?? found.binding?.override.ignorance.map { "unknown (\($0))" }
      return "the write was taken, and the override is \(override ?? "empty")"
    case (.noEffect(let found), .setVirtualFunctions):
      return
        "the write was taken, and there are \(found.binding?.virtualFunctions.value.map(String.init) ?? "an unknown number of") virtual functions"
    case (.noEffect(let found), _): return "the write was taken, and \(Self.now(found))"
    case (.gone, .setOwner): return "the node is gone"
    case (.gone, _): return "the function is gone"
    case (.otherDevice(.file), _): return "somebody else has written it since, and it stays as it is"
    case (.otherDevice(.node(_, let node)), _):
      return "somebody else has given it to \(node.owner):\(node.group) since, and it stays as it is"
    case (.otherDevice(let found), _):
      return "another card is there now (\(found.binding?.identity.value?.ids ?? "unknown"))"
    case (.calledOff, _): return "it was called off"
    case (.journal(let error), _): return "the journal could not be written (\(Clean.visible(error.description)))"
    }
  }

  private static func now(_ found: Reading) -> String {
    switch found {
    case .function(let binding): now(binding)
    case .file(_, nil): "the file is not there"
    case .file: "the file has another text"
    case .node(_, let node): "the node belongs to \(node.owner):\(node.group), mode \(String(node.mode, radix: 8))"
    }
  }

  private static func now(_ found: Binding) -> String {
    switch found.driver {
    case .value(let driver): "\(Clean.visible(driver)) is bound"
    case .absent: "no driver is bound"
    case .unknown(let why): "its driver is unknown (\(why))"
    }
  }
}
