"""R's packages are found where R would find them; where somebody says where R looks, R has to be asked."""

from pathlib import Path

import pytest

from sardonyx_singleuser.r_packages import may_have


@pytest.fixture
def rscript(tmp_path: Path) -> Path:
    """R in a prefix, linked as Debian does it."""
    real = tmp_path / "usr" / "lib" / "R" / "bin" / "Rscript"
    real.parent.mkdir(parents=True)
    real.touch()
    (tmp_path / "usr" / "bin").mkdir()
    (tmp_path / "home").mkdir()
    link = tmp_path / "usr" / "bin" / "Rscript"
    link.symlink_to(real)
    return link


@pytest.mark.parametrize(
    "library",
    [
        "usr/lib/R/library",
        "usr/lib/R/site-library",
        "usr/share/R/library",
        "home/R/x86_64-pc-linux-gnu-library/4.2",
    ],
)
def test_a_package_is_found_in_each_library_that_r_has(rscript: Path, tmp_path: Path, library: str) -> None:
    """Of the machine, and of the person."""
    assert not may_have("none", rscript, tmp_path / "home", {})

    (tmp_path / library / "none").mkdir(parents=True)

    assert may_have("none", rscript, tmp_path / "home", {})


@pytest.mark.parametrize("file", [".Rprofile", ".Renviron"])
def test_r_is_asked_where_its_person_has_configured_it(rscript: Path, tmp_path: Path, file: str) -> None:
    """Libraries may be anywhere then."""
    (tmp_path / "home" / file).touch()

    assert may_have("none", rscript, tmp_path / "home", {})


def test_r_is_asked_where_a_variable_says_where_it_looks(rscript: Path, tmp_path: Path) -> None:
    """As the operator's settings may."""
    assert may_have("none", rscript, tmp_path / "home", {"R_LIBS_SITE": "/srv/r"})
    assert not may_have("none", rscript, tmp_path / "home", {"R_LIBS_SITE": ""})
