"""What classes and teams share in volumes and in the store, between real servers.

On a cluster with one machine folders of it stand for shared files such as NFS.
"""

from collections.abc import Iterator

import pytest
from support import web
from support.cluster.place import TOKEN, Place
from support.cluster.pods import pod, until
from support.kernels import run_in_kernel
from support.visitors import PASSWORD
from support.waiting import soon

STORE = """
import pathlib
from datetime import timedelta
from sardonyx_services.people.class_details import ClassDetails
from sardonyx_services.people.models import ClassRow, GroupRow
from sardonyx_services.people.store import PeopleStore
people = PeopleStore(pathlib.Path("/var/lib/sardonyx/data/people.sqlite"))
"""
MAKE = """
course = people.groups.add("class", {title!r})
people.classes.change(course, ClassDetails(profile="python", after_end="delete"))
for name, role in {members}.items():
    people.groups.join(course, people.by_name(name).id, role)
print(course)
"""
JOIN = "people.groups.join({course!r}, people.by_name({name!r}).id, {role!r})"
END = """
people.groups.end({course!r})
with people.groups._session() as session:
    session.get(GroupRow, {course!r}).ended -= timedelta(days=2)
    if (row := session.get(ClassRow, {course!r})).decided:
        row.decided -= timedelta(days=2)
"""
MAKE_EVENT = """
from datetime import UTC, datetime
from sardonyx_services.people.event_details import EventDetails
now, teams = datetime.now(UTC), {teams!r}
details = EventDetails(now - timedelta(hours=1), now + timedelta(days=1), profile="data")
event = people.events.add({title!r}, details)
people.seats.add(event, 0, str, most=10, teams=[(team, len(names)) for team, names in teams.items()])
ids = {{each.title: each.id for each in people.seats.teams(event)}}
for team, names in teams.items():
    for person in (people.by_name(name).id for name in names):
        people.groups.join(event, person, "participant")
        people.groups.join(ids[team], person, "member")
print(event, *(ids[team] for team in teams))
"""
END_EVENT = """
from datetime import UTC, datetime
from sardonyx_services.people.event_models import EventRow
people.events.close({event!r}, datetime.now(UTC), early=True)
with people.groups._session() as session:
    row = session.get(EventRow, {event!r})
    row.ends, row.closed = (each - timedelta(days=2) for each in (row.ends, row.closed))
"""
ASK = """
import boto3, os
bucket, _, own = os.environ["SARDONYX_S3_HOME"].removeprefix("s3://").partition("/")
def asked(key, body=None, profile=None):
    try:
        s3 = boto3.Session(profile_name=profile or None).client("s3")
        if body is None:
            return s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
        s3.put_object(Bucket=bucket, Key=key, Body=body.encode())
        return "done"
    except Exception as error:
        return getattr(error, "response", {"Error": {"Code": type(error).__name__}})["Error"]["Code"]
"""
STORED = """
import boto3
from pathlib import Path
from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_services.object_store.files import ADMINISTRATOR, read_administrator
key, secret = read_administrator(DataFolder(Path("/var/lib/sardonyx/data")).store / ADMINISTRATOR)
s3 = boto3.client(
    "s3", endpoint_url="http://127.0.0.1:8004", aws_access_key_id=key, aws_secret_access_key=secret, region_name="us-east-1"
)
for each in s3.list_objects_v2(Bucket="sardonyx", Prefix={prefix!r}).get("Contents", ()):
    print(each["Key"])
"""
TRUSTED = """
import ssl
for each in ssl.create_default_context().get_ca_certs():
    print(*(value for part in each["subject"] for key, value in part if key == "commonName"))
"""
TEAMS = {"Blue": ("ada", "ben"), "Red": ("cem",)}
SHELF = {"name": "shelf", "persistentVolumeClaim": {"claimName": "shelf"}}
HARDENED = {
    "securityContext": {
        "runAsNonRoot": True, "runAsUser": 1000, "fsGroup": 100, "seccompProfile": {"type": "RuntimeDefault"},
    },
}  # fmt: skip
CLOSED = {"securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}}


class School:
    """A place in which each class has a volume."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def do(self, script: str, **what: object) -> str:
        """Change who is in what, as the pages do."""
        return self.place.in_hub("python", "-c", STORE + script.format(**what)).strip()

    def make(self, title: str, **members: str) -> str:
        """Make a class of people who were nowhere yet; return its id."""
        for name in members:
            self.place.add_person(name, PASSWORD)
        return self.do(MAKE, title=title, members=members)

    def start(self, course: str, *names: str) -> None:
        """Start a server of a class for each."""
        for name in names:
            self.place.start(name, {"profile": f"class-{course}"})

    def run(self, name: str, command: str, *, fails: bool = False) -> str:
        """Run something in somebody's server."""
        return self.place.run(name, "sh", "-c", f"cd ~ && {command}", fails=fails)

    def asked(self, name: str, key: str, body: str | None = None, *, profile: str = "") -> str:
        """Return what somebody's server says that the data store has, or did.

        Args:
            body: it is written; None = it is read.
            profile: of which keys; "" = those that a program finds by itself.
        """
        code = f"{ASK}print(asked({key!r}, {body!r}, {profile!r}), end='')"
        return run_in_kernel(f"{self.place.url}/user/{name}/", TOKEN, code)

    def stored(self, prefix: str) -> list[str]:
        """Return what the data store has below a prefix, as its administrator sees it."""
        return self.do(STORED, prefix=prefix).split()

    def shown(self, name: str, folder: str = "") -> list[str]:
        """Return what somebody's JupyterLab shows in a folder."""
        url = f"{self.place.url}/user/{name}/api/contents/{folder}"
        answer = web.get(url, headers={"Authorization": f"token {TOKEN}"}, follow_redirects=True, timeout=30)
        return sorted(each["name"] for each in answer.json()["content"])

    def claims(self) -> list[str]:
        """Return the names of the volumes of classes, but those that are on their way out."""
        selected = ("pvc", "--selector", "app.kubernetes.io/component=shared-volume")
        items = self.place.get(*selected)["items"]
        return [each["metadata"]["name"] for each in items if "deletionTimestamp" not in each["metadata"]]


@pytest.fixture(scope="module")
def school(place: Place) -> Iterator[School]:
    """The place, with volumes for classes while these tests run."""
    shelf = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": "1G"}}}
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "shelf"}, "spec": shelf}
    place.cluster.apply(claim, namespace=place.namespace)
    kubernetes = {
        "shared_volumes": {"size": "1G"},
        "volumes": {"shelf": {"claim": "shelf", "path": "/shelf"}},
        # Each namespace has it.
        "certificate_authority": {"config_map": "kube-root-ca.crt"},
    }
    place.install({**place.settings, "kubernetes": kubernetes})
    yield School(place)
    for name in ("tia", "ann", "sam", "tom", "una", *TEAMS["Blue"], *TEAMS["Red"]):
        place.stop_if_there(name)
    place.install(place.settings)


