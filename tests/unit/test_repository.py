import pytest

from sardonyx_spawner.errors import UserError
from sardonyx_spawner.repository import check_branch, check_repository

PATTERN = r"https://good\.example/.+"


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://good.example/course", id="plain"),
        pytest.param("https://good.example/a/b/course.git", id="nested"),
        pytest.param("https://good.example/ünïcode", id="letters of others"),
    ],
)
def test_a_repository_on_the_web_is_accepted(url: str) -> None:
    """As people copy it from the browser."""
    assert check_repository(url, PATTERN) == url


@pytest.mark.parametrize(
    ("url", "said"),
    [
        pytest.param("git@good.example:a/b", "This address needs an SSH key, and your server has none.", id="scp"),
        pytest.param("ssh://git@good.example/a", "This address needs an SSH key", id="ssh"),
        pytest.param(
            "https://amina:secret@good.example/a", "This address has a name or a password in it", id="password"
        ),
        pytest.param("https://token@good.example/a", "This address has a name or a password in it", id="token"),
        pytest.param("https://good.example/a?private_token=x", "This is the address of a page.", id="token in query"),
        pytest.param("https://good.example/a#readme", "This is the address of a page.", id="page"),
        pytest.param("file:///etc", "“file:///etc” is not a repository's web address.", id="file"),
        pytest.param("/etc", "“/etc” is not a repository's web address.", id="path"),
        pytest.param("--upload-pack=x", "is not a repository's web address.", id="git option"),
        pytest.param("ext::sh -c id", "is not a repository's web address.", id="git helper"),
        pytest.param("https://", "“https://” is not a repository's web address.", id="no host"),
        pytest.param("https://-x/a", "is not a repository's web address.", id="host like an option"),
        pytest.param("https://[x/a", "is not a repository's web address.", id="broken host"),
        pytest.param("https://good.example:99999/a", "is not a repository's web address.", id="no such port"),
        pytest.param("https://good.example\\@evil.example/a", "is not a repository's web address.", id="backslash"),
        pytest.param("https://good.example/a b", "is not a repository's web address.", id="space"),
        pytest.param("https://evil.example/a", "is not among the repositories that can be used here.", id="pattern"),
        pytest.param("xhttps://good.example/a", "is not a repository's web address.", id="pattern inside"),
        pytest.param("https://good.example/a\nevil", "is not a repository's web address.", id="second line"),
        pytest.param(
            f"https://good.example/{'a' * 600}", "This address is too long: at most 500 characters.", id="long"
        ),
    ],
)
def test_a_repository_that_cannot_be_cloned_safely_is_refused(url: str, said: str) -> None:
    """Each with its reason; a secret is never repeated."""
    with pytest.raises(UserError) as caught:
        check_repository(url, PATTERN)

    assert said in caught.value.message
    assert "secret" not in caught.value.message


@pytest.mark.parametrize("name", ["main", "week-07", "feature/x", "v1.0", "HEAD", "ünïcode", "a@b"])
def test_a_branch_name_of_git_is_accepted(name: str) -> None:
    """What git accepts."""
    assert check_branch(name) == name


@pytest.mark.parametrize(
    "name",
    ["-x", "--upload-pack=x", "a..b", "a b", "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\b", "@", "a@{1}", "/a", "a/",
     "a//b", ".a", "a/.b", "a.", "a.lock", "a.lock/b", "a" * 201],
)  # fmt: skip
def test_a_branch_name_that_git_refuses_is_refused(name: str) -> None:
    """The rules of git check-ref-format, and none that git could read as an option."""
    with pytest.raises(UserError, match="cannot be the name of a branch. Leave it empty for the main one."):
        check_branch(name)
