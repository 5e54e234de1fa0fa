"""What an instructor says to who is here, new material that they bring, and help for one student, in JupyterLab."""

import signal
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from e2e.conftest import SCREENSHOTS
from playwright.sync_api import expect
from support.classes import CONF, ask, id_of, people_of, token_of
from support.git_server import Forge, serving
from support.material import Material, new_material
from support.waiting import soon

from sardonyx_spawner.copy_places import mirror_name

pytestmark = pytest.mark.browser
Check = Callable[[Any, str], None]
SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python: {{title: Usual, environment: python}}
  together: {{title: Together, environment: python, collaboration: true}}
git: {{mirrored: ["{forge}"]}}
"""


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forge]:
    """A real git server."""
    with serving(Forge(tmp_path_factory.mktemp("git"))) as found:
        yield found


@pytest.fixture
def material(forge: Forge) -> Material:
    """With one file of three lines, in a repository that no copy was made of."""
    return new_material(forge, task="one\ntwo\nthree\n")


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Any], forge: Forge) -> Any:
    """A place where people may be instructors, and of whose forge the hub keeps copies."""
    return place_with(SETTINGS, conf=CONF, forge=f"{forge.url}/")


@pytest.fixture
def tia(place: Any, newcomer: Callable[..., Any]) -> Any:
    """Somebody who may make classes."""
    visitor = newcomer(place, "tia")
    with people_of(place) as people:
        people.set_instructor("tia", is_instructor=True)
    return visitor


def course_of(
    place: Any, tia: Any, repository: str, profile: str = "python", more: Sequence[dict[str, Any]] = ()
) -> tuple[str, str]:
    """Let tia make a class with its servers; return its id and the code of its link.

    Args:
        more: other repositories of its material.
    """
    wish = {
        "title": "Statistics",
        "profile": profile,
        "repositories": [{"url": repository}, *more] if repository else [],
    }
    made = ask(place, token_of(place, "tia"), "POST", "/api/classes", wish).json()["id"]
    link = ask(place, token_of(place, "tia"), "PUT", f"/api/classes/{made}/link", {"joining": True}).json()
    tia.page.goto(f"{place.url}/services/people/classes/{made}")
    return made, str(link["link"]).rpartition("/")[2]


def come(place: Any, student: Any, course: str, code: str, server: str = "") -> Path:
    """Join, and start a server of the class, the usual one or one with a name; return the home."""
    assert ask(place, token_of(place, student.name), "POST", "/api/join", {"code": code}).status_code == 200
    if server:
        student.page.goto(f"{place.url}/hub/spawn/{student.name}/{server}#profile=class-{course}")
    else:
        student.page.goto(f"{place.url}/services/people/classes/{course}")
        student.page.get_by_role("link", name="Start a server for this class").click()
    student.page.get_by_role("button", name="Start", exact=True).click()
    student.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
    with people_of(place) as people:
        return Path(place.data / "homes" / id_of(people, student.name))


def is_through(place: Any, course: str) -> bool:
    """Tell whether the last go through a class is at its end."""
    run = ask(place, token_of(place, "tia"), "GET", f"/api/classes/{course}/live").json()["run"]
    return bool(run["done"] == run["total"])


def test_who_is_here_reads_it_and_has_new_material_around_what_they_changed(
    place: Any, tia: Any, newcomer: Callable[..., Any], material: Material, check: Check
) -> None:
    """Who is not here, or runs something else, is not told; a long word is read in full with a click."""
    course, code = course_of(place, tia, material.url)
    here, away = newcomer(place, "sam"), newcomer(place, "sue")
    home = come(place, here, course, code)
    assert ask(place, token_of(place, "sue"), "POST", "/api/join", {"code": code}).status_code == 200
    away.page.reload()
    away.page.get_by_role("radio", name="Usual", exact=True).check()
    away.page.get_by_role("button", name="Start", exact=True).click()
    away.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
    (home / "course" / "task.txt").write_text("one\ntwo\nmine\n")
    material.write(task="ONE\ntwo\nthree\n", more="new")

    tia.page.reload()
    tia.page.get_by_text("A message or a file for everybody who is here").click()
    check(tia.page, "class-words")
    tia.page.get_by_label("Say something").fill("We begin at <b>ten</b>.")
    tia.page.get_by_role("button", name="Say it").click()
    expect(here.page.get_by_text("tia: We begin at <b>ten</b>.")).to_be_visible()
    expect(tia.page.get_by_text("1 of 1 server has it.")).to_be_visible()
    soon(lambda: is_through(place, course))
    tia.page.get_by_text("A message or a file for everybody who is here").click()
    tia.page.get_by_role("button", name="Bring new material").click()

    expect(here.page.get_by_text("tia: There is new material: course.")).to_be_visible(timeout=60_000)
    assert (home / "course" / "more.txt").read_text() == "new"
    assert (home / "course" / "task.txt").read_text() == "ONE\ntwo\nmine\n"
    assert away.page.get_by_text("tia:").count() == 0
    tia.page.get_by_text("A message or a file for everybody who is here").click()
    tia.page.get_by_label("Say something").fill("word " * 60)
    soon(lambda: is_through(place, course))
    tia.page.get_by_role("button", name="Say it").click()
    here.page.get_by_role("button", name="Read all of it").click()
    expect(here.page.get_by_role("dialog")).to_contain_text(("word " * 60).strip())
    here.page.get_by_role("dialog").get_by_role("button", name="Ok").click()
    (home / "course" / "answer sheet.txt").write_text("mine")
    handed = {"name": "answer sheet.txt", "mimeType": "text/plain", "buffer": b"the sheet"}
    soon(lambda: is_through(place, course))
    tia.page.get_by_text("A message or a file for everybody who is here").click()
    tia.page.get_by_label("Hand out a file").set_input_files(handed)
    tia.page.get_by_role("button", name="Hand it out").click()
    expect(here.page.get_by_text("Yours of the name “answer sheet.txt” is as it was.")).to_be_visible()
    (beside,) = (home / "course").glob("answer sheet__*.txt")
    assert beside.read_text() == "the sheet"
    assert (home / "course" / "answer sheet.txt").read_text() == "mine"
    key = f"class/{course}/shared/handed-out/answer sheet.txt"
    fetch = f"boto3.Session(profile_name='class-{course}').client('s3').get_object(Bucket='sardonyx', Key='{key}')"
    assert here.run(f"import boto3; print({fetch}['Body'].read())").strip() == "b'the sheet'"
    tia.page.get_by_role("link", name="What was done").click()
    tia.page.get_by_role("row", name="tia handed out to everybody: answer sheet.txt").wait_for()
    tia.page.get_by_role("row", name="tia said to everybody: We begin at").wait_for()
    tia.page.get_by_role("row", name="tia brought new material to everybody").wait_for()


def test_what_cannot_be_brought_is_said_to_both(
    place: Any, tia: Any, newcomer: Callable[..., Any], material: Material
) -> None:
    """The student in JupyterLab, the instructor in the row of the class."""
    course, code = course_of(place, tia, material.url)
    ida = newcomer(place, "ida")
    home = come(place, ida, course, code)
    (home / "course" / ".git" / "MERGE_HEAD").write_text("0" * 40)
    material.write(third="x")

    tia.page.reload()
    tia.page.get_by_text("A message or a file for everybody who is here").click()
    tia.page.get_by_role("button", name="Bring new material").click()

    why = "You are in the middle of a merge there: finish it, and what is new comes with the next start."
    expect(ida.page.get_by_text(why[:60])).to_be_visible(timeout=60_000)
    expect(tia.page.get_by_role("row", name="ida")).to_contain_text(why)


def test_a_student_lets_an_instructor_in_who_puts_a_file_back(
    place: Any, tia: Any, newcomer: Callable[..., Any], material: Material, check: Check
) -> None:
    """The student is asked, and decides on a page of the hub; what they wrote is beside the file. All is written down.

    Their server has a name: it is as good as the usual one, and the class has no need of another beside it.
    """
    material.write(week="as it is\n")
    course, code = course_of(place, tia, material.url, "together")
    kim = newcomer(place, "kim")
    home = come(place, kim, course, code, "own")
    (home / "course" / "week.txt").write_text("all wrong\n")

    expect(tia.page.get_by_role("row", name="kim")).to_contain_text("server “own”")
    expect(tia.page.get_by_role("row", name="kim")).to_contain_text("Running")
    expect(tia.page.get_by_role("button", name="Start everyone")).to_be_disabled()
    check(tia.page, "class-live-named")
    tia.page.get_by_role("link", name="Ask to be let in by kim").click()
    check(tia.page, "class-help")
    assert tia.page.request.get(f"{place.url}/user/kim/own/lab", max_redirects=0).status == 302
    tia.page.get_by_role("button", name="Ask to be let in").click()
    tia.page.get_by_text("JupyterLab asks kim now.").wait_for()
    expect(kim.page.get_by_text("tia: I would like to come into your server, to help you.")).to_be_visible()
    with kim.page.context.expect_page() as opened:
        kim.page.get_by_role("button", name="Let them in …").click()
    page = opened.value
    assert page.get_by_label("The name with which they sign in").input_value() == "tia"
    page.get_by_role("button", name="Invite").click()
    page.get_by_role("heading", name="Invited").wait_for()

    tia.page.get_by_role("link", name="Statistics").click()
    with tia.page.context.expect_page() as lab:
        tia.page.get_by_role("link", name="Open the server of kim").click()
    lab.value.get_by_role("button", name="Open it").click()
    lab.value.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
    assert lab.value.get_by_role("button", name="Let them in …").count() == 0, "that is the student's to do"

    tia.page.get_by_role("link", name="Put a file back for kim").click()
    tia.page.get_by_label("File", exact=True).fill("weeks.txt")
    tia.page.get_by_role("button", name="Put it back").click()
    tia.page.get_by_text("Nothing was done. There is no file “weeks.txt” in the material.").wait_for()
    tia.page.get_by_label("File", exact=True).fill("week.txt")
    tia.page.get_by_role("button", name="Put it back").click()
    tia.page.get_by_text("“week.txt” is as it is in the material again.").wait_for()
    check(tia.page, "class-help-done")
    assert (home / "course" / "week.txt").read_text() == "as it is\n"
    assert [file.read_text() for file in (home / "course").glob("week__*.txt")] == ["all wrong\n"]
    expect(kim.page.get_by_text("tia: “week.txt” is as it is in the material again. What you wrote is")).to_be_visible()
    tia.page.goto(f"{place.url}/services/people/classes/{course}/log")
    tia.page.get_by_role("row", name="tia offered help in the server of: kim").wait_for()
    tia.page.get_by_role("row", name="tia opened the server of: kim").wait_for()
    tia.page.get_by_role("row", name="tia put a file of the material back for: kim").wait_for()
    tia.page.get_by_role("link", name="Statistics").click()
    tia.page.get_by_role("button", name="Stop everyone").click()
    tia.page.get_by_role("button", name="Stop 1 server").click()
    expect(tia.page.get_by_role("row", name="kim")).to_contain_text("Not here", timeout=60_000)


def test_a_class_has_several_repositories_which_come_from_the_copy_of_the_hub(
    place: Any, tia: Any, newcomer: Callable[..., Any], material: Material, check: Check
) -> None:
    """One stays at its commit where the other goes on; a file is put back in that which the instructor chooses."""
    material.write(task="first\n")
    then = material.commit()
    material.write(task="second\n")
    fixed = {"url": material.url, "commit": then, "folder": "lib/then"}
    course, code = course_of(place, tia, material.url, more=[fixed])
    pia = newcomer(place, "pia")
    home = come(place, pia, course, code)
    texts = {name: home / name / "task.txt" for name in ("course", "lib/then")}
    assert {name: file.read_text() for name, file in texts.items()} == {"course": "second\n", "lib/then": "first\n"}
    assert (place.data / "mirrors" / mirror_name(material.url)).is_dir()

    material.write(task="third\n")
    for file in texts.values():
        file.write_text("mine\n")
    tia.page.reload()
    tia.page.get_by_role("link", name="Put a file back for pia").click()
    tia.page.get_by_label("Repository").select_option("lib/then")
    tia.page.get_by_label("File", exact=True).fill("task.txt")
    check(tia.page, "class-help-repositories")
    tia.page.get_by_role("button", name="Put it back").click()
    tia.page.get_by_text("“task.txt” is as it is in the material again.").wait_for()

    assert {name: file.read_text() for name, file in texts.items()} == {"course": "mine\n", "lib/then": "first\n"}
    expect(pia.page.get_by_text("tia: “lib/then/task.txt” is as it is in the material again.")).to_be_visible()
    tia.page.goto(f"{place.url}/services/people/classes/{course}/log")
    expect(tia.page.get_by_role("row", name="tia put a file of the material back for: pia")).to_contain_text("lib/then")
    put_back = {"path": "task.txt", "folder": "elsewhere"}
    url = f"/api/classes/{course}/people/pia/put-back"
    answer = ask(place, token_of(place, "tia"), "POST", url, put_back)
    assert (answer.status_code, answer.json()["message"]) == (
        400,
        "No repository of this class is in the folder “elsewhere”. They are in: course, lib/then.",
    )


def test_whose_server_an_instructor_stopped_reads_so_and_finds_back(
    place: Any, tia: Any, newcomer: Callable[..., Any], check: Check
) -> None:
    """In the place of JupyterLab's own words, which name an address; staying leaves the page as it is."""
    course, code = course_of(place, tia, "")
    una = newcomer(place, "una")
    come(place, una, course, code)
    una.run("1")

    def stop() -> None:
        assert ask(place, token_of(place, "tia"), "POST", f"/api/classes/{course}/stop", {"names": ["una"]}).is_success

    stop()
    said = una.page.get_by_role("dialog")
    said.get_by_text("tia has stopped it. Your files are kept. Start it to go on.").wait_for(timeout=90_000)
    assert said.get_by_text("Your server is not running").count() == 1
    una.page.screenshot(path=SCREENSHOTS / "lab-server-stopped.png")
    said.get_by_role("button", name="Stay Here").click()
    expect(said).to_have_count(0)
    una.page.reload()
    una.page.get_by_text("tia has stopped it. Your files are kept.").wait_for()
    check(una.page, "not-running-stopped-by")

    una.page.get_by_role("link", name="Start").click()
    una.page.get_by_role("button", name="Start", exact=True).click()
    una.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
    stop()
    said.get_by_role("button", name="Start It Again").click(timeout=90_000)
    una.page.wait_for_url("**/hub/spawn/una?next=*")
    una.page.get_by_role("button", name="Start", exact=True).wait_for()


