"""Descriptors handed to an unprivileged command, and nothing left of them when it has ended, however it ended."""
from acts import HBA, NIC, Background, act, models, result
from bench import test

# What given is told to do with what each model hands over.
GIVEN = {"explicit": ["given", "container", "{container}", "{group}", "{device}"],
         "iommufd": ["given", "iommufd", "{iommufd}", "{ioas}", "{device}"]}
OPEN = {"explicit": "3 4 5", "iommufd": "3 4"}
SAYS = {"explicit": ["GROUP_GET_STATUS ok", "status 3", "DEVICE_GET_INFO ok", "read ok", "vendor 8086", "MAP_DMA ok",
                     "UNMAP_DMA ok"],
        "iommufd": ["DEVICE_GET_INFO ok", "read ok", "vendor 8086", "IOAS_MAP ok", "IOAS_UNMAP ok"]}


def run(bench, model, *words, options=(), code=0, seconds=60):
    """`viable run` as the guest's user; `words` is the command."""
    return act(bench, "run", NIC, "--model", model, "--as", "guest", *options, "--", *words, code=code, seconds=seconds)


def is_free(bench, when, model):
    """Nobody has the group: it is viable, its nodes can be opened, and a host driver may have a member again."""
    code, checked = result(bench, "group:5")
    bench.equal("%s: check" % when, (code, checked["viable"]), (0, True))
    said, pid = bench.hold("group", "5", NIC)
    bench.check("%s: the group can be taken through its node" % when, pid is not None, said)
    if pid is not None:
        bench.let_go(pid)
    if model == "iommufd":
        said, pid = bench.hold("cdev", "/dev/vfio/devices/" + node(bench, NIC))
        bench.check("%s: the device can be bound again" % when, pid is not None, said)
        if pid is not None:
            bench.let_go(pid)


def take(bench):
    """The NIC is VFIO's, and the HBA nobody's: the group's descriptor opens the NIC alone."""
    act(bench, "release", HBA, "--only-named", "--yes")
    act(bench, "assign", NIC, "--only-named", "--yes")


def node(bench, address):
    return bench.guest.must("ls /sys/bus/pci/devices/%s/vfio-dev" % address).strip()


@test("seed")
def a_command_maps_a_page_with_what_it_was_handed(bench):
    """As an unprivileged user that may open no node; placeholders and environment say the same numbers."""
    take(bench)
    for model in models(bench):
        bench.check("the user may not open the group's node",
                    bench.guest.viable("attach", NIC, "--model", "explicit", user="guest").code == 77)
        ran = run(bench, model, *GIVEN[model])
        bench.equal("%s: what the command says" % model, ran.out.splitlines(),
                    ["uid 1000 no_new_privs 1 open " + OPEN[model]] + SAYS[model])
        is_free(bench, model, model)
        variables = " ".join("$VIABLE_" + word[1:-1].upper() if word[0] == "{" else word for word in GIVEN[model])
        ran = run(bench, model, "sh", "-c", variables)
        bench.equal("%s: by the environment" % model, ran.out.splitlines()[1:], SAYS[model])
        run(bench, model, "sh", "-c", "exit 7", code=7)
        run(bench, model, "sh", "-c", "kill -9 $$", code=137)
        is_free(bench, "%s, at the end" % model, model)
    act(bench, "restore", "--all", "--yes")


@test("seed", kernels=("built",))
def a_command_that_binds_by_itself_is_handed_open_nodes(bench):
    """As QEMU wants it; and a limit on locked memory is the command's, by the page."""
    act(bench, "assign", "group:5", "--yes")
    ran = run(bench, "iommufd", "given", "bind", "{iommufd}", "{device}", options=("--open-only",))
    bench.equal("what the command says", ran.out.splitlines()[1:],
                ["BIND_IOMMUFD ok", "IOAS_ALLOC ok", "ATTACH_IOMMUFD_PT ok"] + SAYS["iommufd"])
    ran = run(bench, "iommufd", "given", "limit", "{iommufd}", "{ioas}", "32", options=("--memlock", "64K"))
    bench.equal("64 KiB of 128", ran.out.splitlines()[1:], ["mapped 16 then ENOMEM"])
    bench.check("and that is said beforehand", "guest may lock 64 KiB" in ran.err, ran)
    ran = run(bench, "iommufd", "given", "limit", "{iommufd}", "{ioas}", "32", options=("--memlock", "unlimited"))
    bench.equal("without a limit", (ran.out.splitlines()[1:], ran.err), (["mapped 32"], ""))
    ran = act(bench, "run", NIC, HBA, "--model", "iommufd", "--as", "guest", "--", "given", "iommufd", "{iommufd}",
              "{ioas}", "{device:%s}" % NIC, "{device:%s}" % HBA)
    bench.equal("two devices, one IOAS", ran.out.splitlines()[1:],
                SAYS["iommufd"][:3] + ["DEVICE_GET_INFO ok", "read ok", "vendor 1000"] + SAYS["iommufd"][3:])
    is_free(bench, "at the end", "iommufd")
    act(bench, "restore", "group:5", "--yes")


