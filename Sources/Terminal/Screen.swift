import CTerminal
public import Console

/// The full screen of a terminal, held open. There is one a process, used by the thread that opened it.
///
/// However the process ends, the terminal is given back: when this value goes, on `exit`, and on a fatal signal.
/// What is written to standard error meanwhile is printed after that.
public struct Screen: ~Copyable {
  /// What the environment and the command line decide.
  public struct Wishes: Sendable {
    /// TERM; nil when it is unset.
    public var term: String?
    /// False for `NO_COLOR` and `--color never`.
    public var usesColour: Bool
    /// Over ssh: keys may arrive in pieces, so Escape waits longer to be told from Alt.
    public var isRemote: Bool
    /// Whether the mouse is used from the start.
    public var usesMouse: Bool
    /// Whether characters beyond ASCII may be drawn, from `Codeset`.
    public var isUTF8: Bool

    /// All of it.
    public init(
      term: String?, usesColour: Bool = true, isRemote: Bool = false, usesMouse: Bool = true, isUTF8: Bool = true
    ) {
      self.term = term
      self.usesColour = usesColour
      self.isRemote = isRemote
      self.usesMouse = usesMouse
      self.isUTF8 = isUTF8
    }
  }

  /// How many colours there are to draw with.
  public let depth: Ink.Depth
  /// The size in force, as the last `resize` found it.
  public private(set) var size: Size
  /// The terminal hung up: nothing will be typed any more, and the process should end.
  public private(set) var isGone = false

  private let output: Int32
  private var painter: Painter
  private var keys: KeyReader

  /// Largest size drawn for; no screen has more, and a made-up one must not cost memory.
  private static let largest = Size(rows: 1000, columns: 2000)

  /// Enters the full screen on a terminal's two descriptors.
  public init(input: Int32 = 0, output: Int32 = 1, wishes: Wishes, theme: Theme) throws(Unusable) {
    try Self.open(input: input, output: output, term: wishes.term)
    self.output = output
    depth = wishes.usesColour ? Ink.Depth(colours: Int(ct_colours()), hasRGB: ct_has_rgb()) : .monochrome
    size = Self.ask(output)
    painter = Painter(palette: Palette(theme: theme, depth: depth), isUTF8: wishes.isUTF8)
    keys = KeyReader(
      table: KeyTable(sequence: Self.sequence), isUTF8: wishes.isUTF8, escapeDelay: wishes.isRemote ? 100 : 25)
    ct_resize(Int32(size.rows), Int32(size.columns))
    if wishes.usesMouse { ct_mouse(true) }
  }

  deinit { ct_close() }

  /// The theme to use when none was chosen.
  public var usualTheme: String { depth.usualTheme }

  // MARK: drawing

  /// Shows a frame, made for `size`. A frame that is shown already costs nothing.
  public mutating func paint(_ frame: Frame) { painter.paint(frame, on: size) }

  /// Other colours, from the next frame on.
  public mutating func setTheme(_ theme: Theme) { painter.use(Palette(theme: theme, depth: depth)) }

  /// Takes the terminal's size over, after SIGWINCH; the next frame is sent whole.
  @discardableResult
  public mutating func resize() -> Size {
    size = Self.ask(output)
    ct_resize(Int32(size.rows), Int32(size.columns))
    painter.distrust()
    return size
  }

  /// The next frame is sent whole: another program may have written here.
  public mutating func repaint() {
    ct_repaint()
    painter.distrust()
  }

  // MARK: input

  /// What was typed, clicked or pasted up to now, without waiting. `now` is in monotonic milliseconds.
  /// To be called when the terminal has input, and when `deadline` has come.
  public mutating func readInputs(at now: UInt64) -> [Input] {
    var strokes: [Typed] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    // Bounded, so that a flood of input cannot keep the console from drawing.
    for _ in 0..<16 {
      let count = unsafe buffer.withUnsafeMutableBufferPointer { bytes -> Int in
        guard let first = bytes.baseAddress else { return 0 }
        return unsafe ct_read(first, bytes.count)
      }
      if count < 0 { isGone = true }
      guard count > 0 else { break }
      strokes += keys.feed(buffer[..<count], at: now)
    }
    strokes += keys.elapse(to: now)
    return strokes.map(\.input)
  }

  /// When to call `readInputs` again even if nothing more is typed, in monotonic milliseconds: a lone Escape is told
  /// from the start of a longer key by waiting.
  public var deadline: UInt64? { keys.deadline }

  /// Whether mouse events are asked for; without them the terminal's own selection works.
  public mutating func setMouse(_ isOn: Bool) { ct_mouse(isOn) }

  // MARK: clipboard

  /// Puts text on the terminal's clipboard with OSC 52; many terminals have that switched off and none says so.
  /// Returns false when the text was longer than 64 kB, and therefore cut.
  public mutating func copy(_ text: String) -> Bool {
    let clipboard = Clipboard(text)
    unsafe clipboard.bytes.withUnsafeBufferPointer { bytes in
      guard let first = bytes.baseAddress else { return }
      _ = unsafe ct_write(first, bytes.count)
    }
    return !clipboard.isCut
  }

  // MARK: leaving for a while

  /// Gives the terminal back without closing, for another program to run on it.
  public mutating func suspend() { ct_suspend() }

  /// Takes the terminal again, at the size it has now.
  public mutating func resume() {
    ct_resume()
    resize()
  }

  /// Stops the process as Ctrl-Z is expected to; returns when it is continued, at the size of then.
  public mutating func stop() {
    ct_stop()
    resize()
  }

  // MARK: what the shim answers

  private static func ask(_ output: Int32) -> Size {
    var (rows, columns): (Int32, Int32) = (24, 80)
    _ = unsafe ct_window_size(output, &rows, &columns)
    return Size(rows: min(Int(rows), largest.rows), columns: min(Int(columns), largest.columns))
  }

  private static func sequence(of capability: String) -> [UInt8]? {
    guard let bytes = unsafe ct_key_sequence(capability) else { return nil }
    return unsafe Array(String(cString: bytes).utf8)
  }

  private static func open(input: Int32, output: Int32, term: String?) throws(Unusable) {
    let refusal: ct_refusal
    if let term {
      refusal = unsafe ct_open(term, input, output)
    } else {
      refusal = ct_open(nil, input, output)
    }
    switch refusal {
    case .CT_OPENED: return
    case .CT_INPUT_NOT_TERMINAL: throw .inputIsNoTerminal
    case .CT_OUTPUT_NOT_TERMINAL: throw .outputIsNoTerminal
    case .CT_TERM_UNSET: throw .termUnset
    case .CT_TERM_UNKNOWN: throw .termUnknown(term ?? "")
    case .CT_NO_CURSOR_ADDRESSING: throw .noCursorAddressing(term ?? "")
    case .CT_ALREADY_OPEN: throw .alreadyOpen
    case .CT_NO_RESOURCES: throw .noResources
    }
  }
}
