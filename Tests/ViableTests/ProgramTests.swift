import Testing

@testable import viable

/// The built program itself, from a shell.
struct ProgramTests {
  private func run(_ line: String) throws -> Shell.Outcome { try Shell.run(Shell.image + line) }

  @Test func `it lists an image, whole and as JSON that python reads`() throws {
    let list = try run("viable list --root $image | tail -n +5")
    #expect(list.code == 0)
    #expect(
      list.text.split(separator: "\n").map { $0.prefix(41) } == [
        "┌5    host-owned  0000:01:00.0  8086:000e", "│5                0000:02:01.0  8086:100e",
        "└5                0000:02:02.0  8086:0012",
      ])
    let json = try run(
      "viable --root $image list --json | python3 -c 'import json, sys; d = json.load(sys.stdin); "
        + "print(d[\"schema\"], [g[\"members\"] for g in d[\"groups\"]])'")
    #expect(json.text == "viable/1 [['0000:01:00.0', '0000:02:01.0', '0000:02:02.0']]\n")
  }

  @Test func `without a terminal it prints the list and says so`() throws {
    let both = try run(
      "viable --root $image 2>&1 >/dev/null; viable --root $image 2>/dev/null | cmp - <(viable list --root $image)")
    #expect(both.text == "viable: no terminal for the console: this is what 'viable list' prints\n")
    #expect(both.code == 0)
  }

  @Test(arguments: [
    ("viable check --root $image 02:01.0", 1), ("viable show --root $image 02:01.0", 0),
    ("viable show --root $image 02:03.0", 66), ("viable show --root $image nonsense:", 64),
    ("viable show --root $image 13", 64), ("viable show --root $image group:6", 66),
    ("viable list --root $image/none", 66), ("mkdir $image/empty; viable list --root $image/empty", 66),
    (
      "mkdir -p $image/j/journal; chmod 700 $image/j $image/j/journal; echo x > $image/j/journal/000001.entry; "
        + "chmod 600 $image/j/journal/000001.entry; viable restore --entry 1 --dry-run --state-dir $image/j", 65
    ),
    ("viable restore --all --dry-run --state-dir $image/sys/devices/pci0000:00/0000:01:00.0/modalias", 66),
    ("viable list --root $image/sys/devices/pci0000:00/0000:01:00.0/modalias", 66),
    ("viable lst", 64), ("viable --theme nosuch --color always list --root $image", 66),
    ("viable --theme nosuch list --root $image", 66), ("viable theme list --theme nosuch", 66),
    ("viable --theme nosuch --root $image", 66),
    ("viable theme check $image/none.toml", 66), ("echo = > $image/x.toml; viable theme check $image/x.toml", 65),
    ("viable attach 02:01.0 --model explicit --root $image", 69),
    ("viable attach 02:01.0 --model explicit --root $image --rehearse", 1),
    ("viable attach 02:01.0 --model nosuch --root $image --rehearse", 64),
    ("viable attach 02:07.0 --model iommufd --root $image --rehearse", 66),
    ("viable demo", 0), ("viable demo nosuch", 66), ("viable demo --models explicit,nosuch", 64),
    ("viable demo --models explicit,explicit", 64), ("viable check --root $image 02:01.0 --model implicit", 1),
    ("viable theme check default-dark", 0), ("viable list --root $image > /dev/full", 74),
    ("viable --help > /dev/full", 74), ("viable list --root $image >&-", 74),
  ])
  func `it ends with the code that is documented`(line: String, code: Int32) throws {
    let outcome = try run("{ \(line); } 2>&1 >/dev/null")
    let plain = line.contains("/dev/full") || line.contains(">&-") ? try run("{ \(line); } 2>&1") : outcome
    #expect(plain.code == code, "\(plain.text)")
    #expect(code < 64 || plain.text.hasPrefix("viable: "), "\(plain.text)")
  }

  @Test func `short of descriptors it prints the whole machine or says what it could not open`() throws {
    let outcome = try run(
      """
      whole=$(viable list --root $image --json)
      for n in 5 6 7 8 9 10 11 12 13 14 15 16 20 27 36; do
        some=$(ulimit -n $n; viable list --root $image --json 2>$image/said); code=$?
        case $code in
          0) test "$some" = "$whole" || echo "$n: lost";;
          69) grep -q 'too many open files' $image/said || cat $image/said;;
          *) grep -q viable: $image/said && echo "$n: $code";;
        esac
      done; echo $code
      """)
    #expect(outcome.text == "0\n")
  }

  @Test func `a directory that is no image is told what an image needs`() throws {
    let outcome = try run("mkdir $image/empty; viable list --root $image/empty 2>&1 | sed \"s|$image||\"")
    #expect(
      outcome.text == "viable: cannot look at /empty, which is no image of a machine: there is no folder sys in it "
        + "(viable snapshot DIR makes one): no such file or directory (ENOENT)\n")
  }

  @Test func `a broken theme file is named with its line, and the default theme is used`() throws {
    let outcome = try run(
      "mkdir -p $image/viable/themes; echo 'text = [' > $image/viable/themes/mine.toml; export XDG_CONFIG_HOME=$image; "
        + "viable list --root $image --theme mine --color always 2>&1 >/dev/null | sed \"s|$image||\"; "
        + "viable list --root $image --theme mine --color always 2>/dev/null | grep -c 0000:02:01.0")
    let lines = outcome.text.split(separator: "\n")
    #expect(lines.first?.hasPrefix("viable: /viable/themes/mine.toml:1:") == true, "\(outcome.text)")
    #expect(lines.first?.hasSuffix("the default theme is used") == true, "\(outcome.text)")
    #expect(lines.last == "1")
  }

  @Test(arguments: [
    ("lst", "no such command: 'lst'; did you mean 'list'?"),
    ("--json chekc", "no such command: 'chekc'; did you mean 'check'?"),
    ("frobnicate", "no such command: 'frobnicate'"),
    ("lst --full", "no such command: 'lst'; did you mean 'list'?"),
    ("theme lst", "no such command: 'theme lst'; did you mean 'theme list'?"),
    ("help nosuch", "no such command: 'nosuch'"), ("help chekc", "no such command: 'chekc'; did you mean 'check'?"),
    ("--root check help chekc", "no such command: 'chekc'; did you mean 'check'?"),
    ("help theme lst", "no such command: 'theme lst'; did you mean 'theme list'?"),
    ("help list nosuch", "no such command: 'list nosuch'"), ("nosuch --help", "no such command: 'nosuch'"),
    ("lst -h", "no such command: 'lst'; did you mean 'list'?"),
  ])
  func `a command that does not exist is called so, and the near one named`(line: String, words: String) throws {
    let outcome = try run("viable \(line) 2>&1 >/dev/null")
    #expect(outcome.code == 64)
    #expect(outcome.text.hasPrefix("viable: \(words)\n"), "\(outcome.text)")
    #expect(try run("viable \(line) 2>/dev/null").text.isEmpty)
  }

  @Test(arguments: [
    "help", "help check", "help theme", "help theme list", "--help", "list 03:00.0 --help", "check -h", "theme --help",
    "theme list --help", "--root help list --help", "--theme=x list --help", "help manual",
  ])
  func `help that there is goes to standard output`(line: String) throws {
    let outcome = try run("viable \(line) 2>/dev/null")
    #expect(outcome.code == 0 && outcome.text.contains("USAGE: viable"), "\(outcome.text)")
  }

  @Test func `what the system refuses is said in words`() throws {
    let outcome = try run("viable list --root /nonexistent 2>&1")
    #expect(outcome.text == "viable: cannot open /nonexistent: no such file or directory (ENOENT)\n")
  }

  @Test func `a reader that goes ends it with 141 and silence`() throws {
    let late = "(sleep 0.2; viable list --json --root $image; echo $? >&3) 3>$image/code 2>$image/words | true; "
    let ended = try run(late + "cat $image/code $image/words")
    #expect(ended.text == "141\n")
    let ignored = try run("trap '' PIPE; " + late + "cat $image/code $image/words")
    #expect(ignored.text == "141\n")
  }

  @Test func `watch ends with its reader, although nothing changes`() throws {
    let ended = try run("timeout 10 bash -c 'viable watch --root '$image' | head -n 1'; echo $?")
    #expect(ended.text == "machine watching\n0\n")
  }

  @Test func `colour comes when asked for and never to a pipe`() throws {
    let text = try run(
      "viable list --root $image | grep -c $'\\e'; viable list --root $image --color always | grep -c $'\\e'")
    let counts = text.text.split(separator: "\n").compactMap { Int($0) }
    #expect(counts.first == 0)
    #expect(counts.last ?? 0 > 3)
  }

  @Test func `only ASCII is printed in a locale without UTF-8`() throws {
    let outcome = try run("LC_ALL=C viable list --root $image | LC_ALL=C grep -c '[^ -~]'")
    #expect(outcome.text == "0\n")
  }

  @Test func `bash completes commands, addresses and groups, split at colons or not`() throws {
    let script = """
      source <(viable --generate-completion-script bash)
      try() {
        COMP_LINE=$1; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_POINT=${#COMP_LINE}; COMPREPLY=()
        _viable_rejoined; echo "${COMPREPLY[*]}"
      }
      try "viable sh" viable sh
      try "viable show --root $image 0000:02:" viable show --root $image 0000 : 02 :
      try "viable show --root $image 01:0" viable show --root $image 01 : 0
      try "viable check --root $image group:" viable check --root $image group :
      COMP_WORDBREAKS=${COMP_WORDBREAKS//:/}
      try "viable show --root $image 0000:02:" viable show --root $image 0000:02:
      """
    let outcome = try run(script + "\n")
    #expect(outcome.text == "show\n01.0 02.0\n00.0\n5\n0000:02:01.0 0000:02:02.0\n")
  }

  @Test func `the scripts for zsh and fish know every command`() throws {
    for shell in ["zsh", "fish"] {
      let script = try Shell.run("viable --generate-completion-script \(shell)")
      #expect(script.code == 0)
      for command in ["list", "show", "check", "watch", "doctor", "snapshot", "keys", "theme"] {
        #expect(script.text.contains(command), "\(shell): \(command)")
      }
    }
  }
}
