import Ownership
import Testing
import Topology

/// All worlds of up to three members by all interfaces: nothing is sampled here.
@Suite struct SmallWorldTests {
  let user = Scene.qemu

  @Test(arguments: RuleSet.allCases) func `every call gets an answer in every small world`(_ set: RuleSet) {
    for world in SmallWorlds.all {
      var stage = Stage(set, world)
      // As far as a user gets: the calls are then made from every station on the way.
      var stations = [world]
      for (place, device) in world.devices.enumerated() where device.isVFIO && place == world.devices.count - 1 {
        let how = Attaching(allowUnused: true, memory: Scene.memory)
        if place < 2 {
          stage.wish(.own(device.address, by: user, how))
          stations.append(stage.world)
        }
        stage.wish(.attach(device.address, by: user, how))
        stations.append(stage.world)
      }
      for station in stations {
        let last = 3 + (station.ledger.process(of: user)?.descriptors.entries.count ?? 0)
        for call in SmallWorlds.calls(upTo: last, in: station) {
          check(.call(call, by: user), in: station, Rules(set))
        }
        for event in events(station) { check(event, in: station, Rules(set)) }
      }
    }
  }

  private func events(_ world: World) -> [Event] {
    var events: [Event] = [.exit(user), .kill(user)]
    events += [.hotAdd(Device(address: Scene.address("0000:02:09.0"), group: GroupID(5), hostDrivers: ["e1000"]))]
    for address in world.devices.map(\.address) {
      events += [.unbind(address), .probe(address), .unplug(address)]
      events += SmallWorlds.drivers.compactMap(\.self).map { .bind(address, $0) }
    }
    return events
  }

  private func check(_ event: Event, in world: World, _ rules: Rules) {
    let answer = rules.answer(to: event, in: world)
    let violations = Invariant.violations(rules, before: world, event, answer, after: world.after(answer))
    if !violations.isEmpty {
      Issue.record("\(rules.set): \(Trace(rules.set).line(event, answer, in: world)): \(violations)")
    }
  }

  @Test(arguments: RuleSet.allCases)
  func `after everything is closed the ledger is as it was`(_ set: RuleSet) {
    for world in SmallWorlds.all {
      var stage = Stage(set, world)
      for device in world.devices where device.isVFIO {
        stage.wish(.attach(device.address, by: user, Attaching(allowUnused: true, memory: Scene.memory)))
      }
      let opened = (stage.world.ledger.process(of: user)?.descriptors.entries ?? []).map(\.number)
      for number in opened.reversed() { stage.call(.close(Descriptor(number))) }
      #expect(stage.world.ledger == world.ledger)
    }
  }

  /// Viable in the specification's words: no member on a host driver.
  private func isViable(_ world: World, _ set: RuleSet) -> Bool {
    !world.devices.contains { Invariant.isHost($0, set) }
  }

  @Test(arguments: RuleSet.allCases)
  func `every viable world with a member that is no bridge can be attached`(_ set: RuleSet) {
    var attached = 0
    for world in SmallWorlds.all where isViable(world, set) {
      guard world.devices.contains(where: { $0.header == .normal }) else { continue }
      #expect(attaches(world, set), "\(set) \(world.devices.map { $0.driver ?? "none" })")
      attached += 1
    }
    #expect(attached > 20)
  }

  /// Whether some member, given to vfio-pci with all its neighbours, comes to have a user's domain.
  private func attaches(_ world: World, _ set: RuleSet) -> Bool {
    var stage = Stage(set, world)
    let normal = world.devices.filter { $0.header == .normal }
    for device in normal where !device.isVFIO {
      if device.driver != nil { stage.wish(.release(device.address)) }
      stage.wish(.give(device.address, to: "vfio-pci"))
    }
    for device in normal { stage.wish(.own(device.address, by: user)) }
    for device in normal { stage.wish(.attach(device.address, by: user)) }
    return stage.rules.hold(of: GroupID(5), in: stage.world).domain.isUsers
  }

  @Test func `BIND succeeds under iommufd exactly when SET_CONTAINER does under explicit`() {
    var both = 0
    for world in SmallWorlds.all {
      for device in world.devices where device.isVFIO {
        var cdev = Stage(.iommufd, world)
        var group = Stage(.explicitLinux, world)
        cdev.wish(.own(device.address, by: user))
        group.wish(.own(device.address, by: user))
        #expect((cdev.last.errno == nil) == (group.last.errno == nil))
        both += cdev.last.errno == nil ? 1 : 0
      }
    }
    #expect(both > 20)
  }

  @Test func `whatever the sketch permits, it permits with the flag`() {
    var (plain, flagged) = (0, 0)
    for world in SmallWorlds.all {
      for device in world.devices where device.isVFIO {
        let results = [false, true].map { flag -> Bool in
          var stage = Stage(.implicitApril, world)
          stage.wish(.attach(device.address, by: user, Attaching(allowUnused: flag)))
          return stage.last.errno == nil
        }
        #expect(!results[0] || results[1])
        plain += results[0] ? 1 : 0
        flagged += results[1] ? 1 : 0
      }
    }
    #expect(plain > 0 && flagged > plain)
  }
}
