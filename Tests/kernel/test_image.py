"""Images of the guests, brought out: another machine sees in them what the guest saw, and tests of grouping reasons
have config space read as root."""
import json
import os

from bench import test


@test()
def an_image_shows_what_the_guest_shows(bench):
    """Listed from outside as from inside, with the whole config space of every function."""
    path = bench.image()
    outside = bench.outside("--root", path, "list", "--full", "--json")
    bench.equal("exit", (outside.returncode, outside.stderr), (0, ""))
    inside = bench.guest.viable("list", "--full", "--json").json()
    listed = json.loads(outside.stdout)
    bench.equal("groups", [(g["id"], g["members"], g["state"]) for g in listed["groups"]],
                [(g["id"], g["members"], g["state"]) for g in inside["groups"]])
    bench.equal("devices", [(d["address"], d["driver"], d["type"], d["name"]) for d in listed["devices"]],
                [(d["address"], d["driver"], d["type"], d["name"]) for d in inside["devices"]])
    sizes = {line.split("/")[0].split()[-1]: int(line.split()[0]) for line in bench.guest.must(
        "cd /sys/bus/pci/devices; wc -c */config | grep -v total").splitlines()}
    kept = {address: os.path.getsize(os.path.join(path, "sys", "bus", "pci", "devices", address, "config"))
            for address in sizes}
    bench.equal("config space, all that the kernel has", kept, sizes)
    bench.check("which is 256 or 4096 bytes", set(sizes.values()) <= {256, 4096}, sizes)


@test("seed", "switch", "multifunction", "dmi")
def a_blocked_group_is_blocked_in_its_image(bench):
    """One device of each group for vfio-pci and its siblings on their host drivers."""
    asked = [[address for address in members if address in bench.scene.hosts] for members in bench.scene.groups]
    asked = [endpoints[0] for endpoints in asked if len(endpoints) > 1]
    for address in asked:
        bench.to_vfio(address)
    path = bench.image("blocked")
    for address in asked:
        outside = bench.outside("--root", path, "check", address, "--json")
        bench.equal(address, (outside.returncode, json.loads(outside.stdout)["results"][0]["viable"]), (1, False))
        bench.to_host(address)
