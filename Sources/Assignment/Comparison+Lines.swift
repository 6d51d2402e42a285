public import Ownership

extension Comparison {
  /// A call as it is drawn.
  public struct Line: Hashable, Sendable {
    /// Which act it served.
    public var act: Int
    /// Whose process made the call; nil for what an administrator, a slot or a signal does.
    public var user: User?
    /// The call in the traces' notation: `SET_CONTAINER`, `JOIN(4,3)`.
    public var call: String
    /// The whole name of an ioctl, nil for anything else: `VFIO_GROUP_SET_CONTAINER`.
    public var name: String?
    /// What it was made on, as a path or address: `/dev/vfio/5`; nil where it is on nothing.
    public var on: String?
    /// What came back: `3`, `{VIABLE}`, `-1 EPERM {02:02.0 sym53c8xx}`.
    public var result: String
    /// The result alone, without what is told beside it: `3`, `{VIABLE}`, `-1`, `blocks`.
    public var value: String
    /// How it ended.
    public var outcome: Outcome
    /// Why it did not succeed.
    public var why: Explanation?
    /// What else happened: a driver gone, a disk with it, members moved.
    public var news: [String]

    /// Call and result, as the golden traces write them: `JOIN(4,3)=-1 EPERM {02:02.0 sym53c8xx}`.
    public var text: String { call + (user == nil ? " = " : "=") + result }
    /// The same with an ioctl's whole name: `VFIO_GROUP_SET_CONTAINER(4,3) = 0`.
    public var said: String {
      guard let name else { return "\(call) = \(result)" }
      let arguments = call.firstIndex(of: "(").map { call[$0...] } ?? ""
      return "\(name)\(arguments) = \(result)"
    }
    /// Whether it succeeded.
    public var isSuccess: Bool {
      if case .success = outcome { true } else { false }
    }
    /// The error number.
    public var errno: Errno? {
      if case .refused(let errno) = outcome { errno } else { nil }
    }
  }

  /// One side's calls from the first step on; nil where it had nothing to do.
  public func lines(of side: Side) -> [Line?] { side.calls.map { $0.map { line($0, under: side.rules.set) } } }

  /// What one side did at the last step; nil before the first step, or where it had nothing to do.
  public func lastLine(of side: Side) -> Line? { (side.calls.last ?? nil).map { line($0, under: side.rules.set) } }

  func line(_ made: Made, under rules: RuleSet) -> Line {
    Line(act: made.act, event: made.event, answer: made.answer, in: made.before, under: rules, labels: story.labels)
  }
}
