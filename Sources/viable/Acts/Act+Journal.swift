import HostAccess
import Topology

/// What is said, on standard error, of what the journal has and nothing is done with.
extension Act {
  /// Files in an entry's place that are none, but for this one, of which a refusal tells.
  func tellDamaged(apartFrom number: Int? = nil) {
    for entry in damaged where entry.number != number {
      Session.complain(
        "entry \(entry.number) of the journal is left as it is: \(Clean.visible(entry.error.description))")
    }
  }

  /// Entries of which nothing is in force, because the machine, or its boot, is another one.
  func tellVoid() {
    for entry in void {
      let whose = entry.session.machine == place.session.machine ? "boot" : "machine"
      Session.complain(
        "entry \(entry.number) of the journal is of another \(whose), and void: \(Clean.visible(entry.title))")
    }
  }

  /// What the good entries kept is said or back; of the act in a damaged one nobody knows.
  func checkUndamaged() throws(Exit) {
    if !damaged.isEmpty { throw Exit.malformed }
  }
}
