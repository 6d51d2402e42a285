import HostAccess
import Ownership
import Topology

extension Scene {
  /// Why nothing can be made to happen here.
  static let whyNoStage = "only on a simulated machine; --rehearse makes one"

  /// What can be made to happen to what is selected: the calls of the interface at hand, and what administrators and
  /// slots do. On a machine that is not simulated those with keys are listed, with the reason.
  func deeds() -> [Deed] {
    guard let rehearsal else { return keyed(selectedRow?.address, nil, reason: Self.whyNoStage).map(live) }
    let deeds = deeds(rehearsal)
    guard let why = whyNoRun ?? whyStopped else { return deeds }
    return deeds.map { deed in
      var hindered = deed
      hindered.reason = why
      return hindered
    }
  }

  private func deeds(_ rehearsal: Rehearsal) -> [Deed] {
    let address = selectedRow?.address
    guard let address else { return keyed(nil, rehearsal, reason: whyNoFunction) + plugging(nil, rehearsal) }
    guard let device = rehearsal.world[address] else {
      let gone = "\(name(address)) is not plugged in"
      return keyed(address, rehearsal, reason: gone) + plugging(address, rehearsal)
    }
    return keyed(address, rehearsal, reason: nil) + calls(on: device, rehearsal) + drivers(of: device, rehearsal)
      + plugging(address, rehearsal)
  }

  /// The short address, with what people call the device.
  func name(_ address: Address) -> String {
    cast.labels[address].map { "\(address.short) \(Clean.visible($0))" } ?? address.short
  }

  /// What can be done on a machine that is not simulated too, by its own calls.
  private func live(_ deed: Deed) -> Deed {
    guard place.kind == .linux, let id = deed.action, id == .attach || id == .detach else { return deed }
    var live = deed
    live.title = (id == .attach ? "Attach " : "Detach ") + groupWords
    live.detail = id == .attach ? "every call first" : "all closed again"
    live.reason = whyNoAttach(id)
    return live
  }

  /// The deed of an action.
  func deed(_ id: Action.ID) -> Deed? { deeds().first { $0.action == id } }

  private func keyed(_ address: Address?, _ rehearsal: Rehearsal?, reason: String?) -> [Deed] {
    let name = address.map(name) ?? "the selection"
    let user = rehearsal?.caller ?? User(process: 0, name: "", uid: 0)
    let target = address ?? Address(domain: 0, bus: 0, device: 0, function: 0)
    let how = rehearsal?.attaching ?? Attaching()
    let device = rehearsal?.world[target]
    let back = rehearsal.map { givingBack(target, $0) } ?? []
    let notOpen = back.isEmpty ? rehearsal.map { whyNothingToGiveBack(target, $0) } : nil
    let group = device?.group
    func deed(_ id: Action.ID, _ title: String, _ detail: String, _ way: Deed.Way, _ why: String? = nil) -> Deed {
      Deed(action: id, title: title, detail: detail, way: way, reason: reason ?? why)
    }
    return [
      deed(.attach, "Attach \(name)", "every call it takes", .pursue(.attach(target, by: user, how))),
      deed(.detach, "Detach \(name)", "all closed again", .inTurn(back), notOpen),
      deed(.join, "Join \(name), no DMA yet", "the owner's part alone", .pursue(.own(target, by: user, how))),
      deed(
        .openGroup, "Open the group's node", group.map { "/dev/vfio/\($0)" } ?? "",
        .pursue(.open(.group(group ?? GroupID(.max)), by: user)), group == nil ? "\(name) is in no group" : nil),
    ]
  }

  private func whyNoProbe(_ device: Device) -> String? {
    if device.hostDrivers.isEmpty { return "no host driver matches" }
    return device.driver.map(device.hostDrivers.contains) ?? false ? "a host driver is bound" : nil
  }

  /// The calls of the user at the keyboard, one by one.
  private func calls(on device: Device, _ rehearsal: Rehearsal) -> [Deed] {
    let (user, name) = (rehearsal.caller, name(device.address))
    let attach = Wish.attach(device.address, by: user, rehearsal.attaching)
    let holds = rehearsal.world.ledger.processes.contains { $0.user == user }
    let isOpen = rehearsal.world.ledger.users(ofDevice: device.address).contains(user)
    let nothing = holds ? nil : "\(Clean.visible(user.name)) has nothing open"
    let next = next(of: attach, rehearsal).event
    let memory = Mapping(iova: 0x10_0000, size: 0x10_0000)
    return [
      Deed(
        action: .nextCall, title: "One call towards attaching \(name)", detail: next.map { text($0, rehearsal) } ?? "",
        way: .step(attach), reason: next == nil ? "there is nothing left to call" : nil),
      Deed(
        title: "Open the node of \(name)", detail: "", way: .pursue(.open(.device(device.address), by: user)),
        reason: nil),
      Deed(title: "Open a container", detail: "", way: .pursue(.open(.container, by: user)), reason: nil),
      Deed(title: "Open an ioasid context", detail: "", way: .pursue(.open(.context, by: user)), reason: nil),
      allocating(rehearsal, nothing),
      choosingSpace(rehearsal),
      Deed(
        title: "Map 1 MiB", detail: "at 0x100000 of \(spaceName(rehearsal, rehearsal.space))",
        way: .pursue(.map(memory, space: rehearsal.space, by: user)), reason: nothing),
      Deed(
        title: "Reset the bus of \(name)", detail: "hot reset", way: .pursue(.reset(device.address, by: user)),
        reason: isOpen ? nil : "\(Clean.visible(user.name)) does not have \(name) open"),
      Deed(
        title: "Take \(name) out of its space", detail: "and no more",
        way: .pursue(.detach(device.address, by: user)),
        reason: isOpen
          ? rehearsal.rules.set.hasContexts ? nil : "a group leaves its container when all of it is closed"
          : "\(Clean.visible(user.name)) does not have \(name) open"),
      Deed(
        title: "Close \(name)", detail: "", way: .pursue(.close(device.address, by: user)),
        reason: isOpen ? nil : "\(Clean.visible(user.name)) does not have \(name) open"),
      Deed(
        title: "Close what owns the devices", detail: "context, or group and container",
        way: .pursue(.closeOwner(by: user)), reason: nothing),
      Deed(title: "End \(Clean.visible(user.name))", detail: "exit", way: .events([.exit(user)]), reason: nothing),
      Deed(title: "Kill \(Clean.visible(user.name))", detail: "SIGKILL", way: .events([.kill(user)]), reason: nothing),
    ]
  }

