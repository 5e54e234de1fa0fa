"""What a class and an event may use, with a real hub: shown before a start, refused at it, and counted right."""

import html
import os
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from support.classes import CONF, hub, id_of, people_of
from support.gpus import made_up_nvidia
from support.kernels import run_in_kernel
from support.members import PASSWORD, PATIENCE_S, Member
from support.stack import Stack, running_stack
from support.waiting import soon

from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.event_details import EventDetails
from sardonyx_spawner.class_limits import Limits
from sardonyx_spawner.dates import say_day

PEOPLE = ("nora", "uma", "vic")
SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
quotas:
  each_class: &all {{servers: 2, cpu: 3, memory: 5G, gpus: 1, hours: 100}}
  each_event: *all
profiles:
  python:
    title: Python
    environment: python
    options:
      size:
        choices:
          small: {{title: Small, cpu: 1, memory: 1G}}
          large: {{title: Large, cpu: 1, memory: 4G}}
          busy: {{title: Busy, cpu: 2, memory: 1G}}
          gpu: {{title: GPU, cpu: 1, memory: 1G, gpus: 1}}
servers: {{accept_not_isolated: true}}
"""
GPUS = """
from pathlib import Path

from sardonyx_spawner.local.gpu_allotment import GpuAllotment
from sardonyx_spawner.local.gpus import Sources

gpus = GpuAllotment(settings.data_folder / "servers", sources=Sources(*(Path({folder!r}) / name for name in ("dev", "nvidia", "amd"))))
c.SardonyxLocalSpawner.gpu_source = lambda: gpus
"""
"""A file of JupyterHub's own settings with two GPUs that are made up."""
WHO = {
    "class": "Its instructor can stop servers that nobody needs; the people who run this place can allow more.",
    "event": "Its organiser can stop servers that nobody needs; the people who run this place can allow more.",
}

THEN = "Choose a smaller one, or try again later."

REACHED = """
import boto3, os
from botocore.exceptions import ClientError

bucket, _, home = os.environ["SARDONYX_S3_HOME"].removeprefix("s3://").partition("/")
usual = boto3.client("s3")


def reached(do, **what):
    try:
        do(Bucket=bucket, **what)
        return "yes"
    except ClientError as error:
        return error.response["Error"]["Code"]


own = "{course}/hand-in/" + home.removeprefix("home/")
print(
    reached(usual.put_object, Key=own + "answer.txt", Body=b"42"),
    *(reached(usual.list_objects_v2, Prefix=whole + "/shared/") for whole in ("{course}", "{event}")),
)
"""
"""What the usual keys of a server reach: what is handed in in a class, what the class shares, and what the event shares."""


@dataclass(frozen=True)
class Held:
    """A class or an event."""

    kind: str
    id: str

    @property
    def slug(self) -> str:
        """The profile of its servers."""
        return f"{self.kind}-{self.id}"


@dataclass
class People:
    """Those who are in it, each with a key for programs."""

    place: Stack
    keys: dict[str, tuple[Member, str]] = field(default_factory=dict)

    def start(self, name: str, slug: str) -> str:
        """Start somebody's server as a program does; return why it was refused, "" = it was not."""
        member, key = self.keys[name]
        answer = member.api("POST", f"/users/{name}/server", key, {"profile": slug})
        if answer.is_success:
            return ""
        assert answer.status_code == 403, answer.text
        return str(answer.json()["message"])

    def wait(self, name: str, *, is_there: bool) -> None:
        """Wait until somebody's server is ready, or gone."""
        member, key = self.keys[name]
        deadline = time.monotonic() + PATIENCE_S
        while bool(member.servers(key).get("", {}).get("ready")) != is_there or (not is_there and member.servers(key)):
            assert time.monotonic() < deadline, member.servers(key)
            time.sleep(0.2)

    def stop(self, name: str) -> None:
        """Stop somebody's server, if there is one."""
        member, key = self.keys[name]
        for server in member.servers(key):
            member.api("DELETE", f"/users/{name}/servers/{server}", key)
        self.wait(name, is_there=False)

    def form(self, name: str) -> str:
        """Return what somebody reads before they start."""
        return html.unescape(self.keys[name][0].ask("GET", "/hub/spawn", follow_redirects=True).text)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, prefix: Path) -> Iterator[Stack]:
    """A place where each class and each event may use so much, with two GPUs."""
    folder = tmp_path_factory.mktemp("limited")
    (folder / "settings.yaml").write_text(SETTINGS.format(prefix=prefix))
    (folder / "conf.d").mkdir()
    (folder / "conf.d" / "tests.py").write_text(CONF)
    if os.geteuid() == 0:
        made_up_nvidia(folder)
        (folder / "conf.d" / "gpus.py").write_text(GPUS.format(folder=str(folder)))
    with running_stack(folder / "data", folder / "settings.yaml") as stack:
        for name in PEOPLE:
            stack.add_person(name, PASSWORD)
        yield stack


