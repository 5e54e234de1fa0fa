import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url
from traitlets.config import Config

from sardonyx_hub_config.configure import configure
from sardonyx_hub_config.data_folder import DataFolder
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_services.people.store import PeopleStore


def configured(folder: Path, conf_d: str = "", **sections: Any) -> Any:
    """Return what JupyterHub is told with these settings and this file of conf.d."""
    DataFolder(folder / "data").prepare()
    (folder / "conf.d").mkdir()
    (folder / "conf.d" / "10-theirs.py").write_text(conf_d)
    settings: dict[str, Any] = {
        "data_folder": folder / "data",
        "conf_d": folder / "conf.d",
        "environments": {"python": {"title": "Python", "prefix": "/usr"}},
        "profiles": {"python": {"title": "Python", "environment": "python"}},
    }
    c = Config()
    configure(c, Settings.model_validate({**settings, **sections}))
    return c


UNDER_A_PATH = {"public_url": "https://example.org/datalab/", "port": 8200}


@pytest.mark.parametrize(
    ("web", "line", "said"),
    [
        pytest.param({}, 'base_url = "/jupyter/"', "path /jupyter/, and the settings under /.", id="base_url"),
        pytest.param({}, 'bind_url = "http://[::]:80/x"', "path /x, and the settings under /.", id="bind_url"),
        pytest.param(UNDER_A_PATH, 'base_url = "/"', "path /, and the settings under /datalab/.", id="the-root"),
        pytest.param(
            UNDER_A_PATH, 'bind_url = "http://[::]:80"', "path /, and the settings under /datalab/.", id="no-path"
        ),
    ],
)
def test_another_path_set_by_conf_d_is_refused_with_the_way_out(
    tmp_path: Path, web: dict[str, Any], line: str, said: str
) -> None:
    """Pages and keys would be looked for where the settings say."""
    with pytest.raises(OperatorError) as caught:
        configured(tmp_path, f"c.JupyterHub.{line}", web=web)

    assert str(caught.value) == (
        f"c.JupyterHub.{line.partition(' ')[0]} in a file of conf.d puts this place under the {said}"
        " Take the line out, and set the path with the address that people type: 'public_url' under 'web'."
    )


@pytest.mark.parametrize(
    ("web", "base", "bind"),
    [
        pytest.param({}, "/", "http://127.0.0.1:8100", id="root"),
        pytest.param(UNDER_A_PATH, "datalab", "http://127.0.0.1:8100/datalab", id="path"),
    ],
)
def test_the_same_path_set_by_conf_d_is_fine(tmp_path: Path, web: dict[str, Any], base: str, bind: str) -> None:
    """It is what counts anyway."""
    c = configured(tmp_path, f"c.JupyterHub.base_url = {base!r}\nc.JupyterHub.bind_url = {bind!r}", web=web)

    assert c.JupyterHub.bind_url == bind


def test_a_path_in_the_public_address_is_everywhere(tmp_path: Path) -> None:
    """One setting says it all: pages, keys for servers and pages, sign-in; the rest of our own port leads there."""
    provider = {"title": "U", "issuer": "https://sso.example.org", "client_id": "s"}

    c = configured(tmp_path, web=UNDER_A_PATH, sign_in={"providers": {"u": provider}})

    assert c.JupyterHub.bind_url == "http://127.0.0.1:8200/datalab/"
    assert c.JupyterHub.public_url == "https://example.org/datalab/"
    assert c.JupyterHub.hub_routespec == "/"
    keys = "http://127.0.0.1:8203/datalab/services/credentials"
    assert c.SardonyxLocalSpawner.storage.credentials_url == f"{keys}/aws"
    assert c.SardonyxHub.credentials_health_url == f"{keys}/health"
    told = json.loads((tmp_path / "data" / "run" / "credentials.json").read_text())
    assert told["issuer"] == keys
    assert json.loads((tmp_path / "data" / "run" / "object-store.json").read_text())["issuer"] == keys
    assert c.SardonyxHub.shown_url == c.SardonyxAuthenticator.public_url == "https://example.org/datalab"


def test_a_store_elsewhere_finds_the_public_keys_below_the_path(tmp_path: Path) -> None:
    """Through the proxy in front, as anybody."""
    configured(tmp_path, web=UNDER_A_PATH, storage={**STORE, "endpoint": "https://s3.example.org"})

    told = json.loads((tmp_path / "data" / "run" / "credentials.json").read_text())
    assert told["issuer"] == "https://example.org/datalab/services/credentials"


@pytest.mark.parametrize(
    "web",
    [
        pytest.param({}, id="usual"),
        pytest.param({"certificate": "c.pem", "key": "k.pem"}, id="tls"),
        pytest.param({"address": "192.0.2.1"}, id="another-address"),
        pytest.param({"address": "::1"}, id="ipv6"),
        pytest.param({"public_url": "https://notebooks.example.org"}, id="behind-a-proxy"),
    ],
)
def test_servers_get_keys_past_the_proxy(tmp_path: Path, web: dict[str, Any]) -> None:
    """SDKs take plain http on loopback only, and the public port may speak TLS or be on another address."""
    c = configured(tmp_path, web={**web, "port": 8200})

    assert c.SardonyxLocalSpawner.storage.credentials_url == "http://127.0.0.1:8203/services/credentials/aws"
    told = json.loads((tmp_path / "data" / "run" / "credentials.json").read_text())
    assert "127.0.0.1:8203" in told["hosts"]


