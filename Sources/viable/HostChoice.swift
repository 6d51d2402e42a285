import Assignment
import Catalogue
import HostAccess
import HostLinux
import HostSimulated
import Ownership
import Topology

/// Which world the options choose: this machine, an image of one, a scenario, or a rehearsal of what was observed.
enum HostChoice {
  /// An observer of it; built on the thread that uses it. Names come from this machine's pci.ids in any case.
  static func observer(_ options: Options, _ here: Surroundings) throws(Failure) -> any Observer {
    if let host = try simulated(options, here) { return host }
    return try machine(options, here)
  }

  /// A world that things can be made to happen to. A real machine and an image are none: they are rehearsed.
  static func stage(_ options: Options, _ here: Surroundings) throws(Failure) -> any Stage {
    guard let host = try simulated(options, here) else {
      throw Failure(
        .unavailable,
        (options.root.map { Clean.visible($0) + " is an image" } ?? "this is a real machine")
          + ": add --rehearse to try it on a copy, or --scenario NAME")
    }
    return host
  }

  /// The simulated machine that the options choose; nil where they choose a real one or an image.
  static func simulated(_ options: Options, _ here: Surroundings) throws(Failure) -> SimulatedHost? {
    if let scenario = try scenario(options) { return scenario.host }
    return options.rehearse ? try rehearsal(options, here) : nil
  }

  /// Whether the options choose the machine that we run on, itself.
  static func isLive(_ options: Options) -> Bool {
    guard options.scenario == nil, !options.rehearse else { return false }
    return options.root.map(isRoot) ?? true
  }

  /// Whether a path is this machine's own root.
  static func isRoot(_ path: String) -> Bool { path.utf8.allSatisfy { $0 == UInt8(ascii: "/") } && !path.isEmpty }

  /// The scenario that `--scenario` names.
  static func scenario(_ options: Options) throws(Failure) -> Scenario? {
    guard let text = options.scenario else { return nil }
    return try scenario(named: text)
  }

  /// A shipped scenario by name, or a file.
  static func scenario(named text: String) throws(Failure) -> Scenario {
    do throws(DocumentError) {
      return try ScenarioCatalogue().scenario(text)
    } catch {
      throw Failure(error)
    }
  }

  /// This machine, to be acted on. An image is only looked at.
  static func live(_ session: Session) throws(Failure) -> LivePlace {
    guard session.options.root == nil else {
      throw Failure(.unavailable, "an image is not acted on: add --rehearse to try it on a copy")
    }
    let here = session.here
    let observer = try machine(session.options, here)
    return try LivePlace(observer, state: stateDirectory(session, isPrivileged: observer.place.isPrivileged))
  }

  /// Where the journal is kept.
  static func stateDirectory(_ session: Session, isPrivileged: Bool) -> StateDirectory {
    let here = session.here
    return StateDirectory(
      asked: session.options.stateDir, isRoot: isPrivileged, stateHome: here.variables["XDG_STATE_HOME"],
      home: here.variables["HOME"])
  }

  /// The functions of this machine of which our journal has something in force. Only root acts, and only root's journal
  /// counts; where there is none, that costs one open that fails.
  static func recorded(_ session: Session, _ place: Place) -> Set<Address> {
    guard place.kind == .linux, place.isPrivileged else { return [] }
    do throws(HostError) {
      let kept = try journal(in: stateDirectory(session, isPrivileged: true))
      for damaged in kept.damaged {
        Session.complain("an act does not count: \(Clean.visible(damaged.error.description))")
      }
      return Set(kept.journal?.recorded ?? [])
    } catch {
      Session.complain("what was done here before does not count: \(error)")
      return []
    }
  }

  /// The journal of a state directory, nil where it has no entry, and what of it cannot be read.
  static func journal(in state: StateDirectory) throws(HostError) -> (journal: Journal?, damaged: [DamagedEntry]) {
    let found = try FileJournal(in: state).legible()
    guard !found.entries.isEmpty else { return (nil, found.damaged) }
    return (Journal(found.entries, in: try LinuxPerformer().session), found.damaged)
  }

  /// A machine or an image of one.
  static func machine(_ options: Options, _ here: Surroundings) throws(Failure) -> SysfsObserver {
    do throws(HostError) {
      let observer = try SysfsObserver(root: options.root ?? "/", names: PCINames(preferred: here.preferredNames))
      guard observer.isMachine else {
        throw HostError(
          "look at",
          on: (options.root ?? "/") + ", which is no image of a machine: there is no folder sys in it "
            + "(viable snapshot DIR makes one)", .enoent)
      }
      return observer
    } catch {
      throw Failure(error)
    }
  }

  /// What stands in the files that say something and that an act may write.
  private static func texts(
    of configured: Configured, below root: String
  ) throws(HostError) -> [ConfigurationFile: String] {
    let performer = try LinuxPerformer(root: root)
    var found: [ConfigurationFile: String] = [:]
    for path in Set(configured.statements.map(\.source.path)) {
      guard let file = ConfigurationFile(path: path), let text = try? performer.text(of: file) else { continue }
      found[file] = text
    }
    return found
  }

  /// A copy of the machine or image, looked at closely once, under the rules of its own kernel.
  private static func rehearsal(_ options: Options, _ here: Surroundings) throws(Failure) -> SimulatedHost {
    let observer = try machine(options, here)
    do throws(HostError) {
      let inventory = try observer.inventory(.full)
      let unsafe = observer.capabilities().contains { $0.subject == .interruptRemapping && $0.status == .missing }
      var host = SimulatedHost(
        rehearsing: inventory, name: observer.place.name, rules: Rules(.inForce(on: inventory.host.kernelRelease)),
        interruptsAreIsolated: !unsafe)
      let configured = observer.configured(state: "/var/lib/viable")
      host.configure(configured, try texts(of: configured, below: options.root ?? "/"))
      let all = inventory.functions.map(\.address)
      host.carry(observer.burden(of: all, in: inventory))
      host.carry(observer.configSpaces(of: all, waking: false))
      return host
    } catch {
      throw Failure(error)
    }
  }
}
