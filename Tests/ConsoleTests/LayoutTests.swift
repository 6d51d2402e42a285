import Testing

@testable import Console

struct LayoutTests {
  /// Odd splits too: dragging may ask for anything.
  static let splits = [
    Splits(), Splits(deviceColumns: 500, deviceRows: 500), Splits(deviceColumns: -500, deviceRows: -500),
    Splits(deviceColumns: 7, deviceRows: -3),
  ]

  @Test func `at every size panes lie inside, apart from each other, and keep their least size`() {
    for rows in 1...120 {
      for columns in 1...260 {
        let size = Size(rows: rows, columns: columns)
        let screen = Rect(rows: 0..<rows, columns: 0..<columns)
        for splits in (rows + columns) % 8 == 0 ? Self.splits : [Splits()] {
          let layout = Layout(size: size, state: LayoutState(splits: splits))
          if layout.tier == .tooSmall {
            if !layout.panes.isEmpty || rows >= 16 && columns >= 60 { Issue.record("\(columns)x\(rows): too small") }
            continue
          }
          var area = 0
          let rects = layout.panes.compactMap { layout[$0] }
          for (index, rect) in rects.enumerated() {
            let isInside =
              rect.rows.lowerBound >= 1 && rect.rows.upperBound <= layout.message
              && rect.columns.clamped(to: screen.columns) == rect.columns
            let isLarge = rect.rows.count >= 4 && rect.columns.count >= 18
            if !isInside || !isLarge { Issue.record("\(columns)x\(rows): \(rect)") }
            for other in rects[..<index] where rect.intersects(other) {
              Issue.record("\(columns)x\(rows): \(rect) and \(other)")
            }
            area += rect.rows.count * rect.columns.count
          }
          let middle = (layout.note ?? layout.message) - 1
          if area != middle * columns { Issue.record("\(columns)x\(rows): cells belong to no pane") }
          if layout.deviceRows < 3 { Issue.record("\(columns)x\(rows): no room for devices") }
        }
      }
    }
  }

  @Test(arguments: Pane.allCases, [(16, 60), (24, 80), (30, 100), (40, 120), (45, 160), (60, 200), (120, 260)])
  func `a zoomed pane has the whole middle to itself`(pane: Pane, size: (Int, Int)) {
    let layout = Layout(
      size: Size(rows: size.0, columns: size.1), state: LayoutState(focus: pane, tab: .group, zoomed: true))
    #expect(layout.panes == [pane])
    #expect(layout[pane]?.columns == 0..<size.1)
  }

  @Test(arguments: [
    (24, 80, Tier.compact), (40, 120, .standard), (60, 200, .wide), (16, 60, .compact), (15, 200, .tooSmall),
    (29, 200, .compact), (30, 100, .standard), (30, 99, .compact), (45, 160, .wide), (44, 160, .standard),
  ])
  func `the tier follows from the size alone`(rows: Int, columns: Int, tier: Tier) {
    #expect(Layout(size: Size(rows: rows, columns: columns), state: LayoutState()).tier == tier)
  }

  @Test func `the focused pane is on screen wherever panes share a place`() {
    for pane in [Pane.group, .actions, .log, .device, .explain] {
      let compact = Layout(size: Size(rows: 24, columns: 80), state: LayoutState(focus: pane, tab: .group))
      #expect(compact[pane] != nil)
      let standard = Layout(size: Size(rows: 40, columns: 120), state: LayoutState(focus: pane, tab: .log))
      #expect(standard[pane] != nil)
    }
  }

  @Test func `a cell is in the pane that is drawn there, and borders can be dragged`() {
    let layout = Layout(size: Size(rows: 40, columns: 120), state: LayoutState())
    #expect(layout.pane(at: Point(row: 3, column: 3)) == .devices)
    #expect(layout.pane(at: Point(row: 3, column: 100)) == .group)
    #expect(layout.pane(at: Point(row: 37, column: 100)) == .log)
    #expect(layout.pane(at: Point(row: 0, column: 0)) == nil)
    #expect(layout.divider(at: Point(row: 5, column: 75)) == .columns)
    #expect(layout.divider(at: Point(row: 5, column: 40)) == nil)
    let log = layout[.log]?.rows.lowerBound ?? 0
    #expect(layout.divider(at: Point(row: log, column: 20)) == .rows)
  }

  @Test func `every size can be drawn, in every overlay, without a trap`() {
    var scene = Scene.pictured(Pictured.seed, rows: 24, columns: 80, on: "02:02.0")
    let overlays: [Overlay?] = [
      nil, .help(scroll: 3, search: ""), .themes(selected: 0, before: ""), .menu(selected: 1), .plainText("a\nb"),
    ]
    for rows in [1, 2, 3, 15, 16, 17, 19, 20, 29, 30, 31, 45, 70] {
      for columns in [1, 2, 10, 59, 60, 61, 80, 99, 100, 101, 159, 160, 230] {
        scene.size = Size(rows: rows, columns: columns)
        for overlay in overlays {
          scene.overlay = overlay
          let frame = scene.frame()
          #expect(frame.cells.count == rows * columns)
          #expect(frame.cursor.map { $0.row < rows && $0.column < columns } ?? true)
        }
      }
    }
  }
}

extension Rect {
  /// Whether any cell lies in both.
  fileprivate func intersects(_ other: Rect) -> Bool {
    rows.overlaps(other.rows) && columns.overlaps(other.columns)
  }
}
