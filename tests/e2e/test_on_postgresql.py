"""A whole Sardonyx whose tables are in a PostgreSQL, from the first start to the second."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser, expect
from support import web
from support.classes import CONF, HAND_IN, TOKEN, make_class
from support.events import codes_of, come_in, make_event, start_in_event
from support.kernels import run_in_kernel
from support.ports import free_ports
from support.postgresql import NAME, PASSWORD, PostgresqlServer
from support.stack import ROOT, Stack, running_stack
from support.visitors import PASSWORD as VISITORS_PASSWORD
from support.visitors import Visitor
from support.waiting import soon

from sardonyx_services.people.postgresql import SCHEMA, Postgresql
from sardonyx_services.people.store import PeopleStore

pytestmark = pytest.mark.waits
SARDONYX = str(Path(sys.executable).parent / "sardonyx")
SECRETS = (PASSWORD.encode(), quote(PASSWORD, safe="").encode())
SETTINGS = """
database: {{url: {{file: '{folder}/address'}}}}
environments: {{python: {{title: Python, prefix: '{prefix}'}}}}
profiles: {{python: {{title: Python, environment: python}}}}
"""
CELL = """
import boto3, os
bucket, _, prefix = os.environ["SARDONYX_S3_HOME"].removeprefix("s3://").partition("/")
boto3.client("s3").put_object(Bucket=bucket, Key=prefix + "a.txt", Body=b"mine")
print(boto3.client("s3").get_object(Bucket=bucket, Key=prefix + "a.txt")["Body"].read().decode())
"""
IN_TEAM = """
import boto3, os
team = next(each for each in boto3.Session().available_profiles if each.startswith("team-"))
bucket = os.environ["SARDONYX_S3_HOME"].removeprefix("s3://").partition("/")[0]
where = {{"Bucket": bucket, "Key": team.replace("-", "/", 1) + "/plan.txt"}}
s3 = boto3.Session(profile_name=team).client("s3")
print({do})
"""


def settings_in(folder: Path, prefix: Path, address: str) -> Path:
    """Write the settings of a place on a PostgreSQL."""
    (folder / "conf.d").mkdir()
    (folder / "conf.d" / "tests.py").write_text(CONF)
    (folder / "address").touch(0o600)
    (folder / "address").write_text(f"{address}\n")
    path = folder / "settings.yaml"
    path.write_text(SETTINGS.format(folder=folder, prefix=prefix))
    return path


@pytest.fixture(scope="module")
def place(postgresql: PostgresqlServer, prefix: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The place."""
    settings = settings_in(tmp_path_factory.mktemp("settings"), prefix, postgresql.empty())
    with running_stack(tmp_path_factory.mktemp("sardonyx") / "data", settings) as running:
        yield running


def call(place: Stack, method: str, path: str, body: object = None) -> httpx.Response:
    """Ask the hub."""
    headers = {"Authorization": f"token {TOKEN}"}
    return web.request(method, f"{place.url}/hub/api{path}", headers=headers, json=body, timeout=60)


def new_token(place: Stack, name: str) -> str:
    """Return a token with which somebody asks who they are."""
    made = call(place, "POST", f"/users/{name}/tokens", {"scopes": [f"read:users:name!user={name}"]})
    return str(made.json()["token"])


def test_from_the_first_start_to_the_second(place: Stack, postgresql: PostgresqlServer) -> None:
    """One story: people, servers and keys are there, and are found again."""
    assert not list(place.data.rglob("people.sqlite")) + list(place.data.rglob("jupyterhub.sqlite"))
    at = f"127.0.0.1:{postgresql.port}"
    looked = place.command("doctor").stdout
    assert "ok     database     PostgreSQL " in looked
    assert f" answers at {at}; its database “sardonyx” has our tables\n" in looked
    assert "ok     data store   gives keys at http://127.0.0.1:" in looked, looked
    assert "ok     data store   the keys service answers, and gives keys" in looked
    added = place.command("user", "add", "ann", "--password-stdin", stdin="correct horse battery\n")
    assert added.stdout == "ann can sign in now.\n", added.stderr

    call(place, "POST", "/users/ann")
    call(place, "POST", "/users/ann/server")
    soon(lambda: bool(call(place, "GET", "/users/ann").json()["servers"][""]["ready"]))
    assert run_in_kernel(f"{place.url}/user/ann/", TOKEN, CELL) == "mine\n"

    listed = place.command("user", "list").stdout
    place.stop()
    place.start()
    assert place.command("user", "list").stdout == listed
    assert call(place, "GET", "/users/ann").json()["name"] == "ann"
    assert "Traceback" not in place.output


