extension Action {
  /// What changes a machine, each with a preview before anything is done, and the keys of that preview.
  static let planning: [Action] = [
    act(.planDefault, [.char("p")], "Preview", "hand the group over: preview it first", priority: 5),
    act(.bindDriver, [.char("b")], "Bind", "bind it to vfio-pci or its variant: preview it first", priority: 7),
    act(.release, [.char("x")], "Release", "leave it without a driver: preview it first"),
    act(.restore, [.char("r")], "Restore", "give it back to its driver: preview it first", priority: 9),
    act(.undo, [.char("u")], "Undo", "undo the newest act: preview it first", priority: 10),
    act(.redo, [.control("r")], "Redo", "do again what was undone: preview it first"),
    Action(
      .nextButton, [.key(.right), .key(.tab)], in: [.plan, .consent], bar: "Next", help: "next button", .act,
      priority: 2),
    Action(
      .previousButton, [.key(.left), .key(.backTab)], in: [.plan, .consent], bar: "Previous", help: "previous button",
      .act, priority: 3),
    Action(.planDown, [.key(.down)], in: [.consent, .plan], bar: "Down", help: "one line down", .act),
    Action(.planUp, [.key(.up)], in: [.consent, .plan], bar: "Up", help: "one line up", .act),
    Action(
      .planPageDown, [.key(.pageDown), .control("f")], in: [.consent, .plan], bar: "Page", help: "page down", .act,
      priority: 6),
    Action(.planPageUp, [.key(.pageUp), .control("b")], in: [.consent, .plan], bar: "PageUp", help: "page up", .act),
    Action(
      .copyPlan, [.char("y")], in: [.plan], bar: "Copy", help: "copy all that is previewed", .act, priority: 5),
    Action(
      .planAgain, [.char("p")], in: [.plan], bar: "Again", help: "preview it again", .act, priority: 4),
    Action(
      .planOther, [.char("W")], in: [.plan], bar: "Model", help: "attach through the other interface", .act),
  ]

  private static func act(
    _ id: ID, _ keys: [Stroke], _ short: String, _ long: String, priority: Int = 0
  ) -> Action {
    Action(id, keys, in: [.global], bar: short, help: long, .act, priority: priority, risk: .medium)
  }
}
