"""What a Pod's state and events mean, in words for the person."""

from typing import Any

import pytest

from sardonyx_spawner.kube.failures import failure_of, refused, stuck, why_ended
from sardonyx_spawner.kube.tale import Tale
from sardonyx_spawner.kube.waiting import Step, may_lack_volume, step_of, step_of_event
from sardonyx_spawner.language import english, speaking

KUBERNETES_WORDS = ("pod", "node", "kubernetes", "pvc", "volume", "container", "namespace", "schedul", "oom", "backoff")

STARTS = Step("Starting a machine for your server: that takes some minutes")
TRIED_AGAIN = Step("A machine for your server could not be started. Trying again", "warn")
ALL_THERE = Step("All machines that there may be are there. Waiting for a place on one of them", "wait")
NONE_STARTS = Step("No further machine is started for your server. Waiting for a free place", "wait")


def a_pod(
    state: dict[str, Any] | None = None, *, refused: str = "", placed: bool = True, **status: Any
) -> dict[str, Any]:
    """Return a Pod as the API gives it."""
    condition = {"type": "PodScheduled", "status": "True" if placed and not refused else "False", "message": refused}
    conditions = [condition] if placed or refused else []
    found = {"conditions": conditions, "phase": "Pending", **status}
    if state is not None:
        found["containerStatuses"] = [{"name": "notebook", "ready": False, "state": state}]
    return {"metadata": {"name": "lab-server-amina", "uid": "1"}, "status": found}


@pytest.mark.parametrize(
    ("pod", "said", "state"),
    [
        pytest.param(None, "Asking for a place for your server", "now", id="nothing yet"),
        pytest.param(a_pod(placed=False), "Asking for a place for your server", "now", id="nobody has looked"),
        pytest.param(
            a_pod(refused="0/3 nodes are available: 3 Insufficient memory."),
            "Waiting for a free place: no machine has so much memory free",
            "wait",
            id="memory",
        ),
        pytest.param(
            a_pod(refused="0/3 nodes are available: 1 Insufficient cpu, 2 Insufficient nvidia.com/gpu."),
            "Waiting for a free place: no GPU is free, or no machine has one",
            "wait",
            id="gpus come first",
        ),
        pytest.param(
            a_pod(refused="0/3 nodes are available: 3 node(s) had volume node affinity conflict."),
            "Waiting for a free place: your files are on a machine, or in a place, where nothing is free",
            "wait",
            id="files elsewhere",
        ),
        pytest.param(a_pod(refused="who knows"), "Waiting for a free place", "wait", id="unknown"),
        pytest.param(
            a_pod({"waiting": {"reason": "ContainerCreating"}}),
            "Getting your files and “Python” ready",
            "now",
            id="placed",
        ),
        pytest.param(a_pod({"running": {}}), "Starting “Python”", "now", id="running"),
    ],
)
def test_it_is_said_what_a_start_waits_for(pod: dict[str, Any] | None, said: str, state: str) -> None:
    """In one sentence, from the Pod alone."""
    found = step_of(pod, title="Python")
    assert (found.said, found.state) == (said, state)


@pytest.mark.parametrize(
    ("refused", "hint"),
    [
        pytest.param(
            "0/3 nodes are available: 3 Insufficient cpu.",
            " It goes on by itself. A smaller one may find a place now: stop this one, and choose again.",
            id="cores",
        ),
        pytest.param(
            "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.",
            " It goes on by itself. One without a GPU may find a place now: stop this one, and choose again.",
            id="GPUs",
        ),
        pytest.param(
            "0/3 nodes are available: 3 Too many pods.",
            " It goes on by itself. A place comes free when a server is stopped, such as one that you do not use.",
            id="servers",
        ),
        pytest.param("0/3 nodes are available: 3 node(s) had untolerated taint(s).", "", id="nothing to be done"),
    ],
)
def test_who_waits_for_a_place_is_told_what_they_can_do(refused: str, hint: str) -> None:
    """And others, who read the same step in a list, are not."""
    tale, step = Tale(), step_of(a_pod(refused=refused), title="Python")
    tale.tell(step)

    assert [event["message"] for event in tale.events] == [f"{step.said}.{hint}" if hint else step.said]
    assert tale.now == step.said