def visitor_of(place: Stack, browser: Browser, name: str, *also: str) -> Visitor:
    """Return somebody new with an account, who has signed in at a browser of their own."""
    added = place.command("user", "add", name, *also, "--password-stdin", stdin=f"{VISITORS_PASSWORD}\n")
    assert added.returncode == 0, added.stderr
    context = browser.new_context()
    context.set_default_timeout(20_000)
    found = Visitor(place, context.new_page())
    found.sign_in(name)
    return found


def days_later(postgresql: PostgresqlServer, table: str, group: str, *columns: str) -> None:
    """Let something have been two days earlier."""
    ago = ", ".join(f"{each} = {each} - interval '2 days'" for each in columns)
    key = "id" if table == "groups" else '"group"'
    postgresql.ask(f"UPDATE {SCHEMA}.{table} SET {ago} WHERE {key} = '{group}'", NAME)  # noqa: S608 - ours


def test_a_class_from_its_form_to_the_deletion_of_its_data(
    place: Stack, postgresql: PostgresqlServer, browser: Browser
) -> None:
    """By the pages: it is made and joined, work is handed in and copied to its people at the end, and the rest is deleted."""
    tia, nora = visitor_of(place, browser, "tia", "--instructor"), visitor_of(place, browser, "nora")
    page, link = tia.page, make_class(place, tia, "Statistics 101")
    page.get_by_role("link", name="Go to the class").click()
    course = page.url
    nora.page.goto(link)
    nora.page.get_by_role("button", name="Join the class").click()
    nora.page.get_by_role("link", name="Start a server for this class").click()
    nora.page.get_by_role("button", name="Start", exact=True).click()
    nora.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
    assert nora.run(HAND_IN.replace("{course}", course.rpartition("/")[2])) == "handed in\n"
    page.goto(f"{course}/hand-ins")
    page.get_by_text("1 of 1 has handed in something.").wait_for()
    page.goto(f"{course}/end")
    page.get_by_role("button", name="End the class").click()
    expect(page.get_by_role("listitem").filter(has_text="Its data is deleted")).to_be_visible()
    copied = page.get_by_role("listitem").filter(has_text="2 of 2 people have it.")
    soon(lambda: page.reload() is not None and copied.count() == 1, patience_s=60)
    soon(lambda: call(place, "GET", "/users/nora").json()["servers"] == {}, patience_s=30)

    days_later(postgresql, "groups", course.rpartition("/")[2], "ended")

    gone = page.get_by_role("listitem").filter(has_text="1 file, 10 bytes")
    soon(lambda: page.reload() is not None and gone.count() == 1, patience_s=60)
    nora.page.goto(course)
    nora.page.get_by_text("This class is over. What is in your home stays yours.").wait_for()


def test_an_event_from_its_form_to_its_deletion(place: Stack, postgresql: PostgresqlServer, browser: Browser) -> None:
    """By the pages: codes let people in who share a place; it is ended, and of it nothing is left but what it was."""
    olga = visitor_of(place, browser, "olga")
    assert place.command("user", "organiser", "olga").returncode == 0
    event = make_event(place, olga, "Data days", teams=1, team_size=2)
    codes, guests = codes_of(place, olga, event), []
    for number, called in enumerate(("Ada", "Ben"), start=1):
        guest = Visitor(place, browser.new_context().new_page())
        come_in(guest, codes[number - 1]["link"], called)
        start_in_event(guest, f"data-days-{number}")
        guests.append(guest)
    assert (
        guests[0].run(
            IN_TEAM.format(do='s3.put_object(**where, Body=b"our plan")["ResponseMetadata"]["HTTPStatusCode"]')
        )
        == "200\n"
    )
    assert guests[1].run(IN_TEAM.format(do='s3.get_object(**where)["Body"].read().decode()')) == "our plan\n"
    page = olga.page
    page.goto(f"{place.url}/services/people/events/{event}/end")
    page.get_by_role("button", name="End the event").click()
    page.get_by_text("Over").first.wait_for()
    soon(lambda: call(place, "GET", "/users/data-days-1").json()["servers"] == {}, patience_s=60)
    guests[0].page.goto(f"{place.url}/services/people/events/{event}")
    guests[0].page.get_by_text("The event is over").wait_for()

    days_later(postgresql, "events", event, "ends", "closed")

    gone = page.get_by_text("1 file in the data store, 8 B")
    soon(lambda: page.reload() is not None and gone.count() == 1, patience_s=60)
    page.get_by_text("2 accounts, with their homes").wait_for()
    left = postgresql.ask(f"SELECT count(*) FROM {SCHEMA}.seats WHERE event = '{event}'", NAME)  # noqa: S608 - ours
    assert left == [(0,)]
    assert {user["name"] for user in call(place, "GET", "/users").json()}.isdisjoint({"data-days-1", "data-days-2"})


