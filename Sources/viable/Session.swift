import HostAccess
import Ownership
import Topology

/// What every command starts from: its options, what it was started into, and where its text goes.
struct Session {
  let options: Options
  let here: Surroundings
  /// Standard output.
  let output: Output
  let look: Look

  init(_ options: Options, _ here: Surroundings = .current()) throws(Failure) {
    self.init(options, here, look: try options.look(in: here))
  }

  /// With a look of one's own: the console chooses its theme by itself, and never fails for want of one.
  init(_ options: Options, _ here: Surroundings, look: Look) {
    self.options = options
    self.here = here
    self.look = look
    output = Output(descriptor: 1)
  }

  /// Prints what `body` puts on a page, and says so when that failed.
  func print(_ body: (inout Page) -> Void) throws(Failure) {
    var page = Page(look, to: output)
    body(&page)
    page.flush()
    try output.finish()
  }

  /// One line on standard error.
  static func complain(_ text: String) {
    Output(descriptor: 2).write(Array("viable: \(text)\n".utf8))
  }
}

extension Session {
  /// What files and the command line of the machine say. Assignments that last are root's, wherever else a user keeps
  /// a journal.
  func configured() throws(Failure) -> Configured {
    try HostChoice.observer(options, here).configured(state: options.stateDir ?? Configured().state)
  }
}

/// A machine looked at, judged, and what the selectors mean on it.
struct Sighting {
  var survey: Survey
  var selection: Selection
  var targets: [Selector.Target]
  /// What a reset of each function that was named reaches, where every fact of them was asked for.
  var resets: [ResetReach] = []
}

extension Session {
  /// How much a report needs to know.
  enum Closeness {
    /// What a listing reads.
    case listing
    /// Every fact of what was named, and of the members of its groups.
    case named
    /// Every fact of everything.
    case full
  }

  /// Looks at the machine. Selectors that are found by interfaces or disks take a full look to resolve.
  func look(
    at selectors: [Selector] = [], _ closeness: Closeness = .listing, rules: RuleSet? = nil
  ) throws(Failure) -> Sighting {
    let observer = try HostChoice.observer(options, here)
    let isFull = closeness == .full || selectors.contains(where: \.needsDetails)
    var inventory = try Self.inventory(isFull ? .full : .listing, from: observer)
    var targets: [Selector.Target] = []
    for selector in selectors { targets.append(try Selection.resolve(selector, in: inventory)) }
    if closeness == .named, !isFull { try Self.lookCloser(at: targets, with: observer, &inventory) }
    let selection = Selection(targets, in: inventory)
    let survey = Survey(
      observer.place, inventory, rules: rules, asked: HostChoice.recorded(self, observer.place))
    return Sighting(
      survey: survey, selection: selection, targets: targets,
      resets: closeness == .named ? observer.resets(of: targets.flatMap(\.addresses), in: inventory) : [])
  }

  private static func inventory(_ depth: Depth, from observer: any Observer) throws(Failure) -> Inventory {
    do throws(HostError) {
      return try observer.inventory(depth)
    } catch {
      throw Failure(error)
    }
  }

  /// Reads every fact of what was named and of the members of its groups: any of them may carry something.
  static func lookCloser(
    at targets: [Selector.Target], with observer: any Observer, _ inventory: inout Inventory
  ) throws(Failure) {
    let chosen = Selection(targets, in: inventory)
    var functions = chosen.ungrouped
    for group in chosen.groups { functions.formUnion(inventory[group]?.members ?? []) }
    do throws(HostError) {
      inventory.apply(try observer.reread(Stale(groups: chosen.groups, details: functions), in: inventory))
    } catch {
      throw Failure(error)
    }
  }
}

extension Selector.Target {
  /// The functions that were named; none of a group.
  fileprivate var addresses: [Address] { if case .functions(let addresses) = self { addresses } else { [] } }
}
