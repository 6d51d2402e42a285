import HostAccess
import Ownership

extension Effect {
  /// What stands in a sentence about it: `write '0000:02:01.0' to` and the file, `load` and the module.
  var attempt: (what: String, object: String) {
    if let write {
      let text = write.text == "\n" ? "\\n" : String(write.text.prefix { $0 != "\n" })
      return ("write '\(text)' to", write.path)
    }
    switch self {
    case .writeFile(let file, nil): return ("remove", file.path)
    case .writeFile(let file, _): return ("write", file.path)
    case .setOwner(let node, let uid, _, _): return ("give to user \(uid)", node.path)
    case .setOverride, .unbind, .probe, .loadModule, .setVirtualFunctions: break
    }
    return ("carry out", words.joined(separator: " "))
  }

  /// Why it is not carried out, whoever asks for it; nil where it may be.
  var objection: HostError? {
    isPermitted ? nil : HostError("permit", on: words.joined(separator: " "), .einval)
  }
}
