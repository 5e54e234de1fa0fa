"""Which folders of a home are environments, how their kernels are called, and how little of a home is looked at."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sardonyx_singleuser.environments import search as module
from sardonyx_singleuser.environments.environment import Environment, named
from sardonyx_singleuser.environments.search import MOST_FOLDERS, Search


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty home."""
    folder = tmp_path.resolve() / "home"
    folder.mkdir()
    return folder


def make(folder: Path, version: str = "3.11.7", key: str = "version") -> Path:
    """Make an environment's files, with this Python in it."""
    (folder / "bin").mkdir(parents=True)
    (folder / "pyvenv.cfg").write_text(f"home = /usr/bin\n{key} = {version}\n")
    (folder / "bin" / "python").symlink_to(sys.executable)
    return folder


def make_conda(folder: Path, python: str | None = "3.12.4-h99_0_cpython") -> Path:
    """Make the files that conda makes."""
    (folder / "conda-meta").mkdir(parents=True)
    (folder / "conda-meta" / "history").touch()
    if python is not None:
        (folder / "conda-meta" / f"python-{python}.json").write_text("{}")
        (folder / "conda-meta" / "python-dateutil-2.9.0-pyhd8ed1ab_0.json").write_text("{}")
        (folder / "bin").mkdir()
        (folder / "bin" / "python").symlink_to(sys.executable)
    return folder


def titles(home: Path) -> list[str]:
    """Return what JupyterLab would show."""
    return [environment.title for environment in Search(home).run()]


def test_environments_are_found_wherever_people_have_them(home: Path) -> None:
    """In projects, beside them, in repositories below a folder, under any name."""
    for place in (".venv", "stats/.venv", "work/repos/analysis/venv", "a/b/c/env", "envs/teaching", "stats/other"):
        make(home / place)
    make(home / "a" / "b" / "c" / "d" / ".venv")

    assert titles(home) == [
        "Python 3.11 (.venv)",
        "Python 3.11 (a/b/c/env)",
        "Python 3.11 (envs/teaching)",
        "Python 3.11 (stats/.venv)",
        "Python 3.11 (stats/other)",
        "Python 3.11 (work/repos/analysis/venv)",
    ]


@pytest.mark.parametrize(
    ("key", "version", "title"),
    [
        pytest.param("version", "3.11.7", "Python 3.11 (p/.venv)", id="venv"),
        pytest.param("version_info", "3.12.1", "Python 3.12 (p/.venv)", id="uv"),
        pytest.param("version_info", "3.13.0.final.0", "Python 3.13 (p/.venv)", id="virtualenv"),
        pytest.param("x", "y", "Python (p/.venv)", id="unknown"),
    ],
)
def test_the_version_is_told_as_each_program_writes_it(home: Path, key: str, version: str, title: str) -> None:
    """Without running the environment's Python."""
    make(home / "p" / ".venv", version, key)

    assert titles(home) == [title]


