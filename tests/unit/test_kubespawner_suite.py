"""What a run of KubeSpawner's own tests says, beside the page about them."""

import re
from pathlib import Path

import pytest
from support.kubespawner_suite.outcomes import PAGE, Expected, expected, news
from support.kubespawner_suite.run import main

KNOWN = Expected(frozenset({"a.py::works"}), {"a.py::fails": "it is ours"})


def test_a_run_as_the_page_says_is_no_news() -> None:
    """Skipped counts as failed: it has shown nothing."""
    assert not any(news({"a.py::works": "passed", "a.py::fails": "failed"}, KNOWN, is_all=True))
    assert not any(news({"a.py::works": "passed", "a.py::fails": "skipped"}, KNOWN, is_all=True))


def test_what_fails_without_a_reason_is_news() -> None:
    """Whether it passed before or is a new one."""
    found = news({"a.py::works": "failed", "a.py::fails": "failed", "a.py::new": "skipped"}, KNOWN, is_all=True)

    assert found.unexplained == ["a.py::new", "a.py::works"]
    assert not found.gone


def test_what_has_a_reason_and_passes_is_news() -> None:
    """The reason does not hold any more."""
    assert news({"a.py::works": "passed", "a.py::fails": "passed"}, KNOWN, is_all=True).explained_and_pass == [
        "a.py::fails"
    ]


def test_what_the_page_does_not_know_and_what_was_not_run_are_news() -> None:
    """Of a run of some tests, nothing is missed."""
    run = {"a.py::fails": "failed", "a.py::new": "passed"}

    assert news(run, KNOWN, is_all=True).new == ["a.py::new"]
    assert news(run, KNOWN, is_all=True).gone == ["a.py::works"]
    assert news(run, KNOWN, is_all=False).gone == []


def test_the_page_is_read_whole_and_says_how_many() -> None:
    """Each test is on it once, and each that fails has a reason."""
    text = PAGE.read_text()
    page = expected(text)
    named = re.findall(r"`(test_\w+\.py::[^`]+)`", text)

    assert sorted(named) == sorted([*page.passes, *page.exceptions])
    assert f"{len(page.passes)} of {len(named)} tests pass" in text
    saying = text.split("\n## Pass\n")[1].split("\n## ")[0].count("\n- `")
    assert f"**{saying} of {len(named)} pass and say something of a server here.**" in text
    assert f"{len(page.passes) - saying} more pass" in text
    assert f"{len(named) - len(page.passes)} do not" in text
    assert all(reason.strip() for reason in page.exceptions.values())


def test_a_folder_without_those_tests_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before a cluster is started for them."""
    assert main(tmp_path, []) == 1
    said = f"{tmp_path} has no tests/test_spawner.py: name a checkout of github.com/jupyterhub/kubespawner.\n"
    assert capsys.readouterr().err == said
