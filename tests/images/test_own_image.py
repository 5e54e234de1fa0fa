"""An operator's own image works if our package is installed in it: those of the docs are built, and run."""

import re
from collections.abc import Iterator

import pytest
from images import version
from support.containers import RUN_A_CELL, Container, running, running_server
from support.images import builder
from support.own_images import DOCS, FROM_OURS, image_on_anything, own_image


@pytest.fixture(scope="module")
def own() -> Iterator[Container]:
    """A server in an image of others: a plain Debian with a Python, a user and a home of its own, and of ours what pip installs."""
    with running_server(image_on_anything()) as container:
        yield container


def test_a_server_starts_in_it(own: Container) -> None:
    """It needs the package, and nothing else of ours."""
    assert own.get("api/status").status_code == 200


def test_its_python_is_its_own(own: Container) -> None:
    """As are all packages beside ours."""
    assert own.python("import sys; print(sys.prefix)") == "/opt/science"


def test_its_notebooks_run(own: Container) -> None:
    """The kernel that it has."""
    assert own.python(RUN_A_CELL.format(kernel="python3", code="print(1 + 1)")) == "2"


def test_it_has_what_is_ours_in_jupyterlab(own: Container) -> None:
    """The part for the browser comes with the package."""
    page = own.get("lab/extensions/sardonyx/static/plugins.js")

    assert page.status_code == 200


def test_ours_take_more_packages() -> None:
    """Of Debian and of Python, beside what they have."""
    image = own_image(FROM_OURS, builder().packages("base"))
    with running(image, "sleep", "infinity") as container:
        assert container.run("jq", "--version").startswith("jq-")
        assert container.python("import humanize, jupyterlab; print(humanize.intcomma(1000))") == "1,000"


def test_the_docs_name_the_version_of_this_source() -> None:
    """Another one would not fit the hub."""
    assert set(re.findall(r"sardonyx(?:-singleuser==|/python:)([\w.]+)", DOCS.read_text())) == {version()}