@pytest.mark.parametrize(
    ("reason", "message", "step"),
    [
        ("Scheduled", "Successfully assigned lab/x to n1", Step("Found a place for your server", "done")),
        ("TriggeredScaleUp", "pod triggered scale-up: [{pool 1->2 (max: 2)}]", STARTS),
        ("Nominated", "Pod should schedule on: nodeclaim/gpu-l4-x7k2q", STARTS),
        ("Nominated", "Pod should schedule on: node/aks-default-v57bb", None),
        ("Nominated", "Pod should schedule on: nodeclaim/default-tn8fg, node/ip-10-0-1-23", None),
        (
            "FailedScaleUp",
            "Node scale up in zones us-central1-b associated with this pod failed: GCE out of resources.",
            TRIED_AGAIN,
        ),
        ("NotTriggerScaleUp", "pod didn't trigger scale-up: 1 in backoff after failed scale-up", TRIED_AGAIN),
        (
            "NotTriggerScaleUp",
            "pod didn't trigger scale-up: 1 node(s) had untolerated taint(s), 3 max node group size reached",
            ALL_THERE,
        ),
        ("NotTriggerScaleUp", "pod didn't trigger scale-up: 1 max cluster cpu, memory limit reached", ALL_THERE),
        ("NotTriggerScaleUp", "pod didn't trigger scale-up (it wouldn't fit if a new node is added)", NONE_STARTS),
        (
            "FailedScheduling",
            'Failed to schedule pod, all available instance types exceed limits for nodepool: "default"',
            ALL_THERE,
        ),
        ("FailedScheduling", "Failed to schedule pod, no instance type satisfied resources", NONE_STARTS),
        ("FailedScheduling", "0/3 nodes are available: 3 Insufficient cpu.", None),
        ("Pulling", 'Pulling image "x"', Step("Getting “Python” onto the machine (usually 3 min)")),
        (
            "FailedAttachVolume",
            'Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node',
            Step("Your files are in use on another machine. If another server of yours runs, stop it.", "warn"),
        ),
        (
            "FailedMount",
            'MountVolume.SetUp failed for volume "pvc-1" : timeout',
            Step("Your files cannot be reached yet. Trying again", "warn"),
        ),
        ("FailedMount", 'MountVolume.SetUp failed for volume "plan" : secret not found', None),
        ("Created", "Created container: notebook", None),
    ],
)
def test_an_event_is_told_where_it_matters_to_the_person(reason: str, message: str, step: Step | None) -> None:
    """And left out where it does not."""
    event = {"reason": reason, "message": message}
    assert step_of_event(event, title="Python", usual_s=170.0) == step


@pytest.mark.parametrize(
    ("usual_s", "said"),
    [
        (None, "Getting “Python” onto the machine"),
        (9.0, "Getting “Python” onto the machine (less than a minute)"),
    ],
)
def test_how_long_fetching_takes_is_said_where_it_is_known(usual_s: float | None, said: str) -> None:
    """From the times before."""
    step = step_of_event({"reason": "Pulling"}, title="Python", usual_s=usual_s)
    assert step is not None
    assert step.said == said


@pytest.mark.parametrize(
    ("state", "log", "said", "reason"),
    [
        pytest.param(
            {"waiting": {"reason": "ImagePullBackOff", "message": "not found"}},
            b"",
            "What “Python” is made of could not be fetched. Ask the people who run this place to look at it.",
            "image",
            id="no such image",
        ),
        pytest.param(
            {"waiting": {"reason": "InvalidImageName"}},
            b"",
            "What “Python” is made of could not be fetched. Ask the people who run this place to look at it.",
            "image",
            id="no name of an image",
        ),
        pytest.param(
            {"terminated": {"reason": "OOMKilled", "exitCode": 137}},
            b"",
            "Your server ended while it started. It used more than its 2 GB of memory. Choose a larger one.",
            "memory",
            id="memory",
        ),
        pytest.param(
            {"terminated": {"reason": "Error", "exitCode": 1}},
            b"/usr/bin/python: No module named sardonyx_singleuser\n",
            "Your server ended while it started. The image of “Python” is not made for this place."
            " Ask the people who run this place to look at it.",
            "ended",
            id="an image without our package",
        ),
        pytest.param(
            {"terminated": {"reason": "StartError", "exitCode": 128, "message": "exec: python: not found"}},
            b"",
            "Your server ended while it started. The image of “Python” is not made for this place."
            " Ask the people who run this place to look at it.",
            "image",
            id="an image without Python",
        ),
        pytest.param(
            {"terminated": {"reason": "Error", "exitCode": 1}},
            b"who knows",
            "Your server ended while it started. Try again; if it happens again, tell the people who run this place.",
            "ended",
            id="unknown",
        ),
    ],
)
def test_it_is_said_why_a_server_did_not_start(state: dict[str, Any], log: bytes, said: str, reason: str) -> None:
    """To its person what they can do, and to the log what the cluster said."""
    failure = failure_of(a_pod(state), title="Python", memory=2 << 30, log=log)

    assert failure is not None
    assert (failure.said, failure.reason) == (said, reason)
    assert failure.logged.strip(": ")


