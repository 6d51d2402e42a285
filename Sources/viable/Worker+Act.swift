import Assignment
import CLinux
import Console
import HostAccess
import Ownership
import Topology

extension Worker {
  /// Makes the plan that was asked for, or says why there is none. Nothing is done. No driver is taken from a member of
  /// a group that is `attached` here: the write would wait for ourselves.
  /// What undo would find back already is taken off the journal first; whether something was.
  func answer<G: Ground>(
    _ aim: Aim, on ground: inout G, _ known: Inventory, apartFrom attached: Set<GroupID>
  ) -> Bool {
    var isSettled = false
    do throws(Failure) {
      var act = try Act(on: try ground.enter(), knowing: known)
      let intent: Intent
      switch aim {
      case .act(let wanted): intent = wanted
      case .undo:
        isSettled = try settle(&act, apartFrom: attached)
        if isSettled { ground.keep(act.place) }
        guard let undo = act.undo else { throw Failure(.not, "nothing that viable did is in force: there is no undo") }
        intent = undo
      case .attach, .detach: return false
      }
      let concerned = act.groups(concernedBy: intent).intersection(attached)
      guard concerned.isEmpty else {
        put(.attachedFirst(concerned.sorted()))
        return isSettled
      }
      do throws(Refusal) {
        let plan = try act.propose(intent)
        put(.planned(plan, act.preview(of: plan)))
      } catch {
        put(.refused(error))
      }
    } catch {
      put(.sorry(error.message))
    }
    return isSettled
  }

  /// Takes acts off the journal of which nothing is in force any more, newest first, up to one that can be undone:
  /// somebody gave the device back or pulled it out, or the act was killed before its first write.
  private func settle<Place: ActPlace>(
    _ act: inout Act<Place>, apartFrom attached: Set<GroupID>
  ) throws(Failure) -> Bool {
    var isSettled = false
    while maySettle, let undo = act.undo, act.groups(concernedBy: undo).isDisjoint(with: attached) {
      guard let plan = try? act.propose(undo), plan.steps.isEmpty else { break }
      try act.settle(plan, at: cl_wall_clock())
      guard act.undo != undo else { break }
      isSettled = true
    }
    return isSettled
  }

  /// The act that a worker is in the middle of, if any.
  struct Deed {
    private var plan: Plan?
    private var transaction: Transaction?
    private var told: Transaction.Told?
    private var waiting: Work?
    /// Whether an act ended just now.
    private(set) var isOver = false
    /// Whether an act has begun and not ended.
    var isUnderWay: Bool { transaction != nil }

    /// Blocks until there is something to do, or news of a child.
    func wait(beside bell: Bell) {
      var waits = [cl_wait(descriptor: bell.descriptor, ready: 0)]
      if let waiting, waiting.descriptor >= 0 { waits.append(cl_wait(descriptor: waiting.descriptor, ready: 0)) }
      _ = unsafe cl_poll(&waits, waits.count, -1)
      bell.silence()
    }

    /// Takes the lock and looks once more; what stands in the way is told.
    mutating func begin<G: Ground>(
      _ plan: Plan, on ground: inout G, _ known: Inventory, apartFrom attached: Set<GroupID>, _ worker: Worker
    ) {
      guard transaction == nil else { return worker.put(.act(.notBegun("another act is under way"))) }
      if let group = plan.groups.first(where: { attached.contains($0.id) }) {
        return worker.put(.act(.notBegun("group \(group.id) is attached here: T gives it back first")))
      }
      do throws(Failure) {
        var act = try Act(on: try ground.enter(), knowing: known)
        transaction = try act.begin(plan, at: cl_wall_clock())
        ground.keep(act.place)
        self.plan = plan
        told = nil
      } catch {
        worker.put(.act(.notBegun(error.message)))
      }
    }

    /// Does step after step, until a child has to be waited for or all is over.
    mutating func goOn<G: Ground>(on ground: inout G, _ known: inout Inventory?, _ worker: Worker) {
      isOver = false
      guard var transaction, var place = try? ground.enter() else { return }
      var (door, store) = (place.door, place.store)
      if let waiting {
        let progress = door.progress(of: waiting)
        if case .waiting = progress { return }
        (told, self.waiting) = (Transaction.Told(progress), nil)
      }
      while true {
        let wish = transaction.next(told)
        worker.put(.act(.stands(transaction)))
        self.transaction = transaction
        switch Acting.serve(wish, on: &door, journal: &store) {
        case .told(let answer): told = answer
        case .waits(let effect, let work):
          (place.door, place.store) = (door, store)
          ground.keep(place)
          waiting = work
          return worker.put(.act(.waits(effect, work)))
        case .over(let outcome):
          (place.door, place.store) = (door, store)
          place.leaveLock()
          ground.keep(place)
          look(at: ground, &known, worker)
          worker.put(.act(.over(transaction, outcome)))
          (self.transaction, plan, isOver) = (nil, nil, true)
          return
        }
      }
    }

    /// What the machine looks like afterwards is read, not computed.
    private func look<G: Ground>(at ground: G, _ known: inout Inventory?, _ worker: Worker) {
      if let stage = ground.stage {
        worker.put(.stage(stage.world, stage.rules))
        if let difference = Worker.news(of: stage, &known) { worker.put(.act(.saw(difference))) }
        return
      }
      guard let plan, let inventory = known else { return }
      let touched = Set(plan.touched)
      let stale = Stale(functions: touched, groups: Set(plan.groups.map(\.id)), details: touched, nodes: true)
      do throws(HostError) {
        let difference = try ground.observer.reread(stale, in: inventory)
        known?.apply(difference)
        worker.put(.act(.saw(difference)))
      } catch {
        // The next look tells that it cannot, or can.
        worker.reread(stale)
      }
    }
  }
}
