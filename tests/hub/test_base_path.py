"""A place below a path of its host: all of it is there, nothing of it is anywhere else, and a neighbour is left alone."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from support import web
from support.members import PASSWORD, Member
from support.oidc_provider import Provider, serving_provider
from support.stack import Stack, running_stack

from sardonyx_hub_config.services.metrics_reader import TOKEN

SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python: {{title: Python, environment: python, lifetime: 1h, longest_lifetime: 6h}}
servers: {{stop_with_hub: false}}
"""
PROVIDERS = """
sign_in: {{providers: {{uni: {{title: Uni, issuer: '{issuer}', client_id: sardonyx}}}}}}
"""
PUT = """
import boto3, os
_, _, bucket, home = os.environ["SARDONYX_S3_HOME"].split("/", 3)
s3 = boto3.client("s3")
s3.put_object(Bucket=bucket, Key=home + "note", Body=b"seen")
print(s3.get_object(Bucket=bucket, Key=home + "note")["Body"].read().decode())
"""
PROMETHEUS = "0123456789abcdef" * 4
GET = PUT.replace("s3.put_object", "# ")


def settings(folder: Path, prefix: Path) -> Path:
    """Return a file with settings for a place."""
    path = folder / "settings.yaml"
    path.write_text(SETTINGS.format(prefix=prefix))
    return path


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """Where people can sign in, too."""
    with serving_provider() as running:
        yield running


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, prefix: Path, provider: Provider) -> Iterator[Stack]:
    """A place below /datalab, with two people and a provider."""
    folder = tmp_path_factory.mktemp("datalab")
    path = settings(folder, prefix)
    path.write_text(path.read_text() + PROVIDERS.format(issuer=provider.issuer))
    with pytest.MonkeyPatch.context() as environment, ExitStack() as ends:
        environment.setenv(TOKEN, PROMETHEUS)
        stack = ends.enter_context(running_stack(folder / "data", path, path="/datalab"))
        for name in ("ann", "bob"):
            assert stack.command("user", "add", name, "--password-stdin", stdin=PASSWORD).returncode == 0
        yield stack


@pytest.fixture
def ann(place: Stack) -> Member:
    """Somebody who has signed in."""
    member = Member(place, "ann")
    member.sign_in()
    return member


@pytest.fixture(scope="module")
def token(place: Stack) -> str:
    """Ann's key for programs; her server runs."""
    ann = Member(place, "ann")
    ann.sign_in()
    token = ann.key()
    ann.start(token)
    return token


def test_the_printed_address_opens_and_the_bare_one_leads_there(place: Stack) -> None:
    """Whoever types only the machine and the port finds the place, with whatever else they typed."""
    root = f"http://127.0.0.1:{place.port}"
    leads = {
        path: web.get(f"{root}{path}").headers.get("Location")
        for path in ("", "/", "/datalab", "/datalab/", "/user/ann/lab", "//elsewhere.example/", "/datalab/../x")
    }

    assert f"Sardonyx is ready: {root}/datalab\n" in place.first_output
    assert leads == {
        **dict.fromkeys(("", "/", "/datalab", "/datalab/"), f"{root}/datalab/hub/"),
        # Kept from before the place had a path.
        "/user/ann/lab": f"{root}/datalab/hub/user/ann/lab",
        "//elsewhere.example/": f"{root}/datalab/hub/elsewhere.example/",
        "/datalab/../x": f"{root}/datalab/hub/x",
    }


def test_nothing_answers_outside_of_the_path(place: Stack, token: str) -> None:
    """Neither hub nor keys nor somebody's server."""
    root = f"http://127.0.0.1:{place.port}"
    paths = ("/hub/api/user", "/hub/home", "/services/credentials/health", "/user/ann/api/status", "/datalabs/hub/home")
    headers = {"Authorization": f"token {token}"}

    assert {web.get(f"{root}{path}", headers=headers).status_code for path in paths} == {302}


def test_an_invitation_leads_to_a_password_and_inside(place: Stack) -> None:
    """Its address, and where its form leads, are below the path."""
    said = place.command("user", "add", "eve", "--link").stdout
    link = said.split()[-1]
    eve = Member(place, "eve")

    answer = eve.send(link, username="eve", password=PASSWORD)

    assert link.startswith(f"{place.url}/hub/welcome?token=")
    assert answer.headers["Location"].startswith("/datalab/hub/")
    assert eve.is_in()


