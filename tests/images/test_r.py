"""What is so in the image with R."""

from support.containers import RUN_A_CELL, Container

OF = "r"


def test_a_notebook_runs_r(server: Container) -> None:
    """The kernel is there."""
    assert server.python(RUN_A_CELL.format(kernel="ir", code="cat(1 + 1)")) == "2"


def test_r_has_python(server: Container) -> None:
    """That of the image."""
    assert server.run("Rscript", "-e", "cat(reticulate::py_eval('1 + 1'))").strip().endswith("2")


def test_r_is_among_its_parts(server: Container) -> None:
    """With its kernel."""
    assert {"pkg:deb/debian/r-base-core", "pkg:deb/debian/r-cran-irkernel"} <= server.parts()
