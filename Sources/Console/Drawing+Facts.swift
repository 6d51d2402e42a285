import Topology

extension Drawing {
  /// One fact of a function: what it is called, what it is, and the attribute that says so.
  struct Fact {
    var label: String
    var value: Known<String>
    var attribute: String
    var absent = "none"

    /// The value in words.
    var text: String {
      switch value {
      case .value(let text): text
      case .absent: absent
      case .unknown(let why): "unknown (\(Sentences.reason(why)))"
      }
    }
  }

  /// Every fact of the selected function; what is not known says why.
  func factLines(width: Int) -> [StyledLine] {
    guard let inventory = scene.inventory, let function = subject else {
      return [StyledLine("No device under the cursor.", .dim)]
    }
    var lines = prose(DeviceText.fullName(of: function, names: inventory.names), .text, width)
    let path = function.details?.path ?? "sys/bus/pci/devices/\(function.address)"
    lines.append(StyledLine(Paragraph.cutMiddle("/" + Clean.visible(path), to: width), .dim))
    if layout.hasBorders { lines.append(StyledLine()) }
    for fact in Self.facts(of: function) { lines += line(fact, width: width) }
    return lines
  }

  /// All facts but the names, identity first.
  static func facts(of function: Function) -> [Fact] {
    let known = identity(of: function) + standing(of: function)
    guard let details = function.details else {
      return known + [Fact(label: "more", value: .unknown(.notRead), attribute: "")]
    }
    return known + closer(details)
  }

  private func line(_ fact: Fact, width: Int) -> [StyledLine] {
    let role: Role =
      switch fact.value {
      case .value: .text
      case .absent: .dim
      case .unknown: .changed
      }
    let text = fact.text
    let label = min(13, width / 3)
    var result = Paragraph.wrap(text, to: max(1, width - label)).enumerated().map { number, part in
      var line = StyledLine(Width.fit(number == 0 ? fact.label : "", to: label), .dim)
      line.add(part, role)
      return line
    }
    // Beside the fact where it fits: what is read must be findable, but never at the cost of the fact.
    let attribute = Width.of(fact.attribute)
    if attribute > 0, let first = result.first, first.width + 2 + attribute <= width {
      result[0].pad(to: width - attribute)
      result[0].add(fact.attribute, .dim)
    }
    return result
  }

  private static func identity(of function: Function) -> [Fact] {
    let identity = function.identity
    return [
      Fact(label: "address", value: .value(function.address.description), attribute: ""),
      Fact(label: "ids", value: identity.map(\.ids), attribute: "modalias"),
      Fact(
        label: "subsystem",
        value: identity.map {
          $0.subsystemVendor == 0
            ? "none" : Hex.text($0.subsystemVendor, atLeast: 4) + ":" + Hex.text($0.subsystemDevice, atLeast: 4)
        }, attribute: "modalias"),
      Fact(
        label: "class", value: identity.map { "\(Hex.text($0.classCode.value, atLeast: 6)) \($0.classCode.noun)" },
        attribute: "modalias"),
      Fact(label: "kind", value: .value(kind(of: function)), attribute: "config"),
      Fact(label: "hangs below", value: parent(of: function), attribute: ""),
    ]
  }

  private static func kind(of function: Function) -> String {
    guard function.physicalFunction == nil, let why = function.details?.port.ignorance, why != .notRead else {
      return function.kind.words
    }
    return "\(function.kind.words), port type unknown (\(Sentences.reason(why)))"
  }

  private static func parent(of function: Function) -> Known<String> {
    switch function.parent {
    case .root(let bus): .value("root bus \(Clean.visible(bus))")
    case .function(let address): .value(address.description)
    }
  }

  private static func standing(of function: Function) -> [Fact] {
    let physical = function.physicalFunction.map { Known.value($0.description) } ?? .absent
    let override = function.driverOverride.map { Clean.visible($0) }
    return [
      Fact(label: "driver", value: function.driver.map { Clean.visible($0) }, attribute: "driver"),
      Fact(label: "override", value: override, attribute: "driver_override"),
      Fact(label: "group", value: function.group.map { "group \($0)" }, attribute: "iommu_group"),
    ] + (physical == .absent ? [] : [Fact(label: "VF of", value: physical, attribute: "physfn")])
  }

  private static func closer(_ details: Details) -> [Fact] {
    var facts = [
      Fact(label: "revision", value: details.revision.map { Hex.text($0, atLeast: 2) }, attribute: "revision")
    ]
    if details.secondaryBus != .absent {
      facts.append(
        Fact(label: "leads to bus", value: details.secondaryBus.map { Hex.text($0, atLeast: 2) }, attribute: "config"))
    }
    facts += [
      Fact(label: "interfaces", value: words(details.interfaces), attribute: "net/"),
      Fact(label: "disks", value: words(details.disks), attribute: "block/"),
      Fact(label: "NUMA node", value: details.numaNode.map { String($0) }, attribute: "numa_node"),
      Fact(label: "power", value: details.powerState.map { Clean.visible($0) }, attribute: "power_state"),
      Fact(label: "runtime", value: details.runtimeStatus.map { Clean.visible($0) }, attribute: "power/runtime_status"),
      Fact(label: "VFs", value: virtual(details.virtualFunctions), attribute: "sriov_numvfs", absent: "no SR-IOV"),
      Fact(label: "VFIO device", value: details.vfioDevice.map { Clean.visible($0) }, attribute: "vfio-dev/"),
      Fact(
        label: "its node", value: details.deviceNode.map { "\(Clean.visible($0.path)) \($0.access)" }, attribute: ""),
    ]
    return facts
  }

  private static func words(_ names: Known<[String]>) -> Known<String> {
    if names.value?.isEmpty ?? false { return .absent }
    return names.map { $0.map { Clean.visible($0) }.joined(separator: " ") }
  }

  private static func virtual(_ counts: Known<VirtualFunctions>) -> Known<String> {
    counts.map { counts in
      switch counts.enabled {
      case .value(let enabled): "\(enabled) of \(counts.total) enabled"
      case .absent: "0 of \(counts.total) enabled"
      case .unknown(let why): "of \(counts.total), enabled unknown (\(Sentences.reason(why)))"
      }
    }
  }
}
