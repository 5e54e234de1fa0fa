from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from sardonyx_hub_config.settings.file import load_settings
from sardonyx_hub_config.settings.whole import Settings
from sardonyx_hub_config.shipped import shipped
from sardonyx_hub_config.sign_in.oidc import is_chosen


def settings(**sections: Any) -> Settings:
    """Return settings with one profile, and these sections."""
    least: dict[str, Any] = {
        "environments": {"python": {"title": "Python", "prefix": "/usr"}},
        "profiles": {"python": {"title": "Python", "environment": "python"}},
    }
    return Settings.model_validate({**least, **sections})


def test_an_administrator_is_found_however_the_name_is_written() -> None:
    """Names of local accounts are lower case; 'Amina' in the settings would be nobody."""
    assert settings(sign_in={"administrators": ["Amina", " bob "]}).sign_in.administrators == {"amina", "bob"}


@pytest.mark.parametrize(
    ("said", "others", "gives"),
    [(None, 0, True), (None, 1, False), (True, 1, True), (False, 0, False)],
    ids=["the only one", "one of several", "as is said", "as is said of the only one"],
)
def test_names_of_a_provider_count_where_they_are_given(said: bool | None, others: int, gives: bool) -> None:  # noqa: FBT001 - pytest passes by name
    """Whoever is invited by a name comes with it; a name of one provider may be that of another person at the next."""
    common = {"title": "U", "issuer": "https://id.example.org", "client_id": "hub"}
    more = {f"other-{number}": common for number in range(others)}

    found = settings(sign_in={"providers": {"university": {**common, "names_are_given": said}, **more}})

    assert found.sign_in.gives_names("university") is gives


@pytest.mark.parametrize(
    ("claim", "claims", "found"),
    [
        ("preferred_username", {}, False),
        ("preferred_username", {"email_verified": False}, False),
        ("email", {"email": "amina@example.org"}, True),
        ("email", {"email_verified": False}, True),
        ("email", {"email_verified": "false"}, True),
        ("email", {"email_verified": "true"}, False),
        ("email", {"email_verified": True}, False),
    ],
)
def test_an_address_as_a_name_counts_where_it_is_verified(claim: str, claims: dict[str, Any], found: bool) -> None:  # noqa: FBT001 - as above
    """Else it is what its person has written, also where a provider gives the names."""
    assert is_chosen(claim, claims) is found


@pytest.mark.parametrize("lifetime", ["900s", "15m", "1h", "12h", "43200s"])
def test_keys_live_as_long_as_a_store_allows(lifetime: str) -> None:
    """From 15 minutes to 12 hours, both included."""
    assert settings(storage={"key_lifetime": lifetime}).storage.key_lifetime == lifetime


@pytest.mark.parametrize("bucket", ["abc", "a.b-c", "data.lab.example", "1.2.3", "1-2-3-4", "a" * 63])
def test_a_bucket_that_s3_takes_is_taken(bucket: str) -> None:
    """S3's rules, and no stricter ones."""
    assert settings(storage={"bucket": bucket}).storage.bucket == bucket


@pytest.mark.parametrize(
    "contact", ["", "help@example.org", "a.b+c@mail", "https://example.org/help?a=1", "http://intranet/help"]
)
def test_a_contact_is_nothing_or_a_mail_address_or_a_link(contact: str) -> None:
    """Each becomes something that can be clicked."""
    assert settings(contact=contact).contact == contact


@pytest.mark.parametrize(
    ("url", "shown", "path"),
    [
        pytest.param("https://x.example.org", "https://x.example.org", "/", id="host"),
        pytest.param("https://x.example.org:8443/", "https://x.example.org:8443", "/", id="slash"),
        pytest.param("HTTP://[::1]:8000", "http://[::1]:8000", "/", id="ipv6"),
        pytest.param("https://x.example.org/datalab", "https://x.example.org/datalab", "/datalab/", id="path"),
        pytest.param(
            "https://x.example.org/datalab/", "https://x.example.org/datalab", "/datalab/", id="path-and-slash"
        ),
        pytest.param("https://x.org/a/B_c-2/~d//", "https://x.org/a/B_c-2/~d", "/a/B_c-2/~d/", id="long-path"),
        pytest.param("", "http://127.0.0.1:8000", "/", id="none"),
    ],
)
def test_a_public_address_is_a_host_and_perhaps_a_port_and_a_path(url: str, shown: str, path: str) -> None:
    """A slash at the end is nobody's fault."""
    found = settings(web={"public_url": url})

    assert (found.shown_url, found.web.path) == (shown, path)