def test_the_hub_finds_it_again(place: Stack, postgresql: PostgresqlServer) -> None:
    """While it is away nobody is known to the hub, which does not end."""
    process = place.process
    assert process is not None

    postgresql.end()
    try:
        assert call(place, "GET", "/users").status_code >= 400
        assert web.get(f"{place.url}/hub/health").is_success
    finally:
        postgresql.start()

    soon(lambda: call(place, "GET", "/users").status_code == 200)
    added = place.command("user", "add", "dana", "--password-stdin", stdin="correct horse battery\n")
    assert added.returncode == 0, added.stderr
    assert process.poll() is None


def test_the_commands_of_the_docs_work(postgresql: PostgresqlServer, tmp_path: Path) -> None:
    """Those that make the role and the database, and the one that makes a backup; under another name here."""
    page = (ROOT / "docs" / "how-to" / "use-postgresql.md").read_text().replace("\\\n", "")
    lines = re.findall(r"^ *(?:sudo -u postgres )?((?:createuser|createdb|pg_dump) .*)$", page, re.MULTILINE)
    where = {"PGHOST": "127.0.0.1", "PGPORT": str(postgresql.port), "PGUSER": "postgres", "PGPASSWORD": PASSWORD}

    def run_line(line: str, said: str = "") -> None:
        program, *arguments = shlex.split(line)
        ended = subprocess.run(
            [postgresql.programs / program, *(re.sub(r"\bsardonyx$", "docs", word) for word in arguments)],
            cwd=tmp_path,
            env={**os.environ, **where},
            input=said,
            # It would ask on the terminal, if there is one.
            start_new_session=True,
            check=False,
            text=True,
            capture_output=True,
            timeout=60,
        )
        assert ended.returncode == 0, ended.stderr

    assert [line.split()[0] for line in lines] == ["createuser", "createdb", "pg_dump"]
    run_line(lines[0], f"{PASSWORD}\n{PASSWORD}\n")
    run_line(lines[1])
    with closing(PeopleStore(Postgresql(postgresql.address("docs", "docs")))) as people:
        people.add_account("amina", "hash")
    run_line(lines[2])
    assert (tmp_path / "sardonyx.dump").read_bytes().startswith(b"PGDMP")


def test_the_password_is_in_no_file_no_command_line_and_no_server(place: Stack) -> None:
    """The hub, the keys service and that of classes alone have it; the file that holds it is hidden from servers as other secrets are."""
    call(place, "POST", "/users/ann/server")
    soon(lambda: bool(call(place, "GET", "/users/ann").json()["servers"][""]["ready"]))

    files = [path for path in place.data.rglob("*") if path.is_file() and not path.is_symlink()]
    assert place.data / "run" / "credentials.json" in files
    assert [path for path in files if any(secret in path.read_bytes() for secret in SECRETS)] == []
    processes = {process: Path(f"/proc/{process}") for process in place.processes()}
    commands = {process: (at / "cmdline").read_bytes() for process, at in processes.items()}
    assert not [command for command in commands.values() if any(secret in command for secret in SECRETS)]
    have_it = {p for p, at in processes.items() if any(secret in (at / "environ").read_bytes() for secret in SECRETS)}
    services = ("sardonyx_services.credentials", "sardonyx_services.people.web")
    assert have_it == {process for service in services for process in place.find_all(service)}


