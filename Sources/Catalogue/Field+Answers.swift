import Ownership

extension Field {
  /// `expect = { explicit = "SET_CONTAINER=-1 EPERM" }`: how an act has to come out, by interface.
  func answers() throws(DocumentError) -> [RuleSet: String] {
    let fields = try fields(among: RuleSet.allCases.map(\.rawValue), expected: "a table of answers by model")
    var answers: [RuleSet: String] = [:]
    for (key, field) in fields {
      guard let model = RuleSet(rawValue: key) else { continue }
      answers[model] = try field.string(expected: "a call and its result, or \"nothing\"")
    }
    return answers
  }
}
