extension Action {
  /// The keys of the side-by-side demo.
  static let showing: [Action] = [
    Action(
      .demoBack, [.char("h"), .key(.left)], in: [.demo], bar: "Back", help: "take the newest call back", .move,
      priority: 1),
    Action(
      .demoStep, [.char("l"), .key(.right), .key(.enter)], in: [.demo], bar: "Step", help: "one call on every side",
      .move, priority: 2),
    Action(
      .demoPlay, [.char(" ")], in: [.demo], bar: "Play", help: "a call a second, until a key or the end", .move,
      priority: 3),
    Action(.demoStart, [.key(.home), .char("0")], in: [.demo], bar: "Start", help: "to before the first call", .move),
    Action(.demoFinish, [.key(.end), .char("G")], in: [.demo], bar: "End", help: "to the last call", .move),
    Action(
      .demoUp, [.char("k"), .key(.up), .key(.pageUp)], in: [.demo], bar: "Earlier", help: "show earlier calls", .move),
    Action(
      .demoDown, [.char("j"), .key(.down), .key(.pageDown)], in: [.demo], bar: "Later", help: "show later calls", .move),
    Action(
      .demoNext, [.key(.tab)], in: [.demo], bar: "Model", help: "the next model, where not all fit", .move,
      priority: 11),
    Action(.demoPrevious, [.key(.backTab)], in: [.demo], bar: "PrevModel", help: "the model before", .move),
    Action(.demoLeft, [.char("<")], in: [.demo], bar: "Left", help: "devices to the left, where not all fit", .move),
    Action(.demoRight, [.char(">")], in: [.demo], bar: "Right", help: "devices to the right", .move),
    Action(
      .demoStories, [.char("n")], in: [.demo], bar: "Scenario", help: "choose another story", .act, priority: 5),
    Action(
      .demoSwap, [.char("x")], in: [.demo], bar: "Swap", help: "ask for the other device", .act, priority: 6),
    Action(
      .demoFlag, [.char("F")], in: [.demo], bar: "Unused", help: "whether the rest may stay unused", .act,
      priority: 7),
    Action(
      .demoModels, [.char("m")], in: [.demo], bar: "Models", help: "choose two to four models", .act, priority: 8),
    Action(
      .demoWords, [.char("w")], in: [.demo], bar: "Words", help: "what was said of it on the list", .other,
      priority: 9),
    Action(
      .demoExport, [.char("S")], in: [.demo], bar: "Save", help: "save the run as text and as JSON lines", .other,
      priority: 10),
    Action(
      .demoHelp, [.char("?"), .key(.function(1))], in: [.demo], bar: "Help", help: "these keys", .other, priority: 4),
    Action(
      .demoEnd, [.char("q"), .key(.escape), .key(.function(10)), .control("c")], in: [.demo], bar: "End",
      help: "end the demo", .other, priority: 4),
    Action(
      .demoTick, [.char(" ")], in: [.demoModels], bar: "Tick", help: "take this model in, or leave it out", .act,
      priority: 1),
  ]
}
