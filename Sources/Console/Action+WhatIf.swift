extension Action {
  /// What would be if something were changed: nothing is touched.
  static let supposing: [Action] = [
    Action(
      .whatIf, [.char("w")], in: [.devices, .group, .device, .explain], bar: "WhatIf",
      help: "what if: changes on paper, nothing is touched", .act),
    Action(
      .whatIfBack, [.key(.backspace)], in: [.whatIf], bar: "Take back", help: "take the newest change back", .act,
      priority: 2),
    Action(
      .copyWhatIf, [.char("y")], in: [.whatIf], bar: "Copy", help: "copy the question as a viable command", .act,
      priority: 3),
  ]
}
