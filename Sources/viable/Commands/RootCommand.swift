import ArgumentParser

/// `viable`: the console, and the commands beside it.
struct RootCommand: GlobalCommand {
  static let configuration = CommandConfiguration(
    commandName: "viable",
    abstract: "Hand PCI devices to userspace, one IOMMU group at a time.",
    usage: "viable [<options>] [<command>]",
    discussion: """
      Without a command it opens the console; without a terminal, or with --json, it
      prints the list. With --line it serves a pipe as well.

      A SELECTOR names a device or a group:
        03:00.0, 0000:03:00.0, 10000:e1:00.0   a function
        03:00, 03:00.*                         all functions of a device
        0000:00:1c.0/00.0                      the function 00.0 below a bridge
        8086:1572, pci:8086:1572               the only device with these ids
        eth0, /dev/nvme0n1                     what carries an interface or a disk
        group:13, /dev/vfio/13                 a whole group
        vfio3, /dev/vfio/devices/vfio3         the function of a vfio device
        pci_0000_03_00_0                       libvirt's spelling
      Addresses and ids are hexadecimal, group and vfio numbers decimal.

      Examples:
        viable                            look at this machine
        viable doctor                     what it has for passthrough
        viable list 03:00.0               the group of a device, and who is in it
        viable check 03:00.0 && ./start   start a guest only if it can have them
        viable --root DIR list            another machine, from its snapshot
        viable --scenario nic-and-hba     a simulated one
      """,
    version: Version.text,
    subcommands: [
      ListCommand.self, ShowCommand.self, CheckCommand.self, WhyCommand.self, ReleaseCommand.self, AssignCommand.self,
      RestoreCommand.self, PlanCommand.self, ApplyCommand.self, AttachCommand.self, GrantCommand.self, RunCommand.self,
      VfsCommand.self, ExportCommand.self, DemoCommand.self, WatchCommand.self, DoctorCommand.self,
      SnapshotCommand.self, ScenariosCommand.self, KeysCommand.self, ThemeCommand.self,
      ManualCommand.self, ContractCommand.self,
    ])

  @OptionGroup(title: "Global options")
  var global: GlobalOptions

  func run() throws { try Self.open(global.chosen) }

  /// The console where there is a terminal for it, else the list.
  static func open(_ options: Options) throws(Failure) {
    let here = Surroundings.current()
    guard !options.json else { return try ListCommand.run(Session(options, here)) }
    // Line mode that was asked for serves a pipe too.
    guard here.inputIsTerminal && here.outputIsTerminal || options.line else {
      Session.complain("no terminal for the console: this is what 'viable list' prints")
      return try ListCommand.run(Session(options, here))
    }
    try options.checkTheme(in: here)
    try ConsoleCommand.run(Session(options, here, look: .plain))
  }
}

/// The version of the program.
enum Version {
  /// What `--version` prints.
  static let text = "0.1.0"
  /// When it was made; the manual page says so.
  static let date = "2026-11-23"
}
