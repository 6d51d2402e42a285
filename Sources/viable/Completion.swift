import ArgumentParser
import HostAccess
import Ownership
import Topology

/// What a shell offers for SELECTOR, read from the machine at the moment of asking.
enum Completion {
  /// Addresses and groups that begin with `prefix`; nothing where the machine cannot be read.
  static let selectors = CompletionKind.custom { words, _, prefix in
    var options = Options()
    if let place = words.lastIndex(of: "--root"), place + 1 < words.count { options.root = words[place + 1] }
    if let place = words.lastIndex(of: "--scenario"), place + 1 < words.count { options.scenario = words[place + 1] }
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

  /// bash takes a colon for the end of a word, and addresses have two. What it took apart is put together again
  /// before the generated function sees it, and what it will not replace is taken off the answers.
  static func mended(_ script: String) -> String { script.hasPrefix("#!/bin/bash") ? script + rejoining : script }

  private static let rejoining = #"""


    _viable_rejoined() {
        local line="${COMP_LINE}" word
        local -a words=()
        local -i index cword=0
        for ((index = 0; index < ${#COMP_WORDS[@]}; index++)); do
            word="${COMP_WORDS[index]}"
            if [[ ${index} -gt 0 && "${line}" != [[:space:]]* && ("${word}" == *:* || "${words[-1]}" == *:) ]]; then
                words[-1]+="${word}"
            else
                line="${line#"${line%%[![:space:]]*}"}"
                words+=("${word}")
            fi
            line="${line#"${word}"}"
            if [[ ${index} -eq ${COMP_CWORD} ]]; then cword=$((${#words[@]} - 1)); fi
        done
        local current="${words[cword]}" taken=""
        if [[ "${COMP_WORDBREAKS}" == *:* ]]; then taken="${current%"${current##*:}"}"; fi
        local -a COMP_WORDS=("${words[@]}")
        local -i COMP_CWORD=cword
        _viable "${words[0]}" "${current}" "${words[cword - 1]}"
        # An address is no file name: its colons need no backslash.
        if [[ "${COMPREPLY[*]}" == *:* ]]; then compopt +o filenames 2>/dev/null; fi
        COMPREPLY=("${COMPREPLY[@]#"${taken}"}")
    }
    complete -o filenames -F _viable_rejoined viable
    """#
}
