import Topology

/// Writes one JSON document into a page, as it goes: 50 000 functions would take an encoder of whole trees longer
/// than reading them took. What comes out is what `JSONEncoder` makes of the same values with sorted keys and
/// plain slashes, but for a line break after each element of a document's lists.
struct JSONWriter {
  /// Where it goes.
  private(set) var page: Page
  private var needsComma = false

  init(_ page: Page) { self.page = page }

  /// `{` … `}`. Keys come in alphabetical order, which is the caller's to keep and a test's to check.
  mutating func object(_ body: (inout JSONWriter) -> Void) {
    open("{")
    body(&self)
    close("}")
  }

  /// `[` … `]`, in one line.
  mutating func array<Element>(_ elements: some Sequence<Element>, _ body: (inout JSONWriter, Element) -> Void) {
    open("[")
    for element in elements { body(&self, element) }
    close("]")
  }

  /// `[` … `]`, one element a line, which `grep` and `diff` like.
  mutating func lines<Element>(_ elements: some Sequence<Element>, _ body: (inout JSONWriter, Element) -> Void) {
    open("[")
    for element in elements {
      separate()
      page.endLine()
      needsComma = false
      body(&self, element)
    }
    close("]")
  }

  /// Ends the document.
  mutating func end() {
    page.endLine()
    page.flush()
  }

  /// The name of the value that follows.
  mutating func key(_ name: StaticString) {
    separate()
    byte("\"")
    page.append(raw: name)
    byte("\"")
    byte(":")
    needsComma = false
  }

  mutating func null() { literal("null") }
  mutating func bool(_ value: Bool) { literal(value ? "true" : "false") }
  mutating func number(_ value: some BinaryInteger) { literal(String(value)) }

  /// A number in its decimal form.
  mutating func decimal(_ text: String) { literal(text) }

  /// A string, cleaned: nothing in a machine's names reaches a terminal by way of `jq -r`.
  mutating func string(_ text: String) {
    separate()
    byte("\"")
    if Self.isPlain(text.utf8.span) { page.append(raw: text) } else { escaped(Clean.visible(text)) }
    byte("\"")
    needsComma = true
  }

  private static func isPlain(_ bytes: Span<UInt8>) -> Bool {
    for place in 0..<bytes.count where bytes[place] == UInt8(ascii: "\"") || bytes[place] == UInt8(ascii: "\\") {
      return false
    }
    return Clean.isPlain(bytes)
  }

  private mutating func escaped(_ text: String) {
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { self.byte("\\") }
      page.append(raw: byte)
    }
  }

  private mutating func literal(_ text: String) {
    separate()
    page.append(raw: text)
    needsComma = true
  }

  private mutating func open(_ bracket: Unicode.Scalar) {
    separate()
    byte(bracket)
    needsComma = false
  }

  private mutating func close(_ bracket: Unicode.Scalar) {
    byte(bracket)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { byte(",") }
  }

  private mutating func byte(_ scalar: Unicode.Scalar) {
    page.append(raw: UInt8(ascii: scalar))
  }
}

extension JSONWriter {
  /// `"name": "text"`, or null.
  mutating func field(_ name: StaticString, _ text: String?) {
    key(name)
    if let text { string(text) } else { null() }
  }

  /// `"name": 5`, or null.
  mutating func field(_ name: StaticString, _ value: (some BinaryInteger)?) {
    key(name)
    if let value { number(value) } else { null() }
  }

  /// `"name": true`, or null.
  mutating func field(_ name: StaticString, _ value: Bool?) {
    key(name)
    if let value { bool(value) } else { null() }
  }

  /// A fact: its value, null where there is none, and null with the reason beside it where it is not known.
  mutating func field<Value>(
    _ name: StaticString, _ reason: StaticString, _ fact: Known<Value>,
    _ write: (inout JSONWriter, Value) -> Void
  ) {
    key(name)
    switch fact {
    case .value(let value): write(&self, value)
    case .absent: null()
    case .unknown(let why):
      null()
      field(reason, why.description)
    }
  }
}
