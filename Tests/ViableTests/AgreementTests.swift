import Assignment
import Catalogue
import HostAccess
import HostSimulated
import Ownership
import Testing
import Topology

@testable import viable

/// What `check --model` foretells and what `attach` then finds are one and the same.
struct AgreementTests {
  private func disagreements(_ host: SimulatedHost, _ labels: [Address: String] = [:]) -> [String] {
    let survey = Survey(host.place, host.inventory, rules: .iommufd)
    let bound = host.world.devices.filter { $0.header == .normal && $0.driver != nil }
    return bound.flatMap { device -> [String] in
      let target = (text: device.address.description, target: Selector.Target.functions([device.address]))
      let report = CheckReport(survey, [target], forecasting: Footing(host))
      return (report.results.first?.forecasts ?? []).compactMap { forecast in
        var stage = host
        var attempt = Attempt(forecast.model, taking: [device.address])
        attempt.take(on: &stage)
        let isSame =
          forecast.isAttached == attempt.isAttached && forecast.refusal?.call == attempt.refusal?.call
          && forecast.refusal?.errno == attempt.refusal?.errno
        return isSame
          ? nil
          : "\(host.name) \(device.address.short) \(forecast.model.rawValue): \(forecast.refusal?.text ?? "attached"), "
            + "but \(attempt.refusal?.text ?? "attached")"
      }
    }
  }

  @Test(arguments: ScenarioCatalogue.shippedNames)
  func `every endpoint of a shipped scenario is attached or refused as check foretold, under every model`(
    name: String
  ) throws {
    let found = disagreements(try ScenarioCatalogue().scenario(named: name).host)
    #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
  }

  @Test(arguments: ["thread = true", "only-singletons = true", "allows-unsafe-interrupts = true"])
  func `a knob that the story turns is turned for what check foretells too`(knob: String) throws {
    for base in ["nic-and-hba", "eperm-lookalikes", "both-joined"] {
      let text = "extends = '\(base)'\nname = 'mine'\ntitle = 't'\n[knobs]\n\(knob)\n"
      let host = try ScenarioCatalogue().scenario(bytes: Array(text.utf8), file: "my.toml").host
      let found = disagreements(host)
      #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }
  }

  @Test(arguments: RuleSet.allCases)
  func `what would be refused for its interrupts is not said to be viable`(model: RuleSet) throws {
    let host = try ScenarioCatalogue().scenario(named: "eperm-lookalikes").host
    let survey = Survey(host.place, host.inventory, rules: model)
    let target = (text: "01:00.0", target: Selector.Target.functions([Machines.address("0000:01:00.0")]))
    let report = CheckReport(survey, [target], forecasting: Footing(host))
    #expect(report.exit == .not)
    #expect(report.results[0].forecasts.allSatisfy { $0.refusal?.errno == .eperm })
  }

  @Test func `where isolation cannot be told that is said beside whoever would attach, and refuses nobody`() throws {
    let host = try ScenarioCatalogue().scenario(named: "released-hba").host
    let survey = Survey(host.place, host.inventory, rules: .iommufd)
    let target = (text: "02:01.0", target: Selector.Target.functions([Machines.address("0000:02:01.0")]))
    let report = CheckReport(survey, [target], forecasting: Footing(host.world, doubt: "Nobody knows."))
    #expect(report.exit == .done && report.results[0].doubt == "Nobody knows.")
    var page = Page(.plain)
    report.text(into: &page)
    #expect(page.text.contains("    Nobody knows.\n"))
  }

  @Test func `interrupts that are not isolated come before anything can start`() throws {
    let host = try ScenarioCatalogue().scenario(named: "eperm-lookalikes").host
    let wanted = Handing.Wanted(named: [Machines.address("0000:01:00.0")])
    let handover = try Handing.handover(wanted, in: host.inventory, with: host)
    let found = try handover.document(.qemu).caveats.filter { $0.kind == .interrupts }
    #expect(found.count == 1 && found[0].comesFirst)
    #expect(found[0].text.hasPrefix("The interrupts of 01:00.0"))
    let other = try Handing.handover(
      Handing.Wanted(named: [Machines.address("0000:02:00.0")]), in: host.inventory, with: host)
    #expect(try !other.document(.qemu).caveats.contains { $0.kind == .interrupts })
  }
}