def test_who_runs_since_before_the_hub_hears_what_is_said(place: Any, tia: Any, newcomer: Callable[..., Any]) -> None:
    """A hub that was killed and started again speaks to servers whose keys it does not know, with one that ends at once.

    Theirs end with the servers.
    """
    course, code = course_of(place, tia, "")
    ola = newcomer(place, "ola")
    come(place, ola, course, code)
    tia.page.goto(f"{place.url}/services/people/classes/{course}")

    place.stop(signal.SIGKILL)
    place.start()

    soon(lambda: place.command("user", "list").returncode == 0)
    tia.page.reload()
    tia.page.get_by_text("A message or a file for everybody who is here").click()
    tia.page.get_by_label("Say something").fill("We go on.")
    tia.page.get_by_role("button", name="Say it").click()
    ola.page.get_by_text("tia: We go on.").wait_for(timeout=60_000)
    ola.page.goto(f"{place.url}/hub/token")
    assert "The hub asks the server" not in ola.page.inner_text("main")

    def keys() -> set[str]:
        said = ola.page.context.request.get(f"{place.url}/hub/api/users/ola/tokens").json()
        return {key["note"] for key in said["api_tokens"] if key["note"].startswith("Server at")}

    assert keys() == {"Server at /user/ola/"}
    ola.stop()
    soon(lambda: not ola.has_server())
    soon(lambda: keys() == set())