@pytest.fixture(scope="module")
def signed_in(place: Stack) -> People:
    """Three people who have signed in."""
    people = People(place)
    for name in PEOPLE:
        member = Member(place, name)
        member.sign_in()
        people.keys[name] = member, member.key()
    return people


@pytest.fixture
def people(signed_in: People) -> Iterator[People]:
    """They, without servers after the test."""
    yield signed_in
    for name in PEOPLE:
        signed_in.stop(name)


@contextmanager
def held_in(place: Stack, kind: str) -> Iterator[Held]:
    """Have a class or an event that is on, with all of them in it, and small servers."""
    now = datetime.now(UTC)
    with people_of(place) as store:
        if kind == "class":
            made = store.groups.add("class", "Statistics")
        else:
            details = EventDetails(now - timedelta(hours=1), now + timedelta(days=1), profile="python")
            made = store.events.add("Statistics", details)
        for name in PEOPLE:
            store.groups.join(made, id_of(store, name), "student" if kind == "class" else "participant")
    found = Held(kind, made)
    settle(place, found, "small")
    yield found
    with people_of(place) as store, suppress(PeopleError):
        if kind == "class":
            store.groups.end(made)
        else:
            store.events.close(made, datetime.now(UTC), early=True)


@pytest.fixture(params=["class", "event"])
def held(request: pytest.FixtureRequest, place: Stack) -> Iterator[Held]:
    """One of the two."""
    with held_in(place, request.param) as found:
        yield found


def refused(said: str) -> str:
    """Return what was said without when the next server ends, which is known of events."""
    return re.sub(r" The next one ends by [^.]*\.", "", said)


def settle(place: Stack, held: Held, size: str, lifetime: str = "") -> None:
    """Say how large its servers are, and for how long they run at most."""
    answers, limits = {"size": size}, Limits(lifetime=lifetime)
    with people_of(place) as store:
        if held.kind == "class":
            course = store.classes.details(held.id)
            store.classes.change(held.id, replace(course, profile="python", answers=answers, limits=limits))
        else:
            event = store.events.details(held.id)
            store.events.change(held.id, replace(event, answers=answers, limits=limits))


def test_as_many_servers_as_allowed_and_none_more_until_one_is_stopped(held: Held, people: People) -> None:
    """Everybody reads how many there are, and who is refused what to do and who can change it."""
    for name in ("nora", "uma"):
        assert people.start(name, held.slug) == ""
        people.wait(name, is_there=True)
    assert "“Statistics” uses 2 of 2 servers, 0 of 1 GPU, 2 GB of 5 GB of memory, 2 of 3 cores" in people.form("vic")

    said = refused(people.start("vic", held.slug))

    assert said == f"“Statistics” may run 2 servers at once, and does. Try again later. {WHO[held.kind]}"
    people.stop("nora")
    assert people.start("vic", held.slug) == ""
    people.wait("vic", is_there=True)


@pytest.mark.parametrize(
    ("size", "said"),
    [
        pytest.param(
            "large",
            "may use 5 GB of memory at once and uses 4 GB of memory; this server takes 4 GB of memory.",
            id="memory",
        ),
        pytest.param("busy", "may use 3 cores at once and uses 2 cores; this server takes 2 cores.", id="cpu"),
        pytest.param("gpu", "may use 1 GPU at once and uses 1 GPU; this server takes 1 GPU.", id="gpus"),
    ],
)
def test_what_servers_take_is_added_up(place: Stack, held: Held, people: People, size: str, said: str) -> None:
    """Of memory, cores and GPUs, whoever the servers are of; what one has given back another one gets."""
    if size == "gpu" and os.geteuid() != 0:
        pytest.skip("only root can make device nodes")
    settle(place, held, size)
    assert people.start("nora", held.slug) == ""
    people.wait("nora", is_there=True)

    assert refused(people.start("uma", held.slug)) == f"“Statistics” {said} {THEN} {WHO[held.kind]}"

    people.stop("nora")
    assert people.start("uma", held.slug) == ""
    people.wait("uma", is_there=True)