def test_what_the_hub_calls_is_the_same_object_as_in_the_servers(tmp_path: Path) -> None:
    """Traitlets copies what it is given, and with a method all that its object knows, such as which servers there are."""
    c = configured(tmp_path, one_machine={"home_limit": "1G"})
    told = {**c.SardonyxHub, **c.SardonyxLocalSpawner, **c.JupyterHub.template_vars}

    assert [name for name, value in told.items() if callable(value) and deepcopy(value) is not value] == []


def test_pages_of_one_machine_promise_the_files_of_homes(tmp_path: Path) -> None:
    """Which are in the archives that people take with them."""
    assert configured(tmp_path).JupyterHub.template_vars["archives_have_homes"] is True


STORE = {"kind": "s3", "role": "arn:aws:iam::123456789012:role/sardonyx"}


@pytest.mark.parametrize(
    ("storage", "issuer"),
    [
        pytest.param({}, "http://127.0.0.1:8203/services/credentials", id="embedded"),
        pytest.param(
            {**STORE, "endpoint": "http://localhost:9000"},
            "http://127.0.0.1:8203/services/credentials",
            id="same-machine",
        ),
        pytest.param(
            {**STORE, "endpoint": "https://s3.example.org"},
            "https://notebooks.example.org/services/credentials",
            id="elsewhere",
        ),
        pytest.param(
            {**STORE, "endpoint": "https://s3.example.org", "sts_endpoint": "http://[::1]:9001"},
            "http://127.0.0.1:8203/services/credentials",
            id="sts-on-the-same-machine",
        ),
    ],
)
def test_tokens_name_an_issuer_that_the_store_reaches(tmp_path: Path, storage: dict[str, str], issuer: str) -> None:
    """A store fetches our public keys from where a token says that it is from; loopback is another machine there."""
    configured(tmp_path, web={"port": 8200, "public_url": "https://notebooks.example.org/"}, storage=storage)

    assert json.loads((tmp_path / "data" / "run" / "credentials.json").read_text())["issuer"] == issuer


@pytest.mark.parametrize(
    ("servers", "told"),
    [
        pytest.param({}, (True, 3), id="usual"),
        pytest.param({"named_servers": 1}, (True, 1), id="one"),
        pytest.param({"named_servers": 0}, (False, 0), id="none"),
    ],
)
def test_servers_with_names_have_a_limit(tmp_path: Path, servers: dict[str, int], told: tuple[bool, int]) -> None:
    """To JupyterHub 0 means without a limit; to an operator none."""
    hub = configured(tmp_path, servers=servers).JupyterHub

    assert (hub.allow_named_servers, hub.named_server_limit_per_user) == told


def test_a_data_folder_may_be_called_anything(tmp_path: Path) -> None:
    """SQLAlchemy reads a database's address as one of the web: what stands for something there has to be written otherwise."""
    strange = tmp_path / "50% of it? #1"
    strange.mkdir()

    c = configured(strange)

    assert make_url(c.JupyterHub.db_url).database == str(strange / "data" / "hub" / "jupyterhub.sqlite")


def test_whoever_is_in_a_class_is_in_its_group(tmp_path: Path) -> None:
    """At once, for profiles that name it; what a provider calls so does not count."""
    c = configured(tmp_path)
    people = PeopleStore(tmp_path / "data" / "people.sqlite")
    people.signed_in("university", "a", "amina")
    amina = people.by_name("amina")
    assert amina is not None
    course, other = people.groups.add("class", "Statistics"), people.groups.add("class", "Physics")
    find = c.SardonyxLocalSpawner.person_source

    people.groups.join(course, amina.id, "student")

    assert find("amina", frozenset({"staff", f"class-{other}"}), False).groups == {"staff", f"class-{course}"}  # noqa: FBT003
    people.groups.leave(course, amina.id)
    assert find("amina", frozenset(), False).groups == frozenset()  # noqa: FBT003
    people.close()


def test_a_postgresql_is_for_the_hub_the_keys_service_and_that_of_classes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the driver that is there; no other service has its password, and no file of ours."""
    monkeypatch.setenv("THE_DATABASE", "postgres://sardonyx:p%40ss@db.example.org/place?sslmode=require")

    c = configured(tmp_path, database={"url": {"env": "THE_DATABASE"}})

    url = make_url(c.JupyterHub.db_url)
    assert (url.drivername, url.host, url.database, url.password) == (
        "postgresql+psycopg",
        "db.example.org",
        "place",
        "p@ss",
    )
    assert url.query == {"sslmode": "require", "connect_timeout": "5", "application_name": "sardonyx"}
    told = {service["name"]: service["environment"].get("SARDONYX_DATABASE") for service in c.JupyterHub.services}
    assert [name for name, address in told.items() if address] == ["credentials", "people"]
    assert json.loads((tmp_path / "data" / "run" / "links.json").read_text())["people"] == ""
    assert not [path for path in (tmp_path / "data").rglob("*") if path.is_file() and b"p%40ss" in path.read_bytes()]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        pytest.param("", "the secret in the environment variable THE_DATABASE is missing.", id="missing"),
        pytest.param("mysql://u:p@h/x", "the address of the database is not one of a PostgreSQL.", id="another"),
    ],
)
def test_an_address_that_is_none_is_said_before_the_hub_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, said: str
) -> None:
    """JupyterHub would show a trace, or the password."""
    monkeypatch.setenv("THE_DATABASE", address)

    with pytest.raises(OperatorError, match=said):
        configured(tmp_path, database={"url": {"env": "THE_DATABASE"}})
