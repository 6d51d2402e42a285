extension ManualPage {
  /// What scripts can rely on.
  static func json(_ page: inout Roff) {
    page.section("JSON")
    page.paragraph(
      "Every document has \"schema\": \"viable/1\". Fields are added and never taken away or changed. What is not known is "
        + "null, with the reason in a field of the same name that ends in _reason. Addresses are canonical and lower "
        + "case; vendor and device ids have 4 hexadecimal digits, class codes 6. The fields that scripts ask for most:")
    for (name, fields) in documents { page.term(name, fields) }
    page.subsection("Refused")
    page.paragraph(
      "A command that does not do what was asked prints a document as well, with \"outcome\": \"refused\". The words for "
        + "people are on standard error as ever, and the exit code is the same. Only two leave standard output empty: a "
        + "command line that cannot be parsed, and output that cannot be written.")
    for (name, meaning) in refusal { page.term(name, meaning) }
  }

  private static let documents = [
    (
      "list, show",
      "host, groups (id, members, others, viable, state, blockers), devices (address, group, driver, state and more), "
        + "disagreements. list without --full leaves the directories of groups that host drivers keep: their others are "
        + "null, with others_reason, and so are disagreements, with disagreements_reason, where none was found elsewhere"
    ),
    ("check", "results (target, group, viable, blockers, findings, next), in the order of what was named"),
    ("why", "groups (id, members, reasons, predicted, agrees, resets)"),
    (
      "release, assign, restore, vfs, grant, apply",
      "outcome (done, taken-back, stuck, left, not-begun), exit, sentence, entry (its number in the journal), steps (exact, state); the plan "
        + "instead with --dry-run, and where nothing has to be done: its steps are then empty"
    ),
    (
      "plan",
      "steps (exact, inverse), findings, untouched (address, kind, text: who stays as it is, and why), severity, command, "
        + "and all that apply holds against the machine"
    ),
    ("attach", "outcome (attached, refused), calls (call, on, result, errno, why), given_back, as_before"),
    ("run --dry-run", "calls, handed (number, of), environment, command, uid"),
    ("export", "lines, caveats (text, next, first), endpoints"),
    ("watch", "one object a line: event, address, group, from, to, source"),
  ]

  private static let refusal = [
    ("exit", "The exit code."),
    (
      "kind",
      "A word for why: consent, stale, held, busy, bridge, no-group, not-vfio, not-viable, no-such-device, not-found, "
        + "needs-root, read-only, unavailable and others; more may be added."
    ),
    ("message", "What is said, a line each."),
    ("next", "What to do about it, a line each."),
    (
      "culprits",
      "Who is in the way: address, driver, group, name (a file, a node, or a member that is no PCI function) and owner "
        + "(command and process, or uid); null where there is none."
    ),
    (
      "consent",
      "Null, unless consent is what is missing. flags are the words to add to the command, typed is true where some of it "
        + "can only be typed at a terminal, severity and findings say what to read first."
    ),
  ]
}
