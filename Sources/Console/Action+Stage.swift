extension Action {
  /// What can be made to happen on a simulated machine, and the demo.
  static let staging: [Action] = [
    Action(
      .demo, [.char("d"), .key(.function(7))], in: [.global], bar: "Demo", help: "explicit and implicit side by side",
      .other, priority: 7),
    Action(
      .attach, [.char("t")], in: [.global], bar: "Attach", help: "attach its group, call by call: preview it first",
      .act, risk: .low),
    Action(
      .detach, [.char("T")], in: [.global], bar: "Detach", help: "give back what is attached: preview it first", .act,
      risk: .low),
    act(.join, "J", "Join", "join it to an owner, no DMA yet"),
    act(.openGroup, "o", "OpenGroup", "open its group's node"),
    act(.nextCall, ".", "Call", "only the next call towards attaching it"),
    act(.chooseUser, "U", "User", "make calls as the next user"),
    act(.chooseModel, "W", "Rules", "let the next model's rules answer"),
    act(.unusedFlag, "F", "Unused", "whether the rest of a group may stay unused"),
    act(.startAgain, "A", "StartAgain", "start the machine again"),
  ]

  private static func act(_ id: ID, _ key: Character, _ short: String, _ long: String) -> Action {
    Action(id, [.char(key)], in: [.global], bar: short, help: long + " (simulated machines)", .act, risk: .low)
  }
}
