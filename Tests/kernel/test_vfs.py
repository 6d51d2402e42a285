"""Virtual functions: made, foretold, handed over, given back, removed."""
import json

from acts import act, attach, copy, entries, models, number_of, plan, same
from bench import DEVICES, test

PHYSICAL = "0000:01:00.0"


def virtual(bench):
    """The addresses of the virtual functions, as the kernel links them."""
    said = bench.guest.must("cd %s/%s; ls -l | grep virtfn; true" % (DEVICES, PHYSICAL))
    return sorted(line.rsplit("/", 1)[1] for line in said.splitlines())


def settled(bench, count):
    """Waits until as many are there and the host's drivers have looked at them."""
    bench.guest.must("for n in $(seq 300); do [ $(ls -d %s/%s/virtfn* 2>/dev/null | wc -l) = %d ] && exit 0; "
                     "usleep 100000; done; exit 1" % (DEVICES, PHYSICAL, count), 60)
    bench.guest.must("sleep 2")


@test("sriov")
def virtual_functions_are_made_where_it_was_foretold(bench):
    """The plan says which groups the new functions will be in: the kernel puts them there. Undo takes them away."""
    before = copy(bench)
    foretold = plan(bench, "vfs", PHYSICAL, "4")["newcomers"]
    bench.equal("registers were read", [group["certain"] for group in foretold], [True] * len(foretold))
    ran = act(bench, "vfs", PHYSICAL, "4", "--yes")
    settled(bench, 4)
    found = virtual(bench)
    bench.equal("four are there", len(found), 4)
    kernels = sorted(members for members in bench.groups().values() if set(members) & set(found))
    wanted = sorted(sorted(group["functions"] + group["others"]) for group in foretold)
    bench.equal("the groups are those foretold", kernels, wanted)
    bench.check("the new ones are named", all(address in ran.out for address in found), ran)
    bench.equal("the physical one keeps its driver", bench.drivers()[PHYSICAL], "nvme")
    again = act(bench, "vfs", PHYSICAL, "4", "--yes")
    bench.check("so many are there already", "4 virtual functions already" in again.out, again)
    number = entries(bench)[0].split(".")[0]
    act(bench, "restore", "--entry", str(int(number)), "--yes")
    settled(bench, 0)
    bench.equal("undone", virtual(bench), [])
    same(bench, "equals its copy", copy(bench), before)


@test("sriov")
def one_that_was_handed_over_is_not_taken_away(bench):
    """While a virtual function is assigned the count does not change, and it is named; given back, it does."""
    before = copy(bench)
    act(bench, "vfs", PHYSICAL, "2", "--yes")
    settled(bench, 2)
    first, second = virtual(bench)
    act(bench, "assign", first, "--yes", "--consent", number_of(bench, first))
    for model in models(bench):
        code, said = attach(bench, first, model)
        bench.equal("attach, %s" % model, (code, said["outcome"]), (0, "attached"))
    for count in ["0", "3"]:
        refused = act(bench, "vfs", PHYSICAL, count, "--yes", code=1)
        bench.check("%s is refused, and who is in the way named" % count, first[5:] in refused.err, refused)
        bench.equal("nothing was changed", virtual(bench), [first, second])
    refused = act(bench, "vfs", first, "1", "--yes", code=1)
    bench.check("a virtual function makes none", PHYSICAL[5:] in refused.err, refused)
    act(bench, "restore", first, "--yes")
    act(bench, "vfs", PHYSICAL, "3", "--yes")
    settled(bench, 3)
    bench.equal("over 0 to three", len(virtual(bench)), 3)
    act(bench, "restore", "--all", "--yes")
    settled(bench, 0)
    same(bench, "equals its copy", copy(bench), before)


@test("sriov")
def what_cannot_be_is_refused(bench):
    """Too many, not a physical function, one without its driver: each by its code, and nothing is changed."""
    before = copy(bench)
    many = act(bench, "vfs", PHYSICAL, "5", "--yes", code=1)
    bench.check("the limit is named", "0 to 4" in many.err, many)
    others = [address for address in bench.drivers() if address not in (PHYSICAL,)]
    none = act(bench, "vfs", others[0], "1", "--yes", code=1)
    bench.check("no SR-IOV", "no SR-IOV" in none.err, none)
    act(bench, "release", PHYSICAL, "--yes", "--consent", number_of(bench, PHYSICAL))
    bare = act(bench, "vfs", PHYSICAL, "1", "--yes", code=1)
    bench.check("only its own driver could", "has no driver" in bare.err, bare)
    act(bench, "restore", PHYSICAL, "--yes")
    same(bench, "equals its copy", copy(bench), before)


@test("sriov")
def with_autoprobe_off_they_stay_without_a_driver(bench):
    """What becomes of new ones is said before, and is so."""
    before = copy(bench)
    knob = "%s/%s/sriov_drivers_autoprobe" % (DEVICES, PHYSICAL)
    bench.guest.must("echo 0 >" + knob)
    said = act(bench, "vfs", PHYSICAL, "2", "--yes", "--json")
    shown = bench.guest.viable("vfs", PHYSICAL, "1", "--dry-run", "--json")
    bench.check("a dry run is JSON", "steps" in json.loads(shown.out), shown)
    settled(bench, 2)
    made = json.loads(said.out)["virtual_functions"]
    bench.equal("without a driver", [bench.drivers()[function["address"]] for function in made], [None, None])
    act(bench, "vfs", PHYSICAL, "0", "--yes")
    settled(bench, 0)
    bench.guest.must("echo 1 >" + knob)
    if entries(bench):
        act(bench, "restore", "--all", "--yes")
    same(bench, "equals its copy", copy(bench), before)
