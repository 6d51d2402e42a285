import Assignment
import CLinux
import Console
import HostAccess
import HostLinux
import Ownership
import Topology

extension Worker {
  /// What this program has attached on the machine that it runs on, each until it is given back. It never leaves the
  /// worker's thread, and with the program the kernel closes whatever is left.
  struct Custody {
    private var held: [LiveAttach] = []

    /// The groups that are attached here.
    var groups: Set<GroupID> { Set(held.flatMap(\.groups)) }

    /// What attaching or detaching these groups would come to. Nothing is opened.
    func offer<G: Ground>(_ aim: Aim, on ground: G, _ known: inout Inventory?, _ worker: Worker) {
      do throws(Failure) {
        switch aim {
        case .attach(let groups, let model):
          worker.put(.offered(try prepare(groups, model, on: ground, &known, worker).plan))
        case .detach(let groups):
          guard let live = held.first(where: { !Set($0.groups).isDisjoint(with: groups) }) else {
            throw Failure(.not, "that is not attached here")
          }
          worker.put(
            .offered(
              AttachPlan(
                .detach, through: live.model, groups: live.groups, devices: live.devices,
                expecting: live.foretoldBack, labels: known?.nouns(of: live.devices) ?? [:])))
        case .act, .undo: break
        }
      } catch {
        worker.put(.sorry(error.message))
      }
    }

    /// Makes the calls of a plan that was agreed to, on the machine as it is now.
    mutating func run<G: Ground>(_ plan: AttachPlan, on ground: G, _ known: inout Inventory?, _ worker: Worker) {
      switch plan.way {
      case .attach: attach(plan, on: ground, &known, worker)
      case .detach: detach(plan, on: ground, &known, worker)
      }
    }

    private mutating func attach<G: Ground>(
      _ plan: AttachPlan, on ground: G, _ known: inout Inventory?, _ worker: Worker
    ) {
      var live: LiveAttach
      do throws(Failure) {
        let now = try prepare(plan.groups, plan.model, on: ground, &known, worker)
        if let failure = Self.difference(of: plan, from: now.plan) { throw failure }
        live = now.live
      } catch {
        return worker.put(.attach(.notBegun(error.message)))
      }
      live.take { worker.put(.attach(.called($0))) }
      for difference in live.notes.differences { worker.put(.attach(.noted(difference.sentence))) }
      guard live.attempt.isAttached else {
        let refusal = live.refusal ?? "Nothing was called."
        Self.giveBack(&live, worker)
        Self.look(at: live.groups, on: ground, &known, worker)
        return worker.put(.attach(.refused(refusal + Self.leftover(live, else: " What was opened is closed again."))))
      }
      held.append(live)
      if !live.notes.told.isEmpty { worker.put(.attach(.told(live.notes.told))) }
      Self.look(at: live.groups, on: ground, &known, worker)
      worker.put(.attach(.attached(live.groups, live.model)))
    }

    /// Why the calls are not those that were agreed to: other devices would be opened.
    static func difference(of offered: AttachPlan, from now: AttachPlan) -> Failure? {
      let more = now.devices.filter { !offered.devices.contains($0) }
      let fewer = offered.devices.filter { !now.devices.contains($0) }
      guard let first = more.first ?? fewer.first else { return nil }
      let what = more.isEmpty ? "can no longer be opened" : "would be opened as well"
      return Failure(
        .not, "\(now.groupWords) is not what was offered: \(first.short) \(what); look at the preview again (t)",
        Grounds(kind: "stale", culprits: (more + fewer).map { Refusal.Culprit($0) }))
    }

    private mutating func detach<G: Ground>(
      _ plan: AttachPlan, on ground: G, _ known: inout Inventory?, _ worker: Worker
    ) {
      guard let place = held.firstIndex(where: { $0.groups == plan.groups }) else {
        return worker.put(.attach(.notBegun("\(plan.groupWords) is not attached here any more")))
      }
      var live = held.remove(at: place)
      Self.giveBack(&live, worker)
      Self.look(at: live.groups, on: ground, &known, worker)
      worker.put(.attach(.detached(live.groups, Self.leftover(live, else: ""))))
    }

    /// Gives everything back, newest first; what to tell of it, a line for each.
    mutating func giveBackAll() -> [String] {
      defer { held = [] }
      return held.reversed().map { held in
        var live = held
        live.giveBack()
        let words = AttachPlan(
          .detach, through: live.model, groups: live.groups, devices: live.devices, expecting: []
        ).groupWords
        return "\(words) was attached, and is given back." + Self.leftover(live, else: "")
      }
    }

    // MARK: parts of it

