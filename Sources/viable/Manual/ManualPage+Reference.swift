extension ManualPage {
  /// The sections that no command's definition has.
  static func reference(_ page: inout Roff) {
    states(&page)
    page.section("EXIT STATUS")
    for exit in Exit.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
      page.term(String(exit.rawValue), exit.meaning)
    }
    page.section("SIGNALS")
    page.paragraph(
      "No act is cut off between two effects. SIGINT, SIGTERM and SIGQUIT call it off: what was done is taken back, and "
        + "the exit status is 2. SIGHUP and a reader of the output that has gone end nothing: the act is done to its "
        + "end. An effect that waits for a device somebody has open is left to itself by any of them after a second; "
        + "then restore --all takes back what was done.")
    json(&page)
    page.section("KEYS")
    page.paragraph("What the console obeys, as viable keys prints it.")
    let keys = KeysReport(lines: KeyLine.all)
    for section in keys.sections {
      page.subsection(section)
      for line in keys.lines where line.section == section {
        page.term(line.keys.joined(separator: ", "), line.text)
      }
    }
    page.section("ENVIRONMENT")
    for (name, meaning) in environment { page.term(name, meaning) }
    page.section("FILES")
    for (name, meaning) in files { page.term(name, meaning) }
    page.section("SEE ALSO")
    page.line("\\fBlspci\\fR(8), \\fBdriverctl\\fR(8), \\fBudev\\fR(7), \\fBqemu\\fR(1), \\fBvirsh\\fR(1)")
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
    (
      "/var/lib/viable, $XDG_STATE_HOME/viable, ~/.local/state/viable",
      "The journal: root's, and that of anybody else; --state-dir names another place."
    ),
    (
      "/etc/driverctl.d/pci-*, /etc/udev/rules.d/05-viable-*.rules, /var/lib/viable/assignments/*",
      "What viable assign --persist writes, and restore --persist removes; for a display, or a driver in the initramfs, "
        + "/etc/modprobe.d/viable-* and /etc/initramfs-tools/hooks/viable too."
    ),
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
