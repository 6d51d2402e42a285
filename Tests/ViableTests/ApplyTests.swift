import Testing

/// `apply` of documents that somebody edited: no way around what a plan may do.
@Suite struct ApplyTests {
  @Test(arguments: [
    // Rolling back would take a driver from a port, or give a node away, that nobody named.
    (
      "nic-and-hba assign 02:01.0",
      #"s/"unbind", *"0000:02:02.0", *"vfio-pci"/"unbind","0000:00:03.0","pcieport"/"#
    ),
    (
      "nic-and-hba assign 02:01.0",
      #"s/"clear-override", *"0000:02:02.0"/"owner","1000","0","0666","group","0"/"#
    ),
    ("nic-and-hba assign 02:01.0", #"s/"onlyNamed" : false/"onlyNamed" : true/"#),
    // A rule that runs something else.
    ("nic-and-hba assign 02:01.0 --persist", "s/kmod load vfio-pci/kmod load something/g"),
    // Another user, everybody, and another verb, which would ask for less.
    (
      "both-joined grant 02:01.0 --user 4711",
      #"s/"4711", *"0", *"0600"/"4712","0","0600"/; s/chown 4711/chown 4712/"#
    ),
    (
      "both-joined grant 02:01.0 --user 4711",
      #"s/"4711", *"0", *"0600"/"4711","0","0666"/; s/chmod 0600/chmod 0666/"#
    ),
    ("both-joined grant 02:01.0 --user 4711", #"s/"verb" : "grant"/"verb" : "release"/"#),
  ])
  func `a document whose steps viable would not take is refused`(_ act: String, _ edit: String) throws {
    let scenario = try #require(act.split(separator: " ").first)
    let outcome = try Shell.run(
      """
      plan=$(mktemp); edited=$(mktemp); trap 'rm -f "$plan" "$edited"' EXIT
      viable --scenario \(act) --dry-run --json | tr '\\n' ' ' > "$plan"
      sed '\(edit)' "$plan" > "$edited"
      cmp -s "$plan" "$edited" && { echo "the edit changes nothing"; exit 98; }
      viable --scenario \(scenario) apply "$edited" --yes --consent 5 2>&1
      """)
    #expect(outcome.code == 65, "\(outcome.code): \(outcome.text)")
  }

  @Test func `a document that nobody edited is carried out`() throws {
    for act in ["nic-and-hba assign 02:01.0 --persist", "both-joined grant 02:01.0 --user 4711 --persist"] {
      let scenario = try #require(act.split(separator: " ").first)
      let outcome = try Shell.run(
        "viable --scenario \(act) --dry-run --json | viable --scenario \(scenario) apply - --consent 5 2>&1")
      #expect(outcome.code == 0, "\(outcome.text)")
    }
  }

  @Test func `consent to a group that is none of the plan's is no consent`() throws {
    let outcome = try Shell.run("viable --scenario nic-and-hba assign 02:01.0 --consent 99 2>&1")
    #expect(outcome.code == 1 && outcome.text.contains("add --yes"), "\(outcome.text)")
  }

  @Test func `a group's descriptor is not handed to a command for one of its devices`() throws {
    let line = "viable --scenario both-joined run"
    let one = try Shell.run("\(line) 02:01.0 --model explicit --as 1000 --dry-run -- p 2>&1")
    #expect(one.code == 1 && one.text.contains("opens 0000:02:02.0 (vfio-pci) as well"), "\(one.text)")
    #expect(try Shell.run("\(line) group:5 --model explicit --as 1000 --dry-run -- p").code == 0)
    #expect(try Shell.run("\(line) 02:01.0 --model iommufd --as 1000 --dry-run -- p").code == 0)
  }
}
