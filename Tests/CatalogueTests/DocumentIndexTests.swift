import Testing

@testable import Catalogue

@Suite struct DocumentIndexTests {
  private typealias Place = DocumentIndex.Place

  private func place(_ text: String, _ parts: DocumentPath.Part...) -> String {
    let place = DocumentIndex(Array(text.utf8)).place(of: DocumentPath(parts: parts))
    return place.map { "\($0.line):\($0.column)" } ?? "nowhere"
  }

  @Test func `a value is found behind its key`() {
    #expect(place("a = 1\nb = 2", .key("b")) == "2:5")
    #expect(place("  a=1", .key("a")) == "1:5")
    #expect(place("\"a b\" = 1", .key("a b")) == "1:9")
    #expect(place("'a.b' = 1", .key("a.b")) == "1:9")
    #expect(place("\"\\u00e9\\t\" = 1", .key("é\t")) == "1:14")
  }

  @Test func `columns count characters and not bytes`() {
    #expect(place("é = 'ü', b", .key("é")) == "1:5")
    #expect(place("a = ['漢', 'x']", .key("a"), .item(1)) == "1:11")
  }

  @Test func `tables, dotted keys and inline tables lead to the same places`() {
    #expect(place("[t]\n\n  k = 1", .key("t"), .key("k")) == "3:7")
    #expect(place("[ t . u ] # x\nk = 1", .key("t"), .key("u"), .key("k")) == "2:5")
    #expect(place("t . 'u'.k = 1", .key("t"), .key("u"), .key("k")) == "1:13")
    #expect(place("t = { u = 1, k = 2 }", .key("t"), .key("k")) == "1:18")
    #expect(place("[t]", .key("t")) == "1:2")
  }

  @Test func `items of arrays have places, over several lines and past comments`() {
    let text = "a = [ # ] not the end\n  1, [2, 3],\n  \"]\", # more\n  4,\n]\nb = 5"
    #expect(place(text, .key("a"), .item(0)) == "2:3")
    #expect(place(text, .key("a"), .item(1), .item(1)) == "2:10")
    #expect(place(text, .key("a"), .item(2)) == "3:3")
    #expect(place(text, .key("a"), .item(3)) == "4:3")
    #expect(place(text, .key("b")) == "6:5")
  }

  @Test func `arrays of tables have one item a header`() {
    let text = "[[d]]\nk = 1\n[d.e]\nx = 1\n[[d]]\nk = 2\n[d.e]\nx = 2\n"
    #expect(place(text, .key("d"), .item(0), .key("k")) == "2:5")
    #expect(place(text, .key("d"), .item(1), .key("k")) == "6:5")
    #expect(place(text, .key("d"), .item(1), .key("e"), .key("x")) == "8:5")
    #expect(place(text, .key("d"), .item(1)) == "5:1")
  }

  @Test func `what looks like a key inside a string is none`() {
    let long = "a = \"\"\"\n[t]\nk = 1 \\\"\"\" \"\" \n\"\"\"\"\"\n[t]\nk = 2"
    #expect(place(long, .key("t"), .key("k")) == "6:5")
    let literal = "a = '''\nk = 1\\'''\nk = 2"
    #expect(place(literal, .key("k")) == "3:5")
    #expect(place("a = 'x # y' # 'z\nk = \"\\\\\" # \"\nl = 3", .key("l")) == "3:5")
  }

  @Test func `what is not there is told at the nearest thing around it`() {
    #expect(place("[t]\nk = 1", .key("t"), .key("x")) == "1:2")
    #expect(place("a = [1]", .key("a"), .item(9)) == "1:5")
    #expect(place("a = 1", .key("z")) == "nowhere")
  }

  @Test func `line ends of Windows do not count`() {
    #expect(place("a = 1\r\nb = 2\r\n", .key("b")) == "2:5")
  }

  @Test func `too deep a nesting is found without recursing into it`() {
    let hazard = DocumentIndex(Array(("a = " + String(repeating: "[", count: 100)).utf8)).finding?.hazard
    #expect(hazard == .tooDeep)
    #expect(DocumentIndex(Array(("a = " + String(repeating: "[", count: 60)).utf8)).finding == nil)
  }
}
