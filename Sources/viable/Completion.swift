import ArgumentParser
import HostAccess
import Ownership
import Topology

/// What a shell offers for SELECTOR, read from the machine at the moment of asking.
enum Completion {
  /// Addresses and groups that begin with `prefix`; nothing where the machine cannot be read.
  static let selectors = CompletionKind.custom { words, _, prefix in
    var options = GlobalOptions.defaults
    if let place = words.lastIndex(of: "--root"), place + 1 < words.count { options.root = words[place + 1] }
    guard let observer = try? HostChoice.observer(options, .current()),
      let inventory = try? observer.inventory(.listing)
    else { return [] }
    return candidates(in: inventory, beginning: prefix)
  }

  /// The words themselves.
  static func candidates(in inventory: Inventory, beginning prefix: String) -> [String] {
    let addresses = inventory.functions.flatMap { function in
      function.address.domain == 0
        ? [function.address.description, function.address.short] : [function.address.description]
    }
    let groups = inventory.groups.map { "group:\($0.id)" }
    // The short forms of domain 0 only for those who began to type one: everybody else would see each device twice.
    let isShort = !prefix.isEmpty && !prefix.hasPrefix("0000")
    return (addresses.filter { isShort || $0.utf8.count > 7 } + groups).filter { $0.hasPrefix(prefix) }
  }

  /// bash takes a colon for the end of a word, and addresses have two: its script says otherwise.
  static func mended(_ script: String) -> String {
    guard script.hasPrefix("#!/bin/bash") else { return script }
    return script + "\n\nCOMP_WORDBREAKS=${COMP_WORDBREAKS//:/}"
  }
}
