"""The images themselves."""
import os


def tree(root):
    """Every file with its bytes and every link with its target; empty folders do not survive git."""
    found = {}
    for folder, folders, files in os.walk(root):
        for name in files + folders:
            path = os.path.join(folder, name)
            key = os.path.relpath(path, root)
            if os.path.islink(path):
                found[key] = os.readlink(path)
            elif os.path.isfile(path):
                found[key] = open(path, "rb").read()
    return found


def test_seed_is_what_its_maker_makes(bench):
    made = bench.image("seed").root
    kept = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "images", "seed")
    a, b = tree(made), tree(kept)
    bench.check("Tests/images/seed is images.py's", a == b, sorted(set(a) ^ set(b))[:10] or [k for k in a if a[k] != b[k]][:10])


def test_changes_leave_no_dangling_link(bench):
    from images import Device
    image = bench.image("seed")
    image.remove("0000:01:00.0")
    image.move("0000:00:1f.3", 12)
    image.bind("0000:00:1f.2", "vfio-pci")
    image.add(Device("0000:03:00.1", "0000:00:03.0", "8086:10d3", "020000", "e1000e", 6))
    dangling = [k for k in tree(image.root) if os.path.islink(image.path(k)) and not os.path.exists(image.path(k))]
    bench.check("every link leads somewhere", not dangling, dangling)
