"""The page “Data”: what somebody can reach, how to use it, and keys for their own computer."""

import os
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from support.ports import free_ports

from sardonyx_services.people.store import PeopleStore

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
Check = Callable[[Any, str], None]
SETTINGS = """
storage: {{laptop_endpoint: "http://127.0.0.1:{store}", laptop_key_lifetime: 4h}}
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python: {{title: Python, environment: python}}
"""


@pytest.fixture(scope="module")
def reachable(place_with: Callable[..., Any]) -> Any:
    """A place whose people's own computers reach the store: they are this very machine."""
    port = free_ports()
    return place_with(SETTINGS, port=port, store=port + 4)


@pytest.fixture
def person(reachable: Any, browser: Any, request: Any) -> Iterator[Any]:
    """A way to have somebody there who has signed in; called after the test."""
    contexts = []
    number = iter(range(10))

    def signed_in(**options: Any) -> Any:
        context = browser.new_context(**options)
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        name = f"{request.node.name.removeprefix('test_').replace('_', '-')[:20].strip('-')}-{next(number)}"
        reachable.add_person(name, PASSWORD)
        page.goto(f"{reachable.url}/hub/login?next=%2Fhub%2Fdata")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Data", exact=True).wait_for()
        return page

    yield signed_in
    for context in contexts:
        context.close()


def join_class(stack: Any, name: str, title: str) -> str:
    """Make somebody a student of a new class; return its id."""
    people = PeopleStore(stack.data / "people.sqlite")
    try:
        record = people.by_name(name)
        assert record is not None
        group: str = people.groups.add("class", title)
        people.groups.join(group, record.id, "student")
    finally:
        people.close()
    return group


def name_on(page: Any) -> str:
    """Return who has signed in."""
    found: str = page.locator(".sx-menu summary").inner_text()
    return found.strip()


def home_on(page: Any) -> str:
    """Return the prefix of the person's own place, as the page shows it."""
    address = page.locator(".sx-places tbody tr").first.locator("code").first.inner_text()
    return str(address.removeprefix("s3://sardonyx/"))


def exported(page: Any) -> dict[str, str]:
    """Return the variables that the page of a new key shows."""
    code = page.get_by_role("group", name="For this terminal only").inner_text()
    return dict(re.findall(r"^export (\w+)='([^']*)'$", code, re.MULTILINE))


