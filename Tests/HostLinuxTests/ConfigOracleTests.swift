import Foundation
import HostAccess
import Testing
import Topology

@testable import HostLinux

/// What we decode against what lspci prints of the same bytes.
@Suite struct ConfigOracleTests {
  /// What lspci says of one function.
  private struct Said {
    var type: PortType?
    var acs: ACS?
    var functionLevelReset: Bool?
    var forwardsARI: Bool?
    var virtualFunctions: [UInt16] = []
    var offsets: [String: Int] = [:]
  }

  /// The first that fits: one name is a part of another.
  private static let types: [(String, UInt8)] = [
    ("Root Complex Integrated Endpoint", 9), ("Root Complex Event Collector", 10), ("Legacy Endpoint", 1),
    ("Endpoint", 0), ("Root Port", 4), ("Upstream Port", 5), ("Downstream Port", 6),
    ("PCI-Express to PCI/PCI-X Bridge", 7), ("PCI/PCI-X to PCI-Express Bridge", 8),
  ]

  private static func lspci(_ root: String) throws -> [Address: Said] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "lspci", "-D", "-n", "-vv", "-A", "linux-sysfs", "-O", "sysfs.path=\(root)/sys/bus/pci",
    ]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    var said: [Address: Said] = [:]
    var current: Address?
    for line in text.split(separator: "\n") {
      if let first = line.first, first != "\t" {
        current = line.split(separator: " ").first.flatMap { Address($0) }
        if let current { said[current] = Said() }
      } else if let current {
        take(line, &said[current, default: Said()])
      }
    }
    return said
  }

  private static func take(_ line: Substring, _ said: inout Said) {
    let words = line.trimmingCharacters(in: .whitespaces)
    func bits(_ names: [String]) -> UInt16 {
      names.enumerated().reduce(0) { words.contains($1.element + "+") ? $0 | 1 << UInt16($1.offset) : $0 }
    }
    let acsNames = [
      "SrcValid", "TransBlk", "ReqRedir", "CmpltRedir", "UpstreamFwd", "EgressCtrl", "DirectTrans",
    ]
    func numbers(_ radix: Int = 10) -> [UInt16] {
      words.split { ":, ".contains($0) }.compactMap { UInt16($0, radix: radix) }
    }
    if words.hasPrefix("Capabilities: ["), let end = words.firstIndex(of: "]") {
      let place = words[words.index(words.startIndex, offsetBy: 15)..<end].split(separator: " ")
      let name = String(words[words.index(after: end)...]).trimmingCharacters(in: .whitespaces)
      if let offset = place.first.flatMap({ Int($0, radix: 16) }) { said.offsets[name] = offset }
      if name.hasPrefix("Express") { said.type = types.first { name.contains($0.0) }.map { .express($0.1) } }
    }
    if words.hasPrefix("ACSCap:") { said.acs = ACS(capability: bits(acsNames), control: 0) }
    if words.hasPrefix("ACSCtl:") { said.acs?.control = bits(acsNames) }
    if words.contains("RBE"), words.contains("FLReset") { said.functionLevelReset = words.contains("FLReset+") }
    if words.hasPrefix("DevCtl2:"), words.contains("ARIFwd") { said.forwardsARI = words.contains("ARIFwd+") }
    if words.hasPrefix("Initial VFs:") { said.virtualFunctions = Array(numbers().dropFirst().prefix(2)) }
    if words.hasPrefix("VF offset:") { said.virtualFunctions += numbers().prefix(2) + numbers(16).suffix(1) }
  }

  @Test func `lspci and we read the same out of every captured machine's bytes`() throws {
    guard let captures = CapturesTests.captures else {
      print("no captures")
      return
    }
    let place = Fixture()
    try CapturesTests.build(captures, into: place.path("machines"))
    var (express, control, virtual) = (0, 0, 0)
    for name in try FileManager.default.contentsOfDirectory(atPath: place.path("machines")).sorted() {
      let root = place.path("machines/\(name)/root")
      let said = try Self.lspci(root)
      let spaces = try SysfsObserver(root: root).configSpaces(of: Array(said.keys))
      for (address, said) in said {
        guard let space = spaces[address]?.value, space.count > 64, space.isWhole else { continue }
        let spot: Comment = "\(name) \(address)"
        #expect(space.port == .value(said.type ?? .conventional), spot)
        if said.type != nil { express += 1 }
        if let acs = said.acs {
          #expect(
            space.acs.value.map { ACS(capability: $0.capability & 0x7f, control: $0.control & 0x7f) } == acs, spot)
          #expect(space.offset(of: .acs).value == said.offsets["Access Control Services"], spot)
          control += 1
        } else if said.type != nil {
          #expect(space.acs.value == nil, spot)
        }
        if let reset = said.functionLevelReset { #expect(space.hasFunctionLevelReset == .value(reset), spot) }
        if let forwards = said.forwardsARI { #expect(space.forwardsARI == .value(forwards), spot) }
        if said.virtualFunctions.count == 5 {
          let sriov = space.sriov.value
          #expect(
            sriov.map { [$0.total, $0.number, $0.offset, $0.stride, $0.device] } == said.virtualFunctions, spot)
          virtual += 1
        }
      }
    }
    print("captures: lspci agrees on \(express) PCI Express functions, \(control) with ACS, \(virtual) with SR-IOV")
    #expect(express > 300 && control > 50 && virtual > 5)
  }
}
