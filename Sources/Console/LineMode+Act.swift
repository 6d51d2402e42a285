public import Assignment
import HostAccess
import Ownership
import Topology

/// Acting by words: what the console shows in its preview is told in lines, and consent is typed.
extension LineMode {
  /// What an answer says, and what is to be done about it outside.
  public struct Reply: Hashable, Sendable {
    /// Whole sentences, one a line.
    public var output: [String] = []
    /// Whether that was the end.
    public var quit = false
    /// What is asked of the worker.
    public var requests: [Request] = []
    /// Only something to say.
    public init(_ output: [String] = [], quit: Bool = false) {
      self.output = output
      self.quit = quit
    }
  }

  /// Whether the next line has to wait: an answer is on its way.
  public var isBusy: Bool {
    if explaining != nil || scene.rehearsal?.isUnderWay ?? false { return true }
    guard let proceeding = scene.proceeding else { return false }
    return proceeding.stage == .asked || proceeding.isRunning && proceeding.waiting == nil
  }

  /// What to know when it ends in the middle of an act; nil where none is under way.
  public var farewell: String? { scene.farewell }
  /// The options that lead an act to this machine and its journal.
  public var options: CommandOptions { scene.chosenBy.acts }

  /// Whether an act is in the middle of something that is about to end.
  public func isActing(at now: UInt64) -> Bool { scene.isActing(at: now) }

  /// Whether groups are attached here, which are given back at the end.
  public var holdsGroups: Bool { !scene.attached.isEmpty }

  // MARK: words

  /// What a word of acting asks for; nil where it is none.
  mutating func act(_ word: String, _ rest: [Substring]) -> Reply? {
    switch word {
    case "assign": propose(.assign, rest)
    case "release": propose(.release, rest)
    case "restore": propose(.restore, rest)
    case "undo": ask(.undo)
    case "redo": redo()
    case "attach": take(rest)
    case "detach": giveBack(rest)
    case "end": end(rest)
    case "again": again()
    case "why": explain(rest)
    default: nil
    }
  }

  private mutating func propose(_ verb: Intent.Verb, _ words: [Substring]) -> Reply {
    switch targets(words) {
    case .failure(let why): return Reply([why.words])
    case .success(let found): return ask(.act(Intent(verb, named: found.named, groups: found.groups)))
    }
  }

  private mutating func redo() -> Reply {
    guard let intent = scene.redoable.last else { return Reply(["Nothing was undone here."]) }
    return ask(.act(intent), isRedo: true)
  }

  private mutating func take(_ words: [Substring]) -> Reply {
    let models: [RuleSet] = [.explicitLinux, .iommufd]
    let model = models.first { words.last.map(String.init) == $0.rawValue }
    switch targets(model == nil ? words : words.dropLast()) {
    case .failure(let why): return Reply([why.words])
    case .success(let found):
      if scene.rehearsal != nil { return play(.attach, found) }
      return scene.place.kind == .linux ? ask(.attach(groups(of: found), by: model)) : Reply([Self.notHere])
    }
  }

  private mutating func giveBack(_ words: [Substring]) -> Reply {
    if words.isEmpty, scene.rehearsal == nil {
      guard let held = scene.attached.last else { return Reply(["Nothing is attached here."]) }
      return ask(.detach(held.groups))
    }
    switch targets(words) {
    case .failure(let why): return Reply([why.words])
    case .success(let found):
      return scene.rehearsal == nil ? ask(.detach(groups(of: found))) : play(.detach, found)
    }
  }

  private static let notHere = "That is for this machine itself, or for a simulated one; --rehearse makes one."

  /// On a simulated machine the calls are made at once: nothing lasts.
  private mutating func play(_ id: Action.ID, _ found: Targets) -> Reply {
    let members = found.groups.flatMap { scene.inventory?[$0]?.members ?? [] }
    let endpoints = (found.named + members).filter { scene.inventory?[$0].map { !$0.leadsToABus } ?? false }
    let open = id == .detach ? endpoints.first(where: isOpenHere) : nil
    let endpoint = open ?? endpoints.first
    guard let row = scene.rows.firstIndex(where: { $0.address == endpoint && endpoint != nil }) else {
      return Reply(["The filter hides it, or there is no device that a user could have."])
    }
    scene.select(row: row)
    guard let deed = scene.deed(id) else { return Reply([Self.notHere]) }
    return begin(deed)
  }

  private mutating func begin(_ deed: Deed) -> Reply {
    if let reason = deed.reason { return Reply([reason]) }
    var reply = Reply()
    reply.requests = scene.begin(deed)
    if reply.requests.isEmpty { reply.output = [scene.message?.text ?? "Nothing was called."] }
    return reply
  }

