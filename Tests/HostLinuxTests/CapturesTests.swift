import Foundation
import HostAccess
import Testing
import Topology

@testable import HostLinux

/// Machines that nobody here made up, where their descriptions lie beside the checkout or where VIABLE_CAPTURES says.
@Suite struct CapturesTests {
  /// Builds every machine and every later state of it, each with its description.
  private static let builder = """
    import glob, json, os, sys
    sys.path.insert(0, sys.argv[1])
    import mkfixture
    for path in sorted(glob.glob(sys.argv[1] + '/machines/*.json')):
        base = json.load(open(path))
        states = [base] + [mkfixture.merge_snapshot(base, s['name']) for s in base.get('snapshots', [])]
        for number, machine in enumerate(states):
            out = '%s/%s-%d' % (sys.argv[2], base['name'], number)
            mkfixture.build(machine, out + '/root')
            json.dump({'devices': machine['devices'], 'roots': machine.get('roots', {})}, open(out + '/machine.json', 'w'))
    """

  static var captures: String? {
    if let named = ProcessInfo.processInfo.environment["VIABLE_CAPTURES"] { return named }
    let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let beside = checkout.deletingLastPathComponent().appendingPathComponent("shared/captures").path
    return FileManager.default.fileExists(atPath: beside + "/mkfixture.py") ? beside : nil
  }

  /// Builds them all below a directory.
  static func build(_ captures: String, into place: String) throws {
    let python = Process()
    python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    python.arguments = ["python3", "-c", builder, captures, place]
    try python.run()
    python.waitUntilExit()
    #expect(python.terminationStatus == 0)
  }

  @Test func `every captured machine lists with its devices, drivers, groups and parents`() throws {
    guard let captures = Self.captures else {
      print("no captures")
      return
    }
    let place = Fixture()
    try Self.build(captures, into: place.path("machines"))
    let names = try FileManager.default.contentsOfDirectory(atPath: place.path("machines")).sorted()
    #expect(names.count >= 29)
    var functions = 0
    for name in names { functions += try compare(name, place.path("machines/" + name)) }
    print("captures: \(names.count) states of machines read, \(functions) functions")
  }

  /// How many functions were as described.
  private func compare(_ name: String, _ place: String) throws -> Int {
    let text = try Data(contentsOf: URL(fileURLWithPath: place + "/machine.json"))
    let machine = try #require(JSONSerialization.jsonObject(with: text) as? [String: Any])
    let devices = try #require(machine["devices"] as? [[String: Any]])
    let roots = machine["roots"] as? [String: [String: Any]] ?? [:]
    let observer = try SysfsObserver(root: place + "/root")
    let found = try observer.inventory(.listing)
    #expect(found.functions.count == devices.count, "\(name)")
    #expect(found.disagreements.isEmpty, "\(name)")
    var members: [GroupID: Set<Address>] = [:]
    for device in devices {
      let own = try #require((device["bdf"] as? String).flatMap { Address($0) })
      let function = try #require(found[own], "\(name) \(own)")
      #expect(function.identity.value?.ids == device["id"] as? String, "\(name) \(own)")
      let code = (device["class"] as? String).flatMap { UInt32($0, radix: 16) }
      #expect(function.identity.value?.classCode.value == code, "\(name) \(own)")
      #expect(function.driver == (device["driver"] as? String).map { .value($0) } ?? .absent, "\(name) \(own)")
      let group = (device["group"] as? Int).map { GroupID(UInt32($0)) }
      #expect(function.group == group.map { .value($0) } ?? .absent, "\(name) \(own)")
      if let group { members[group, default: []].insert(own) }
      let above = try #require(device["parent"] as? String)
      let under = roots[above]?["under"] as? String
      let parent = Address(under ?? above).map { Parent.function($0) } ?? .root(above)
      #expect(function.parent == parent, "\(name) \(own)")
      #expect(function.physicalFunction == (device["physfn"] as? String).flatMap { Address($0) }, "\(name) \(own)")
    }
    #expect(Dictionary(uniqueKeysWithValues: found.groups.map { ($0.id, Set($0.members)) }) == members, "\(name)")
    let full = try observer.inventory(.full)
    #expect(full.functions.map(\.group) == found.functions.map(\.group) && full.disagreements.isEmpty, "\(name)")
    return devices.count
  }
}
