import Assignment
import HostAccess
import HostLinux
import HostSimulated
import Ownership
import Topology

/// Whoever is to have devices: a user of the scenario, of this machine, or whoever has a uid: an image says nothing of users.
struct Recipient {
  let uid: UInt32
  let name: String
  /// What this machine knows of them; nil where the uid is all there is.
  let account: Account?

  /// Finds who `text` names; nil where nobody is called so.
  init?(_ text: String, _ options: Options) throws(Failure) {
    let users = try HostChoice.scenario(options)?.users ?? []
    if let user = users.first(where: { $0.name == text }) {
      (uid, name, account) = (user.uid, user.name, nil)
      return
    }
    var found: Account?
    if options.scenario == nil, !Self.isImage(options) {
      do throws(HostError) { found = try Account.named(text) } catch { throw Failure(error) }
    }
    // A scenario need not name root for it to be there, and an image has one.
    let isRoot = (options.scenario != nil || Self.isImage(options)) && text == "root"
    guard let number = found?.uid ?? (isRoot ? 0 : UInt32(text)), number != .max else { return nil }
    (uid, name, account) = (number, found?.name ?? text, found)
  }

  /// Whether it is an image of another machine that is looked at, or rehearsed.
  private static func isImage(_ options: Options) -> Bool {
    options.scenario == nil && !(options.root.map(HostChoice.isRoot) ?? true)
  }

  /// What to say where nobody is called so.
  static func failure(
    _ option: String, _ text: String, _ options: Options, nothing was: String
  ) throws(Failure) -> Failure {
    let users = try HostChoice.scenario(options)?.users ?? []
    let known =
      users.isEmpty ? "" : "; the scenario has \(users.map { Clean.visible($0.name) }.joined(separator: ", "))"
    let what = isImage(options) ? "an image has no users, so name one by uid" : "no such user"
    return Failure(
      .notFound, "\(option) \(Clean.visible(text)): \(what)\(known); nothing was \(was)",
      Grounds(kind: "no-such-user", culprits: [Refusal.Culprit(name: text)]))
  }
}
