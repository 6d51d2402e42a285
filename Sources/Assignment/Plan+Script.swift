import HostAccess
import Topology

extension Plan {
  /// The exact writes and programs, in order, one a line.
  public var dryRun: [String] { steps.map(\.effect.exact) }

  /// The same act as a POSIX shell script: it checks what the plan assumed before the first write, checks each link
  /// after the write that is to change it, and stops at the first thing that is not so. It takes nothing back by
  /// itself; the way back stands at its end as comments.
  public var script: String {
    var lines = ["#!/bin/sh", "# \(Self.comment(commandLine))", "set -eu"]
    lines += Self.helpers
    if !readings.isEmpty { lines += Self.lastingHelpers }
    for group in groups {
      let names = (group.members.map(\.description) + group.others.map(\.name)).map { $0 + " " }
      lines.append(
        "same \(group.id) \(Self.quoted(names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined()))")
    }
    for binding in assumptions { lines += Self.checks(binding) }
    for reading in readings { lines += Self.checks(reading) }
    for step in steps { lines += Self.lines(step.effect) }
    let inverses = steps.reversed().flatMap(\.inverse)
    if !inverses.isEmpty {
      lines.append("# To take it back, last step first:")
      // A file's text may have lines of its own.
      let back = inverses.flatMap { Self.lines($0) }.joined(separator: "\n")
      lines += back.split(separator: "\n", omittingEmptySubsequences: false).map { "# \(Self.comment(String($0)))" }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static let helpers = [
    "devices=/sys/bus/pci/devices",
    "die() { printf '%s\\n' \"$1\" >&2; exit 1; }",
    "driver() { if [ -L \"$devices/$1/driver\" ]; then basename \"$(readlink \"$devices/$1/driver\")\"; fi; }",
    "same() {",
    "  [ \"$(LC_ALL=C ls \"/sys/kernel/iommu_groups/$1/devices\" | tr '\\n' ' ')\" = \"$2\" ] || die \"group $1 has other members\"",
    "}",
    "put() { printf '%s' \"$1\" > \"$2\" || die \"cannot write to $2\"; }",
    "is() { [ \"$(driver \"$1\")\" = \"$2\" ] || die \"$1 is not bound to '$2'\"; }",
    "has() { [ \"$(cat \"$devices/$1/$2\")\" = \"$3\" ] || die \"$1: $2 is not $3\"; }",
  ]

  /// What has to be true of a function before anything is written: its card, its driver, its override.
  private static func checks(_ binding: Binding) -> [String] {
    var lines: [String] = []
    if let identity = binding.identity.value {
      lines.append("has \(binding.address) vendor 0x\(Hex.text(identity.vendor, atLeast: 4))")
      lines.append("has \(binding.address) device 0x\(Hex.text(identity.device, atLeast: 4))")
    }
    if binding.driver.ignorance == nil { lines.append("is \(binding.address) \(quoted(binding.driver.value ?? ""))") }
    if binding.override.ignorance == nil {
      lines.append("has \(binding.address) driver_override \(quoted(binding.override.value ?? "(null)"))")
    }
    return lines
  }

  private static func lines(_ effect: Effect) -> [String] {
    guard let write = effect.write else { return lasting(effect) }
    let isLine = write.text.hasSuffix("\n")
    let text = quoted(isLine ? String(write.text.dropLast()) : write.text)
    // printf takes the newline from its format: command substitution would drop it.
    let line =
      isLine
      ? "printf '%s\\n' \(text) > \(quoted(write.path)) || die \(quoted("cannot write to " + write.path))"
      : "put \(text) \(quoted(write.path))"
    switch effect {
    case .unbind(let address, _): return [line, "is \(address) ''"]
    case .probe(let address, let driver?): return [line, "is \(address) \(quoted(driver))"]
    case .setOverride(let address, let driver):
      return [line, "has \(address) driver_override \(quoted(driver ?? "(null)"))"]
    case .setVirtualFunctions(let address, let count): return [line, "has \(address) sriov_numvfs \(count)"]
    case .probe, .loadModule, .writeFile, .setOwner: return [line]
    }
  }

  /// A word that the shell takes as it is.
  static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// A comment ends with its line: nothing of it may begin another one.
  private static func comment(_ text: String) -> String { Clean.visible(text) }
}
