"""An operator's own image works if our package is installed in it: those of the docs are built, and run."""

import hashlib
import re
from collections.abc import Iterator
from configparser import ConfigParser
from dataclasses import replace
from pathlib import Path

import pytest
from image_recipes import ROOT, SINGLEUSER
from images import built_wheel, version
from support.containers import RUN_A_CELL, Container, running, running_server
from support.images import LAST_KEPT_S, builder, pip_configurations, used

DOCS = ROOT / "docs" / "how-to" / "make-your-own-image.md"
FROM_OURS, FROM_ANY = re.findall(r"^```dockerfile\n(.*?)^```$", DOCS.read_text(), re.MULTILINE | re.DOTALL)


def own_image(text: str, base: str, folder: Path, **pip: str) -> str:
    """Build a Dockerfile of the docs on an image that is here, once.

    Args:
        pip: settings for it, mounted while it runs.
    """
    (folder / "Dockerfile").write_text(re.sub(r"^FROM .*$", f"FROM {base}", text, flags=re.MULTILINE))
    wheel = built_wheel(SINGLEUSER)
    content = f"{base} {text} {hashlib.sha256(wheel.read_bytes()).hexdigest() if pip else ''}"
    image = f"localhost/sardonyx-own/{hashlib.sha256(content.encode()).hexdigest()[:16]}"
    settings = ConfigParser()
    settings.read(pip_configurations())
    settings["global"] = {**(settings["global"] if settings.has_section("global") else {}), **pip}
    with (folder / "pip.conf").open("w") as file:
        settings.write(file)
    engine = builder().engine
    mounted = {folder / "pip.conf": "/etc/pip.conf", wheel.parent: "/srv"}
    options = (*engine.options, *(f"--volume={place}:{inside}:ro" for place, inside in mounted.items()))
    if not engine.has(image):
        log = folder / "build.log"
        replace(engine, options=options).build("Dockerfile", folder, image, arguments={}, log=log)
    used(image, kept_s=LAST_KEPT_S)
    return image


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Container]:
    """A server in an image that has JupyterLab and JupyterHub, and of ours what pip installs."""
    base = builder().packages("base")
    given = tmp_path_factory.mktemp("own")
    with running_server(own_image(FROM_ANY, base, given, **{"find-links": "/srv"})) as container:
        yield container


def test_a_server_starts_in_it(own: Container) -> None:
    """It needs the package, and nothing else of ours."""
    assert own.get("api/status").status_code == 200


def test_its_notebooks_run(own: Container) -> None:
    """The kernel that it has."""
    assert own.python(RUN_A_CELL.format(kernel="python3", code="print(1 + 1)")) == "2"


def test_it_has_what_is_ours_in_jupyterlab(own: Container) -> None:
    """The part for the browser comes with the package."""
    page = own.get("lab/extensions/sardonyx/static/plugins.js")

    assert page.status_code == 200


def test_ours_take_more_packages(tmp_path: Path) -> None:
    """Of Debian and of Python, beside what they have."""
    image = own_image(FROM_OURS, builder().packages("base"), tmp_path)
    with running(image, "sleep", "infinity") as container:
        assert container.run("jq", "--version").startswith("jq-")
        assert container.python("import humanize, jupyterlab; print(humanize.intcomma(1000))") == "1,000"


def test_the_docs_name_the_version_of_this_source() -> None:
    """Another one would not fit the hub."""
    assert set(re.findall(r"sardonyx(?:-singleuser==|/python:)([\w.]+)", DOCS.read_text())) == {version()}
