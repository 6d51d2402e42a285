import Assignment
import Goldens
import Ownership
import Testing
import Topology

/// The words for every rule, under every interface.
struct ExplanationTests {
  private static let culprits = [
    Culprit(Scene.hba, driver: "sym53c8xx", owner: Scene.second)
  ]

  private func explain(_ reason: Reason, _ model: RuleSet, errno: Errno? = .eperm) -> Explanation {
    Explanation(reason, errno: errno, under: model, in: Scene.seed(), labels: Scene.labels)
  }

  @Test func `every rule has its sentence, with culprits and without`() {
    var lines: [String] = []
    for rule in Rule.allCases {
      let blamed = explain(Reason(rule, culprits: Self.culprits, group: Scene.group), .implicitApril)
      let bare = explain(Reason(rule), .iommufd)
      lines += ["\(rule):", "  " + blamed.sentence] + blamed.next.map { "  -> " + $0 }
      if bare.sentence != blamed.sentence { lines += ["  (nobody named) " + bare.sentence] }
    }
    let outcome = Golden.check(lines.joined(separator: "\n") + "\n", "rules.txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test(arguments: RuleSet.allCases)
  func `no rule is without words of its own under any interface`(model: RuleSet) {
    var seen: [String: Rule] = [:]
    for rule in Rule.allCases {
      for culprits in [[], Self.culprits, Self.culprits + [Culprit(Scene.nic, driver: "e1000")]] {
        let said = explain(Reason(rule, culprits: culprits, group: Scene.group), model).sentence
        #expect(said != "It was refused." && said.hasSuffix("."), "\(rule): \(said)")
        #expect(said.first?.isLowercase != true, "\(rule): \(said)")
        #expect(seen[said] == nil || seen[said] == rule, "\(rule) says what \(seen[said].map { "\($0)" } ?? "") says")
        seen[said] = rule
      }
    }
  }

  @Test func `a host driver is named with its device, and what leaves the host with it`() {
    let reason = Reason(.hostDriver, culprits: [Culprit(Scene.hba, driver: "sym53c8xx")], group: Scene.group)
    let words = explain(reason, .explicitLinux)
    #expect(words.sentence == "Group 5 is not viable: 02:02.0 HBA (sym53c8xx) has a host driver.")
    #expect(words.culprits == ["02:02.0 HBA: sym53c8xx (sda)"])
    #expect(
      words.next == [
        "Take sym53c8xx off 02:02.0 HBA, or bind vfio-pci or pci-stub instead. That costs the host sda."
      ])
  }

  @Test func `ENOPERM of the thread has its note and its author`() {
    let reason = Reason(
      .membersNotJoined, culprits: [Culprit(Scene.hba)], group: Scene.group, message: .g22a, isWrittenENOPERM: true)
    let words = explain(reason, .implicitApril)
    #expect(words.note == "The thread writes ENOPERM, which is no errno; EPERM is meant.")
    #expect(words.source == "Jason Gunthorpe, 22 April 2021")
    #expect(
      words.line == "\(words.sentence) The thread writes ENOPERM, which is no errno; EPERM is meant. "
        + "(Jason Gunthorpe, 22 April 2021)")
  }

  @Test func `names that hold control characters are cleaned`() {
    let reason = Reason(.hostDriver, culprits: [Culprit(Scene.hba, driver: "a\u{1b}[2J")], group: Scene.group)
    let words = Explanation(
      reason, errno: .eperm, under: .explicitLinux, in: Scene.seed(), labels: [Scene.hba: "H\u{202e}"])
    for text in [words.sentence] + words.culprits + words.next {
      #expect(!text.unicodeScalars.contains { $0 == "\u{1b}" || $0 == "\u{202e}" })
    }
  }
}
