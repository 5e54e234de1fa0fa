"""The pages of Spark sessions in a real server: found, passed on, and out of everybody else's reach."""

import re
import shutil
import socket
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hub.test_tools import PAGE, Person, listening
from support import web
from support.environments import clients_environment
from support.forks import Forks, running_forks
from support.waiting import soon

from sardonyx_singleuser.sandbox.layout import OWN
from sardonyx_singleuser.spark_settings import PAGES_HOST
from sardonyx_singleuser.tools.spark_sessions import Sessions
from sardonyx_singleuser.tools.spark_sessions import listening as pages
from sardonyx_singleuser.work import LEAST

SCRIPT = Path(__file__).parents[1] / "support" / "spark_session.py"
PATHS = (
    "",
    "jobs/",
    "environment/",
    "api/v1/applications",
    "metrics/json/",
    "static/webui.js",
    "executors/threadDump/",
)
FETCHED = {"Accept": "*/*", "Sec-Fetch-Mode": "cors"}

pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="Java is not on this machine")


class Worker(Person):
    """Somebody with Spark in the environment."""

    def begin(self, name: str) -> str:
        """Start a session in a script of theirs; return its number."""
        folder = self.server.home / name
        python = clients_environment() / "bin" / "python"
        command = [str(python), str(SCRIPT), f"<b>{name}</b>", str(folder)]
        code = f"import os, subprocess; os.mkdir({str(folder)!r}); out = open({str(folder / 'log')!r}, 'w');"
        self.server.run(f"{code} subprocess.Popen({command}, stdout=out, stderr=out, start_new_session=True)")
        soon((folder / "ready").exists, 90)
        return (folder / "ready").read_text()

    def tell(self, name: str, what: str) -> None:
        """Let a session do something."""
        self.server.run(f"open({str(self.server.home / name / what)!r}, 'w').close()")

    def port(self) -> int:
        """Return where the pages of the only session are."""
        (port,) = pages(listening(self)).values()
        return port


def kill_form(worker: Worker, session: str) -> tuple[str, dict[str, str]]:
    """Return where the form that ends the running job leads, and what is in it."""
    soon(lambda: "kill-link" in worker.web.get(f"{session}jobs/").text)
    page = worker.web.get(f"{session}jobs/").text
    action = re.search(r'action="/user/ann/([^"]*kill[^"]*)"', page)
    assert action is not None, page
    return action[1], dict(re.findall(r'name="(id|csrfToken)" value="([^"]+)"', page))


def end_job(worker: Worker, session: str) -> None:
    """End the running job from its page."""
    action, form = kill_form(worker, session)
    answer = worker.web.post(action, data=form)
    assert str(answer.url).endswith(f"{session}jobs/")
    ended = worker.server.home / "first" / "ended"
    soon(ended.exists)
    worker.server.run(f"import os; os.unlink({str(ended)!r})")


def used_by_session(worker: Worker) -> float:
    """Return the part of one processor that Java and its helpers use."""
    look = (
        "from sardonyx_singleuser.work import used_by_own_processes as used; import time; b = used(), time.monotonic();"
        "time.sleep(3); a = used(), time.monotonic(); print((a[0] - b[0]) / (a[1] - b[1]))"
    )
    return float(worker.server.run(look))


def order(port: int) -> bytes:
    """Send a message as Spark's programs send them (TransportConf), without a secret; return what is said about it."""
    body = b"no secret\n"
    message = struct.pack(">QBQI", 8 + 1 + 8 + 4 + len(body), 3, 1, len(body)) + body
    with socket.create_connection(("127.0.0.1", port), timeout=3) as connection:
        connection.sendall(message)
        try:
            return connection.recv(65536)
        except OSError:
            return b""


@pytest.fixture(scope="module")
def forks(prefix: Path) -> Iterator[Forks]:
    """A fork server as on a machine whose hub has the most rights that the tests have."""
    with running_forks(prefix / "bin" / "python", ordinary=False) as running:
        yield running


@pytest.fixture(scope="module")
def start(forks: Forks) -> Iterator[Callable[[str], Worker]]:
    """A way to start servers with Spark."""
    workers = []

    def new(name: str) -> Worker:
        environment = clients_environment()
        programs = {"PATH": f"{environment}/bin:/usr/bin:/bin", "SARDONYX_TOKEN_FILE": f"{OWN}/token"}
        server = forks.start(name, variables=programs, readable=(str(environment), str(SCRIPT)))
        assert server.is_ready, server.said
        workers.append(Worker(server))
        return workers[-1]

    yield new
    for worker in workers:
        worker.web.close()


@pytest.fixture(scope="module")
def ann(start: Callable[[str], Worker]) -> Worker:
    """Somebody with one session."""
    worker = start("ann")
    assert "No Spark session runs in this server." in worker.web.get("tools/spark/", headers=PAGE).text
    worker.begin("first")
    return worker


@pytest.fixture(scope="module")
def session(ann: Worker) -> str:
    """Return the address of the only session."""
    return f"tools/spark/{(ann.server.home / 'first' / 'ready').read_text()}/"


def test_the_tile_is_there_where_pyspark_is(ann: Worker, forks: Forks) -> None:
    """And nowhere else."""
    without = Worker(forks.start("without", variables={"PATH": "/usr/bin:/bin"}))
    with without.web:
        names = [tool["name"] for tool in without.web.get("sardonyx/api/tools").json()]
    addresses = {tool["name"]: tool["address"] for tool in ann.web.get("sardonyx/api/tools").json()}

    assert addresses["spark"] == "/user/ann/tools/spark/"
    assert "spark" not in names
    assert "mlflow" in names