def run(command: list[str], settings: Path, data: Path) -> subprocess.CompletedProcess[str]:
    """Run a command where no Sardonyx runs."""
    variables = {"SARDONYX_DATA": str(data), "SARDONYX_PORT": str(free_ports()), "SARDONYX_SETTINGS": str(settings)}
    return subprocess.run(
        [SARDONYX, *command], env={**os.environ, **variables}, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("command", [["up"], ["user", "list"]], ids=" ".join)
def test_what_is_wrong_with_it_is_said_before_anything_starts(
    command: list[str], postgresql: PostgresqlServer, prefix: Path, tmp_path: Path
) -> None:
    """In one sentence, without the password and without a trace."""
    settings = settings_in(tmp_path, prefix, postgresql.address(password="wrong-one"))
    (tmp_path / "data").mkdir()

    ended = run(command, settings, tmp_path / "data")

    assert ended.returncode == 1
    assert ended.stderr == (
        f"Sardonyx: PostgreSQL at 127.0.0.1:{postgresql.port} does not let “sardonyx” in: the name or the password is wrong."
        " Correct the address of the database.\n"
    )


def test_people_in_a_file_are_not_left_behind(postgresql: PostgresqlServer, prefix: Path, tmp_path: Path) -> None:
    """With new ids they would have empty homes; who has moved is in the PostgreSQL, and nothing is asked."""
    settings = settings_in(tmp_path, prefix, postgresql.new_database("another"))
    data = tmp_path / "data"
    data.mkdir()
    with closing(PeopleStore(data / "people.sqlite")) as people:
        people.add_account("amina", "hash")

    ended = run(["up"], settings, data)

    assert ended.returncode == 1
    assert ended.stderr == (
        f"Sardonyx: {data}/people.sqlite has one person, and the PostgreSQL nobody: they would get new ids and empty homes."
        " Take them along with: sardonyx database move (to begin anew, move that file away).\n"
    )


def test_a_place_moves_with_people_tokens_and_invitations(
    postgresql: PostgresqlServer, prefix: Path, tmp_path: Path
) -> None:
    """All of it, once; who had something goes on with it, and whoever comes next gets numbers that nobody has."""
    settings = settings_in(tmp_path, prefix, postgresql.new_database("moved"))
    on_postgresql = settings.read_text()
    settings.write_text(on_postgresql.replace("database:", "#"))
    with running_stack(tmp_path / "data", settings) as place:
        for name in ("ann", "bob"):
            made = place.command("user", "add", name, "--password-stdin", stdin="correct horse battery\n")
            assert made.returncode == 0, made.stderr
            call(place, "POST", f"/users/{name}")
        token = new_token(place, "ann")
        before = place.command("user", "list").stdout
        settings.write_text(on_postgresql)
        assert "Sardonyx already runs on" in place.command("database", "move").stderr
        place.stop()

        moved = place.command("database", "move")
        assert moved.stdout == (
            "2 people and JupyterHub's tables are in the PostgreSQL now. The files are left as they were:"
            f" {place.data}/people.sqlite, {place.data}/hub/jupyterhub.sqlite\n"
        ), moved.stderr
        again = place.command("database", "move")
        assert again.stderr == (
            "Sardonyx: the PostgreSQL has people already, and nothing was moved. Name an empty database.\n"
        )

        place.start()
        assert place.command("user", "list").stdout == before
        assert call(place, "POST", "/users/cleo").status_code == 201
        for name, theirs in (("ann", token), ("cleo", new_token(place, "cleo"))):
            own = web.get(f"{place.url}/hub/api/user", headers={"Authorization": f"token {theirs}"})
            assert own.json()["name"] == name


def test_there_is_something_to_move_and_somewhere_to_move_it(
    postgresql: PostgresqlServer, prefix: Path, tmp_path: Path
) -> None:
    """Else it is said what to do first."""
    settings = settings_in(tmp_path, prefix, postgresql.address())
    (tmp_path / "data").mkdir()

    nothing = run(["database", "move"], settings, tmp_path / "data")
    settings.write_text(settings.read_text().replace("database:", "#"))
    nowhere = run(["database", "move"], settings, tmp_path / "data")

    assert nothing.stderr == (
        f"Sardonyx: {tmp_path}/data has no people in files. Start Sardonyx: there is nothing to move.\n"
    )
    assert nowhere.stderr == ("Sardonyx: the settings name no PostgreSQL. Add 'database: {url: {file: …}}' first.\n")
