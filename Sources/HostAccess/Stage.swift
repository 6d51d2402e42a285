public import Ownership

/// A simulated world behind the door: it can be looked at like a machine, and things can be made to happen to it.
/// The same calls that a kernel would take, answered by the rules of any interface.
public protocol Stage: Observer {
  /// Who opened, joined and attached what, and every device.
  var world: World { get }
  /// Whose rules answer.
  var rules: Rules { get set }

  /// Makes something happen: a call, a bind, a hot-add, an exit. A refused event changes nothing.
  mutating func happen(_ event: Event) -> Answer
}
