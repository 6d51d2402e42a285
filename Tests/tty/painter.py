#!/usr/bin/python3
"""painter.py TERM BYTES EXPECTED: replays what ncurses sent and compares every cell with what was meant.

PainterTests.swift writes both files: BYTES with a mark (OSC 9) behind every frame, EXPECTED with one line a frame
(`frame ROWS COLUMNS CURSOR-ROW CURSOR-COLUMN SHOWN`) and one a cell (`SCALARS FOREGROUND BACKGROUND ATTRIBUTES`).
"""
import curses
import re
import sys
import unicodedata

from emulator import Screen, Stream
from pyte import graphics

BASIC = ["black", "red", "green", "brown", "blue", "magenta", "cyan", "white"]
BOLD, DIM, REVERSE, UNDERLINE, ITALIC = 1, 2, 4, 8, 16


def colour(number):
    if number < 0:
        return {"default"}
    if number < 8:
        return {BASIC[number]}
    if number < 16:
        # As this pyte spells it: older ones leave `bright` out, newer ones misspell one name.
        return {graphics.FG_AIXTERM[82 + number], graphics.BG_AIXTERM[92 + number]}
    return {graphics.FG_BG_256[number]}


class Terminal:
    """What this TERM can show, as terminfo says."""

    def __init__(self, term):
        curses.setupterm(term, 1)
        self.colours = max(curses.tigetnum("colors"), 0)
        without_colour = max(curses.tigetnum("ncv"), 0)
        self.can = {bit: bool(curses.tigetstr(name)) for bit, name in
                    ((BOLD, "bold"), (REVERSE, "rev"), (UNDERLINE, "smul"), (ITALIC, "sitm"))}
        self.underline_with_colour = not without_colour & 2

    def differs(self, cell, fg, bg, attributes):
        """How a cell of the emulator differs from what was meant; None when it does not."""
        if self.colours:
            if cell.fg not in colour(fg):
                return "foreground %s, meant %s" % (cell.fg, colour(fg))
            if cell.bg not in colour(bg):
                return "background %s, meant %s" % (cell.bg, colour(bg))
        for bit, name in ((BOLD, "bold"), (REVERSE, "reverse"), (UNDERLINE, "underscore"), (ITALIC, "italics")):
            if bit == UNDERLINE and not self.underline_with_colour and (fg >= 0 or bg >= 0):
                continue
            if bit == BOLD and 8 <= fg < 16:
                # pyte 0.8.0 takes a bright colour for a bold one.
                continue
            if self.can[bit] and getattr(cell, name) != bool(attributes & bit):
                return "%s is %s" % (name, getattr(cell, name))
        return None


def compare(screen, terminal, head, cells):
    rows, columns, cursor_row, cursor_column = (int(word) for word in head[:4])
    problems = []
    for index, (text, fg, bg, attributes) in enumerate(cells):
        row, column = divmod(index, columns)
        cell = screen.buffer[row][column]
        meant = "" if text == "-" else unicodedata.normalize("NFC", "".join(chr(int(x, 16)) for x in text.split("+")))
        if unicodedata.normalize("NFC", cell.data) != meant:
            problems.append("%d,%d shows %r, meant %r" % (row, column, cell.data, meant))
        elif meant:
            why = terminal.differs(cell, int(fg), int(bg), int(attributes))
            if why:
                problems.append("%d,%d %r: %s" % (row, column, meant, why))
    if (screen.cursor.y, screen.cursor.x) != (cursor_row, cursor_column):
        problems.append("cursor at %d,%d, meant %d,%d" % (screen.cursor.y, screen.cursor.x, cursor_row, cursor_column))
    return problems


def main(term, bytes_path, expected_path):
    terminal = Terminal(term)
    with open(bytes_path, "rb") as file:
        parts = re.split(rb"\x1b\]9;\d+\x07", file.read())
    with open(expected_path) as file:
        frames = [frame.splitlines() for frame in file.read().split("frame ")[1:]]
    if len(parts) != len(frames) + 1 or not frames:
        sys.exit("%d frames meant, %d sent" % (len(frames), len(parts) - 1))
    screen = Screen(80, 24)
    stream = Stream(screen)
    failures = 0
    for number, (data, frame) in enumerate(zip(parts, frames)):
        head = frame[0].split()
        if (int(head[0]), int(head[1])) != (screen.lines, screen.columns):
            screen.resize(int(head[0]), int(head[1]))
        stream.feed(data)
        for problem in compare(screen, terminal, head, [line.split() for line in frame[1:]])[:5]:
            print("%s frame %d: %s" % (term, number, problem))
            failures += 1
    stream.feed(parts[-1])
    for left in screen.leftovers():
        print("%s: left behind: %s" % (term, left))
        failures += 1
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