def test_when_its_hours_are_used_nobody_starts_until_the_next_month(place: Stack, held: Held, people: People) -> None:
    """Those of everybody in it count; servers of other profiles are not concerned."""
    today = datetime.now(UTC).date()
    with people_of(place) as store:
        used = {(id_of(store, name), held.slug): 50 * 3600 for name in ("nora", "uma")}
        store.hours.add(today, used)
    first = date(today.year + today.month // 12, today.month % 12 + 1, 1)
    assert (
        "“Statistics” uses 0 of 2 servers, 0 of 1 GPU, 0 MB of 5 GB of memory, 0 of 3 cores and 100 of 100 hours"
        in (people.form("vic"))
    )

    said = people.start("vic", held.slug)

    assert said == (
        f"“Statistics” has used its 100 hours of this month. Servers start again from {say_day(first)}. {WHO[held.kind]}"
    )
    assert people.start("vic", "python") == ""
    people.wait("vic", is_there=True)


def test_of_three_who_start_in_the_same_moment_two_do(held: Held, people: People) -> None:
    """None of them sees the place that another one has just taken as free."""
    with ThreadPoolExecutor(3) as pool:
        answers = dict(zip(PEOPLE, pool.map(lambda name: people.start(name, held.slug), PEOPLE), strict=True))

    assert sorted(map(bool, answers.values())) == [False, False, True], answers
    for name, said in answers.items():
        people.wait(name, is_there=not said)


def test_a_hub_that_was_killed_counts_them_when_it_starts_again(place: Stack, held: Held, people: People) -> None:
    """They went on meanwhile."""
    for name in ("nora", "uma"):
        assert people.start(name, held.slug) == ""
        people.wait(name, is_there=True)

    place.stop(signal.SIGKILL)
    place.start()

    assert people.start("vic", held.slug).startswith("“Statistics” may run 2 servers at once, and does.")
    assert "“Statistics” uses 2 of 2 servers" in people.form("vic")
    people.stop("uma")
    assert people.start("vic", held.slug) == ""
    people.wait("vic", is_there=True)


def test_who_is_in_a_class_and_an_event_of_the_same_name_has_a_server_of_each(place: Stack, people: People) -> None:
    """As large and as long as each says, counted where it belongs, and the usual keys reach what is of the one or the other."""
    with held_in(place, "class") as course, held_in(place, "event") as event:
        settle(place, course, "small", "2h")
        settle(place, event, "large", "1h")
        form, (nora, key) = people.form("nora"), people.keys["nora"]
        cards = re.findall(r'name="profile" [^>]*value="([^"]*)".*?<strong>(.*?)</strong>(.*?)</label>', form)
        assert {slug: title for slug, title, _ in cards[:2]} == {course.slug: "Statistics", event.slug: "Statistics"}
        assert [slug for slug, _, more in cards if "Event until " in more] == [event.slug]
        assert people.start("nora", course.slug) == ""
        people.wait("nora", is_there=True)
        began = time.time()
        assert nora.api("POST", "/users/nora/servers/event", key, {"profile": event.slug}).is_success
        soon(lambda: bool(nora.servers(key)["event"]["ready"]))

        found = {each["profile"]: each for each in hub(place, "GET", "/sardonyx/servers")["servers"]}

        assert {slug: (each["server"], each["memory_limit"]) for slug, each in found.items()} == {
            course.slug: ("", 1 << 30),
            event.slug: ("event", 4 << 30),
        }
        left = {slug: datetime.fromisoformat(each["ends_at"]).timestamp() - began for slug, each in found.items()}
        assert {slug: round(each / 3600) for slug, each in left.items()} == {course.slug: 2, event.slug: 1}
        assert people.form("vic").count("“Statistics” uses 1 of 2 servers") == 2
        code = REACHED.format(course=f"class/{course.id}", event=f"event/{event.id}")
        assert run_in_kernel(f"{place.url}/user/nora/", key, code).split() == ["yes", "yes", "AccessDenied"]
        of_event = run_in_kernel(f"{place.url}/user/nora/event/", key, code)
        assert of_event.split() == ["AccessDenied", "AccessDenied", "yes"]
