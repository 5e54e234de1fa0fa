"""Pages of tools and apps carry the script that tells of their person; what is no page stays as it is."""

from types import SimpleNamespace

import pytest
from tornado.httputil import HTTPHeaders

from sardonyx_singleuser.tools.person_script import put_script

PAGE = {"Content-Type": "text/html; charset=utf-8"}


def put(headers: dict[str, str], body: bytes = b"<h1>Runs</h1>") -> bytes:
    """Return the body of an answer after that."""
    answer = SimpleNamespace(headers=HTTPHeaders(headers), body=body)
    put_script(answer, "/user/ann/sardonyx/person.js", '/told?a="b"')
    found: bytes = answer.body
    return found


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(PAGE, id="page"),
        pytest.param({**PAGE, "Content-Disposition": "inline; filename=index.html"}, id="as MLflow sends it"),
    ],
)
def test_a_page_has_the_script_at_its_end(headers: dict[str, str]) -> None:
    """With the address that it tells, which is text, whatever it is."""
    assert put(headers) == (
        b'<h1>Runs</h1><script async src="/user/ann/sardonyx/person.js" data-at="/told?a=&quot;b&quot;"></script>'
    )


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Content-Type": "application/json"}, id="data"),
        pytest.param({**PAGE, "Content-Encoding": "gzip"}, id="packed"),
        pytest.param({**PAGE, "Content-Disposition": "attachment; filename=x.html"}, id="a file to keep"),
        pytest.param({}, id="nothing said"),
    ],
)
def test_what_is_no_page_to_be_shown_stays(headers: dict[str, str]) -> None:
    """A program, or a download, would be broken by it."""
    assert put(headers) == b"<h1>Runs</h1>"


def test_an_empty_answer_stays_empty() -> None:
    """As that about a page that the browser has already."""
    assert put(PAGE, b"") == b""