  /// CREATE_IOASID by whatever name, on the context that the user has open.
  private func allocating(_ rehearsal: Rehearsal, _ nothing: String?) -> Deed {
    let user = rehearsal.caller
    let context = rehearsal.world.ledger.descriptors(of: user) { if case .context = $0 { true } else { false } }.first
    let name = Ioctl.create.name(under: rehearsal.rules.set)
    return Deed(
      title: "Allocate an address space", detail: name,
      way: .events([.call(.ioctl(context ?? Descriptor(-1), .create), by: user)]),
      reason: nothing ?? (context == nil ? "\(Clean.visible(user.name)) has no context open" : nil))
  }

  /// A context may have several spaces: which of them attaching and mapping are about, and a new one after the last.
  private func choosingSpace(_ rehearsal: Rehearsal) -> Deed {
    let next = rehearsal.space < rehearsal.spaces.count ? rehearsal.space + 1 : 0
    var reason: String?
    if !rehearsal.rules.set.hasContexts {
      reason = "a container has one"
    } else if rehearsal.spaces.isEmpty {
      reason = "\(Clean.visible(rehearsal.caller.name)) has none yet; attaching makes the first"
    }
    return Deed(
      title: "Use another address space", detail: "then \(spaceName(rehearsal, next))", way: .space(next),
      reason: reason)
  }

  /// What an address space is called under the rules at hand.
  func spaceName(_ rehearsal: Rehearsal, _ place: Int) -> String {
    guard rehearsal.rules.set.hasContexts else { return "the container" }
    let kind = rehearsal.rules.set == .iommufd ? "IOAS" : "IOASID"
    guard rehearsal.spaces.indices.contains(place) else { return "a new \(kind)" }
    return "\(kind) \(rehearsal.spaces[place])"
  }

  /// What administrators and slots do beside the keys.
  private func drivers(of device: Device, _ rehearsal: Rehearsal) -> [Deed] {
    let (address, name) = (device.address, name(device.address))
    let leave: [Event] = device.driver == nil ? [] : [.unbind(address)]
    let uid = rehearsal.caller.uid
    let nodes = [Openable.device(address)] + (device.group.map { [.group($0)] } ?? [])
    let driver = device.driver
    return [
      Deed(
        title: "Bind \(name) to vfio-pci by hand", detail: "as another administrator would",
        way: .events(leave + [.bind(address, "vfio-pci")]), reason: driver == "vfio-pci" ? "vfio-pci is bound" : nil),
      Deed(
        title: "Take the driver of \(name) away by hand", detail: driver.map(Clean.visible) ?? "",
        way: .events([.unbind(address)]), reason: driver == nil ? "no driver is bound" : nil),
      Deed(
        title: "Give \(name) back to the host by hand", detail: device.hostDrivers.first.map(Clean.visible) ?? "",
        way: .events(leave + [.probe(address)]), reason: whyNoProbe(device)),
      Deed(
        title: "Bind \(name) to pci-stub", detail: "nobody's driver",
        way: .events(leave + [.bind(address, "pci-stub")]),
        reason: device.driver == "pci-stub" ? "pci-stub is bound" : nil),
      Deed(
        title: "Give its nodes to uid \(uid)", detail: "chown", way: .events(nodes.map { .chown($0, uid: uid) }),
        reason: nil),
      Deed(title: "Pull \(name) out", detail: "hot-unplug", way: .events([.unplug(address)]), reason: nil),
    ]
  }

  /// Every card that waits outside; one that left without having been seen to leave cannot be had back.
  private func plugging(_ address: Address?, _ rehearsal: Rehearsal) -> [Deed] {
    let waiting = rehearsal.cards.values.filter { rehearsal.world[$0.address] == nil }
    var deeds = waiting.sorted { $0.address < $1.address }.map { card in
      Deed(title: "Plug \(name(card.address)) in", detail: "hot-add", way: .events([.hotAdd(card)]), reason: nil)
    }
    if let address, rehearsal.world[address] == nil, rehearsal.cards[address] == nil {
      let why = "it was not pulled out here"
      deeds.insert(Deed(title: "Plug \(name(address)) in", detail: "hot-add", way: .events([]), reason: why), at: 0)
    }
    return deeds
  }

  /// The next call of a wish, and the wish after it: the one under way goes on where it is, any other begins.
  func next(of wish: Wish, _ rehearsal: Rehearsal) -> (event: Event?, after: Pursuit) {
    if var known = rehearsal.stepping, known.wish == wish, known.rules == rehearsal.rules.set,
      let event = known.next(in: rehearsal.world)
    {
      return (event, known)
    }
    var fresh = Pursuit(wish, under: rehearsal.rules.set, in: rehearsal.world)
    return (fresh.next(in: rehearsal.world), fresh)
  }

  private func text(_ event: Event, _ rehearsal: Rehearsal) -> String {
    Trace(rehearsal.rules.set).text(event, in: rehearsal.world)
  }
}