def test_where_servers_let_nobody_in_help_is_refused(place: Any, tia: Any, newcomer: Callable[..., Any]) -> None:
    """With what to ask for; so it is for who has no server, and without a file."""
    course, code = course_of(place, tia, "")
    lea = newcomer(place, "lea")
    come(place, lea, course, code)

    def said(path: str, body: Any = None) -> str:
        answer = ask(place, token_of(place, "tia"), "POST", f"/api/classes/{course}/people/{path}", body)
        assert answer.status_code == 400
        return str(answer.json()["message"])

    soon(lambda: "runs now" not in said("lea/help"))
    assert said("lea/help").startswith("The servers of this class let nobody in: their profile is not for working")
    assert said("tia/help") == "tia has no server of this class that runs now."
    assert said("lea/put-back", {"path": " "}).startswith(
        "Say which file, as its path below the folder of the material"
    )


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("messages", {"text": " "}, "Write what you want to say, in 1000 characters at most."),
        ("messages", {"text": "x" * 1001}, "Write what you want to say, in 1000 characters at most."),
        ("material", None, "This class has no material. Name a repository in its settings."),
    ],
)
def test_what_cannot_be_said_is_refused(place: Any, tia: Any, path: str, body: Any, said: str) -> None:
    """In words."""
    course, _code = course_of(place, tia, "")

    answer = ask(place, token_of(place, "tia"), "POST", f"/api/classes/{course}/{path}", body)

    assert (answer.status_code, answer.json()["message"]) == (400, said)
