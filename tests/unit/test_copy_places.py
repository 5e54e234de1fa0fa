"""Where servers find copies of repositories, and what the service of copies takes for the hub's word."""

import pytest

from sardonyx_spawner.copy_places import CopiesService, asked_for
from sardonyx_spawner.plan import ServerPlan
from sardonyx_spawner.repository import Repository

PLACE = CopiesService("http://copies:8007/copies", "a key")
URL = "https://git.example.org/a-course"


def parts(address: str) -> tuple[str, str]:
    """Return the two last parts of an address."""
    _, asked, signature = address.rsplit("/", 2)
    return asked, signature


@pytest.mark.parametrize("url", [URL, "https://git.example.org/\u00e4?", "https://git.example.org/" + "a" * 400])
def test_the_service_reads_what_the_hub_has_written(url: str) -> None:
    """Whose server asks, and for what; in letters that an address can have."""
    address = PLACE.of(url, "abcd1234")

    assert asked_for("a key", *parts(address)) == ("abcd1234", url)
    assert address.isascii()
    assert not set("?#%+=") & set(address)


def test_what_somebody_has_changed_is_nobodys() -> None:
    """The repository, the person, the signature, or the key of another place."""
    asked, signature = parts(PLACE.of(URL, "abcd1234"))
    other, others = parts(PLACE.of("https://git.example.org/b", "abcd1234"))

    assert asked_for("a key", other, signature) is None
    assert asked_for("a key", asked, others) is None
    assert asked_for("another key", asked, signature) is None
    assert asked_for("a key", asked, signature[:-1]) is None
    assert asked_for("a key", asked, "") is None
    assert asked_for("a key", "", "") is None
    assert asked_for("a key", asked, "\u00e9" * 64) is None


def test_a_server_is_told_of_copies_of_its_own_repositories_alone() -> None:
    """Not of one that its person named by themselves."""
    named, chosen = Repository(URL, is_mirrored=True), Repository("https://git.example.org/own")
    plan = ServerPlan("abcd1234", "python", "Python", "Python", repositories=(chosen, named))

    told = [each["copy"] for each in plan.to_json(PLACE)["repositories"]]

    assert told == ["", PLACE.of(URL, "abcd1234")]
    assert [each["copy"] for each in plan.to_json()["repositories"]] == ["", ""]


def test_the_key_is_in_no_log() -> None:
    """What a log has of an object is its text."""
    assert "a key" not in repr(PLACE)
