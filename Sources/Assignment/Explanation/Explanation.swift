public import Ownership
public import Topology

/// Why a call did not do what was asked, in words: who stands in the way, by which rule, where the rule comes from,
/// and what to do next.
public struct Explanation: Hashable, Sendable {
  /// Which rule.
  public var rule: Rule
  /// The error number; nil where the call blocks or the machine stopped.
  public var errno: Errno?
  /// One sentence that names the culprits.
  public var sentence: String
  /// Who stands in the way, one entry each: `02:02.0 HBA: sym53c8xx (sda)`.
  public var culprits: [String]
  /// The mail that the rule comes from: `Jason Gunthorpe, 22 April 2021`.
  public var source: String?
  /// That the mail writes ENOPERM.
  public var note: String?
  /// What helps, one sentence each; empty where nothing does.
  public var next: [String]

  /// The sentence, the note and the source in one line.
  public var line: String { ([sentence] + [note, source.map { "(\($0))" }].compactMap(\.self)).joined(separator: " ") }

  /// The words for a reason.
  public init(
    _ reason: Reason, errno: Errno?, under rules: RuleSet, in world: World, labels: [Address: String] = [:]
  ) {
    let names = Naming(labels)
    rule = reason.rule
    self.errno = errno
    culprits = reason.culprits.map { Self.text($0, names, world) }
    source = reason.message.map { "\($0.author), \($0.date) 2021" }
    note = reason.isWrittenENOPERM ? "The thread writes ENOPERM, which is no errno; EPERM is meant." : nil
    let said = Words(reason: reason, rules: rules, world: world, names: names).said ?? Said("It was refused.")
    // Names keep their case; our own words begin a sentence.
    let isOurs = ["the ", "a ", "another "].contains { said.sentence.hasPrefix($0) }
    sentence = isOurs ? said.sentence.capitalizedFirst : said.sentence
    next = said.next
  }

  private static func text(_ culprit: Culprit, _ names: Naming, _ world: World) -> String {
    let carries = culprit.member.flatMap { world[$0] }.map(\.carries) ?? []
    let driver = culprit.driver.map { name in
      Clean.visible(name) + (carries.isEmpty ? "" : " (\(carries.joined(separator: ", ")))")
    }
    let owner = culprit.owner.map { "\(Clean.visible($0.name)), process \($0.process)" }
    let rest = [driver, owner].compactMap(\.self).joined(separator: ", ")
    let member = culprit.member.map { names[$0] }
    return [member, rest.isEmpty ? nil : rest].compactMap(\.self).joined(separator: ": ")
  }
}
