import Assignment
import Console
import HostLinux
import Ownership
import Topology

extension AttachReport {
  /// What a kernel said of the devices while they were taken, and what it left behind.
  struct Notes {
    /// Each device that was opened, with what it says of itself.
    var facts: [(Address, DeviceFacts)] = []
    /// What this process had locked before the first call, with everything attached, and afterwards.
    var memoryBefore, memoryTaken, memoryAfter: LockedMemory?
    /// RLIMIT_MEMLOCK in bytes; nil is unlimited.
    var memoryLimit: UInt64?
    /// Root is not held to the limit.
    var isPrivileged = false
    /// Where the kernel did not do what the rules of its interface say.
    var differences: [Difference] = []
    /// What is not as it was; nil before it was looked.
    var leftover: Leftover?
    /// The same, a phrase each.
    var changed: [String] { leftover?.phrases ?? [] }

    /// A call that the kernel answered in its own way.
    struct Difference: Hashable {
      var call: String
      var kernel: String
      var rules: String

      init(_ difference: Mirror<UserCalls>.Difference, _ model: RuleSet) {
        let trace = Trace(model)
        call = trace.text(difference.event, in: difference.world)
        kernel = trace.text(Answer(outcome: difference.answer.outcome))
        rules = trace.text(Answer(outcome: difference.expected.outcome))
      }
    }
  }
}

extension AttachReport.Notes {
  /// Each device as it describes itself, and the memory that was locked for them.
  func taking(into page: inout Page) {
    for (address, facts) in facts { put(address, facts, &page) }
    guard let memoryBefore, let memoryTaken, !facts.isEmpty else { return }
    page.line("  memory: \(Self.text(memoryBefore)) before, \(Self.text(memoryTaken)) now; \(limit)")
  }

  private static func text(_ memory: LockedMemory) -> String {
    "\(memory.locked) KiB locked and \(memory.pinned) KiB pinned"
  }

  /// What the limit means to this user.
  private var limit: String {
    let text = memoryLimit.map { "the limit is \($0 / 1024) KiB" } ?? "there is no limit"
    return isPrivileged ? "\(text), and root (CAP_IPC_LOCK) is not held to it" : text
  }

  private func put(_ address: Address, _ facts: DeviceFacts, _ page: inout Page) {
    page.put("  " + address.short, .title)
    page.line(" " + Self.reset(facts))
    for region in facts.regions {
      page.line("    \(Self.name(region)): \(Self.size(region.size)), \(Self.uses(region))")
    }
    if !facts.interrupts.isEmpty {
      page.line("    interrupts: " + facts.interrupts.map(Self.text).joined(separator: ", "))
    }
    page.line("    " + Self.resetText(facts.resetSet))
  }

  /// The same for a dialog: two or three lines a device, each with its address.
  var told: [String] {
    let devices = facts.flatMap { address, facts -> [String] in
      let regions = facts.regions.map { "\(Self.name($0)) \(Self.size($0.size)) (\(Self.uses($0)))" }
      let lines = [
        "\(Self.reset(facts)); \(Self.resetText(facts.resetSet))",
        regions.isEmpty ? "no regions" : "regions: " + regions.joined(separator: "; "),
        facts.interrupts.isEmpty
          ? nil : "interrupts: " + facts.interrupts.map(Self.text).joined(separator: ", "),
      ]
      return lines.compactMap(\.self).map { "\(address.short) \($0)" }
    }
    guard let memoryBefore, let memoryTaken, !facts.isEmpty else { return devices }
    return devices + ["memory: \(Self.text(memoryBefore)) before, \(Self.text(memoryTaken)) now; \(limit)"]
  }

  private static func reset(_ facts: DeviceFacts) -> String {
    facts.canReset ? "can be reset alone" : "cannot be reset alone"
  }

  private static func name(_ region: DeviceFacts.Region) -> String {
    switch region.index {
    case 0...5: "BAR \(region.index)"
    case 6: "ROM"
    case 7: "configuration space"
    case 8: "VGA"
    default: "region \(region.index)"
    }
  }

  private static func size(_ bytes: UInt64) -> String {
    if bytes >= 1 << 20, bytes % (1 << 20) == 0 { return "\(bytes >> 20) MiB" }
    return bytes >= 1024 && bytes % 1024 == 0 ? "\(bytes >> 10) KiB" : "\(bytes) bytes"
  }

