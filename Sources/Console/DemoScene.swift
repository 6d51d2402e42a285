public import Assignment
import Ownership
import Topology

/// The side-by-side demo as a value: one story under two to four interfaces, a call a side with every key press.
///
/// Like the console's scene it draws nothing, sleeps nowhere and calls no host; what it wants done it asks for.
public struct DemoScene: Sendable {
  /// A story that can be chosen.
  public struct Entry: Hashable, Sendable {
    /// The name it is chosen by.
    public var name: String
    /// A line of what it is about.
    public var title: String
    /// Both.
    public init(name: String, title: String) {
      self.name = name
      self.title = title
    }
  }

  /// What the demo wants done outside.
  public enum Request: Hashable, Sendable {
    /// End it: back to where it was opened from.
    case end
    case suspend
    case repaint
    /// Read this story and hand it over through `open`.
    case story(String)
    /// Save text as a file in the state directory.
    case save(String, name: String)
    /// Send `tick` at this time, in monotonic milliseconds.
    case wake(at: UInt64)
  }

  /// What lies over the columns.
  enum Overlay: Hashable, Sendable {
    case help(scroll: Int)
    case words(scroll: Int)
    case stories(selected: Int)
    case models(selected: Int, chosen: Set<RuleSet>)
  }

  /// The story and how far it is.
  public internal(set) var comparison: Comparison
  /// How many steps the story has with these models.
  public internal(set) var count = 0
  /// The terminal's size.
  public internal(set) var size: Size
  let stories: [Entry]
  let glyphs: Glyphs
  /// The model whose column comes first, where not all fit.
  var first = 0
  /// How many lines the columns are scrolled back from the newest.
  var scroll = 0
  /// The first device of the table, where not all fit.
  var device = 0
  /// When the next step of a playing story is due.
  var due: UInt64?
  var overlay: Overlay?
  var message: Note?
  /// The first key of a binding of two, pressed already.
  var pending: Key?

  /// A call a second: time to read it.
  static let pace: UInt64 = 1000
  /// As many models as can be compared.
  static let models = 2...4

  /// A story before its first call. `stories` are those that can be chosen.
  public init(_ comparison: Comparison, stories: [Entry], size: Size, glyphs: Glyphs) {
    self.comparison = comparison
    self.stories = stories
    self.size = size
    self.glyphs = glyphs
    measure()
  }

  /// Another story, which was asked for by `Request.story`.
  public mutating func open(_ comparison: Comparison) {
    self.comparison = comparison
    (first, scroll, device, due) = (0, 0, 0, nil)
    measure()
  }

  /// Takes one input in, and returns what is to be done about it outside.
  public mutating func receive(_ input: Input, at now: Moment) -> [Request] {
    switch input {
    case .key(let key): return press(key, at: now)
    case .mouse(let mouse): point(mouse)
    case .paste(let text): message = Note(.done, "ignored \(text.count) pasted characters")
    case .resize(let size):
      self.size = size
      tidy()
    case .note(let note): message = note
    case .tick: return play(at: now)
    default: break
    }
    return []
  }

  /// Goes on with a playing story; it stops by itself at the end.
  private mutating func play(at now: Moment) -> [Request] {
    guard let due else { return [] }
    guard due <= now.milliseconds else { return [.wake(at: due)] }
    step()
    guard comparison.position < count else {
      self.due = nil
      message = Note(.done, "the story ends here")
      return []
    }
    self.due = now.milliseconds + Self.pace
    return [.wake(at: now.milliseconds + Self.pace)]
  }

  private mutating func point(_ mouse: Mouse) {
    switch mouse.kind {
    case .wheelUp: scrollLines(by: -3)
    case .wheelDown: scrollLines(by: 3)
    default: break
    }
  }
}
