import Ownership
import Topology

/// What is said of a refusal: a sentence, and what helps.
struct Said {
  var sentence: String
  var next: [String] = []

  init(_ sentence: String, _ next: String...) {
    self.sentence = sentence
    self.next = next.filter { !$0.isEmpty }
  }
}

/// A reason with all that its sentences need: how devices are called, and what the interface calls its things.
struct Words {
  let reason: Reason
  let rules: RuleSet
  let world: World
  let names: Naming

  /// The sentence of whichever family the rule is in.
  var said: Said? { nodes ?? owners ?? hardware ?? order ?? groups ?? memory ?? drivers }

  /// The culprits' addresses and labels; the words given where there are none.
  func who(or nobody: String = "the device") -> String {
    let members = reason.culprits.compactMap { $0.member.map { names[$0] } }
    return members.isEmpty ? nobody : names.list(unique(members))
  }

  /// The same with drivers: `02:02.0 HBA (sym53c8xx)`.
  var driven: String {
    guard !reason.culprits.isEmpty else { return "a device" }
    return names.list(
      reason.culprits.map { culprit in
        let driver = culprit.driver.map(Clean.visible) ?? "no driver"
        return culprit.member.map { "\(names[$0]) (\(driver))" } ?? "a member that is no PCI function (\(driver))"
      })
  }

  /// The processes among the culprits: `qemu (process 100)`.
  func processes(or nobody: String = "another process") -> String {
    let users = reason.culprits.compactMap { $0.owner.map { "\(Clean.visible($0.name)) (process \($0.process))" } }
    return users.isEmpty ? nobody : names.list(unique(users))
  }

  var isMany: Bool { Set(reason.culprits.compactMap(\.member)).count > 1 }
  var group: String { reason.group.map { "group \($0)" } ?? "the group" }
  var first: Culprit? { reason.culprits.first }

  /// What owns devices under this interface.
  var context: String {
    switch rules {
    case .explicitLinux, .explicit2021: "container"
    case .implicitApril, .implicitRFC1, .autoUnbind: "/dev/ioasid descriptor"
    case .implicitRFC2: "/dev/iommu descriptor"
    case .iommufd: "iommufd"
    }
  }

  /// The same with its article.
  var aContext: String { (context.hasPrefix("i") ? "an " : "a ") + context }

  /// What DMA goes into under this interface.
  var space: String {
    switch rules {
    case .explicitLinux, .explicit2021: "container"
    case .implicitApril, .implicitRFC1, .implicitRFC2, .autoUnbind: "IOASID"
    case .iommufd: "IOAS"
    }
  }

  /// The call that joins a device.
  var joining: String { Ioctl.join(Descriptor(0), Joining()).name(under: rules) }
  /// The call that attaches it.
  var attaching: String { Ioctl.attach(0).name(under: rules) }

  private func unique(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }
}
