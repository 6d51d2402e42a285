import FoundationEssentials
import Glibc
import Testing
import Topology

@testable import viable

/// What the writer writes is what Foundation's encoder makes of the same values.
struct JSONWriterTests {
  /// Any JSON value, so that a document can be read and written back whole.
  private enum Value: Codable {
    case null, bool(Bool), number(Double), text(String), list([Value]), object([String: Value])

    init(from decoder: any Decoder) throws {
      let one = try decoder.singleValueContainer()
      if one.decodeNil() {
        self = .null
      } else if let bool = try? one.decode(Bool.self) {
        self = .bool(bool)
      } else if let number = try? one.decode(Double.self) {
        self = .number(number)
      } else if let text = try? one.decode(String.self) {
        self = .text(text)
      } else if let list = try? one.decode([Value].self) {
        self = .list(list)
      } else {
        self = .object(try one.decode([String: Value].self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var one = encoder.singleValueContainer()
      switch self {
      case .null: try one.encodeNil()
      case .bool(let bool): try one.encode(bool)
      case .number(let number): try one.encode(number)
      case .text(let text): try one.encode(text)
      case .list(let list): try one.encode(list)
      case .object(let object): try one.encode(object)
      }
    }
  }

  private func again(_ text: String) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let value = try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  @Test(arguments: Machines.allNames)
  func `a document is what JSONEncoder makes of it, line breaks aside`(name: String) throws {
    let survey = Machines.survey(name)
    for full in [false, true] {
      var page = Page(.plain)
      ListReport(survey: survey, selection: Selection(in: survey.inventory), full: full).json(into: &page)
      let text = page.text
      #expect(try again(text) == text.split(separator: "\n").joined())
    }
  }

  @Test func `strings keep quotes and letters and lose what acts on a terminal`() throws {
    for text in ["", "a\"b\\c/d", "\u{4e2d}\u{6587}\u{1f600}", "tab\tnul\u{0}", "\u{1b}[2J", "\u{202e}x", "e\u{301}"] {
      var page = Page(.plain)
      JSONWriter.document(&page) { $0.field("x", text) }
      #expect(try again(page.text) == page.text.split(separator: "\n").joined())
      let decoded = try JSONDecoder().decode([String: String].self, from: Data(page.text.utf8))
      #expect(decoded["x"] == Clean.visible(text))
    }
  }

  @Test func `what is not known is null with its reason, what is not there is null alone`() {
    var page = Page(.plain)
    JSONWriter.document(&page) {
      $0.field("a", "a_reason", Known<String>.value("x")) { $0.string($1) }
      $0.field("b", "b_reason", Known<String>.absent) { $0.string($1) }
      $0.field("c", "c_reason", Known<String>.unknown(.needsRoot)) { $0.string($1) }
    }
    #expect(page.text == #"{"a":"x","b":null,"c":null,"c_reason":"needs root"}"# + "\n")
  }

  @Test func `a page lets whole blocks go and loses nothing`() throws {
    var pipe: [Int32] = [0, 0]
    #expect(unsafe Glibc.pipe(&pipe) == 0)
    // One block at a time: a pipe holds 64 KiB, and nobody reads beside us.
    let output = Output(descriptor: pipe[1])
    var page = Page(.plain, to: output)
    let line = String(repeating: "x", count: 1000)
    for _ in 0..<60 { page.line(line) }
    page.flush()
    try output.finish()
    #expect(page.bytes.isEmpty)
    var buffer = [UInt8](repeating: 0, count: 100_000)
    #expect(unsafe read(pipe[0], &buffer, buffer.count) == 60 * 1001)
    close(pipe[0])
    close(pipe[1])
  }

  @Test func `a full device is 74 and a closed descriptor too`() {
    for descriptor in [unsafe open("/dev/full", O_WRONLY), -1] {
      let output = Output(descriptor: descriptor)
      output.write([1, 2, 3])
      output.write([4])
      #expect {
        try output.finish()
      } throws: { error in
        (error as? Failure)?.exit == .output
      }
      if descriptor >= 0 { close(descriptor) }
    }
  }
}
