import Assignment
import Console
import Ownership
import Topology

extension CheckReport.Result {
  /// Whether the named uAPI answers otherwise than the verdict on the group alone: April wants every member joined,
  /// automatic unbinding asks nobody.
  var isOverruled: Bool { verdict != nil && verdict?.isViable != isViable }

  /// The same with what each uAPI would answer. VFIO's groups are judged by viability, as ever, and by what it does not
  /// cover; the others by what they would answer to whoever took what was named.
  func forecasting(_ target: Selector.Target, _ footing: Footing, _ rules: RuleSet) -> CheckReport.Result {
    guard let group, let verdict else { return self }
    let devices = Self.asked(target, group, footing.world)
    guard !devices.isEmpty else { return self }
    var result = self
    let all = Forecast.all(taking: devices, in: footing.world, knobs: footing.knobs)
    result.forecasts = all.filter { $0.model == rules } + all.filter { $0.model != rules }
    let isJudged =
      [.explicitLinux, .explicit2021].contains(rules) || verdict.state == .owned || !verdict.unknowns.isEmpty
    let isGranted = result.forecasts.first?.isAttached
    if !isJudged || (isViable == true && isGranted == false) { result.isViable = isGranted }
    if all.contains(where: \.isAttached) { result.doubt = footing.doubt }
    return result
  }

  /// A device is itself, a group is every endpoint of it.
  private static func asked(_ target: Selector.Target, _ group: Group, _ world: World) -> [Address] {
    let endpoints = group.members.filter { world[$0]?.header == .normal }
    guard case .functions(let addresses) = target else { return endpoints }
    return endpoints.filter(addresses.contains)
  }
}

extension CheckReport {
  /// For people: the named uAPI's answer, then the others', then why they differ.
  func forecasts(_ result: Result, _ page: inout Page) {
    guard !result.forecasts.isEmpty else { return }
    page.line("  forecast:", .dim)
    let margin = 4 + (result.forecasts.map(\.model.rawValue.utf8.count).max() ?? 0) + 2
    let width = max(30, min(page.look.columns ?? 120, 120) - margin)
    for forecast in result.forecasts {
      page.put("    \(forecast.model.rawValue)", forecast.isAttached ? .stateGood : .stateWarning)
      for line in Paragraph.wrap(forecast.sentence(), to: width) {
        page.tab(to: margin)
        page.line(line)
      }
    }
    for remark in [Forecast.difference(result.forecasts), result.doubt].compactMap(\.self) {
      for line in Paragraph.wrap(remark, to: width + margin - 4) { page.line("    " + line, .dim) }
    }
  }
}

extension JSONWriter {
  /// `"forecast": {…}`.
  mutating func forecasts(_ forecasts: [Forecast], doubt: String?) {
    key("forecast")
    object { json in
      json.key("answers")
      json.array(forecasts) { json, forecast in json.forecast(forecast) }
      json.field("difference", Forecast.difference(forecasts))
      json.field("doubt", doubt)
    }
  }

  private mutating func forecast(_ forecast: Forecast) {
    object { json in
      json.strings("at_risk", forecast.atRisk.map(\.description))
      json.field("call", forecast.refusal?.call)
      json.field("errno", forecast.refusal?.errno?.name)
      json.key("lost")
      json.array(forecast.lost) { json, lost in
        json.object {
          $0.field("address", lost.address.description)
          $0.strings("carries", lost.carries)
          $0.field("driver", lost.driver)
        }
      }
      json.field("model", forecast.model.rawValue)
      json.field("name", forecast.refusal?.name)
      json.field("outcome", forecast.isAttached ? "attached" : "refused")
      json.field("why", forecast.refusal?.why?.line)
    }
  }
}
