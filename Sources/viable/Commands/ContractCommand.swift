import ArgumentParser
import Assignment
import CLinux
import HostAccess
import HostLinux
import Ownership
import Topology

/// `viable contract`: the same calls on a kernel and in the rules. Hidden, since it is a test's.
struct ContractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "contract", abstract: "Make sequences of calls on the kernel, and compare with the rules.",
    shouldDisplay: false)

  @Option(help: "The first sequence's number.")
  var seed: UInt64 = 1

  @Option(help: "How many sequences.")
  var count = 1

  @Option(help: "The uAPI whose calls are made.")
  var model: Model

  @Option(help: "Whose devices are used.")
  var group: UInt32

  @Flag(help: "Print every call.")
  var trace = false

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  func run() throws {
    let session = try Session(global.chosen)
    guard HostChoice.isLive(global.chosen) else {
      let stage = try HostChoice.stage(global.chosen, session.here)
      let contract = Contract(Rules(model.rules, knobs: stage.rules.knobs), group: GroupID(group), in: stage.world)
      return try run(contract, session) { Judging(rules: contract.rules, world: contract.world) }
    }
    let machine = try LiveMachine(model.rules)
    let limit = cl_memory_lock_limit()
    let contract = Contract(
      machine.rules, group: GroupID(group), in: machine.world, uid: cl_effective_user(),
      memoryLimit: limit == .max ? nil : limit)
    let calls: UserCalls
    do throws(HostError) { calls = try UserCalls() } catch { throw Failure(error) }
    try run(contract, session) {
      calls.closeAll()
      return calls
    }
  }

  /// Runs every sequence on a host that has nothing open, and says a line of each.
  private func run<Host: Answering>(_ contract: Contract, _ session: Session, on host: () -> Host) throws {
    var reached: [Contract.Pair: Int] = [:]
    var listed: [String: Int] = [:]
    var (calls, differing) = (0, 0)
    for seed in seed..<(seed + UInt64(max(0, count))) {
      let run = contract.run(seed: seed, on: host())
      calls += run.calls
      reached.merge(run.reached, uniquingKeysWith: +)
      listed.merge(run.listed, uniquingKeysWith: +)
      differing += run.difference == nil ? 0 : 1
      try session.print { page in
        if trace || run.difference != nil { for line in run.trace { page.line("  " + line) } }
        let end = run.difference.map { "DIFFERS \($0.call): kernel \($0.kernel), rules \($0.rules)" } ?? "ok"
        page.line("CONTRACT \(seed) \(run.calls) \(end)")
      }
    }
    try session.print { page in
      for (why, times) in listed.sorted(by: { $0.key < $1.key }) { page.line("LISTED \(times) \(why)") }
      for (pair, times) in reached.sorted(by: { $0.key < $1.key }) { page.line("REACHED \(pair) \(times)") }
      page.line("CONTRACT total sequences=\(count) calls=\(calls) differing=\(differing)")
    }
    guard differing == 0 else { throw Exit.not }
  }
}

/// The rules in the place of a kernel.
private struct Judging: Answering {
  let rules: Rules
  var world: World

  mutating func ask(_ call: Call, as user: User) -> Answer {
    let answer = rules.answer(to: call, by: user, in: world)
    world = world.after(answer)
    return answer
  }
}
