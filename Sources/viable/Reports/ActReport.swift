import Assignment
import Console
import HostAccess
import Topology

/// How an act ended.
struct ActReport {
  let plan: Plan
  let transaction: Transaction
  let outcome: Transaction.Outcome?
  let left: Work?
  let isReal: Bool
  /// The virtual functions that there are now, after an act that was about them.
  let virtual: [Function]

  init<Place: ActPlace>(
    _ plan: Plan, _ ending: Act<Place>.Ending, isReal: Bool, virtual: [Function] = []
  ) {
    self.plan = plan
    self.virtual = virtual
    transaction = ending.transaction
    outcome = ending.outcome
    left = ending.left
    self.isReal = isReal
  }

  /// Done; failed and taken back; failed and stuck; the journal could not be written.
  var exit: Exit {
    switch outcome {
    case .done: .done
    case .takenBack: .takenBack
    case .stuck: .stuck
    case .notBegun: .output
    case nil: .stuck
    }
  }

  /// The sentence that says it.
  var sentence: String {
    if let sentence = transaction.sentence() {
      return plan.options.put(in: sentence) + (isReal ? "" : " It was a rehearsal.")
    }
    let child = left.map { " Process \($0.process) goes on by itself." } ?? ""
    let back = plan.options.put(in: "viable restore --all")
    return "Left in the middle:\(child) Once whoever holds the device lets go: \(back)"
  }

  func text(into page: inout Page) {
    page.line(sentence, exit == .done ? .stateGood : .stateWarning)
    for function in virtual {
      let group = function.group.value.map { "group \($0)" } ?? "no group"
      let driver = function.driver.value.map { Clean.visible($0) } ?? "no driver"
      page.line("  \(function.address)  \(group)  \(driver)")
    }
    // A rehearsal has the drivers that it was seen with, and not those that a machine has modules of.
    if !isReal, virtual.contains(where: { $0.driver == .absent }) {
      page.line("  Whether a host driver matches those without one is not known in a rehearsal.", .dim)
    }
  }

  func json(into page: inout Page) {
    JSONWriter.document(&page) { json in
      json.field("command", plan.commandLine)
      json.field("entry", transaction.entry.isOpen ? transaction.entry.number : nil)
      json.field("exit", Int(exit.rawValue))
      json.field("outcome", word)
      json.field("real", isReal)
      json.schema()
      json.field("sentence", sentence)
      json.key("steps")
      json.lines(transaction.entry.records) { json, record in
        json.object { json in
          json.field("exact", record.effect.exact)
          json.field("state", record.state.rawValue)
        }
      }
      guard plan.intent.verb == .virtualFunctions else { return }
      json.key("virtual_functions")
      json.lines(virtual) { json, function in
        json.object { json in
          json.field("address", function.address.description)
          json.field("driver", "driver_reason", function.driver) { $0.string($1) }
          json.field("group", "group_reason", function.group) { $0.number($1.number) }
        }
      }
    }
  }

  private var word: String {
    switch outcome {
    case .done: "done"
    case .takenBack: "taken-back"
    case .stuck: "stuck"
    case .notBegun: "not-begun"
    case nil: "left"
    }
  }
}
