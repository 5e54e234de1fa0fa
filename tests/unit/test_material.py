"""The material of classes: which repositories can be that, where they come, and of which the hub keeps a copy."""

import pytest

from sardonyx_spawner.errors import UserError
from sardonyx_spawner.material import MOST, begins_with, check_material, from_kept, material_faults, material_of
from sardonyx_spawner.repository import Material, Repository

STATS, TOOLS = "https://git.example.org/course/stats", "https://git.example.org/lab/tools"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_what_is_said_of_a_repository_comes_to_servers() -> None:
    """All of it, as material; what is not said, is as usual there."""
    found = material_of((Material(STATS, "2026"), Material(TOOLS, commit=COMMIT, folder="lib/tools", depth=1)))

    assert found == (
        Repository(STATS, "2026", is_material=True),
        Repository(TOOLS, commit=COMMIT, folder="lib/tools", depth=1, is_material=True),
    )
    assert [each.place for each in found] == ["stats", "lib/tools"]


def test_what_is_kept_of_it_is_what_was_said() -> None:
    """And comes back the same."""
    materials = (Material(STATS), Material(TOOLS, commit=COMMIT, folder="lib", depth=3), Material(TOOLS, "v1"))

    assert materials[0].kept() == {"url": STATS}
    assert from_kept([each.kept() for each in materials]) == materials


@pytest.mark.parametrize(
    ("material", "field", "said"),
    [
        pytest.param(Material(""), "url", "It has no address. Write one, or take it out.", id="no address"),
        pytest.param(Material("", folder="a"), "url", "It has no address.", id="a folder alone"),
        pytest.param(Material("git@e.org:a"), "url", "This address needs an SSH key", id="ssh"),
        pytest.param(Material("ext::sh -c id"), "url", "is not a repository's web address", id="ext"),
        pytest.param(Material("file:///etc"), "url", "is not a repository's web address", id="file"),
        pytest.param(Material("https://me:pw@e.org/a"), "url", "has a name or a password in it", id="credentials"),
        pytest.param(Material(STATS, "--upload-pack=id"), "branch", "cannot be the name of a branch", id="option"),
        pytest.param(Material(STATS, "a..b"), "branch", "cannot be the name of a branch", id="range"),
        pytest.param(Material(STATS, commit="abc123"), "commit", "“abc123” is not the whole name", id="half a commit"),
        pytest.param(Material(STATS, commit="-" * 40), "commit", "is not the whole name of a commit", id="dashes"),
        pytest.param(Material(STATS, "v1", COMMIT), "commit", "It has a branch and a commit.", id="both"),
        pytest.param(Material(STATS, folder="../x"), "folder", "cannot be a folder in the home", id="out"),
        pytest.param(Material(STATS, folder="/etc"), "folder", "cannot be a folder in the home", id="absolute"),
        pytest.param(Material(STATS, folder=".ssh"), "folder", "cannot be a folder in the home", id="hidden"),
        pytest.param(Material(STATS, folder="a//b"), "folder", "cannot be a folder in the home", id="empty step"),
        pytest.param(Material(STATS, folder="a" * 201), "folder", "cannot be a folder in the home", id="long"),
        pytest.param(Material(STATS, depth=0), "depth", "a number from 1 to 1,000,000", id="no history"),
        pytest.param(Material(STATS, depth=2**31), "depth", "a number from 1 to 1,000,000", id="more than git counts"),
    ],
)
def test_what_is_wrong_is_said_at_its_place(material: Material, field: str, said: str) -> None:
    """The rules of a profile's repositories; servers of a class that was so before do without."""
    (fault,) = material_faults((Material("https://git.example.org/good"), material))

    assert (fault.row, fault.field) == (1, field)
    assert said in fault.error.message
    assert [each.url for each in material_of((material, Material(TOOLS)))] == [TOOLS]


def test_all_that_is_wrong_is_said_at_once() -> None:
    """By the number of the repository; without one where there is only one."""
    with pytest.raises(UserError) as caught:
        check_material((Material("file:///a"), Material(STATS), Material(TOOLS, "-x", depth=-1)))

    assert caught.value.message == (
        "Repository 1: “file:///a” is not a repository's web address. It begins with https://, as in a browser."
        " Repository 3: “-x” cannot be the name of a branch. Leave it empty for the main one."
        " Repository 3: So many commits of its history is a number from 1 to 1,000,000, or nothing for all of it."
    )
    with pytest.raises(UserError, match=r"^“-x” cannot be the name of a branch"):
        check_material((Material(STATS, "-x"),))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(Material(STATS), Material("https://elsewhere.example/stats.git"), id="the same name"),
        pytest.param(Material(STATS), Material(TOOLS, folder="stats"), id="the same folder"),
        pytest.param(Material(STATS, folder="a"), Material(TOOLS, folder="a/b"), id="in it"),
        pytest.param(Material(STATS, folder="a/b"), Material(TOOLS, folder="a"), id="around it"),
        pytest.param(Material(STATS), Material(STATS, "v1"), id="twice the same"),
    ],
)
def test_two_repositories_have_two_folders(one: Material, other: Material) -> None:
    """Neither is a file of the other; nor do they change places with each start."""
    (fault,) = material_faults((one, other))

    assert (fault.row, fault.field) == (1, "folder")
    assert fault.error.message.endswith("is that of another one. Give it a folder of its own.")
    assert material_faults((one, Material(other.url, other.branch, folder="elsewhere"))) == []


