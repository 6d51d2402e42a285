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
  /// Who makes the calls.
  public let users: [User]

  /// Sequences over the devices of `group`, for a process of `uid` with this limit on locked memory in bytes (nil: none).
  /// Where there is a limit there is one user only: the kernel would count both together.
  public init(_ rules: Rules, group: GroupID, in world: World, uid: UInt32 = 0, memoryLimit: UInt64? = nil) {
    self.rules = rules
    self.group = group
    self.world = world
    let limit = uid == 0 ? nil : memoryLimit
    let users = [(9001, "one"), (9002, "two")].map {
      User(process: $0.0, name: $0.1, uid: uid, memoryLimit: limit)
    }
    self.users = Array(users.prefix(limit == nil ? 2 : 1))
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
    /// Differences that are known and explained, by the explanation.
    public var listed: [String: Int] = [:]
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
    var known = 0
    let trace = Trace(rules.set)
    for event in events + users.map({ Event.exit($0) }) {
      let before = mirror.world
      let answer = mirror.happen(event)
      let line = trace.line(event, Answer(outcome: answer.outcome), in: before)
      if case .call(let call, let user) = event {
        run.trace.append("\(user.name): \(line)\(Self.details(of: event))")
        run.calls += 1
        run.reached[pair(call, answer.outcome), default: 0] += 1
      } else {
        run.trace.append(line)
      }
      guard mirror.differences.count > known else { continue }
      known = mirror.differences.count
      if let difference = mirror.differences.last {
        if let why = difference.explanation {
          run.listed[why, default: 0] += 1
          continue
        }
        let (kernel, said) = (Answer(outcome: answer.outcome), Answer(outcome: difference.expected.outcome))
        run.difference = Difference(
          call: trace.text(event, in: before) + Self.details(of: event), kernel: trace.text(kernel),
          rules: trace.text(said))
        break
      }
    }
    for user in users { _ = mirror.happen(.exit(user)) }
    return run
  }

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

  /// What traces leave out: which object and range, and how the argument is misshapen.
  private static func details(of event: Event) -> String {
    guard case .call(.ioctl(let descriptor, let ioctl, let shape), _) = event else { return "" }
    var words = ["on \(descriptor.number)"]
    switch ioctl {
    case .groupSetContainer(let container): words.append("container \(container.number)")
    case .setIOMMU(let type): words.append("type \(type.number)")
    case .mapDMA(let mapping): words.append(text(mapping))
    case .map(let number, let mapping): words += ["object \(number)", text(mapping)]
    case .unmapDMA(let range): words.append(text(range))
    case .unmap(let number, let range): words += ["object \(number)", text(range)]
    case .copy(let from, let to, let range): words += ["objects \(from) to \(to)", text(range)]
    case .info(let number), .allowIOVAs(let number, _), .compatibility(.set(let number)):
      words.append("object \(number)")
    default: break
    }
    if shape != .proper { words.append("\(shape)") }
    return " {" + words.joined(separator: ", ") + "}"
  }

  private static func text(_ range: MemoryRange) -> String {
    "0x\(Hex.text(range.start, atLeast: 1)) size 0x\(Hex.text(range.size, atLeast: 1))"
  }

  private static func text(_ mapping: Mapping) -> String {
    let access = (mapping.isReadable ? "r" : "-") + (mapping.isWritable ? "w" : "-")
    guard let iova = mapping.iova else { return "anywhere size 0x\(Hex.text(mapping.size, atLeast: 1)) \(access)" }
    return text(MemoryRange(iova, size: mapping.size)) + " " + access
  }
}

extension Mirror.Difference {
  /// Why a kernel may answer so although the rules do not; nil for what has to be looked into.
  var explanation: String? {
    guard case .call(.ioctl(_, let ioctl, _), _) = event else { return nil }
    if case .checkExtension(let number) = ioctl, ![1, 3, 9].contains(number) {
      return "CHECK_EXTENSION(\(number)) tells how the kernel was built, and what its IOMMU can do"
    }
    return nil
  }
}