@pytest.mark.usefixtures("token")
def test_every_cookie_is_for_the_path_alone(place: Stack) -> None:
    """Also the server's; whatever else is on the host does not get them."""
    ann = Member(place, "ann")
    ann.sign_in()
    page = ann.ask("GET", "/user/ann/lab", follow_redirects=True)

    assert page.url.path == "/datalab/user/ann/lab"
    kept = [(cookie.name, cookie.path) for cookie in ann.cookies]
    assert {name for name, _ in kept} >= {"jupyterhub-session-id", "jupyterhub-hub-login", "jupyterhub-user-ann"}
    assert [cookie for cookie in kept if not str(cookie[1]).startswith("/datalab/")] == []


@pytest.mark.usefixtures("token")
def test_a_server_opens_for_who_has_its_cookie_of_another_time(place: Stack) -> None:
    """One for the whole host, as servers set it once: it is taken away, and leads nobody in a circle."""
    ann = Member(place, "ann")
    httpx.Cookies(ann.cookies).set("jupyterhub-user-ann", "of-a-server-that-is-gone", domain="127.0.0.1")
    ann.sign_in()

    page = ann.ask("GET", "/user/ann/lab", follow_redirects=True)

    assert (page.status_code, page.url.path) == (200, "/datalab/user/ann/lab")
    assert ann.cookie("jupyterhub-user-ann", "/") == ""
    assert ann.cookie("jupyterhub-user-ann", "/datalab/user/ann/") != ""


@pytest.mark.parametrize(
    "then",
    [
        "/other/hub/home",
        "/datalab/../other",
        "/datalab/%2e%2e/other",
        "/datalab/..%5cother",
        "//elsewhere.example/datalab/",
        "https://elsewhere.example/datalab/",
        "/\\elsewhere.example/datalab/",
    ],
)
def test_sign_in_leads_to_no_other_page_of_the_host(place: Stack, then: str) -> None:
    """What else is there may be anybody's; neither with a password nor for who is signed in already."""
    ann = Member(place, "ann")

    first = ann.sign_in(then).headers["Location"]
    again = ann.ask("GET", f"/hub/login?{httpx.QueryParams(next=then)}").headers["Location"]
    root = ann.ask("GET", f"/hub/?{httpx.QueryParams(next=then)}").headers["Location"]

    # Her server, or the form for one.
    assert {first, again, root} <= {"/datalab/hub/spawn", "/datalab/user/ann/"}


@pytest.mark.parametrize(
    ("then", "leads"),
    [
        pytest.param("/datalab/hub/token", {"/datalab/hub/token"}, id="inside"),
        pytest.param("/other/hub/home", {"/datalab/hub/spawn"}, id="elsewhere"),
    ],
)
def test_a_provider_sends_people_back_below_the_path(
    place: Stack, provider: Provider, then: str, leads: set[str]
) -> None:
    """It is told that address, what was begun is for this place's eyes, and the sign-in ends inside."""
    provider.person = {"sub": "1", "preferred_username": "dora"}
    dora = Member(place, "dora")

    begun = dora.ask("GET", f"/hub/oauth/uni/login?{httpx.QueryParams(next=then)}")
    asked = httpx.URL(begun.headers["Location"]).params["redirect_uri"]
    paths = {cookie.path for cookie in dora.cookies}
    back = web.get(begun.headers["Location"]).headers["Location"]
    ended = dora.ask("GET", back)

    assert asked == f"{place.url}/hub/oauth/uni/callback"
    assert paths == {"/datalab/hub/"}
    assert ended.headers["Location"] in leads
    assert dora.is_in()
    assert dora.cookie("sardonyx-sign-in", "/datalab/hub/") == ""


def test_sign_in_leads_to_the_page_that_was_asked_for(place: Stack) -> None:
    """With its query."""
    then = "/datalab/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgit.example.org%2Fa"

    assert Member(place, "ann").sign_in(then).headers["Location"] == then


def test_a_server_has_its_pages_and_its_keys_below_the_path(place: Stack, token: str) -> None:
    """Through the proxy, with a websocket; its keys come past the proxy, from an address of the same path."""
    ann = Member(place, "ann")

    said = ann.run(token, PUT + 'print(os.environ["SARDONYX_CREDENTIALS_URL"])')

    assert said.splitlines() == ["seen", f"http://127.0.0.1:{place.port + 3}/datalab/services/credentials/aws"]


def test_a_server_tells_the_hub_that_it_is_used_and_is_kept_longer(place: Stack, token: str) -> None:
    """It asks the hub at its own address, which has the path."""
    at = f"{place.url}/user/ann/sardonyx/api"
    headers = {"Authorization": f"token {token}"}
    before = web.get(f"{at}/resources", headers=headers).json()["seconds_left"]

    kept = web.post(f"{at}/keep", headers=headers, json={"seconds": 3600})

    assert kept.status_code == 200, kept.text
    assert kept.json()["seconds_left"] > before + 3000


