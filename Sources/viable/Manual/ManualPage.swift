/// viable(1), made from the definitions that parse the arguments, so that it cannot say anything else.
enum ManualPage {
  /// The whole page, in roff.
  static func text() throws(Failure) -> String {
    let root = try HelpTree.own().command
    let commands = (root.subcommands ?? []).filter { $0.shouldDisplay ?? true && $0.commandName != "help" }
    var page = Roff()
    page.request("TH", "VIABLE", "1", Version.date, "viable " + Version.text, "User Commands")
    page.section("NAME")
    page.line("viable \\- " + Roff.escape(lowered(root.abstract ?? "")))
    synopsis(commands, &page)
    page.section("DESCRIPTION")
    description(root, &page)
    page.section("COMMANDS")
    for command in commands { describe(command, path: "viable", &page) }
    page.section("OPTIONS")
    page.paragraph("Every command takes these, before or after its name.")
    for argument in root.arguments ?? [] where argument.shouldDisplay { option(argument, &page) }
    reference(&page)
    return page.text
  }

  /// "Hand PCI devices …." as it stands behind a name.
  private static func lowered(_ sentence: String) -> String {
    let body = sentence.hasSuffix(".") ? sentence.dropLast() : sentence[...]
    return body.prefix(1).lowercased() + body.dropFirst()
  }

  private static func synopsis(_ commands: [HelpTree.Command], _ page: inout Roff) {
    page.section("SYNOPSIS")
    // Spread to both margins, lists of options fall apart.
    page.request("ad", "l")
    page.line("\\fBviable\\fR [\\fIoptions\\fR]")
    for command in leaves(commands, path: "viable") {
      page.request("br")
      page.line("\\fB" + Roff.escape(command.path) + "\\fR" + usage(command.command))
    }
    page.request("ad", "b")
  }

  private static func leaves(
    _ commands: [HelpTree.Command], path: String
  ) -> [(path: String, command: HelpTree.Command)] {
    commands.flatMap { command in
      let (here, below) = ("\(path) \(command.commandName)", command.subcommands ?? [])
      return below.isEmpty ? [(here, command)] : leaves(below, path: here)
    }
  }

  /// ` [SELECTOR ...] [--tree]`: what a command has of its own.
  private static func usage(_ command: HelpTree.Command) -> String {
    let arguments = own(command)
    let isNamed = { (argument: HelpTree.Argument) in argument.kind == "positional" }
    return (arguments.filter(isNamed) + arguments.filter { !isNamed($0) }).map { argument in
      let name = argument.names?.first?.text
      let value = "\\fI" + Roff.escape(argument.valueName ?? "") + "\\fR"
      let body =
        switch argument.kind {
        case "positional": value + (argument.isRepeating ? " ..." : "")
        case "flag": "\\fB" + Roff.escape(name ?? "") + "\\fR"
        default: "\\fB" + Roff.escape(name ?? "") + "\\fR " + value
        }
      return argument.isOptional ? " [\(body)]" : " \(body)"
    }.joined() + (command.commandName == "run" ? " \\fB\\-\\-\\fR \\fIcommand\\fR ..." : "")
  }

  /// A command's arguments without those that every command has.
  private static func own(_ command: HelpTree.Command) -> [HelpTree.Argument] {
    (command.arguments ?? []).filter { argument in
      argument.shouldDisplay && argument.sectionTitle != "Global options"
        && !(argument.names ?? []).contains { $0.name == "help" || $0.name == "version" }
    }
  }

  private static func describe(_ command: HelpTree.Command, path: String, _ page: inout Roff) {
    let here = "\(path) \(command.commandName)"
    let below = (command.subcommands ?? []).filter { $0.commandName != "help" }
    guard below.isEmpty else {
      for each in below { describe(each, path: here, &page) }
      return
    }
    page.subsection(here)
    page.paragraph(command.abstract ?? "")
    description(command, &page)
    for argument in own(command) { option(argument, &page) }
  }

  private static func option(_ argument: HelpTree.Argument, _ page: inout Roff) {
    let names = (argument.names ?? []).map(\.text).joined(separator: ", ")
    let value = argument.valueName ?? ""
    let term =
      switch argument.kind {
      case "positional": value
      case "flag": names
      default: "\(names) \(value)"
      }
    page.term(term, argument.abstract ?? "")
  }

  /// Running text as paragraphs, indented lines as they are, and a line that ends with a colon above them.
  static func description(_ command: HelpTree.Command, _ page: inout Roff) {
    var words: [Substring] = []
    var block: [Substring] = []
    let flush = { (page: inout Roff, words: inout [Substring], block: inout [Substring]) in
      if !words.isEmpty { page.paragraph(words.joined(separator: " ")) }
      if !block.isEmpty { page.example(block) }
      (words, block) = ([], [])
    }
    for line in (command.discussion ?? "").split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("  ") {
        if block.isEmpty { flush(&page, &words, &block) }
        block.append(line.dropFirst(2))
      } else {
        if line.isEmpty || !block.isEmpty { flush(&page, &words, &block) }
        if !line.isEmpty { words.append(line) }
      }
    }
    flush(&page, &words, &block)
  }
}
