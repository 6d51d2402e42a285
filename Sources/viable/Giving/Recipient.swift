import Assignment
import HostAccess
import HostLinux
import HostSimulated
import Ownership
import Topology

/// Whoever is to have devices: a user of the scenario, of this machine, or whoever has a uid.
struct Recipient {
  let uid: UInt32
  let name: String
  /// What this machine knows of them; nil where the uid is all there is.
  let account: Account?

  /// Finds who `text` names; nil where nobody is called so.
  init?(_ text: String, _ options: GlobalOptions) throws(Failure) {
    let users = try HostChoice.scenario(options)?.users ?? []
    if let user = users.first(where: { $0.name == text }) {
      (uid, name, account) = (user.uid, user.name, nil)
      return
    }
    var found: Account?
    if options.scenario == nil {
      do throws(HostError) { found = try Account.named(text) } catch { throw Failure(error) }
    }
    // A scenario need not name root for it to be there.
    let isRoot = options.scenario != nil && text == "root"
    guard let number = found?.uid ?? (isRoot ? 0 : UInt32(text)), number != .max else { return nil }
    (uid, name, account) = (number, found?.name ?? text, found)
  }

  /// What to say where nobody is called so.
  static func failure(
    _ option: String, _ text: String, _ options: GlobalOptions, nothing was: String
  ) throws(Failure) -> Failure {
    let users = try HostChoice.scenario(options)?.users ?? []
    let known =
      users.isEmpty ? "" : "; the scenario has \(users.map { Clean.visible($0.name) }.joined(separator: ", "))"
    return Failure(
      .notFound, "\(option) \(Clean.visible(text)): no such user\(known); nothing was \(was)",
      Grounds(kind: "no-such-user", culprits: [Refusal.Culprit(name: text)]))
  }
}