  private static func uses(_ region: DeviceFacts.Region) -> String {
    let uses = [(region.isReadable, "read"), (region.isWritable, "write"), (region.isMappable, "map")]
    let allowed = uses.filter(\.0).map(\.1)
    return allowed.isEmpty ? "not accessible" : allowed.joined(separator: ", ")
  }

  private static func text(_ interrupts: DeviceFacts.Interrupts) -> String {
    let names = ["INTx", "MSI", "MSI-X", "error", "request"]
    let name = interrupts.index < names.count ? names[interrupts.index] : "index \(interrupts.index)"
    let extras = [interrupts.isMaskable ? "maskable" : nil, interrupts.masksItself ? "masks itself" : nil]
    let extra = extras.compactMap(\.self).joined(separator: ", ")
    return "\(name) \(interrupts.count)" + (extra.isEmpty ? "" : " (\(extra))")
  }

  private static func resetText(_ set: Known<[DeviceFacts.ResetMember]>) -> String {
    switch set {
    case .absent: return "there is no bus or slot reset for it"
    case .unknown(let why): return "what a bus reset hits is unknown: \(why)"
    case .value(let members):
      return "a bus reset hits " + members.map { "\($0.address.short) (\(text($0.standing)))" }.joined(separator: ", ")
    }
  }

  private static func text(_ standing: DeviceFacts.ResetMember.Standing) -> String {
    switch standing {
    case .group(let group): "group \(group)"
    case .bound(let number): "ours, device \(number)"
    case .implied: "ours through its group"
    case .notOwned: "not ours: the reset would be refused"
    }
  }

  /// What is not as it was, and where the kernel did as no rule says.
  func givingBack(into page: inout Page) {
    for what in changed { page.line("  changed: \(what)", .stateWarning) }
    for difference in differences {
      page.line(
        "  the rules expected \(difference.rules) of \(difference.call); the kernel's \(difference.kernel) stands", .dim
      )
    }
  }
}

extension AttachReport.Notes {
  /// `differences` and `facts`, in the alphabet's order.
  func facts(into json: inout JSONWriter) {
    json.key("differences")
    json.lines(differences) { json, difference in
      json.object {
        $0.field("call", difference.call)
        $0.field("kernel", difference.kernel)
        $0.field("rules", difference.rules)
      }
    }
    json.key("facts")
    json.lines(facts) { json, entry in
      json.object { Self.put(entry.0, entry.1, &$0) }
    }
  }

  private static func put(_ address: Address, _ facts: DeviceFacts, _ json: inout JSONWriter) {
    json.field("address", address.description)
    json.field("can_reset", facts.canReset)
    json.key("interrupts")
    json.array(facts.interrupts) { json, interrupts in
      json.object {
        $0.field("count", interrupts.count)
        $0.field("index", interrupts.index)
        $0.field("maskable", interrupts.isMaskable)
        $0.field("masks_itself", interrupts.masksItself)
      }
    }
    json.key("regions")
    json.array(facts.regions) { json, region in
      json.object {
        $0.field("index", region.index)
        $0.field("map", region.isMappable)
        $0.field("read", region.isReadable)
        $0.field("size", region.size)
        $0.field("write", region.isWritable)
      }
    }
    json.key("reset_set")
    if let members = facts.resetSet.value {
      json.array(members) { json, member in
        json.object {
          $0.field("address", member.address.description)
          $0.field("standing", text(member.standing))
        }
      }
    } else {
      json.null()
      json.field("reset_set_reason", resetText(facts.resetSet))
    }
  }

  /// `memory`: KiB before, with everything attached, and afterwards.
  func memory(into json: inout JSONWriter) {
    json.key("memory")
    json.object { json in
      json.key("after")
      Self.put(memoryAfter, &json)
      json.key("attached")
      Self.put(memoryTaken, &json)
      json.key("before")
      Self.put(memoryBefore, &json)
      json.field("limit", memoryLimit)
      json.field("limit_binds", !isPrivileged && memoryLimit != nil)
    }
  }

  private static func put(_ memory: LockedMemory?, _ json: inout JSONWriter) {
    guard let memory else { return json.null() }
    json.object {
      $0.field("locked_kib", memory.locked)
      $0.field("pinned_kib", memory.pinned)
    }
  }
}