def held(bench, model):
    """A command that holds a mapped page, in the background; it, and the command's own process."""
    words = " ".join("'%s'" % word for word in GIVEN[model])
    running = Background(bench, "env GIVEN_HOLDS=1 viable run %s --model %s --as guest -- %s" % (NIC, model, words))
    bench.check("%s: it holds" % model, running.says("holding"), running.said())
    return running, int(bench.guest.must("pidof given").strip())


def ended(bench, running, what):
    bench.check("%s: viable ends" % what, running.ends(), running.said())


@test("seed")
def nothing_is_left_when_the_command_is_killed(bench):
    """The command killed; viable told to end, which tells the command; viable killed, and the command goes on."""
    take(bench)
    for model in models(bench):
        running, given = held(bench, model)
        code, checked = result(bench, "group:5")
        bench.check("%s: the command is named as the holder" % model,
                    code == 1 and {b.get("process") for b in checked["blockers"]} == {given}, checked)
        refused = bench.guest.viable("run", NIC, "--model", model, "--as", "guest", "--", "true")
        bench.check("%s: a second one is refused, and the holder named" % model,
                    refused.code == 1 and "given (pid %d)" % given in refused.err, refused)
        bench.guest.must("kill -9 %d" % given)
        ended(bench, running, "%s: after kill -9" % model)
        is_free(bench, "%s: after kill -9" % model, model)

        running, given = held(bench, model)
        running.signal("TERM")
        ended(bench, running, "%s: after SIGTERM" % model)
        bench.check("%s: the command got it" % model, bench.guest.sh("kill -0 %d" % given).code != 0)
        is_free(bench, "%s: after SIGTERM" % model, model)

        running, given = held(bench, model)
        running.signal("KILL")
        ended(bench, running, "%s: viable killed" % model)
        bench.check("%s: the command goes on" % model, bench.guest.sh("kill -0 %d" % given).code == 0)
        bench.equal("%s: and has the group" % model, result(bench, "group:5")[0], 1)
        bench.guest.must("kill %d; while kill -0 %d 2>/dev/null; do usleep 20000; done" % (given, given))
        is_free(bench, "%s: once it has ended" % model, model)
    act(bench, "restore", "--all", "--yes")


@test("seed")
def whoever_is_left_behind_is_named(bench):
    """A process that outlives the command keeps what it inherited: viable ends with 3 and says who."""
    take(bench)
    model = models(bench)[-1]
    script = " ".join("$VIABLE_" + word[1:-1].upper() if word[0] == "{" else word for word in GIVEN[model])
    ran = run(bench, model, "sh", "-c", "GIVEN_HOLDS=1 setsid %s >/dev/null 2>&1 </dev/null & sleep 3; exit 0" % script,
              code=3)
    given = int(bench.guest.must("pidof given").strip())
    bench.check("it is named", "given (pid %d)" % given in ran.err, ran)
    bench.guest.must("kill -9 %d; while kill -0 %d 2>/dev/null; do usleep 20000; done" % (given, given))
    is_free(bench, "afterwards", model)
    act(bench, "restore", "--all", "--yes")


@test("seed")
def what_cannot_be_handed_over_is_refused_by_name(bench):
    """A host driver on the device, a host driver in the group, no root, and a model that this kernel lacks."""
    for model in models(bench):
        ran = run(bench, model, "true", code=1)
        bench.check("%s: the next step" % model, "sudo viable assign " + NIC in ran.err, ran)
    bench.to_vfio(NIC)
    for model in models(bench):
        ran = run(bench, model, "true", code=1)
        bench.check("%s: the culprit" % model, HBA in ran.err and "sym53c8xx" in ran.err
                    and "sudo viable assign group:5" in ran.err, ran)
    bench.to_vfio(HBA)
    ran = run(bench, "explicit", "true", code=1)
    bench.check("who else would be had", "opens %s (vfio-pci) as well" % HBA in ran.err, ran)
    bench.unbind(HBA)
    ran = bench.guest.viable("run", NIC, "--model", "explicit", "--as", "guest", "--", "true", user="guest")
    bench.check("without root", ran.code == 77 and "needs root" in ran.err, ran)
    if not bench.kernel.iommufd:
        ran = run(bench, "iommufd", "true", code=69)
        bench.check("without iommufd", "/dev/iommu" in ran.err, ran)
    run(bench, "explicit", "/nonexistent/command", code=66)
    calls = [line.strip() for line in run(bench, "explicit", "true", options=("--dry-run",)).out.splitlines()]
    bench.check("the calls can be seen before", "SET_CONTAINER=0" in calls and "GET_DEVICE_FD(02:01.0)=5" in calls, calls)
    bench.equal("and nothing was opened", result(bench, "group:5")[0], 0)
    bench.to_host(NIC)
    bench.to_host(HBA)