    /// Looks at the groups closely, and chooses interface and devices.
    private func prepare<G: Ground>(
      _ groups: [GroupID], _ asked: RuleSet?, on ground: G, _ known: inout Inventory?, _ worker: Worker
    ) throws(Failure) -> (live: LiveAttach, plan: AttachPlan) {
      guard let observer = ground.live else {
        throw Failure(.unavailable, "only the machine that viable runs on is attached here")
      }
      Self.look(at: groups, on: ground, &known, worker)
      guard let inventory = known else { throw Failure(.notFound, "nothing is known of the machine yet") }
      let choice = Choice(asked, for: groups, in: inventory, observer)
      let machine = LiveMachine(choice.model, observer, inventory)
      var devices: [Address] = []
      for group in groups {
        guard inventory[group] != nil else { throw Failure(.notFound, "group \(group) is gone") }
        let found = Attempt.openable(of: group, in: machine.world)
        guard !found.isEmpty else { throw Failure(.not, "group \(group) has no device that a user could have") }
        devices += found
      }
      let members = groups.flatMap { inventory[$0]?.members ?? [] }
      let labels = inventory.nouns(of: members)
      let isWhole = devices == groups.flatMap { Attempt.devices(of: $0, under: choice.model, in: machine.world) }
      let live = try LiveAttach(on: machine, taking: devices, labels: labels)
      let plan = AttachPlan(
        .attach, through: choice.model, groups: live.groups, devices: devices, expecting: live.foretold,
        choice: choice.why, other: choice.other, along: members.filter { !devices.contains($0) },
        naming: isWhole ? nil : devices.map(\.description), labels: labels)
      return (live, plan)
    }

    private static func giveBack(_ live: inout LiveAttach, _ worker: Worker) {
      let count = live.attempt.lines.count
      live.giveBack()
      for line in live.attempt.lines.dropFirst(count) { worker.put(.attach(.called(line))) }
    }

    /// What is not as it was before, in a sentence.
    private static func leftover(_ live: LiveAttach, else fine: String) -> String {
      let sentence = live.notes.leftover?.sentence ?? ""
      return sentence.isEmpty ? fine : " " + sentence
    }

    /// What the machine looks like now is read, not computed.
    private static func look<G: Ground>(
      at groups: [GroupID], on ground: G, _ known: inout Inventory?, _ worker: Worker
    ) {
      guard let inventory = known else { return }
      let members = Set(groups.flatMap { inventory[$0]?.members ?? [] })
      let stale = Stale(functions: members, groups: Set(groups), details: members, nodes: true)
      do throws(HostError) {
        let difference = try ground.observer.reread(stale, in: inventory)
        known?.apply(difference)
        worker.put(.attach(.saw(difference)))
      } catch {
        // The next look tells that it cannot, or can.
        worker.reread(stale)
      }
    }
  }
}

extension Worker.Custody {
  /// Through which interface: iommufd where this machine has it and a node of every device that could be taken, else a
  /// container.
  private struct Choice {
    var model: RuleSet
    var why: String
    var other: RuleSet?

    init(_ asked: RuleSet?, for groups: [GroupID], in inventory: Inventory, _ observer: SysfsObserver) {
      let hasIommufd = observer.hasNode(of: .iommufd)
      let hasContainer = observer.hasNode(of: .explicitLinux)
      let bound = groups.flatMap { inventory[$0]?.members ?? [] }.compactMap { inventory[$0] }.filter {
        $0.driver.value.map(RuleSet.vfioDrivers.contains) ?? false
      }
      let nodeless = bound.first { $0.details?.deviceNode.value == nil }
      let hasNodes = !bound.isEmpty && nodeless == nil
      model = asked ?? (hasIommufd && (hasNodes || !hasContainer) ? .iommufd : .explicitLinux)
      if asked != nil {
        why = ""
      } else if model == .iommufd {
        why = hasNodes ? "/dev/iommu is there, and a node for every device." : "There is no /dev/vfio/vfio."
      } else if !hasIommufd {
        why = "There is no /dev/iommu."
      } else if let nodeless {
        why = "\(nodeless.address.short) has no node below /dev/vfio/devices."
      } else {
        why = "No member is bound to a vfio driver yet."
      }
      other = model == .iommufd ? (hasContainer ? .explicitLinux : nil) : (hasIommufd ? .iommufd : nil)
    }
  }
}

extension AttachReport.Notes.Difference {
  /// The kernel's answer stands; what the rules say beside it is told.
  fileprivate var sentence: String { "the rules expected \(rules) of \(call); the kernel's \(kernel) stands" }
}
