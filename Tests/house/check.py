#!/usr/bin/env python3
"""Holds the code against the rules of the house (README, "The house").

  check.py [ROOT]   the rules over a checkout; one line a violation, exit 1 when there is one
  check.py --self   shows that each rule can fail
"""
import os
import re
import subprocess
import sys
import tempfile

# Which room may import which; nothing may look up. `Glibc` stands only where something outside is touched.
ROOMS = {
    "Topology": set(),
    "Ownership": {"Topology"},
    "HostAccess": {"Topology", "Ownership"},
    "Assignment": {"Topology", "Ownership", "HostAccess"},
    "Console": {"Topology", "Ownership", "HostAccess", "Assignment"},
    "HostSimulated": {"Topology", "Ownership", "HostAccess"},
    "HostLinux": {"Topology", "Ownership", "HostAccess", "CLinux", "Glibc", "Synchronization"},
    "Terminal": {"Console", "CTerminal", "Glibc", "Topology"},
    "Catalogue": {"Topology", "Ownership", "HostAccess", "Console", "HostSimulated", "TOMLKit", "Glibc"},
    "viable": {"Topology", "Ownership", "HostAccess", "Assignment", "Console", "HostLinux", "HostSimulated", "Terminal",
               "Catalogue", "CLinux",
               "ArgumentParser", "FoundationEssentials", "Glibc", "Synchronization"},
}
SETTINGS = [".swiftLanguageMode(.v6)", '"ExistentialAny"', '"MemberImportVisibility"', '"InternalImportsByDefault"',
            ".strictMemorySafety()", ".treatAllWarnings(as: .error)"]
FILE_LINES, FUNCTION_LINES, THEME_BYTES = 400, 60, 10_000


def sources(root, extensions=(".swift", ".c", ".h")):
    for top in ("Sources", "Tests"):
        for folder, _, names in os.walk(os.path.join(root, top)):
            for name in sorted(names):
                if name.endswith(extensions):
                    path = os.path.join(folder, name)
                    yield os.path.relpath(path, root), open(path, encoding="utf-8").read()


def imports(root):
    for path, text in sources(root, (".swift",)):
        parts = path.split(os.sep)
        if parts[0] != "Sources":
            continue
        allowed = ROOMS.get(parts[1])
        if allowed is None:
            yield f"{path}: room {parts[1]} is not in the plan of the house"
            continue
        for number, line in enumerate(text.splitlines(), 1):
            found = re.match(r"\s*(?:@\w+\s+)*(?:public |internal |package |private |fileprivate )?import (?:\w+ )?(\w+)", line)
            if found and found[1] not in allowed:
                yield f"{path}:{number}: {parts[1]} may not import {found[1]}"


def curses(root):
    for path, text in sources(root):
        if re.search(r"^\s*#\s*include\s*<(n?curses|term)\.h>", text, re.M) and not (
                path.startswith(os.path.join("Sources", "CTerminal")) and path.endswith(".c")):
            yield f"{path}: only CTerminal's .c files include curses.h"


def sizes(root):
    for path, text in sources(root):
        lines = text.count("\n")
        if lines > FILE_LINES:
            yield f"{path}: {lines} lines, at most {FILE_LINES}"
        if path.endswith(".swift"):
            for name, number, length in functions(text):
                if length > FUNCTION_LINES:
                    yield f"{path}:{number}: {name} has {length} lines, at most {FUNCTION_LINES}"


