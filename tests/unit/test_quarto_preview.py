"""A document of Quarto is rendered when it was saved, and what is wrong with it is said: with a stand-in for Quarto.

Its package on PyPI, quarto-cli, fetches Quarto from GitHub when it is installed; its options are those of its reference.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from support.waiting import soon

from sardonyx_singleuser.tools.frameworks import RUNNER

# It takes the options that it is given, and fails where a document asks for that.
QUARTO = """#!/bin/sh
test "$1" = render || exit 64
grep -q "fail: me" "$2" && { echo "ERROR: YAML is broken in $2" >&2; exit 1; }
echo "<!doctype html><h1>$(tail -1 "$2")</h1><p>$*</p>"
"""
Ask = Callable[[str], str]


@pytest.fixture
def document(tmp_path: Path) -> Path:
    """A document, and a quarto on the path."""
    quarto = tmp_path / "bin" / "quarto"
    quarto.parent.mkdir()
    quarto.write_text(QUARTO)
    quarto.chmod(0o755)
    file = tmp_path / "report.qmd"
    file.write_text("---\ntitle: Report\n---\nFirst\n")
    return file


def preview(document: Path) -> tuple[list[str], dict[str, str]]:
    """Return the command of a document's preview, and its environment."""
    command = [sys.executable, str(RUNNER.with_name("quarto_preview.py")), str(document), str(document.parent / "s")]
    variables = {**os.environ, "PATH": f"{document.parent / 'bin'}:/usr/bin:/bin"}
    return command, variables


def ended(document: Path) -> subprocess.CompletedProcess[str]:
    """Return a preview that ended by itself."""
    command, variables = preview(document)
    return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=20, check=False)


@pytest.fixture
def ask(document: Path) -> Iterator[Ask]:
    """A way to ask the preview of the document."""
    command, variables = preview(document)
    process = subprocess.Popen(command, env=variables)

    def answer(path: str) -> str:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(document.parent / "s"))
            connection.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
            return connection.makefile().read().partition("\n\n")[2]

    def is_there() -> bool:
        with suppress(OSError):
            return bool(answer("/?version"))
        return False

    soon(is_there)
    yield answer
    process.terminate()
    process.wait()


def save(document: Path, text: str) -> None:
    """Save it, later than before."""
    document.write_text(text)
    os.utime(document, ns=(time.time_ns(), document.stat().st_mtime_ns + 1))


def test_a_document_is_shown_as_one_page(ask: Ask) -> None:
    """With all that belongs to it, and nothing is written beside it."""
    page = ask("/")

    assert "<h1>First</h1>" in page
    assert "<p>render report.qmd --to html -M embed-resources:true --output -</p>" in page


def test_slides_are_shown_as_slides(document: Path, ask: Ask) -> None:
    """As the document says."""
    save(document, "---\nformat:\n  revealjs:\n    theme: dark\n---\nSlide\n")

    assert "--to revealjs" in ask("/")


def test_it_is_rendered_again_when_it_was_saved(document: Path, ask: Ask) -> None:
    """And the page that is open is told by another version."""
    before = ask("/?version")
    assert before == ask("/?version")
    assert f'!== "{before}"' in ask("/")

    save(document, "Second\n")

    assert ask("/?version") != before
    assert "<h1>Second</h1>" in ask("/")


def test_a_fault_is_shown_and_goes_when_it_is_mended(document: Path, ask: Ask) -> None:
    """What Quarto said, as text."""
    save(document, "fail: me <b>\n")
    assert "Quarto cannot render this</h1><pre>ERROR: YAML is broken in report.qmd</pre>" in ask("/")

    save(document, "Third\n")

    assert "<h1>Third</h1>" in ask("/")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fail: me\n", "ERROR: YAML is broken in report.qmd"),
        (
            "---\ntitle: x\nserver: shiny\n---\n",
            "This document needs Shiny while it is read: such documents cannot be previewed.",
        ),
        (None, "report.qmd cannot be read: No such file or directory."),
    ],
)
def test_what_cannot_be_rendered_at_first_ends_with_the_reason(document: Path, text: str | None, message: str) -> None:
    """It is then on the page of the app."""
    document.unlink() if text is None else document.write_text(text)

    assert ended(document).stderr.startswith(message)


def test_quarto_is_that_of_the_environment_of_the_document(document: Path) -> None:
    """Where pip puts it, also if another one is on the path."""
    python = document.parent / "environment" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    python.with_name("quarto").write_text("#!/bin/sh\necho its own >&2\nexit 1\n")
    python.with_name("quarto").chmod(0o755)
    (_, *command), variables = preview(document)

    process = subprocess.run([python, *command], env=variables, capture_output=True, text=True, timeout=20, check=False)

    assert process.stderr == "its own\n"


def test_where_quarto_is_missing_that_is_said(document: Path) -> None:
    """With who can mend it."""
    (document.parent / "bin" / "quarto").unlink()

    process = ended(document)

    assert (process.returncode, process.stderr) == (
        1,
        (
            "Quarto is not here. Where your server reaches GitHub, install it in a terminal, with: pip install quarto-cli."
            " Elsewhere whoever runs this place can install it on the machine, or in the image that servers run from: it has"
            " to be on the path as `quarto`.\n"
        ),
    )
