/// A way into a document: `state-ok.foreground[1]`.
struct DocumentPath: Hashable, Sendable, CustomStringConvertible {
  enum Part: Hashable, Sendable {
    case key(String)
    /// From 0, printed from 1 as people count.
    case item(Int)
  }
  var parts: [Part] = []

  func key(_ name: String) -> DocumentPath { DocumentPath(parts: parts + [.key(name)]) }
  func item(_ number: Int) -> DocumentPath { DocumentPath(parts: parts + [.item(number)]) }

  var description: String {
    var text = ""
    for part in parts {
      switch part {
      case .key(let name): text += (text.isEmpty ? "" : ".") + (Self.isBare(name) ? name : "\"\(name)\"")
      case .item(let number): text += "[\(number + 1)]"
      }
    }
    return text
  }

  private static func isBare(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.allSatisfy { DocumentScan.isBareKey($0) }
  }
}