def blanked(text):
    """The text with comments and strings turned into blanks, line by line the same."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|#+"""(?:.|\n)*?"""#+|"""(?:.|\n)*?"""|#+"[^\n]*?"#+|"(?:\\.|[^"\\\n])*"', re.S)
    return pattern.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def functions(text):
    """Name, first line and number of lines of every function, initialiser and subscript with a body."""
    code = blanked(text)
    for found in re.finditer(r"\b(func\s+(`[^`]*`|[\w<>=!+\-*/&|^~%.]+)|init[?]?\s*[(<]|deinit\b|subscript\s*[(<])", code):
        opening, depth = code.find("{", found.end()), 0
        stop = code.find("\n\n", found.end())
        if opening < 0 or (0 <= stop < opening):
            continue
        for place in range(opening, len(code)):
            depth += {"{": 1, "}": -1}.get(code[place], 0)
            if depth == 0:
                first = code.count("\n", 0, found.start()) + 1
                yield found[0].strip(" (<"), first, code.count("\n", found.start(), place) + 1
                break


def settings(root):
    text = open(os.path.join(root, "Package.swift"), encoding="utf-8").read()
    for setting in SETTINGS:
        if setting not in text:
            yield f"Package.swift: {setting} is not on"
    for found in re.finditer(r"\.(?:executableT|testT|t)arget\(", text):
        place, depth = found.end(), 1
        while depth and place < len(text):
            depth += {"(": 1, ")": -1}.get(text[place], 0)
            place += 1
        if not re.search(r"(swift|c)Settings", text[found.start():place]):
            yield f"Package.swift:{text.count(chr(10), 0, found.start()) + 1}: a target without the settings"


def names(root):
    for path, text in sources(root, (".swift",)):
        parts = path.split(os.sep)
        if parts[0] == "Sources" and re.search(rf"^\s*(?:public |final )*(?:struct|class|enum|actor|protocol) {parts[1]}\b",
                                               text, re.M):
            yield f"{path}: a type with its module's name"


def leftovers(root):
    for path, text in sources(root):
        for number, line in enumerate(text.splitlines(), 1):
            if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line) and "house" not in path:
                yield f"{path}:{number}: unfinished work needs an issue, not a comment"


def themes(root):
    folder = os.path.join(root, "Themes")
    for name in sorted(os.listdir(folder)):
        if name[0].isdigit() or os.path.getsize(os.path.join(folder, name)) >= THEME_BYTES:
            yield f"Themes/{name}: under {THEME_BYTES} bytes, and no digit first"


def tracked(root):
    listing = subprocess.run(["git", "-C", root, "ls-files"], capture_output=True, text=True)
    for path in listing.stdout.splitlines():
        if re.search(r"(^|/)(\.build|Package\.resolved$|__pycache__)", path):
            yield f"{path}: build products are not kept"


RULES = [imports, curses, sizes, settings, names, leftovers, themes, tracked]

FAULTS = {
    imports: ("Sources/Topology/A.swift", "import Ownership\n"),
    curses: ("Sources/Terminal/a.h", "#include <curses.h>\n"),
    sizes: ("Sources/Topology/B.swift", "func long() {\n" + "  work()\n" * 61 + "}\n"),
    settings: ("Package.swift", "// nothing is on\n"),
    names: ("Sources/Topology/C.swift", "public enum Topology {}\n"),
    leftovers: ("Sources/Topology/D.swift", "// TO" + "DO: later\n"),
    themes: ("Themes/1.toml", "\n"),
}


def prove():
    """Each rule finds the fault made for it, and a checkout without the fault is clean."""
    failed = 0
    for rule, (path, text) in FAULTS.items():
        with tempfile.TemporaryDirectory() as root:
            for folder in ("Sources/Topology", "Sources/Terminal", "Tests", "Themes"):
                os.makedirs(os.path.join(root, folder))
            open(os.path.join(root, "Package.swift"), "w").write("\n".join(SETTINGS))
            clean = list(rule(root))
            open(os.path.join(root, path), "w").write(text)
            if clean or not list(rule(root)):
                print(f"house: the rule {rule.__name__} does not work")
                failed += 1
    return failed


def main(arguments):
    if "--self" in arguments:
        failed = prove()
        print(f"{len(FAULTS) - failed} passed, {failed} failed")
        return 1 if failed else 0
    root = arguments[0] if arguments else os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    violations = [line for rule in RULES for line in rule(root)]
    for line in violations:
        print("house: " + line)
    kept = sum(1 for rule in RULES if not list(rule(root)))
    print(f"{kept} passed, {len(RULES) - kept} failed")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
