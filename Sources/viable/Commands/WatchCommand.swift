import ArgumentParser
import CLinux
import HostAccess
import HostLinux
import Topology

/// `viable watch`.
struct WatchCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Print changes as they happen, one a line.",
    usage: "viable watch [<options>]",
    discussion: """
      Runs until it is interrupted or its output is closed. The first line says
      that it has begun to watch.

      Examples:
        viable watch
        viable watch --json | jq -r 'select(.event == "driver-changed") | .address'
      """)

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  func run() throws {
    let session = try Session(global.chosen)
    var vigil = try Vigil(session)
    try vigil.keep()
  }
}

/// A machine being watched without a screen.
struct Vigil {
  private let session: Session
  private let observer: any Observer
  private var inventory: Inventory
  /// What could not be read again when it was due.
  private var missed = Stale()
  private var noticing: Noticing

  init(_ session: Session) throws(Failure) {
    self.session = session
    guard session.options.scenario == nil, !session.options.rehearse else {
      throw Failure(.unavailable, "nothing happens by itself in a simulated machine: there is nothing to watch")
    }
    observer = try HostChoice.observer(session.options, session.here)
    do throws(HostError) {
      // Subscribed before the first look, so that nothing falls between the two.
      let watcher = try Watcher(root: session.options.root ?? "/")
      watcher.watchAll()
      inventory = try observer.inventory(.watching)
      watcher.watch(inventory)
      noticing = Noticing(watcher: watcher, now: Clock.milliseconds)
    } catch {
      throw Failure(error)
    }
  }

  /// Tells every change until output is closed or a signal ends the process.
  mutating func keep() throws(Failure) {
    try tell(.began, from: [])
    while true {
      var waits = noticing.descriptors.map { cl_wait(descriptor: $0, ready: 0) }
      let reader = cl_wait(descriptor: 1, ready: Int32(CL_ENDED))
      waits.append(reader)
      // A failed poll says nothing of any descriptor.
      guard unsafe cl_poll(&waits, waits.count, timeout) >= 0 else { continue }
      // Whoever read our output has gone: nothing will ever be written to notice that.
      if let output = waits.popLast(), output.ready != 0 { throw Failure(.brokenPipe, "") }
      let now = Clock.milliseconds
      for wait in waits where wait.ready != 0 { noticing.drain(wait.descriptor, now: now) }
      guard let (stale, sources) = noticing.due(now: now, watched: noticing.isReconcileDue(at: now) ? concerned : [])
      else { continue }
      missed.form(union: stale)
      let difference: Difference
      do throws(HostError) {
        difference = try observer.reread(missed, in: inventory)
      } catch {
        Session.complain("what was seen last stays: \(Clean.visible(error.description))")
        continue
      }
      missed = Stale()
      for change in difference.changes(from: inventory) { try tell(.changed(change), from: sources) }
      inventory.apply(difference)
      noticing.follow(difference)
    }
  }

  private var timeout: Int32 {
    guard let deadline = noticing.deadline else { return -1 }
    let now = Clock.milliseconds
    return deadline <= now ? 0 : Int32(min(deadline - now, 60_000))
  }

  /// What the slow look concerns: without a screen, what is bound for userspace.
  private var concerned: Set<Address> {
    Set(
      inventory.functions.filter { $0.driverOverride.value != nil || $0.driver.value?.contains("vfio") == true }.map(
        \.address))
  }

  private func tell(_ news: WatchReport.News, from sources: Set<HostEvent.Source>) throws(Failure) {
    let report = WatchReport(news, from: sources)
    try session.print { page in
      if session.options.json { report.json(into: &page) } else { report.text(into: &page) }
    }
  }
}