  /// Whether the user at the keyboard of a simulated machine has a device open.
  private func isOpenHere(_ address: Address) -> Bool {
    guard let rehearsal = scene.rehearsal else { return false }
    return rehearsal.world.ledger.users(ofDevice: address).contains(rehearsal.caller)
  }

  /// Puts a simulated machine back to how it was before anything happened.
  private mutating func again() -> Reply {
    if let why = Action.of(.startAgain)?.unavailable(in: scene) { return Reply([why]) }
    var reply = Reply()
    reply.requests = scene.startAgain()
    reply.output = [scene.message?.text ?? ""]
    return reply
  }

  /// Ends a user of a simulated machine, with everything that he has open.
  private mutating func end(_ words: [Substring]) -> Reply {
    guard let rehearsal = scene.rehearsal else { return Reply(["Processes are ended on simulated machines alone."]) }
    let users = rehearsal.world.ledger.processes.map(\.user)
    guard let first = users.first else { return Reply(["Nobody has anything open."]) }
    let names = Sentences.list(users.map { Clean.visible($0.name) })
    guard let word = words.first, words.count == 1 else {
      return Reply(["Whom? Something is open by \(names): end \(Clean.visible(first.name))"])
    }
    guard let user = users.first(where: { $0.name == word || "\($0.process)" == word }) else {
      return Reply(["\(Clean.visible(word)) has nothing open. Something is open by \(names)."])
    }
    return begin(
      Deed(
        title: "End \(Clean.visible(user.name))", detail: "exit", way: .events([.exit(user)]), reason: scene.whyNoRun))
  }

  private mutating func explain(_ words: [Substring]) -> Reply {
    switch targets(words) {
    case .failure(let why): return Reply([why.words])
    case .success(let found):
      guard let group = groups(of: found).first else { return Reply(["It is in no IOMMU group."]) }
      if let known = scene.explained[group] { return Reply(Self.words(known)) }
      explaining = group
      var reply = Reply()
      reply.requests = [.explain(group)]
      return reply
    }
  }

  private mutating func ask(_ aim: Aim, isRedo: Bool = false) -> Reply {
    if let running = scene.proceeding, running.isRunning {
      return Reply(["One act at a time: one is still under way."])
    }
    var reply = Reply()
    reply.requests = scene.ask(for: Proceeding(aim, isRedo: isRedo))
    return reply
  }

  // MARK: whom

  struct Targets {
    var named: [Address] = []
    var groups: [GroupID] = []
  }

  struct Misread: Error {
    let words: String
  }

  /// Rows by number, groups by `g 5` or `group 5`, and whatever the command line takes.
  private func targets(_ words: some Collection<Substring>) -> Result<Targets, Misread> {
    guard let inventory = scene.inventory else {
      return .failure(Misread(words: "Nothing is known of the machine yet."))
    }
    guard !words.isEmpty else {
      return .failure(Misread(words: "Which? A row by its number, g 5 for group 5, or an address: 02:01.0"))
    }
    var found = Targets()
    var isGroup = false
    for word in words {
      if word == "g" || word == "group" {
        isGroup = true
        continue
      }
      if let number = Int(word), !isGroup {
        guard scene.rows.indices.contains(number - 1) else {
          return .failure(Misread(words: "There is no row \(number): rows go from 1 to \(scene.rows.count)."))
        }
        let row = scene.rows[number - 1]
        if let address = row.address {
          found.named.append(address)
        } else {
          found.groups += [row.group].compactMap(\.self)
        }
        continue
      }
      do throws(SelectorError) {
        switch try Selector(isGroup ? "group:\(word)" : String(word)).resolve(in: inventory) {
        case .functions(let addresses): found.named += addresses.filter { !found.named.contains($0) }
        case .group(let group): if !found.groups.contains(group) { found.groups.append(group) }
        }
      } catch {
        let text = error.description
        return .failure(Misread(words: text.hasSuffix("?") ? text : text + "."))
      }
      isGroup = false
    }
    guard !found.named.isEmpty || !found.groups.isEmpty else {
      return .failure(Misread(words: "That row is no device."))
    }
    return .success(found)
  }

  private func groups(of found: Targets) -> [GroupID] {
    Set(found.groups + found.named.compactMap { scene.inventory?[$0]?.group.value }).sorted()
  }
}

extension Rehearsal {
  /// Whether calls of something that was begun are still to come.
  var isUnderWay: Bool { pursuit != nil || !queue.isEmpty }
}
