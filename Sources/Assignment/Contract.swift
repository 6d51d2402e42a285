public import HostAccess
public import Ownership
public import Topology

/// Sequences of calls, made from a seed: what a kernel answers to them and what the rules answer has to be the same.
///
/// There are two users. To the rules they are two processes; on a kernel both are the one that asks, with descriptors of
/// their own: ownership is a matter of descriptors and does not tell, limits on locked memory and permissions are one.
public struct Contract: Hashable, Sendable {
  /// Whose calls are made.
  public let rules: Rules
  /// The machine before the first call of each sequence.
  public let world: World
  /// Whose devices are used.
  public let group: GroupID

  /// Sequences over the devices of `group`.
  public init(_ rules: Rules, group: GroupID, in world: World) {
    self.rules = rules
    self.group = group
    self.world = world
  }

  /// A call, by name, and what came of it: `EPERM`, or `0`.
  public struct Pair: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The call: `SET_CONTAINER`, `open(group)`.
    public let call: String
    /// The error number's name, or `0`.
    public let errno: String
    /// Both, with a blank between.
    public var description: String { "\(call) \(errno)" }
    /// By call, then errno.
    public static func < (left: Pair, right: Pair) -> Bool { (left.call, left.errno) < (right.call, right.errno) }
  }

  /// What came of one sequence.
  public struct Run: Hashable, Sendable {
    /// What it was made from.
    public var seed: UInt64
    /// How many calls were made, up to the end or to the first difference.
    public var calls = 0
    /// What the kernel answered, how often.
    public var reached: [Pair: Int] = [:]
    /// Every call with the kernel's answer, as traces write them.
    public var trace: [String] = []
    /// Where the kernel and the rules parted; nil where they never did.
    public var difference: Difference?
  }

  /// A call that the kernel and the rules answer differently.
  public struct Difference: Hashable, Sendable {
    /// The call.
    public var call: String
    /// What the kernel answered.
    public var kernel: String
    /// What the rules answer.
    public var rules: String
  }

  /// Makes the calls of one sequence on `host`, and ends both users. Ends early where kernel and rules part.
  public func run<Host: Answering>(seed: UInt64, on host: Host) -> Run {
    run(events(seed: seed), seed: seed, on: host)
  }

  /// The same for calls of one's own.
  public func run<Host: Answering>(_ events: [Event], seed: UInt64, on host: Host) -> Run {
    var mirror = Mirror(host, rules: rules, world: world)
    var run = Run(seed: seed)
    let trace = Trace(rules.set)
    for event in events + Self.users.map({ Event.exit($0) }) {
      let before = mirror.world
      let answer = mirror.happen(event)
      run.trace.append(trace.line(event, Answer(outcome: answer.outcome), in: before))
      if case .call(let call, _) = event {
        run.calls += 1
        run.reached[pair(call, answer.outcome), default: 0] += 1
      }
      if let difference = mirror.differences.first {
        let (kernel, said) = (Answer(outcome: answer.outcome), Answer(outcome: difference.expected.outcome))
        run.difference = Difference(
          call: trace.text(event, in: before) + Self.shape(of: event), kernel: trace.text(kernel),
          rules: trace.text(said))
        break
      }
    }
    for user in Self.users { _ = mirror.happen(.exit(user)) }
    return run
  }

  /// Who makes the calls.
  static let users = [
    User(process: 9001, name: "one", uid: 0), User(process: 9002, name: "two", uid: 0),
  ]

  private func pair(_ call: Call, _ outcome: Outcome) -> Pair {
    let errno = if case .refused(let errno) = outcome { errno.name } else { "0" }
    switch call {
    case .open(let node): return Pair(call: "open(\(Self.kind(of: node)))", errno: errno)
    case .close: return Pair(call: "close", errno: errno)
    case .ioctl(_, let ioctl, _): return Pair(call: Self.name(of: ioctl, rules.set), errno: errno)
    case .touch(_, let touch): return Pair(call: "\(touch)", errno: errno)
    }
  }

  /// Full names: MAP_DMA of a container and IOAS_MAP of an iommufd are two calls.
  private static func name(of ioctl: Ioctl, _ rules: RuleSet) -> String {
    if case .unknown = ioctl { return "unknown" }
    return ioctl.name(under: rules)
  }

  private static func kind(of node: Openable) -> String {
    switch node {
    case .container: "container"
    case .group: "group"
    case .context: "iommu"
    case .device: "device"
    case .virtualMachine: "kvm"
    }
  }

  private static func shape(of event: Event) -> String {
    guard case .call(.ioctl(_, let ioctl, let shape), _) = event else { return "" }
    return shape == .proper ? " \(ioctl)" : " \(ioctl) \(shape)"
  }
}
