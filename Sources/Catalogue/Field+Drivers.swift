/// Names of drivers, as /sys/bus/pci/drivers has folders for them.
extension Field {
  /// A driver's name; or a word that stands for none.
  func driver(or word: String? = nil) throws(DocumentError) -> String {
    let expected = "a driver's name" + (word.map { ", or \"\($0)\"" } ?? "")
    let name = try string(expected: expected)
    guard !name.isEmpty, !name.contains("/"), name != ".", name != ".." else { throw error(expected: expected) }
    return name
  }

  /// Several of them.
  func drivers() throws(DocumentError) -> [String] {
    guard let items else { throw error(expected: "an array of drivers' names") }
    var names: [String] = []
    for item in items { names.append(try item.driver()) }
    return names
  }
}
