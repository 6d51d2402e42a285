/// Where everything of the demo stands, from nothing but sizes and counts; every size is allowed.
struct DemoLayout: Sendable {
  /// What a column of calls needs to be read.
  static let leastColumn = 38
  /// What a device of the table needs.
  static let leastCell = 20
  /// The widest label of the table: a model's name.
  static let label = 15

  let size: Size
  let isTooSmall: Bool
  /// The row of the models' names, where not all have a column.
  private(set) var tabs: Int?
  /// The columns of calls, left to right, each with the place of its model.
  private(set) var columns: [(model: Int, rect: Rect)] = []
  /// A line for every alarm.
  private(set) var alarms = 0..<0
  /// The line above the table.
  private(set) var divider = 0
  /// The header, the drivers, and the lines of the models.
  private(set) var table = 0..<0
  /// How many lines of the table a model has.
  private(set) var linesPerModel = 1
  /// The models in the table.
  private(set) var tabled: Range<Int> = 0..<0
  /// Where the act stands.
  private(set) var act = 0
  let title = 0
  var message: Int { size.rows - 2 }
  var hint: Int { size.rows - 1 }

  /// For so many models and alarms; `first` is the model whose column comes first.
  init(size: Size, models: Int, first: Int, alarms alarmed: Int) {
    self.size = size
    isTooSmall = size.rows < Layout.least.rows || size.columns < Layout.least.columns
    guard !isTooSmall, models > 0 else { return }
    let fit = min(models, max(1, size.columns / Self.leastColumn))
    let start = min(first, models - fit)
    if fit < models { tabs = 1 }
    let top = fit < models ? 2 : 1
    // Title or tabs, divider, header, drivers, act, message and hints.
    let fixed = top + 6
    let alarmRows = min(alarmed, size.rows < 20 ? 1 : size.rows / 6)
    let room = size.rows - fixed
    linesPerModel = [3, 2, 1].first { room - $0 * models >= size.rows * 9 / 16 } ?? 1
    tabled = room - alarmRows - linesPerModel * models >= 5 ? 0..<models : start..<start + fit
    let tableRows = 2 + linesPerModel * tabled.count
    act = size.rows - 3
    table = act - tableRows..<act
    divider = table.lowerBound - 1
    alarms = divider - alarmRows..<divider
    let rows = top..<max(top, alarms.lowerBound)
    columns = (0..<fit).map { place in
      let left = size.columns * place / fit
      return (start + place, Rect(rows: rows, columns: left..<size.columns * (place + 1) / fit))
    }
  }

  /// How many devices the table shows, and how wide each is.
  func cells(of devices: Int) -> (count: Int, width: Int) {
    let room = size.columns - Self.label - 2
    let count = max(1, min(devices, room / Self.leastCell))
    return (count, min(44, room / count))
  }
}
