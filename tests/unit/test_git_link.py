from collections.abc import Callable

import pytest

from sardonyx_singleuser.git.link import Link, LinkError, read_link
from sardonyx_singleuser.plan import Repository

REPO = "https://git.example/course/stats-101.git"


def told(**parameters: str) -> Callable[[str], str]:
    """Return the parameters of a link."""
    return lambda name: parameters.get(name, "")


def test_a_plain_link_brings_the_repository_and_opens_it() -> None:
    """As nbgitpuller does."""
    assert read_link(told(repo=REPO)) == Link(
        Repository(REPO, folder="stats-101", is_material=True), "lab/tree/stats-101"
    )


def test_a_link_of_the_link_generator_is_understood() -> None:
    """Branch, folder, depth and the page to open, in both spellings."""
    link = read_link(
        told(
            repo=REPO,
            branch="week-2",
            targetPath="courses/stats",
            depth="1",
            urlpath="lab/tree/courses/stats/a b.ipynb",
        )
    )

    assert link.repository == Repository(REPO, "week-2", folder="courses/stats", depth=1, is_material=True)
    assert link.page == "lab/tree/courses/stats/a%20b.ipynb"
    assert read_link(told(repo=REPO, subPath="week/2.ipynb")).page == "lab/tree/stats-101/week/2.ipynb"
    assert read_link(told(repo=REPO, backup="True")).is_backup


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        pytest.param({"repo": ""}, "names no repository", id="none"),
        pytest.param({"repo": "file:///etc"}, "no address on the web", id="file"),
        pytest.param({"repo": "/etc"}, "no address on the web", id="path"),
        pytest.param({"repo": "ext::sh -c id"}, "no address on the web", id="program"),
        pytest.param({"repo": "--upload-pack=id"}, "no address on the web", id="option"),
        pytest.param({"repo": "https://-x/a"}, "no address on the web", id="host like an option"),
        pytest.param({"repo": "https://git.example\\@evil.example/a"}, "no address on the web", id="backslash"),
        pytest.param({"repo": "git@git.example:a/b"}, "no address on the web", id="ssh"),
        pytest.param({"repo": "https://me:secret@git.example/a"}, "has a name or a password in it", id="password"),
        pytest.param({"branch": "--upload-pack=id"}, "cannot be the name of a branch", id="branch like an option"),
        pytest.param({"branch": "+refs/heads/*:refs/heads/*"}, "cannot be the name of a branch", id="all branches"),
        pytest.param({"branch": "a..b"}, "cannot be the name of a branch", id="range"),
        pytest.param({"targetpath": "../x"}, "not one for files of yours", id="out of the home"),
        pytest.param({"targetpath": ".ipython/profile_default/startup"}, "not one for files of yours", id="hidden"),
        pytest.param({"targetpath": "a/.git/hooks"}, "not one for files of yours", id="hooks"),
        pytest.param({"depth": "-1"}, "not a number", id="depth"),
        pytest.param({"urlpath": "//evil.example/x"}, "", id="elsewhere"),
        pytest.param({"urlpath": "https://evil.example/x"}, "not one of your server", id="address"),
        pytest.param({"urlpath": "javascript:alert(1)"}, "not one of your server", id="script"),
        pytest.param({"urlpath": "lab/../../../hub/logout"}, "not one of your server", id="above"),
        pytest.param({"urlpath": "lab/%2e%2e/%2E%2E/hub/logout"}, "not one of your server", id="above in disguise"),
        pytest.param({"urlpath": "\\\\evil.example"}, "not one of your server", id="backslashes"),
    ],
)
def test_a_link_that_is_not_harmless_leads_nowhere(parameters: dict[str, str], said: str) -> None:
    """Whoever was sent it runs nothing, loses nothing and leaves nowhere."""
    if not said:
        assert read_link(told(**{"repo": REPO, **parameters})).page == "evil.example/x"
        return
    with pytest.raises(LinkError) as caught:
        read_link(told(**{"repo": REPO, **parameters}))

    assert said in str(caught.value)
    assert "secret" not in str(caught.value)
