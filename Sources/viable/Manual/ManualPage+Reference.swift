extension ManualPage {
  /// The sections that no command's definition has.
  static func reference(_ page: inout Roff) {
    states(&page)
    page.section("EXIT STATUS")
    for exit in Exit.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
      page.term(String(exit.rawValue), exit.meaning)
    }
    page.section("JSON")
    page.paragraph(
      "Every document has \"schema\": \"viable/1\". Fields are added and never taken away or changed. What is not known is "
        + "null, with the reason in a field of the same name that ends in _reason. Addresses are canonical and lower "
        + "case; vendor and device ids have 4 hexadecimal digits, class codes 6.")
    page.paragraph(
      "A command that does not do what was asked prints a document too, with \"outcome\": \"refused\", and the same "
        + "words as ever on standard error: exit is its code, kind a word for why (consent, stale, held, not-found, "
        + "needs-root and so on), message what is said, next what to do, a line each. culprits names who is in the way: "
        + "address, driver, group, name (a file or a node) and owner (a process, a user), null where there is none. "
        + "Where consent is what is missing, consent has the flags to add, whether a part of it can only be typed at a "
        + "terminal, and the findings to be read first; else it is null. Only a command line that cannot be parsed "
        + "(64) leaves standard output empty, and output that cannot be written (74).")
    page.section("KEYS")
    page.paragraph("What the console obeys, as viable keys prints it.")
    for line in KeyLine.all { page.term(line.keys.joined(separator: ", "), line.text) }
    page.section("ENVIRONMENT")
    for (name, meaning) in environment { page.term(name, meaning) }
    page.section("FILES")
    for (name, meaning) in files { page.term(name, meaning) }
    page.section("SEE ALSO")
    page.line("\\fBlspci\\fR(8), \\fBdriverctl\\fR(8)")
  }

  private static func states(_ page: inout Roff) {
    page.section("STATES")
    page.paragraph("Of a group:")
    page.term("viable", "A new owner could take it now.")
    page.term("blocked, on screen NOT VIABLE", "Somebody asked for it, and a member has a host driver.")
    page.term("host-owned", "A member has a host driver, and nobody asked for the group: the normal state.")
    page.term("owned", "A process holds it.")
    page.term("unknown", "A fact that decides it is not known.")
    page.paragraph("Of a device:")
    page.term("free", "It has no driver.")
    page.term("exempt", "Its driver leaves DMA to the owner of the group, as pcieport and pci-stub do.")
    page.term("host", "It has a host driver, in a group that nobody asked for.")
    page.term("blocks", "It has a host driver, in a group that somebody asked for.")
    page.term("vfio", "A vfio driver is bound to it.")
    page.term("open", "A vfio driver is bound to it, and a process holds the group.")
  }

  private static let environment: [(String, String)] = [
    ("NO_COLOR", "When set and not empty: no colours."),
    ("CLICOLOR, CLICOLOR_FORCE", "CLICOLOR=0 switches colours off, CLICOLOR_FORCE=1 on even without a terminal."),
    ("COLORTERM, TERM", "How many colours the terminal has; TERM=dumb means none, and line mode."),
    ("COLUMNS", "The width of the output, when it is a terminal."),
    ("LC_ALL, LC_CTYPE, LANG", "Where the locale is not UTF-8, only ASCII is printed."),
    ("VIABLE_A11Y", "VIABLE_A11Y=1 opens the console in line mode, for screen readers."),
    ("VIABLE_THEME", "The console's theme, where --theme does not say."),
    ("VIABLE_PCIIDS", "The pci.ids file to take names from, before the system's."),
    (
      "VIABLE_MODEL, VIABLE_IOMMUFD, VIABLE_IOAS, VIABLE_CONTAINER, VIABLE_GROUP, VIABLE_DEVICE, VIABLE_DEVID",
      "What viable run tells its command; with several groups or devices VIABLE_GROUP_N, and VIABLE_DEVICE_0, "
        + "VIABLE_ADDRESS_0, VIABLE_DEVID_0 and on, VIABLE_DEVICES in all."
    ),
  ]

  private static let files: [(String, String)] = [
    ("/sys/bus/pci/devices, /sys/kernel/iommu_groups", "What is read."),
    ("/dev/vfio, /dev/iommu", "What is looked at; only attach, run and the console's attaching open what is there."),
    ("/etc/udev/rules.d/72-viable-grant-*.rules", "What viable grant --persist writes, and --revoke removes."),
    (
      "/etc/security/limits.conf, /etc/security/limits.d, /etc/systemd/system.conf",
      "What viable grant reads of how much memory a user may lock."
    ),
    ("/usr/share/misc/pci.ids", "Names of vendors and devices, plain or compressed."),
    ("$XDG_STATE_HOME/viable/copy.txt", "What the console copied last; saved logs lie beside it."),
    ("/usr/share/viable/themes, $XDG_CONFIG_HOME/viable/themes", "Themes beside those in the program."),
  ]
}
