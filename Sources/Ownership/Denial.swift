import Topology

/// A refusal on its way out of a handler: nothing that the handler did before it counts.
struct Denial: Error, Hashable {
  var errno: Errno
  var reason: Reason

  init(_ errno: Errno, _ reason: Reason) {
    self.errno = errno
    self.reason = reason
  }

  init(
    _ errno: Errno, _ rule: Rule, _ culprits: [Culprit] = [], group: GroupID? = nil, message: Message? = nil
  ) {
    self.init(errno, Reason(rule, culprits: culprits, group: group, message: message))
  }
}
