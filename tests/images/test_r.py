"""What is so in the image with R."""

from support.containers import HOME, RUN_A_CELL, Container
from support.stub_hub import PREFIX
from support.waiting import soon

OF = "r"
SHINY = "library(shiny)\nshinyApp(fluidPage('Hello from Shiny'), function(input, output) NULL)\n"


def test_a_notebook_runs_r(server: Container) -> None:
    """The kernel is there."""
    assert server.python(RUN_A_CELL.format(kernel="ir", code="cat(1 + 1)")) == "2"


def test_r_has_python(server: Container) -> None:
    """That of the image."""
    assert server.run("Rscript", "-e", "cat(reticulate::py_eval('1 + 1'))").strip().endswith("2")


def test_a_file_runs_as_an_app_of_shiny(server: Container) -> None:
    """By itself: Debian's package is there."""
    server.python(f"open('{HOME}/app.R', 'w').write({SHINY!r})")

    app = server.post("sardonyx/api/apps", {"path": "app.R"}).json()
    address = app["address"].removeprefix(PREFIX)

    soon(lambda: "Hello from Shiny" in server.get(address).text)


def test_r_is_among_its_parts(server: Container) -> None:
    """With its kernel and Shiny."""
    named = {f"pkg:deb/debian/{name}" for name in ("r-base-core", "r-cran-irkernel", "r-cran-shiny")}

    assert named <= server.parts()