def s3_with(told: dict[str, str]) -> Any:
    """Return a client with these variables, and nothing else."""
    return boto3.client(
        "s3",
        endpoint_url=told["AWS_ENDPOINT_URL"],
        region_name=told["AWS_REGION"],
        aws_access_key_id=told["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=told["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=told["AWS_SESSION_TOKEN"],
    )


def xsrf_on(page: Any) -> str:
    """Return the sign that a form of this page carries."""
    return str(page.locator("form [name=_xsrf]").first.get_attribute("value"))


def test_a_place_with_a_store_of_its_own_machine_says_so_and_has_no_button(
    stack: Any, visitor: Any, check: Check
) -> None:
    """Where a key would be of no use, none is offered; the rest of the page is all there."""
    stack.add_person("dora", PASSWORD)
    visitor.sign_in("dora")
    join_class(stack, "dora", "Statistics 101 <b>&")
    page = visitor.page
    page.get_by_role("link", name="Data", exact=True).click()
    page.get_by_role("heading", name="Data", exact=True).wait_for()

    check(page, "data")

    said = page.inner_text("main")
    assert "The data store can be reached from this place’s own machine only" in said
    assert "Statistics 101 <b>&" in said
    assert page.get_by_role("button", name="Make a key").count() == 0
    answer = page.request.post(
        f"{stack.url}/hub/data/key",
        form={"_xsrf": page.evaluate("JSON.parse(document.getElementById('hub').textContent).xsrf"), "life": "3600"},
    )
    assert answer.status == 403
    assert "export AWS" not in answer.text()


def test_a_key_for_ones_own_computer_is_shown_once_and_works(reachable: Any, person: Any, check: Check) -> None:
    """It reaches what was chosen, is in no address and no log, and its code is right as it stands."""
    page = person()
    group = join_class(reachable, name_on(page), "Statistics 101")
    page.reload()
    home = home_on(page)
    check(page, "data-with-keys")
    page.get_by_label("What it opens").select_option(label="Statistics 101, and my place")
    page.get_by_label("Read and write").check(force=True)
    page.get_by_label("4 hours").check(force=True)

    with page.expect_response("**/hub/data/key") as caught:
        page.get_by_role("button", name="Make a key").click()
    page.get_by_role("heading", name="Your key").wait_for()

    assert caught.value.headers["cache-control"] == "no-store"
    assert page.url == f"{reachable.url}/hub/data/key"
    check(page, "data-key")
    told = exported(page)
    s3 = s3_with(told)
    s3.put_object(Bucket="sardonyx", Key=f"{home}from-a-laptop", Body=b"1")
    s3.put_object(Bucket="sardonyx", Key=f"class/{group}/hand-in/{home.split('/')[1]}/answer", Body=b"42")
    scope: dict[str, Any] = {}
    exec(page.get_by_role("group", name="In Python").inner_text(), scope)  # noqa: S102 - what the page tells to run
    assert scope["s3"].list_objects_v2(Bucket="sardonyx", Prefix=home)["KeyCount"] == 1
    for log in (reachable.data / "logs").rglob("*"):
        if log.is_file():
            assert told["AWS_SECRET_ACCESS_KEY"] not in log.read_text(errors="replace"), log
    page.goto(f"{reachable.url}/hub/data")
    assert "My place, Statistics 101: read and write" in page.inner_text("#laptop")
    assert told["AWS_SECRET_ACCESS_KEY"] not in page.content()
    assert "laptop" in reachable.command("audit", "--person", name_on(page)).stdout
    page.goto(f"{reachable.url}/hub/token")
    page.get_by_text("You have none.").wait_for()


def test_a_key_can_be_made_without_a_script(person: Any) -> None:
    """It reads only, unless one says otherwise."""
    page = person(java_script_enabled=False)
    home = home_on(page)

    page.get_by_role("button", name="Make a key").click()

    s3 = s3_with(exported(page))
    assert s3.list_objects_v2(Bucket="sardonyx", Prefix=home)["KeyCount"] == 0
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.put_object(Bucket="sardonyx", Key=f"{home}x", Body=b"")


def test_code_is_copied_by_a_button(person: Any) -> None:
    """As it stands, with the person's own address in it."""
    page = person(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("Terminal").check(force=True)
    shown = page.get_by_role("group", name="To install, once")
    assert shown.inner_text() == "pip install awscli"

    button = page.get_by_role("button", name="Copy aws").bounding_box()
    code = page.get_by_role("group", name="aws", exact=True).bounding_box()
    assert code["x"] + code["width"] <= button["x"]
    page.get_by_role("button", name="Copy aws").click()
    page.get_by_role("button", name="Copied aws").wait_for()

    assert page.evaluate("navigator.clipboard.readText()").startswith(f"aws s3 ls s3://sardonyx/{home_on(page)}\n")


def test_nothing_in_the_form_says_for_whom_or_for_more(reachable: Any, person: Any) -> None:
    """The name of somebody else is not looked at; a life of 13 hours, a class of others and an address are refused."""
    page, other = person(), person()
    group = join_class(reachable, name_on(other), "Secret")
    url, xsrf = f"{reachable.url}/hub/data/key", xsrf_on(page)

    def post(**form: str) -> Any:
        return page.request.post(url, form={"_xsrf": xsrf, "life": "3600", "may": "write", **form})

    as_other = post(person=name_on(other), user=name_on(other), name=name_on(other))
    assert as_other.status == 200
    told = dict(re.findall(r"export (\w+)=&#39;([^&]*)&#39;", as_other.text()))
    s3 = s3_with(told)
    assert s3.list_objects_v2(Bucket="sardonyx", Prefix=home_on(page))["KeyCount"] == 0
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.list_objects_v2(Bucket="sardonyx", Prefix=home_on(other))
    for form, status, said in (
        ({"life": "46800"}, 400, "No key was made. Keys for one&#39;s own computer live for 14400 seconds at most."),
        ({"life": "x"}, 400, "No key was made. “lifetime” is a number of seconds"),
        ({"group": f"class-{group}"}, 403, "No key was made. You are in no class or team"),
        ({"group": "../aws"}, 404, "No key was made. There is nothing at this address."),
    ):
        answer = post(**form)
        assert (answer.status, said in answer.text()) == (status, True), answer.text()[-3000:]
        assert "AWS_SECRET" not in answer.text()
    assert "Make a key" in page.request.get(url).text()


def test_no_key_without_the_sign_of_the_page_or_for_a_program(reachable: Any, person: Any, browser: Any) -> None:
    """A form on another site and a program with a token of the person get none."""
    page = person()
    url, xsrf = f"{reachable.url}/hub/data/key", xsrf_on(page)
    made = page.request.post(
        f"{reachable.url}/hub/api/users/{name_on(page)}/tokens?_xsrf={xsrf}", data={"note": "mine"}
    )
    headers = {"Authorization": f"token {made.json()['token']}"}
    program = browser.new_context()

    answers = [
        page.request.post(url, form={"life": "3600"}),
        program.request.post(url, form={"life": "3600"}, headers=headers),
        program.request.post(f"{reachable.url}/services/credentials/laptop", headers=headers),
        page.request.get(f"{url}?life=3600&may=write&_xsrf={xsrf}"),
    ]
    texts = [answer.text() for answer in answers]
    program.close()

    assert [answer.status for answer in answers] == [403, 403, 403, 200]
    assert not [text for text in texts if "AWS_SECRET" in text]


def test_code_in_a_server_makes_no_keys_that_outlive_it(reachable: Any, first_of: Callable[[Any], Any]) -> None:
    """Its token is that of the server, not of its owner at the page."""
    visitor = first_of(reachable)
    visitor.start()

    said = visitor.run(SERVER_ASKS.format(hub=reachable.url, service=f"http://127.0.0.1:{reachable.port + 3}"))

    assert [line.partition(" ")[0] for line in said.splitlines()] == ["403", "403"]
    assert "This is for the page “Data”: sign in, and open it in your browser." in said.splitlines()[1]


def test_the_code_of_the_page_works_in_a_server(stack: Any, visitor: Any) -> None:
    """As it stands, one piece after the other; a class is reached by its profile, and JupyterLab leads to the page."""
    stack.add_person("edda", PASSWORD)
    visitor.sign_in("edda")
    group = join_class(stack, "edda", "Statistics 101")
    visitor.start()
    page = visitor.page
    page.get_by_role("menuitem", name="File", exact=True).click()
    with page.context.expect_page() as opened:
        page.get_by_text("Your Data: Places and Keys", exact=True).click()
    data = opened.value
    data.get_by_role("heading", name="Data", exact=True).wait_for()

    code = {each.get_attribute("aria-label"): each.inner_text() for each in data.locator(".is-Python pre").all()}
    said = {title: visitor.run(f"{code[title]}\nprint('fine')") for title in list(code)[:-1]}
    listed = visitor.run(LIST_PROFILES)
    hand_in = f"class/{group}/hand-in/{home_on(data).split('/')[1]}/answer"
    handed_in = visitor.run(
        f"import boto3; s3 = boto3.Session(profile_name='class-{group}').client('s3')\n"
        f"s3.put_object(Bucket='sardonyx', Key='{hand_in}', Body=b'42')\n"
        f"import s3fs; print(s3fs.S3FileSystem(profile='class-{group}').cat('sardonyx/{hand_in}'))"
    )
    data.reload()

    assert list(code) == ["pandas", "polars", "DuckDB", "boto3", "s3fs", "For Statistics 101"]
    assert {title: text.strip() for title, text in said.items()} == dict.fromkeys(said, "fine")
    assert listed.split() == ["home", "My", "place", "public", "Published", f"class-{group}", "Statistics", "101"]
    assert handed_in.strip() == "b'42'"
    assert "Its key works until" in data.inner_text("main")


LIST_PROFILES = """
import subprocess, sys
command = [sys.executable, "-m", "sardonyx_singleuser.aws_profiles"]
print(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
"""
SERVER_ASKS = """
import os, urllib.error, urllib.request
for url in ("{hub}/hub/data/key", "{service}/services/credentials/laptop"):
    request = urllib.request.Request(url, b"life=3600", {{"Authorization": "token " + os.environ["JUPYTERHUB_API_TOKEN"]}})
    try:
        print(urllib.request.urlopen(request).status)
    except urllib.error.HTTPError as error:
        print(error.code, error.read().decode().replace(chr(10), " "))
"""


def test_a_service_that_does_not_answer_is_a_sentence(reachable: Any, person: Any, check: Check) -> None:
    """What works goes on; nobody sees a trace."""
    page = person()
    (keys,) = [
        process
        for process in reachable.processes()
        if b"sardonyx_services.credentials" in Path(f"/proc/{process}/cmdline").read_bytes()
    ]

    os.kill(keys, signal.SIGSTOP)
    try:
        answer = page.goto(f"{reachable.url}/hub/data")
    finally:
        os.kill(keys, signal.SIGCONT)

    assert answer.status == 503
    assert page.get_by_role("alert").inner_text().startswith("The service that gives keys does not answer now.")
    check(page, "data-away")
    page.get_by_role("link", name="Look again").click()
    page.get_by_text("only you").wait_for()
