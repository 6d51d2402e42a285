import Ownership

extension Field {
  /// `expect = { explicit = "SET_CONTAINER=-1 EPERM" }`: how an act has to come out, by interface. What is expected of
  /// an interface that the story is not about nobody would ever look at.
  func answers(under models: [RuleSet]) throws(DocumentError) -> [RuleSet: String] {
    let fields = try fields(among: RuleSet.allCases.map(\.rawValue), expected: "a table of answers by model")
    var answers: [RuleSet: String] = [:]
    for (key, field) in fields.sorted(by: { $0.key < $1.key }) {
      guard let model = RuleSet(rawValue: key) else { continue }
      guard models.contains(model) else {
        throw field.unknownKey(
          key, among: [],
          expected: "a model that the scenario has in its models: one of "
            + models.map(\.rawValue).joined(separator: ", "))
      }
      answers[model] = try field.string(expected: "a call and its result, or \"nothing\"")
    }
    return answers
  }
}