def test_what_venv_and_uv_make_is_understood(home: Path) -> None:
    """The programs themselves, not only what they are known to write."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home / "one" / ".venv")], check=True)
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv), "venv", "--quiet", "--offline", "--python", sys.executable, str(home / "two" / ".venv")]
    subprocess.run(command, check=True)
    version = "{}.{}".format(*sys.version_info)

    assert titles(home) == [f"Python {version} (one/.venv)", f"Python {version} (two/.venv)"]


def test_environments_of_conda_are_found(home: Path) -> None:
    """Of an installation in the home, of micromamba, and those that conda has written down; not those without Python."""
    make_conda(home / "miniconda3")
    make_conda(home / "miniconda3" / "envs" / "genomics")
    make_conda(home / "micromamba" / "envs" / "maps")
    make_conda(home / ".local" / "share" / "mamba" / "envs" / "hidden")
    make_conda(home / "miniconda3" / "envs" / "only-r", python=None)
    make_conda(home / ".far" / "away")
    (home / ".conda").mkdir()
    (home / ".conda" / "environments.txt").write_text(f"{home / '.far' / 'away'}\n/opt/conda\n\n{home / 'gone'}\n")

    assert titles(home) == [
        "Python 3.12 (.far/away)",
        "Python 3.12 (.local/share/mamba/envs/hidden)",
        "Python 3.12 (micromamba/envs/maps)",
        "Python 3.12 (miniconda3)",
        "Python 3.12 (miniconda3/envs/genomics)",
    ]


def test_projects_of_renv_are_found_and_their_packages_not_searched(home: Path) -> None:
    """A project may have both languages."""
    (home / "both" / "renv" / "library" / "deep").mkdir(parents=True)
    (home / "both" / "renv.lock").write_text("{}")
    (home / "both" / "renv" / "activate.R").touch()
    (home / "half").mkdir()
    (home / "half" / "renv.lock").write_text("{}")
    make(home / "both" / ".venv")
    make(home / "both" / "renv" / "library" / "in-between")

    assert titles(home) == ["R (both)", "Python 3.11 (both/.venv)"]


def test_a_broken_environment_is_offered_and_named_so(home: Path) -> None:
    """A notebook that names it would else be without a kernel and without a word; a folder that is gone is none."""
    (make(home / "old" / ".venv") / "bin" / "python").unlink()
    (home / "old" / ".venv" / "bin" / "python").symlink_to("/usr/bin/python-that-was")
    (home / "gone").mkdir()
    (home / "gone" / ".venv").symlink_to(home / "nowhere")

    assert titles(home) == ["Python 3.11 (old/.venv, broken)"]


def test_nothing_outside_of_the_home_is_found(home: Path) -> None:
    """Wherever links lead, and whatever conda has written down; links in a circle lead nowhere."""
    theirs = make(home.parent / "theirs" / ".venv")
    for project in ("by-file", "by-folder", "circle"):
        (home / project).mkdir()
    (home / "by-file" / ".venv").symlink_to(theirs)
    (home / "by-folder" / "linked").symlink_to(theirs.parent)
    (home / "circle" / ".venv").symlink_to(home / "circle" / ".venv")
    (home / "circle" / "again").symlink_to(home)
    (home / ".virtualenvs").symlink_to(theirs.parent)
    (home / ".conda").mkdir()
    (home / ".conda" / "environments.txt").write_text(f"{theirs}\n{home}/../theirs/.venv\n")

    assert titles(home) == []
    for place in ("by-file/.venv", "by-folder/linked/.venv", "../theirs/.venv", str(theirs), ".virtualenvs/.venv"):
        assert named(Environment(home / place, place, "venv").name, home) is None


def test_a_link_within_the_home_is_followed(home: Path) -> None:
    """Some have one environment for several projects."""
    make(home / ".hidden" / "shared")
    (home / "p").mkdir()
    (home / "p" / ".venv").symlink_to(home / ".hidden" / "shared")

    assert titles(home) == ["Python 3.11 (p/.venv)"]


@pytest.mark.parametrize(
    ("place", "name"),
    [
        pytest.param("stats-101/.venv", "env-stats-101_2f.venv", id="usual"),
        pytest.param("Stats_101/.venv", "env-_53tats_5f101_2f.venv", id="large letters"),
        pytest.param("ünï côde/.venv", "env-_c3_bcn_c3_af_20c_c3_b4de_2f.venv", id="unicode"),
        pytest.param("\udcff/{x}/.venv", "env-_ff_2f_7bx_7d_2f.venv", id="no unicode at all"),
    ],
)
def test_a_kernel_is_called_by_its_place_for_ever(home: Path, place: str, name: str) -> None:
    """With letters that Jupyter takes; two projects with the same name of their folder are two."""
    make(home / place)
    make(home / "other" / place)

    found = Search(home).run()

    assert name in {environment.name for environment in found}
    assert len({environment.name for environment in found}) == 2
    assert [named(environment.name, home) for environment in found] == found
    json.dumps([environment.title for environment in found]).encode()


@pytest.mark.parametrize(
    "name", ["python3", "env-", "env-.", "env-..", "env-p_2F.venv", "env-p/.venv", "env-p_2f_00", "env-q"]
)
def test_other_names_are_no_environments(home: Path, name: str) -> None:
    """Also none that would lead to the same folder by another way."""
    make(home / "p" / ".venv")

    assert named(name, home) is None


def test_a_large_home_is_looked_at_in_part(home: Path) -> None:
    """What is near comes first; folders that hold no projects cost nothing."""
    make(home / "a" / ".venv")
    make(home / "z" / ".venv")
    for number in range(MOST_FOLDERS):
        (home / "m" / str(number) / "deep").mkdir(parents=True)
        (home / "web" / "node_modules" / str(number)).mkdir(parents=True)
        (home / ".cache" / str(number)).mkdir(parents=True)
    search = Search(home)

    found = search.run()

    assert [environment.place for environment in found] == ["a/.venv", "z/.venv"]
    assert search.looked_at == MOST_FOLDERS
    assert not search.is_whole


def test_the_usual_names_are_found_among_any_number_of_files(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with more files than are read has its environment all the same."""
    monkeypatch.setattr(module, "MOST_ENTRIES", 3)
    for number in range(20):
        (home / f"{number}.csv").touch()
    for name in (".venv", "venv", "env"):
        make(home / name)
    search = Search(home)

    assert [environment.place for environment in search.run()] == [".venv", "env", "venv"]
    assert (search.looked_at, search.is_whole) == (1, False)


def test_a_project_prefers_the_usual_name(home: Path) -> None:
    """And its Python before its R; one that lies elsewhere is for no folder."""
    for place in ("p/.venv", "p/venv", "p/other"):
        make(home / place)
    (home / "p" / "renv").mkdir()
    (home / "p" / "renv" / "activate.R").touch()
    (home / "p" / "renv.lock").touch()

    found = sorted(Search(home).run(), key=lambda environment: environment.rank)

    assert [(each.place, each.project) for each in found] == [
        ("p/.venv", "p"),
        ("p/venv", "p"),
        ("p", "p"),
        ("p/other", None),
    ]


@pytest.mark.parametrize("text", [b"", b"\xff\xfe\x00", b"version\n", b"version = \n", b"=\n" * 9])
def test_a_file_that_is_no_text_keeps_nothing_from_being_found(home: Path, text: bytes) -> None:
    """The environment may work all the same."""
    (make(home / "p" / ".venv") / "pyvenv.cfg").write_bytes(text)

    assert titles(home) == ["Python (p/.venv)"]