def test_staff_write_what_their_class_shares_students_read_and_nobody_else_has_it(school: School) -> None:
    """From the first start to the end of the class, with which the volume goes."""
    course = school.make("Optics", tia="instructor", ann="assistant", sam="student")
    other = school.make("Poetry", tom="instructor")
    school.start(course, "sam", "tia", "ann")
    school.start(other, "tom")

    school.run("tia", "mkdir class/data && echo 1 > class/data/a.csv")
    school.run("ann", "echo 2 >> class/data/a.csv && mv class/data class/week-1")
    assert school.run("sam", "cat class/week-1/a.csv") == "1\n2\n"
    assert (school.shown("sam", "class"), school.shown("sam", "class/week-1")) == (["week-1"], ["a.csv"])
    for attempt in ("echo 3 > class/mine", "rm class/week-1/a.csv", "echo 3 >> /shared/class/week-1/a.csv"):
        assert "Read-only file system" in school.run("sam", attempt, fails=True)
    assert school.run("tom", "ls -A class/ && ls /shared") == "class\n"
    assert sorted(school.claims()) == sorted([f"lab-class-{course}", f"lab-class-{other}"])

    # Who only reads from now on does not go on writing with the server from before.
    school.do(JOIN, course=course, name="ann", role="student")
    soon(lambda: not school.place.server("ann"), 60)
    school.start(course, "ann")
    assert "Read-only file system" in school.run("ann", "echo 3 > class/mine", fails=True)

    school.place.stop("sam")
    school.place.start("sam", {"profile": "python"})
    assert school.run("sam", "ls -d /shared class/ 2>/dev/null; echo nothing") == "nothing\n"
    for name in ("tia", "ann"):
        school.place.stop(name)
    assert f"lab-class-{course}" in school.claims()

    school.do(END, course=course)
    soon(lambda: school.claims() == [f"lab-class-{other}"], 60)


@pytest.fixture(scope="module")
def days(school: School) -> Iterator[tuple[str, str, str, str]]:
    """An event with two teams, whose people are in a class, too, and have servers of the event; ids of these four."""
    course = school.make("Mechanics", cem="instructor", ada="student", ben="student")
    event, blue, red = school.do(MAKE_EVENT, title="Data days", teams=TEAMS).split()
    for name in ("ada", "ben", "cem"):
        school.place.start(name, {"profile": f"event-{event}"})
    yield event, blue, red, course
    for name in ("ada", "ben", "cem"):
        school.place.stop_if_there(name)


