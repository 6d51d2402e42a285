extension Action {
  /// What can be done. The raw values are the names that `viable keys --json` prints.
  public enum ID: String, Hashable, Sendable, CaseIterable {
    case down, up, pageDown = "page-down", pageUp = "page-up", halfDown = "half-page-down", halfUp = "half-page-up"
    case first, last, fold, unfold
    case nextGroup = "next-group", previousGroup = "previous-group"
    case nextBlocked = "next-not-viable", previousBlocked = "previous-not-viable"
    case nextPane = "next-pane", previousPane = "previous-pane"
    case devicesPane = "devices-pane", groupPane = "group-pane", actionsPane = "actions-pane", logPane = "log-pane"
    case devicePane = "device-pane", explainPane = "explain-pane"
    case zoom, sidewaysLeft = "sideways-left", sidewaysRight = "sideways-right"
    case jump, place
    case splitLeft = "split-left", splitRight = "split-right", splitUp = "split-up", splitDown = "split-down"
    case open, expand, run, mark, markGroup = "mark-group", clearMarks = "clear-marks", menu
    case copyLine = "copy-line", copyPane = "copy-pane", copyCommand = "copy-command", copyShell = "copy-shell"
    case copyJSON = "copy-json"
    case find, findNext = "find-next", findPrevious = "find-previous", filter, listing, sort
    case log, follow, onlyGroup = "only-this-group", onlyErrors = "only-errors", saveLog = "save-log"
    case pause, mouse, rescan, repaint, help, theme, leave, quit, suspend, lineMode = "line-mode"
    case choose, accept, cancel, complete, older, newer, left, right, lineStart = "line-start"
    case lineEnd = "line-end", rubOut = "rub-out", deleteNext = "delete-next", clearLine = "clear-line"
    case rubOutWord = "rub-out-word"
    case planDefault = "preview", undo, redo
    case nextButton = "next-button", previousButton = "previous-button", planAgain = "preview-again"
    case planOther = "preview-other-model"
    case planDown = "preview-down", planUp = "preview-up", planPageDown = "preview-page-down"
    case planPageUp = "preview-page-up", copyPlan = "copy-preview"
    case export, exportNext = "export-next", exportPrevious = "export-previous", copyExport = "copy-export"
    case saveExport = "save-export"
    case attach, detach, join, openGroup = "open-group", nextCall = "next-call", bindDriver = "bind"
    case whatIf = "what-if", whatIfBack = "what-if-back", copyWhatIf = "copy-what-if"
    case release, restore, chooseUser = "choose-user", chooseModel = "choose-model", unusedFlag = "unused-flag", demo
    case startAgain = "start-again"
    case demoStep = "demo-step", demoBack = "demo-back", demoPlay = "demo-play", demoStart = "demo-start"
    case demoFinish = "demo-finish", demoStories = "demo-scenarios", demoSwap = "demo-swap", demoFlag = "demo-flag"
    case demoModels = "demo-models", demoWords = "demo-words", demoExport = "demo-export", demoHelp = "demo-help"
    case demoEnd = "demo-end", demoNext = "demo-next-model", demoPrevious = "demo-previous-model"
    case demoUp = "demo-scroll-up", demoDown = "demo-scroll-down", demoLeft = "demo-devices-left"
    case demoRight = "demo-devices-right", demoTick = "demo-tick-model"
  }

  /// Every action there is, in the order of the help.
  public static let all: [Action] =
    moving + panes + acting + planning + exporting + supposing + finding + looking + other + typing + staging
    + showing

  private static let lists: Set<Context> = [
    .devices, .group, .actions, .log, .device, .explain, .overlay, .export, .whatIf,
  ]
  private static let rows: Set<Context> = [.devices, .group, .device, .explain]
  private static let everywhere: Set<Context> = [
    .global, .overlay, .prompt, .plan, .consent, .export, .whatIf, .tooSmall, .demo,
  ]

  private static let moving: [Action] = [
    Action(.down, [.char("j"), .key(.down), .control("n")], in: lists, bar: "Down", help: "next row", .move),
    Action(.up, [.char("k"), .key(.up), .control("p")], in: lists, bar: "Up", help: "previous row", .move),
    Action(
      .unfold, [.char("l"), .key(.right)], in: [.devices], bar: "Unfold", help: "unfold, or go to the first below",
      .move),
    Action(.fold, [.char("h"), .key(.left)], in: [.devices], bar: "Fold", help: "fold, or go to the one above", .move),
    Action(.pageDown, [.key(.pageDown), .control("f")], in: lists, bar: "Page", help: "page down", .move),
    Action(.pageUp, [.key(.pageUp), .control("b")], in: lists, bar: "PageUp", help: "page up", .move),
    Action(.halfDown, [.control("d")], in: lists, bar: "HalfDown", help: "half a page down", .move),
    Action(.halfUp, [.control("u")], in: lists, bar: "HalfUp", help: "half a page up", .move),
    Action(
      .first, [.sequence(.character("g"), .character("g")), .key(.home)], in: lists, bar: "First", help: "first row",
      .move),
    Action(.last, [.char("G"), .key(.end)], in: lists, bar: "Last", help: "last row", .move),
    Action(.previousGroup, [.char("[")], in: [.devices], bar: "PrevGrp", help: "previous group", .move),
    Action(.nextGroup, [.char("]")], in: [.devices], bar: "NextGrp", help: "next group", .move),
    Action(.previousBlocked, [.char("{")], in: [.devices], bar: "PrevBad", help: "previous NOT VIABLE group", .move),
    Action(
      .nextBlocked, [.char("}")], in: [.devices], bar: "NotViable", help: "next NOT VIABLE group", .move, priority: 9),
    Action(.jump, [.thenLetter(.character("'"))], in: [.global], bar: "Jump", help: "jump to a named place", .move),
    Action(.place, [.thenLetter(.character("M"))], in: [.global], bar: "Name", help: "name this place", .move),
  ]

  private static let panes: [Action] = [
    Action(.nextPane, [.key(.tab)], in: [.global], bar: "Pane", help: "next pane", .move, priority: 8),
    Action(.previousPane, [.key(.backTab)], in: [.global], bar: "PrevPane", help: "previous pane", .move),
    Action(.devicesPane, [.char("1")], in: [.global], bar: "Devices", help: "devices", .move),
    Action(.groupPane, [.char("2")], in: [.global], bar: "Group", help: "the group's verdict", .move),
    Action(.actionsPane, [.char("3")], in: [.global], bar: "Actions", help: "what can be done", .move),
    Action(.logPane, [.char("4")], in: [.global], bar: "Log", help: "log", .move),
    Action(.devicePane, [.char("5")], in: [.global], bar: "Device", help: "every fact of the device", .move),
    Action(.explainPane, [.char("6")], in: [.global], bar: "Explain", help: "why this is one group", .move),
    Action(.zoom, [.char("z")], in: [.global], bar: "Zoom", help: "this pane alone, and back", .move, priority: 14),
    Action(.sidewaysLeft, [.char("<")], in: [.global], bar: "Left", help: "scroll left", .move),
    Action(.sidewaysRight, [.char(">")], in: [.global], bar: "Right", help: "scroll right", .move),
    Action(.splitLeft, [.key(.controlLeft)], in: [.global], bar: "Narrower", help: "move the divider left", .move),
    Action(.splitRight, [.key(.controlRight)], in: [.global], bar: "Wider", help: "move the divider right", .move),
    Action(.splitUp, [.key(.controlUp)], in: [.global], bar: "Lower", help: "move the divider up", .move),
    Action(.splitDown, [.key(.controlDown)], in: [.global], bar: "Higher", help: "move the divider down", .move),
  ]

  private static let acting: [Action] = [
    Action(.open, [.key(.enter)], in: rows, bar: "Open", help: "every fact of it", .act, priority: 5),
    Action(.expand, [.key(.enter)], in: [.log], bar: "Expand", help: "the whole line", .act, priority: 5),
    Action(.run, [.key(.enter)], in: [.actions], bar: "Do", help: "do what stands out", .act, priority: 5),
    Action(.mark, [.char(" ")], in: rows, bar: "Mark", help: "mark or unmark", .act, priority: 4),
    Action(.markGroup, [.char("v")], in: rows, bar: "MarkGroup", help: "mark the whole group", .act, priority: 15),
    Action(.clearMarks, [.char("V")], in: rows, bar: "Unmark", help: "clear all marks", .act),
    Action(.menu, [.char("a"), .key(.function(9))], in: [.global], bar: "Actions", help: "menu", .act, priority: 6),
    Action(.copyLine, [.char("y")], in: [.global], bar: "Copy", help: "copy the line", .act, priority: 16),
    Action(.copyPane, [.char("Y")], in: [.global], bar: "CopyPane", help: "copy the pane as plain text", .act),
    Action(
      .copyCommand, [.sequence(.character("c"), .character("c"))], in: [.global], bar: "CopyCLI",
      help: "copy as a viable command", .act, priority: 17),
    Action(
      .copyShell, [.sequence(.character("c"), .character("s"))], in: [.global], bar: "CopyShell",
      help: "copy the shell commands that free it", .act),
    Action(
      .copyJSON, [.sequence(.character("c"), .character("j"))], in: [.global], bar: "CopyJSON",
      help: "copy the group as JSON", .act),
  ]

  private static let finding: [Action] = [
    Action(
      .find, [.char("/"), .key(.function(3))], in: [.global, .overlay], bar: "Find", help: "find", .find, priority: 2),
    Action(.findNext, [.char("n")], in: [.global], bar: "Next", help: "find the next", .find),
    Action(.findPrevious, [.char("N")], in: [.global], bar: "Previous", help: "find the previous", .find),
    Action(
      .filter, [.char("\\"), .key(.function(4))], in: [.global], bar: "Filter", help: "filter; empty is off", .find,
      priority: 3),
    Action(
      .listing, [.char("L"), .key(.function(5))], in: [.global], bar: "Groups", help: "tree or groups", .find,
      priority: 10),
    Action(
      .sort, [.char("s"), .key(.function(6))], in: [.global], bar: "Sort", help: "next order", .find, priority: 11),
  ]

  private static let looking: [Action] = [
    Action(.log, [.key(.function(8))], in: [.global], bar: "Log", help: "log", .other, priority: 12),
    Action(
      .follow, [.char("f")], in: [.log], bar: "Follow", help: "keep the newest line in sight", .other, priority: 6),
    Action(.onlyGroup, [.char("i")], in: [.log], bar: "OnlyGroup", help: "only this group", .other, priority: 7),
    Action(.onlyErrors, [.char("e")], in: [.log], bar: "OnlyErrors", help: "only errors", .other, priority: 7),
    Action(.saveLog, [.char("S")], in: [.log], bar: "Save", help: "save the log as JSON lines", .other, priority: 7),
  ]

  private static let other: [Action] = [
    Action(
      .help, [.char("?"), .key(.function(1))], in: [.global], bar: "Help", help: "these keys", .other, priority: 1),
    Action(
      .theme, [.char("C"), .key(.function(2))], in: [.global], bar: "Theme", help: "choose colours", .other,
      priority: 18),
    Action(.pause, [.char("P")], in: [.global], bar: "Pause", help: "hold all changes back", .other, priority: 13),
    Action(.mouse, [.char("m")], in: [.global], bar: "Mouse", help: "mouse on or off", .other, priority: 19),
    Action(.rescan, [.char("R")], in: [.global], bar: "Rescan", help: "read the machine again", .other, priority: 20),
    Action(.repaint, [.control("l")], in: everywhere, bar: "Repaint", help: "paint the screen again", .other),
    Action(
      .leave, [.key(.escape)], in: [.global, .overlay, .plan, .export, .whatIf], bar: "Leave",
      help: "leave the innermost mode; never quits",
      .other),
    Action(
      .quit, [.char("q"), .key(.function(10)), .control("c")],
      in: [.global, .overlay, .plan, .export, .whatIf, .tooSmall],
      bar: "Quit",
      help: "close what lies on top, then quit", .other, priority: 7),
    Action(.suspend, [.control("z")], in: everywhere, bar: "Suspend", help: "back to the shell; fg returns", .other),
    Action(
      .lineMode, [.char("l")], in: [.tooSmall], bar: "Line mode", help: "go on in plain lines", .other, priority: 8),
  ]

  private static let typing: [Action] = [
    Action(
      .choose, [.key(.enter)], in: [.overlay, .plan, .consent, .whatIf], bar: "Choose", help: "take what stands out",
      .act,
      priority: 1),
    Action(.accept, [.key(.enter)], in: [.prompt], bar: "Keep", help: "keep what is typed", .find, priority: 1),
    Action(
      .cancel, [.key(.escape), .control("c")], in: [.prompt, .consent], bar: "Back", help: "what was before", .find,
      priority: 2),
    Action(.complete, [.key(.tab)], in: [.prompt], bar: "Complete", help: "complete the word", .find, priority: 3),
    Action(.older, [.key(.up)], in: [.prompt], bar: "Older", help: "what was typed before", .find, priority: 4),
    Action(.newer, [.key(.down)], in: [.prompt], bar: "Newer", help: "what was typed after", .find),
    Action(.left, [.key(.left)], in: [.prompt], bar: "Left", help: "one character left", .find),
    Action(.right, [.key(.right)], in: [.prompt], bar: "Right", help: "one character right", .find),
    Action(.lineStart, [.key(.home), .control("a")], in: [.prompt], bar: "Start", help: "start of the line", .find),
    Action(.lineEnd, [.key(.end), .control("e")], in: [.prompt], bar: "End", help: "end of the line", .find),
    Action(.rubOut, [.key(.backspace)], in: [.prompt, .consent], bar: "Rub out", help: "rub out", .find),
    Action(.deleteNext, [.key(.delete)], in: [.prompt], bar: "Delete", help: "delete what follows", .find),
    Action(
      .clearLine, [.control("u")], in: [.prompt, .consent], bar: "Clear", help: "clear the line", .find, priority: 5),
    Action(.rubOutWord, [.control("w")], in: [.prompt], bar: "Word", help: "rub out a word", .find),
  ]
}