@pytest.mark.parametrize(
    "path",
    [
        "//a",
        "/a//b",
        "/..",
        "/a/../b",
        "/./a",
        "/a%2Fb",
        "/%61",
        "/a;b",
        "/a\\b",
        "/a.b",
        "/dätalab",
        "/a+b",
        "/a:b",
        "/(a)",
    ],
)
def test_a_path_that_is_read_in_more_than_one_way_is_refused(path: str) -> None:
    """Browser, proxy and hub have to mean the same folder of the host; cookies and routes are kept apart by it."""
    with pytest.raises(ValidationError) as caught:
        settings(web={"public_url": f"https://x.org{path}"})

    (fault,) = caught.value.errors()
    assert fault["loc"] == ("web", "public_url")
    assert fault["msg"] == (
        f"Value error, has the path {path}, which browsers and proxies do not all read in the same way. Use letters,"
        " digits, '-', '_' and '~', with one '/' between its parts, such as https://x.org/datalab"
    )


@pytest.mark.parametrize("url", ["https://x.org/a?b=1", "https://x.org/a#b", "https://ann@x.org/a", "https://x.org/a?"])
def test_what_an_address_has_beside_host_and_path_is_refused(url: str) -> None:
    """With the address that is left."""
    with pytest.raises(ValidationError) as caught:
        settings(web={"public_url": url})

    (fault,) = caught.value.errors()
    assert fault["msg"] == "Value error, is more than the address of a place. Write https://x.org/a"


@pytest.mark.parametrize(
    ("web", "shown"),
    [
        pytest.param({}, "http://127.0.0.1:8000", id="usual"),
        pytest.param({"address": "0.0.0.0"}, "http://127.0.0.1:8000", id="every-network"),  # noqa: S104 - nothing is bound
        pytest.param({"address": "::1"}, "http://[::1]:8000", id="loopback-6"),
        pytest.param({"address": "[::1]"}, "http://[::1]:8000", id="in-brackets"),
        pytest.param({"address": "::"}, "http://[::1]:8000", id="every-network-6"),
        pytest.param({"address": "2001:db8::5", "port": 443}, "http://[2001:db8::5]:443", id="network-6"),
        pytest.param({"address": "localhost"}, "http://localhost:8000", id="name"),
    ],
)
def test_the_printed_address_can_be_opened(web: dict[str, Any], shown: str) -> None:
    """An address to listen on is not always one to open, and IPv6 has brackets there."""
    assert settings(web=web).shown_url == shown


OWN_STORE = {"kind": "s3", "role": "arn:aws:iam::1:role/sardonyx"}


@pytest.mark.parametrize(
    ("storage", "address", "longest_s"),
    [
        pytest.param({}, "", None, id="the-store-of-this-machine"),
        pytest.param({"laptop_endpoint": "https://s3.x.org/"}, "https://s3.x.org", 43200, id="with-a-proxy-before-it"),
        pytest.param({**OWN_STORE, "endpoint": "http://127.0.0.1:9000"}, "", None, id="own-store-on-this-machine"),
        pytest.param(
            {**OWN_STORE, "endpoint": "https://s3.x.org"}, "https://s3.x.org", 43200, id="own-store-elsewhere"
        ),
        pytest.param(
            {**OWN_STORE, "endpoint": "https://s3.x.org", "laptop_key_lifetime": "1h"},
            "https://s3.x.org",
            3600,
            id="1h",
        ),
        pytest.param(
            {**OWN_STORE, "endpoint": "https://s3.x.org", "laptop_key_lifetime": None},
            "https://s3.x.org",
            None,
            id="switched-off",
        ),
    ],
)
def test_keys_for_laptops_are_there_where_a_laptop_reaches_the_store(
    storage: dict[str, Any], address: str, longest_s: int | None
) -> None:
    """Elsewhere they would be of no use."""
    web = {"public_url": "https://notebooks.x.org"}
    found = settings(storage=storage, web=web).storage

    assert (found.address_for_laptops, found.laptop_key_lifetime_s) == (address, longest_s)


def test_files_of_environments_are_found_from_wherever_the_hub_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They stand beside the settings that name them."""
    path = shipped("settings.yaml").resolve()
    monkeypatch.chdir(tmp_path)

    spark = load_settings(path).environments["spark"]

    beside = path.parent / "environments"
    assert (spark.requirements, spark.jars) == (beside / "spark.lock", beside / "spark.jars")
