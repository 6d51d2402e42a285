import Goldens
import Testing

/// Scenarios and rehearsals as the host of the real program.
@Suite struct SimulatedTests {
  @Test func `the scenarios are listed with their titles and models`() throws {
    let outcome = Golden.check(try Shell.run("viable scenarios").text, "scenarios.txt")
    #expect(outcome.matches, "\(outcome)")
    let json = Golden.check(try Shell.run("viable scenarios --json").text, "scenarios.json")
    #expect(json.matches, "\(json)")
  }

  @Test func `every command looks at the scenario`() throws {
    let text = try Shell.run(
      """
      for it in 'list --tree' 'check 02:01.0' 'check 00:03.0' 'show sda' doctor; do
        echo "== $it"; viable --scenario nic-and-hba $it; echo "exit $?"
      done
      """
    ).text
    let outcome = Golden.check(text, "scenario-commands.txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `what cannot be had ends with its code, and says why`() throws {
    let text = try Shell.run(
      """
      cd $(mktemp -d); echo 'name = 3' > bad.toml
      for it in '--scenario nic-and-hbs list' '--scenario ./none.toml list' '--scenario bad.toml list' \\
        '--scenario vdpa --root / list' '--scenario vdpa --rehearse list' '--scenario vdpa watch' \\
        '--scenario vdpa snapshot x'; do
        echo "== $it"; viable $it 2>&1; echo "exit $?"
      done
      """
    ).text
    let outcome = Golden.check(text, "scenario-errors.txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `devices are taken by a user of the scenario, or by a uid`() throws {
    let text = try Shell.run(
      """
      for it in '--as alice' '--as 0' '--as root' '--as bob'; do
        echo "== $it"; viable --scenario permissions attach 02:01.0 --model explicit $it 2>&1 | sed -n 1,12p
        echo "exit ${PIPESTATUS[0]}"
      done
      echo == --rehearse; viable --root '\(Shell.package)/Tests/images/seed' --rehearse attach 02:01.0 --model iommufd \\
        --as bob 2>&1; echo "exit $?"
      """
    ).text
    let outcome = Golden.check(text, "attach-as.txt")
    #expect(outcome.matches, "\(outcome)")
  }

  @Test func `a rehearsal lists what its image lists`() throws {
    // What decides nothing a listing of an image leaves unread.
    let line = #"""
      decisive() {
        sed -E 's/,"(others|disagreements)":(null,"[a-z]+_reason":"[^"]*"|\[[^]]*\])//g'
      }
      compare() {
        one=$(viable --root "$1" list --json | sed 's/"kind":"image"/"kind":"scenario"/' | decisive)
        two=$(viable --root "$1" --rehearse list --json | decisive)
        [ "$one" = "$two" ] || echo "differs: $1"
      }
      compare '\#(Shell.package)/Tests/images/seed'; count=1
      captures=${VIABLE_CAPTURES:-'\#(Shell.package)/../shared/captures'}
      if [ -f "$captures/mkfixture.py" ]; then
        place=$(mktemp -d); trap 'rm -rf "$place"' EXIT
        for machine in "$captures"/machines/*.json; do
          python3 "$captures/mkfixture.py" "$machine" "$place/$count" >/dev/null && compare "$place/$count"
          count=$((count + 1))
        done
      else
        echo 'no captures' >&2
      fi
      echo "$count images"
      """#
    let outcome = try Shell.run(line)
    #expect(outcome.code == 0)
    #expect(!outcome.text.contains("differs"), "\(outcome.text)")
    print("rehearsed: \(outcome.text)", terminator: "")
  }
}