@pytest.mark.parametrize("reason", ["ErrImagePull", "CreateContainerConfigError", "ContainerCreating"])
def test_what_often_goes_by_is_waited_for(reason: str) -> None:
    """The node tries again: a registry that hiccups, a Secret that comes a moment later."""
    assert failure_of(a_pod({"waiting": {"reason": reason}}), title="Python", memory=None) is None


OPERATOR = "Ask the people who run this place to look at it."
AGAIN = "Try again; if it happens again, tell the people who run this place."
SMALLER = "Choose a smaller one, stop one that you do not use, or try again later."
NO_GPU = (
    "no GPU is free, or no machine has one. Try again later, or choose one without a GPU."
    " The people who run this place know whether there is one."
)
NO_DISK = f"there is no disk for your files yet. {OPERATOR}"


@pytest.mark.parametrize(
    ("refused", "said"),
    [
        ("1 Insufficient nvidia.com/gpu.", NO_GPU),
        ("1 Insufficient amd.com/gpu, 2 Insufficient memory.", NO_GPU),
        ("3 Insufficient nvidia.com/mig-1g.5gb.", NO_GPU),
        ("3 Insufficient gpu.intel.com/i915.", NO_GPU),
        (
            "2 Insufficient memory, 1 node(s) had untolerated taint(s) {example.org/gpu: }.",
            f"no machine has so much memory free. {SMALLER}",
        ),
        ("1 Insufficient cpu.", f"no machine has so many cores free. {SMALLER}"),
        (
            "1 Too many pods.",
            "every machine has as many servers as it can have. Stop one that you do not use, or try again later.",
        ),
        ("1 Insufficient ephemeral-storage.", f"no machine has room on its disk. {AGAIN}"),
        (
            "3 node(s) had volume node affinity conflict.",
            f"your files are on a machine, or in a place, where nothing is free. {AGAIN}",
        ),
        ("3 node(s) didn't match pod affinity rules.", f"the machine that has your files is full. {SMALLER}"),
        ("pod has unbound immediate PersistentVolumeClaims.", NO_DISK),
        ('running PreFilter plugin "VolumeBinding": storageclass.storage.k8s.io "fast" not found', NO_DISK),
        ("1 node(s) didn't find available persistent volumes to bind.", NO_DISK),
        ("3 node(s) didn't match Pod's node affinity/selector.", f"no machine that may run it is free. {AGAIN}"),
    ],
)
def test_who_finds_no_place_reads_why_and_who_can_do_what(refused: str, said: str) -> None:
    """None is sent to choose a smaller one where that changes nothing."""
    pod = a_pod(refused=f"0/3 nodes are available: {refused}")
    assert stuck(pod, title="Python").said == f"There was no free place for your server: {said}"


@pytest.mark.parametrize(
    ("pod", "may"),
    [
        pytest.param(None, False, id="not there"),
        pytest.param(a_pod(placed=False), True, id="nothing is said"),
        pytest.param(a_pod(refused="pod has unbound immediate PersistentVolumeClaims."), True, id="said"),
        pytest.param(a_pod(refused="1 Insufficient cpu."), False, id="something else is said"),
        pytest.param(a_pod(), False, id="placed"),
    ],
)
def test_the_cluster_is_asked_for_volumes_where_one_may_be_missing(pod: dict[str, Any] | None, may: bool) -> None:  # noqa: FBT001 - a column
    """Not once a second for everybody while it is full."""
    assert may_lack_volume(pod) is may


ELSEWHERE = "Your files are in use on another machine. If another server of yours runs, stop it."


