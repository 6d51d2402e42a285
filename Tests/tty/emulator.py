"""A terminal to read screens from: pyte, with what it lacks and ncurses sends."""
import sys

try:
    import pyte
except ImportError:
    sys.exit("missing: python3-pyte (apt-get install python3-pyte)")


class Screen(pyte.Screen):
    """Adds the alternate screen, repetition (REP), scrolling (SU, SD), and a record of modes that a program may leave behind."""

    # Private modes as pyte stores them (number << 5), by what they are called here.
    WATCHED = {1049: "alternate screen", 47: "alternate screen", 1047: "alternate screen", 1000: "mouse",
               1002: "mouse", 1003: "mouse", 1006: "mouse", 2004: "bracketed paste", 2026: "synchronized output"}

    def __init__(self, columns, lines):
        self.last_drawn = " "
        self.modes_on = set()
        self.saved_screen = None
        super().__init__(columns, lines)

    def draw(self, data):
        super().draw(data)
        if data:
            self.last_drawn = data[-1]

    def repeat(self, count=None, **_):
        self.draw(self.last_drawn * (count or 1))

    def _scroll(self, count, at_top):
        top, bottom = self.margins or (0, self.lines - 1)
        row = self.cursor.y
        self.cursor.y = top if at_top else bottom
        for _ in range(count or 1):
            self.reverse_index() if at_top else self.index()
        self.cursor.y = row

    def scroll_up(self, count=None, **_):
        self._scroll(count, at_top=False)

    def scroll_down(self, count=None, **_):
        self._scroll(count, at_top=True)

    @property
    def is_drawing(self):
        """Inside a synchronized update: what shows is half a frame."""
        return 2026 in self.modes_on

    def set_mode(self, *modes, **kwargs):
        if kwargs.get("private"):
            for mode in modes:
                if mode in self.WATCHED:
                    self.modes_on.add(mode)
                if mode in (47, 1047, 1049) and self.saved_screen is None:
                    self.saved_screen = {y: dict(line) for y, line in self.buffer.items()}
                    self.erase_in_display(2)
        super().set_mode(*modes, **kwargs)

    def reset_mode(self, *modes, **kwargs):
        if kwargs.get("private"):
            for mode in modes:
                self.modes_on.discard(mode)
                if mode in (47, 1047, 1049) and self.saved_screen is not None:
                    self.erase_in_display(2)
                    for y, line in self.saved_screen.items():
                        if y < self.lines:
                            self.buffer[y].update(line)
                    self.saved_screen = None
        super().reset_mode(*modes, **kwargs)

    def leftovers(self):
        """What a program that has ended should have switched off."""
        left = sorted({self.WATCHED[mode] for mode in self.modes_on})
        if self.cursor.hidden:
            left.append("hidden cursor")
        attributes = self.cursor.attrs
        if attributes.reverse or attributes.bold or attributes.fg != "default" or attributes.bg != "default":
            left.append("attributes")
        return left


class Stream(pyte.ByteStream):
    """Adds REP, SU and SD."""

    csi = dict(pyte.ByteStream.csi, b="repeat", S="scroll_up", T="scroll_down")
    events = frozenset(set(pyte.ByteStream.events) | {"repeat", "scroll_up", "scroll_down"})