def test_one_session_opens_directly_and_its_links_stay_below_the_server(ann: Worker, session: str) -> None:
    """Pages, what belongs to them, redirects, and what its pages ask."""
    page = ann.web.get("tools/spark", headers=PAGE)

    assert str(page.url).endswith(f"/user/ann/{session}jobs/")
    links = set(re.findall(r'(?:href|src|action)="([^"#]+)"', page.text))
    assert links
    assert {link for link in links if not link.startswith(f"/user/ann/{session}")} == set()
    for path in sorted(link.removeprefix("/user/ann/") for link in links):
        assert ann.web.get(path).status_code == 200, path
    assert str(ann.web.get(session.rstrip("/"), headers=PAGE).url).endswith(f"{session}jobs/")
    assert "SparkContext" in ann.web.get(f"{session}executors/threadDump/?executorId=driver").text
    assert [each["name"] for each in ann.web.get(f"{session}api/v1/applications").json()] == ["<b>first</b>"]


def test_nobody_reaches_the_pages_without_a_sign_in(ann: Worker, session: str) -> None:
    """Neither the list, nor a session, nor with somebody else's token."""
    with ann.stranger() as stranger:
        for address in ("tools/spark/", session, f"{session}api/v1/applications"):
            assert stranger.get(address, headers=PAGE).status_code == 302, address
            other = {**PAGE, "Authorization": "token another-token"}
            assert stranger.get(address, headers=other).status_code == 403, address


def test_another_program_of_the_machine_is_refused(
    ann: Worker, session: str, start: Callable[[str], Worker], tmp_path: Path
) -> None:
    """On its port: without a token, with one of another server, and with the right one after its time."""
    pages = f"http://{PAGES_HOST}:{ann.port()}"
    (tmp_path / "key").write_bytes(b"k" * 32)
    forged = Sessions(tmp_path / "key").token()
    late = ann.server.run(
        "import os, pathlib, sardonyx_singleuser.tools.spark_sessions as s; s.TOKEN_S = -30;"
        "print(s.Sessions(pathlib.Path(os.environ['SPARK_CONF_DIR']) / 'pages.key').token())"
    )
    for path in PATHS:
        for token in ("", forged, late, f"{late.rsplit('.', 1)[0]}."):
            answer = web.get(f"{pages}/{path}", headers={"Authorization": f"Bearer {token}"} if token else {})
            assert answer.status_code == 403, (path, token)
            assert "first" not in answer.text

    other = start("other")
    asked = (
        f"import urllib.request as u\ntry: print(u.urlopen({pages + '/jobs/'!r}).status)\nexcept OSError as e: print(e)"
    )
    assert "403" in other.server.run(asked)
    assert "No Spark session runs in this server." in other.web.get("tools/spark/", headers=PAGE).text
    assert other.web.get(session, headers=PAGE).status_code == 404


def test_its_other_ports_are_the_machines_own_and_ask_for_a_secret(ann: Worker) -> None:
    """Those for tasks and for their data, where Spark would take orders; Python's own is closed by py4j."""
    addresses = [line.split()[1].partition(":") for line in listening(ann)]
    assert {host.removeprefix(f"{'0' * 16}FFFF0000")[-2:] for host, _, _ in addresses} == {"7F"}

    ports = [int(port, 16) for host, _, port in addresses if host.endswith("0100007F")]
    assert [b"Expected SaslMessage" in order(port) for port in ports].count(True) == 2


def test_a_job_is_ended_from_its_page_and_by_nobody_else(ann: Worker, session: str) -> None:
    """With the form that is on the page; by neither a link, nor a page of another site, nor without the form's mark."""
    ann.tell("first", "work")
    action, form = kill_form(ann, session)

    assert ann.web.get(action, params=form).status_code == 405
    assert ann.web.post(action, data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert ann.web.post(action, data={**form, "csrfToken": "x"}).status_code == 403
    assert not (ann.server.home / "first" / "ended").exists()

    end_job(ann, session)


def test_a_running_job_is_work_and_a_session_without_one_is_not(ann: Worker, session: str) -> None:
    """By what it uses of the processors, where no kernel is at work."""
    assert used_by_session(ann) < LEAST

    ann.tell("first", "work")
    soon(lambda: "kill-link" in ann.web.get(f"{session}jobs/").text)
    try:
        assert used_by_session(ann) > LEAST
    finally:
        end_job(ann, session)


def test_pages_that_were_left_open_are_not_use(ann: Worker, session: str) -> None:
    """What they ask by themselves does not count; what a person opens does."""
    before = ann.activity()
    time.sleep(0.1)
    for address in ("tools/spark/", f"{session}jobs/", f"{session}api/v1/applications"):
        assert ann.web.get(address, headers=FETCHED).status_code == 200
    assert ann.activity() == before

    ann.web.get(f"{session}jobs/", headers=PAGE)
    assert ann.activity() > before


def test_several_sessions_are_listed_and_one_that_ended_says_so(ann: Worker, session: str) -> None:
    """Each under its name, which is text and not a page."""
    ann.begin("second")
    page = ann.web.get("tools/spark/", headers=PAGE)
    assert str(page.url).endswith("/tools/spark/")
    assert page.headers["Cache-Control"] == "no-store"
    names = re.findall(r'<a href="([^"]+)">&lt;b&gt;(\w+)&lt;/b&gt;</a>', page.text)
    assert [name for _, name in names] == ["first", "second"]
    assert names[0][0] == f"/user/ann/{session}jobs/"

    ann.tell("first", "stop")
    soon(lambda: ann.web.get(session, headers=PAGE).status_code == 404)
    ended = ann.web.get(session, headers=PAGE).text
    assert "This Spark session has ended" in ended
    assert "&lt;b&gt;second&lt;/b&gt;" in ended
    assert ann.web.get(f"{session}static/webui.js").status_code == 404