def test_a_folder_is_not_that_of_a_repository_of_the_profile() -> None:
    """Unless it is the same repository, which is there once, as the class has it."""
    beside = (Repository("https://git.example.org/base/stats", folder="stats"), Repository(TOOLS, folder="lib/tools"))

    (fault,) = material_faults((Material(STATS),), beside)

    assert fault.error.message == (
        "Its place in the home, “stats”, is that of a repository of the profile. Give it a folder of its own."
    )
    assert material_faults((Material(STATS, folder="own"), Material(TOOLS, "v2", folder="lib/tools")), beside) == []


def test_there_are_not_any_number_of_them() -> None:
    """A start has a minute for all."""
    many = tuple(Material(f"https://git.example.org/{number}") for number in range(MOST + 1))

    check_material(many[:MOST])
    with pytest.raises(UserError, match=r"^At most 10 repositories can be brought\. Take some out\.$"):
        check_material(many)


@pytest.mark.parametrize(
    ("url", "prefix"),
    [
        pytest.param("https://forge.example/a/b", "https://forge.example/", id="below a host"),
        pytest.param("https://forge.example/a/b", "https://forge.example", id="without a slash"),
        pytest.param("https://forge.example/a/b.git", "https://forge.example/a", id="below a folder"),
        pytest.param("https://forge.example/a/b", "https://forge.example/a/", id="below a folder with a slash"),
        pytest.param("https://forge.example/a/b/", "https://forge.example/a/b", id="the place itself"),
        pytest.param("HTTPS://FORGE.example/a", "https://forge.example/", id="letters of a host"),
        pytest.param("https://forge.example:443/a", "https://forge.example/", id="the usual port"),
        pytest.param("https://forge.example/x/../a/b", "https://forge.example/a", id="back into it"),
        pytest.param("https://forge.example/%61/b", "https://forge.example/a", id="letters in code"),
        pytest.param("https://forge.example:8443/a", "https://forge.example:8443/", id="a port"),
    ],
)
def test_the_hub_keeps_a_copy_of_what_the_operator_allows(url: str, prefix: str) -> None:
    """However its address is written."""
    assert begins_with(url, prefix)
    assert [each.is_mirrored for each in material_of((Material(url),), (prefix,))] == [True]


@pytest.mark.parametrize(
    ("url", "prefix"),
    [
        pytest.param("https://forge.example.evil.example/a", "https://forge.example", id="a longer host"),
        pytest.param("https://forge.example@evil.example/a", "https://forge.example", id="a host that is a name"),
        pytest.param("https://me@forge.example/a", "https://forge.example/", id="somebody's own"),
        pytest.param("https://evil.example/https://forge.example/a", "https://forge.example/", id="in a path"),
        pytest.param("https://evil.example\\@forge.example/a", "https://forge.example/", id="backslash"),
        pytest.param("https://forge.example./a", "https://forge.example/", id="dot of the root"),
        pytest.param("https://sub.forge.example/a", "https://forge.example/", id="below it in the DNS"),
        pytest.param("http://forge.example/a", "https://forge.example/", id="not encrypted"),
        pytest.param("https://forge.example:8443/a", "https://forge.example/", id="another port"),
        pytest.param("https://forge.example:80/a", "https://forge.example/", id="port of another scheme"),
        pytest.param("https://forge.example/ab/c", "https://forge.example/a", id="half a step"),
        pytest.param("https://forge.example/a.git", "https://forge.example/a", id="a name that goes on"),
        pytest.param("https://forge.example/a/../b", "https://forge.example/a", id="out of it"),
        pytest.param("https://forge.example/a/%2e%2e/b", "https://forge.example/a", id="out of it in code"),
        pytest.param("https://forge.example/a%2f..%2fb", "https://forge.example/a", id="slashes in code"),
        pytest.param("https://forge.example/a/%252e%252e/b", "https://forge.example/a", id="in code twice"),
        pytest.param("https://forge.example/a/%5c../b", "https://forge.example/a", id="backslash in code"),
        pytest.param("https://forge.example/../a/b", "https://forge.example/a", id="above the host"),
        pytest.param("https://forge.example//a/b", "https://forge.example/a", id="an empty step"),
        pytest.param("https://forge.example/A/b", "https://forge.example/a", id="letters of a path"),
        pytest.param("https://forge.example/a?b", "https://forge.example/a", id="a question"),
        pytest.param("https://forge.example/a/b", "https://forge.example/a/b/c", id="above it"),
        pytest.param("https://forge。example/a", "https://forge.example/", id="another dot"),
        pytest.param("ext::sh -c id", "https://forge.example/", id="no address"),
        pytest.param("https://forge.example/a", "", id="an empty line"),
    ],
)
def test_the_hub_asks_no_other_address(url: str, prefix: str) -> None:
    """It reaches more than a server does, and an instructor writes what they like."""
    assert not begins_with(url, prefix)
    assert not any(each.is_mirrored for each in material_of((Material(url),), (prefix,)))
