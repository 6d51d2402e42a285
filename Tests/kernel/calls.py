"""Calls made one by one in a guest through calls.c, each with the answer that it has to get.

The numbers are include/uapi/linux/vfio.h's and iommufd.h's of 6.12.
"""
import shlex

CHECK_EXTENSION, SET_IOMMU, GET_STATUS, SET_CONTAINER, UNSET_CONTAINER = 0x3b65, 0x3b66, 0x3b67, 0x3b68, 0x3b69
GET_DEVICE_FD, GET_INFO, DEVICE_RESET, HOT_RESET_INFO, HOT_RESET = 0x3b6a, 0x3b6b, 0x3b6f, 0x3b70, 0x3b71
MAP_DMA, UNMAP_DMA = 0x3b71, 0x3b72
BIND, ATTACH, DETACH = 0x3b76, 0x3b77, 0x3b78
IOAS_ALLOC, IOVA_RANGES, IOAS_MAP, OPTION = 0x3b81, 0x3b84, 0x3b85, 0x3b87
TYPE1V2, NO_IOMMU = 3, 8
READ_WRITE, FIXED_READ_WRITE = 3, 7
MINUS_ONE = 2 ** 32 - 1


class Calls:
    """A sequence of calls by one process."""

    def __init__(self, bench):
        self.bench, self.lines, self.names, self.expected = bench, [], [], []

    def _add(self, name, line, expected):
        self.lines.append(line)
        self.names.append(name)
        self.expected.append(expected)
        return "$%d" % (len(self.lines) - 1)

    def open(self, path, expected="0"):
        """What the descriptor is to be called in later lines."""
        return self._add("open(%s)" % path, "open " + path, expected)

    def close(self, file, expected="0"):
        return self._add("close", "close " + file, expected)

    def value(self, name, file, request, number, expected="0"):
        return self._add(name, "value %s %d %s" % (file, request, number), expected)

    def struct(self, name, file, request, *fields, expected="0"):
        """A call with a struct: numbers are words of 32 bits, (bits, value) is something else, a text ends with NUL."""
        def written(field):
            if isinstance(field, tuple):
                return "u%d=%s" % field
            is_number = isinstance(field, int) or field.startswith("$")
            return "u32=%s" % field if is_number else "text=" + field.replace(" ", "+")
        return self._add(name, " ".join(["struct", file, str(request), *map(written, fields)]), expected)

    def run(self, when, user=None, limit=None):
        """Makes them, as root or as a user with a limit on locked memory in KiB. One check for each, a line for the
        table of what was reached, and the structs that came back."""
        answers = self.answers(user, limit)
        self.bench.equal("%s: all calls were made" % when, len(answers), len(self.lines))
        for (errno, _), name, expected in zip(answers, self.names, self.expected):
            self.bench.equal("%s: %s" % (when, name), errno, expected)
            if not name.startswith(("open(", "close")):
                print("%s by hand reached %-34s %s" % (self.bench.guest, name.split(",")[0], errno))
        return [packed for _, packed in answers]

    def answers(self, user=None, limit=None):
        """Makes them: the errno's name and the struct of each."""
        command = ("ulimit -l %d; calls" % limit if limit else "calls")
        command = command if user is None else "su %s -c %s" % (user, shlex.quote(command))
        said = self.bench.guest.must("%s <<'END'\n%s\nEND" % (command, "\n".join(self.lines)))
        parts = [line.split(" ") for line in said.splitlines()]
        return [(errno, bytes.fromhex(packed)) for _, errno, _, packed in parts]

    def administer(self, line, expected="0"):
        """A `write`, `own` or `as` of calls.c."""
        return self._add(line, line, expected)

    # ways that many sequences begin with

    def container(self, group):
        """A group in a container with type1v2: (container, group)."""
        container, file = self.open("/dev/vfio/vfio"), self.open("/dev/vfio/%s" % group)
        self.struct("VFIO_GROUP_SET_CONTAINER", file, SET_CONTAINER, container)
        self.value("VFIO_SET_IOMMU", container, SET_IOMMU, TYPE1V2)
        return container, file

    def device(self, group, name, expected="0"):
        return self.struct("VFIO_GROUP_GET_DEVICE_FD, " + name, group, GET_DEVICE_FD, name, expected=expected)

    def context(self, node):
        """A device bound to an iommufd, with an IOAS: (iommufd, device, the IOAS' number)."""
        context, device = self.open("/dev/iommu"), self.open(node)
        self.struct("VFIO_DEVICE_BIND_IOMMUFD", device, BIND, 16, 0, context, 0)
        made = self.struct("IOMMU_IOAS_ALLOC", context, IOAS_ALLOC, 12, 0, 0)
        return context, device, made + ".8"

    def map(self, container, page, pages=1, expected="0"):
        return self.struct("VFIO_IOMMU_MAP_DMA, page %d" % page, container, MAP_DMA, 32, READ_WRITE, (64, "memory"),
                           (64, page * 4096), (64, pages * 4096), expected=expected)

    def map_into(self, context, space, page, pages=1, expected="0"):
        return self.struct("IOMMU_IOAS_MAP, page %d" % page, context, IOAS_MAP, 40, FIXED_READ_WRITE, space, 0,
                           (64, "memory"), (64, pages * 4096), (64, page * 4096), expected=expected)