@pytest.mark.parametrize(
    ("reason", "message", "state", "said"),
    [
        (
            "FailedAttachVolume",
            'Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node',
            "waiting",
            f"{ELSEWHERE} {AGAIN}",
        ),
        (
            "FailedMount",
            'MountVolume.SetUp failed for volume "pvc-1" : x',
            "waiting",
            f"Your files could not be reached. {AGAIN}",
        ),
        (
            "FailedMount",
            'MountVolume.SetUp failed for volume "plan" : x',
            "waiting",
            f"Your server took too long to start. {AGAIN}",
        ),
        (
            "FailedMount",
            'MountVolume.SetUp failed for volume "pvc-1" : x',
            "running",
            f"Your server took too long to start. {AGAIN}",
        ),
    ],
)
def test_a_start_that_could_not_have_its_files_says_so(reason: str, message: str, state: str, said: str) -> None:
    """As long as it does not run."""
    event = {"reason": reason, "message": message}
    found = stuck(a_pod({state: {}}), title="Python", warned=event)
    assert found.said == said
    assert (found.reason, found.logged) == (("volume", message) if "files" in said else ("slow", found.logged))


@pytest.mark.parametrize(
    ("pod", "said"),
    [
        (
            a_pod({"waiting": {"reason": "ErrImagePull", "message": "i/o timeout"}}),
            "What “Python” is made of could not be fetched. Ask the people who run this place to look at it.",
        ),
        (
            a_pod({"running": {}}),
            "Your server took too long to start. Try again; if it happens again, tell the people who run this place.",
        ),
    ],
)
def test_a_start_that_takes_too_long_says_what_it_waited_for(pod: dict[str, Any], said: str) -> None:
    """Not only that it took too long."""
    assert stuck(pod, title="Python").said == said


@pytest.mark.parametrize(
    ("status", "message", "said", "reason"),
    [
        (
            403,
            'pods "x" is forbidden: exceeded quota: team, requested: limits.memory=2Gi, used: limits.memory=8Gi',
            (
                "This place uses as much of the cluster as it may."
                " Stop a server that you do not use, choose a smaller one, or try again later."
            ),
            "quota",
        ),
        (503, "etcd", "The cluster does not answer at the moment. Try again in a minute.", "cluster"),
        (0, "ConnectionRefused", "The cluster does not answer at the moment. Try again in a minute.", "cluster"),
        (
            422,
            "Invalid value",
            "Your server could not be started on the cluster. Ask the people who run this place to look at it.",
            "refused",
        ),
    ],
)
def test_a_refusal_of_the_cluster_is_translated(status: int, message: str, said: str, reason: str) -> None:
    """And its own words are for the operator."""
    failure = refused(status, message)
    assert (failure.said, failure.reason, failure.logged) == (said, reason, message)


@pytest.mark.parametrize(
    ("pod", "said"),
    [
        (None, "It was taken away: the machine that it ran on may be gone."),
        (a_pod({"terminated": {"reason": "OOMKilled", "exitCode": 137}}), "It used more than its 2 GB of memory."),
        (a_pod({"terminated": {"reason": "Completed", "exitCode": 0}}), "It ended by itself."),
        (
            a_pod(phase="Failed", reason="Evicted", message="The node was low on resource: memory."),
            "The machine had no memory left.",
        ),
        (
            a_pod(phase="Failed", reason="Evicted", message="The node had condition: [DiskPressure]."),
            "The machine had no room left on its disk.",
        ),
    ],
)
def test_it_is_said_why_a_server_ended(pod: dict[str, Any] | None, said: str) -> None:
    """That nobody stopped."""
    assert why_ended(pod, 2 << 30) == said


def test_no_word_of_kubernetes_reaches_a_person() -> None:
    """In any of the sentences, in English."""
    states: list[dict[str, Any]] = [
        {"waiting": {"reason": reason}} for reason in ("ImagePullBackOff", "RunContainerError", "CrashLoopBackOff")
    ] + [{"terminated": {"reason": "OOMKilled", "exitCode": 137}}, {"terminated": {"exitCode": 127}}]
    failures = [failure_of(a_pod(state), title="Python", memory=None) for state in states]
    said = [english(each.said) for each in failures if each is not None]
    said += [english(stuck(None, title="Python").said), english(why_ended(None, None))]

    assert len(said) == len(states) + 2
    assert not [(word, text) for text in said for word in KUBERNETES_WORDS if word in text.lower()]


def test_the_same_step_is_not_told_twice_in_a_row() -> None:
    """A Pod changes often, and its person waits for one thing."""
    tale = Tale()
    for said in ("a", "a", "b", "a"):
        tale.tell(Step(said))
    tale.tell(None)
    assert [event["message"] for event in tale.events] == ["a", "b", "a"]
    assert tale.now == "a"


def test_steps_are_told_in_the_language_of_the_person() -> None:
    """Which the start speaks."""
    with speaking("fr"):
        step = step_of(None, title="Python")
    assert isinstance(step.said, str)
    assert english(step.said) == "Asking for a place for your server"