def test_the_services_answer_below_the_path(place: Stack) -> None:
    """The issuer names the address at which it is; keys are still not given through a proxy."""
    at = f"{place.url}/services/credentials"
    found = web.get(f"{at}/.well-known/openid-configuration").json()
    refused = web.get(f"{at}/aws", headers={"Authorization": "token x"})

    assert web.get(f"{at}/health").json() == {"status": "ok"}
    assert found["jwks_uri"] == f"http://127.0.0.1:{place.port + 3}/datalab/services/credentials/jwks"
    assert web.get(found["jwks_uri"]).json()["keys"]
    assert refused.status_code == 403


def test_the_page_data_asks_the_keys_service(ann: Member) -> None:
    """And says what it knows."""
    said = ann.ask("GET", "/hub/data").text

    assert "s3://sardonyx/home/" in said


@pytest.mark.usefixtures("token")
def test_another_persons_server_stays_closed(place: Stack) -> None:
    """However its address is written, and with the way back from the sign-in that is not bob's."""
    bob = Member(place, "bob")
    bob.sign_in()
    paths = ("lab", "api/contents", "tools/mlflow/", "sardonyx/api/apps", "../ann/lab", "%2e%2e/ann/lab")
    answers = {path: bob.ask("GET", f"/user/ann/{path}", follow_redirects=True).status_code for path in paths}
    query = {"client_id": "jupyterhub-user-ann", "redirect_uri": "/other/oauth_callback", "response_type": "code"}
    stolen = bob.ask("GET", f"/hub/api/oauth2/authorize?{httpx.QueryParams(query)}", follow_redirects=True)

    assert answers == dict.fromkeys(paths, 403)
    assert stolen.status_code in {400, 403}
    assert stolen.url.path == "/datalab/hub/api/oauth2/authorize"


@pytest.mark.parametrize("path", ["/other", "/data", ""])
def test_two_places_on_one_host_leave_each_others_sign_in_alone(
    place: Stack, tmp_path: Path, prefix: Path, path: str
) -> None:
    """Cookies know no ports: two on one machine are two behind one proxy. Who signs out of one stays in the other."""
    with running_stack(tmp_path / "data", settings(tmp_path, prefix), path=path) as other:
        other.add_person("bob", PASSWORD)
        ann = Member(place, "ann")
        bob = Member(other, "bob", ann.cookies)
        ann.sign_in()
        bob.sign_in()

        both = (ann.is_in(), bob.is_in())
        bob.ask("GET", "/hub/logout")
        after = (ann.is_in(), bob.is_in())
        bob.sign_in()
        ann.ask("GET", "/hub/logout")

        assert (both, after, (ann.is_in(), bob.is_in())) == ((True, True), (True, False), (False, True))
        own = [each for each in bob.given if f"Path={path}/" not in each]
        assert own == []


def test_a_place_moves_with_its_people_and_their_data(tmp_path: Path, prefix: Path) -> None:
    """Servers that went on cannot be reached at the new address: they are ended, and their owner is told why."""
    with running_stack(tmp_path / "data", settings(tmp_path, prefix), path="/first") as stack:
        stack.add_person("ann", PASSWORD)
        ann = Member(stack, "ann")
        ann.sign_in()
        token = ann.key()
        ann.start(token)
        assert ann.run(token, PUT) == "seen\n"
        stack.move("/second")

        ann.sign_in()
        assert ann.servers(token) == {}
        assert "The address of this place was changed." in ann.ask("GET", "/hub/home").text
        ann.start(token)
        assert ann.run(token, GET) == "seen\n"


@pytest.mark.parametrize(
    ("path", "counted"),
    [
        pytest.param("hub/metrics", "jupyterhub_running_servers", id="hub"),
        pytest.param("services/credentials/metrics", "sardonyx_credentials_ready", id="keys"),
    ],
)
def test_an_operators_prometheus_reads_metrics_below_the_path(
    place: Stack, token: str, path: str, counted: str
) -> None:
    """By its token, as the chart gives it one; nobody else does, and it does nothing else."""
    theirs = {"Authorization": f"Bearer {PROMETHEUS}"}
    asked = web.get(f"{place.url}/{path}", headers=theirs, timeout=10)

    assert counted in asked.text
    assert web.get(f"{place.url}/{path}", headers={"Authorization": f"Bearer {token}"}, timeout=10).status_code == 403
    assert web.get(f"{place.url}/hub/api/users", headers=theirs, timeout=10).status_code == 403
