"""Where lines of an address end that people type: behind a dot or a slash, and never within a word."""

import pytest
from markupsafe import escape

from sardonyx_services.people.web.events.typed_address import TypedAddress

LONG = "datalab-of-statistics.faculty-of-science.university.example.org/data/hub/code"


@pytest.mark.parametrize(
    ("text", "signs", "lines"),
    [
        pytest.param("hub.example.org/hub/code", 24, ["hub.example.org/hub/code"], id="fits"),
        pytest.param("hub.example.org/hub/code", 20, ["hub.example.org/", "hub/code"], id="behind its host"),
        pytest.param("hub.example.org/hub/code", 12, ["hub.example.", "org/", "hub/code"], id="behind a dot"),
        pytest.param("data-lab.org/hub/code", 9, ["data-lab.", "org/", "hub/code"], id="not behind a hyphen"),
        pytest.param("a-long-name.org/code", 5, ["a-long-name.", "org/", "code"], id="not within a word"),
        pytest.param("localhost:8000/hub/code", 16, ["localhost:8000/", "hub/code"], id="with a port"),
        pytest.param("hub.example.org", 12, ["hub.example.", "org"], id="no path"),
    ],
)
def test_a_line_ends_behind_a_part(text: str, signs: int, lines: list[str]) -> None:
    """Rather behind the host than anywhere else."""
    assert TypedAddress(text).lines(signs) == lines


def test_lines_are_as_wide_as_it_takes_for_so_many() -> None:
    """At the least as usual, and never narrower than a part: type is made smaller for it."""
    address = TypedAddress(LONG)

    assert TypedAddress("hub.example.org/hub/code").width(18, 3) == 18
    assert address.width(18, 4) == 23
    assert [len(address.lines(address.width(18, most))) for most in (1, 2, 3, 4)] == [1, 2, 3, 4]


def test_a_browser_breaks_it_where_a_line_ends() -> None:
    """Its text is the address, and what is in it is no mark."""
    assert escape(TypedAddress("a.b-c/d<i>")) == (
        '<span class="sx-half"><span>a.</span><wbr><span>b-c/</span></span><span class="sx-half"><span>d&lt;i&gt;</span></span>'
    )