def test_what_is_handed_in_is_read_by_its_student_and_by_staff_until_the_class_goes(
    school: School, days: tuple[str, str, str, str]
) -> None:
    """From servers of another kind, too, with the keys of the class; and each has their own afterwards."""
    *_event, course = days
    of_class, shared = {"profile": f"class-{course}"}, f"class/{course}/shared/data.csv"
    ada = school.place.add_person("ada", PASSWORD)
    answer = f"class/{course}/hand-in/{ada}/answer.txt"

    assert school.asked("cem", shared, "1,2", **of_class) == "done"
    assert [school.asked(name, shared, **of_class) for name in ("ada", "ben")] == ["1,2", "1,2"]
    assert school.asked("ada", shared, "mine", **of_class) == "AccessDenied"
    assert school.asked("ada", answer, "42", **of_class) == "done"
    assert school.asked("cem", answer, **of_class) == "42"
    assert school.asked("cem", answer, "41", **of_class) == "AccessDenied"
    assert [school.asked("ben", answer, body, **of_class) for body in (None, "43")] == ["AccessDenied", "AccessDenied"]

    school.do(END, course=course)
    soon(lambda: school.stored(f"class/{course}/") == [], 120)
    assert [each for each in school.stored(f"home/{ada}/") if each.endswith("/answer.txt")]


def test_a_team_has_a_volume_and_a_place_in_the_store_until_all_of_its_event_goes(
    school: School, days: tuple[str, str, str, str]
) -> None:
    """All of it write there, the other team has another one, and afterwards neither is left; nor are the servers."""
    event, blue, red, _course = days
    school.run("ada", "echo plan > team/plan.txt")
    assert school.run("ben", "echo more >> team/plan.txt && cat team/plan.txt") == "plan\nmore\n"
    assert school.shown("ben", "team") == ["plan.txt"]
    assert school.run("cem", "ls -A team/ && ls /shared") == "team\n"
    claims = {f"lab-team-{blue}", f"lab-team-{red}"}
    assert claims <= {*school.claims()}

    model = f"team/{blue}/model"
    assert school.asked("ada", model, "weights") == "done"
    assert school.asked("ben", model, profile=f"team-{blue}") == "weights"
    assert school.asked("cem", model) == "AccessDenied"
    assert school.asked("cem", model, "stolen", profile=f"team-{red}") == "AccessDenied"
    assert school.asked("cem", model, profile=f"team-{blue}") == "ProfileNotFound"
    assert school.stored(f"team/{blue}/") == [model]

    school.do(END_EVENT, event=event)
    soon(lambda: not claims & {*school.claims()}, 120)
    assert school.stored(f"team/{blue}/") == []
    assert not any(school.place.server(name) for name in ("ada", "ben", "cem"))


def test_servers_have_what_the_operator_gives_to_all(school: School) -> None:
    """One that waited, too: a volume to read, which the home has a way to, and certificates beside those of the image."""
    place, fill = school.place, pod("fill", "echo 1,2 > /shelf/figures.csv", **HARDENED, volumes=[SHELF])
    fill["spec"]["containers"][0] |= {"volumeMounts": [{"name": "shelf", "mountPath": "/shelf"}], **CLOSED}
    place.cluster.apply(fill, namespace=place.namespace)
    until(place.cluster, place.namespace, "fill", "Succeeded")
    place.add_person("una", PASSWORD)
    waiting = place.until_some_wait()
    place.start("una", {"profile": "fresh"})

    assert place.pod("una") in waiting
    assert school.run("una", "cat shelf/figures.csv") == "1,2\n"
    assert "Read-only file system" in school.run("una", "echo 3 > shelf/mine", fails=True)
    names = run_in_kernel(f"{place.url}/user/una/", TOKEN, TRUSTED).split("\n")
    assert "authority" in names
    assert len(names) > 50


def test_a_volume_that_cannot_be_had_is_said(school: School) -> None:
    """To the person in plain words, and to the operator with those of the cluster."""
    course = school.make("Acoustics", zoe="student")
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": f"lab-class-{course}"},
        "spec": {
            "accessModes": ["ReadWriteMany"],
            "resources": {"requests": {"storage": "1G"}},
            "storageClassName": "nowhere",
        },
    }
    school.place.kubectl("create", "-f", "-", given=claim)

    said = school.place.refused("zoe", {"profile": f"class-{course}"})

    assert "The folder that your class or team shares cannot be had. Ask the people who run this place" in said
    logged = f"the volume lab-class-{course} (nowhere, ReadWriteMany) is Pending: "
    assert f'{logged}storageclass.storage.k8s.io "nowhere" not found' in school.place.hub_log()
    school.place.kubectl("delete", "pvc", f"lab-class-{course}")
