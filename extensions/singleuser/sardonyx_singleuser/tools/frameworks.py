"""Which framework an app file is for, and how it is started: decided by the file's text, without running it."""

import ast
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath

from sardonyx_singleuser.environments.environment import beside, python_in
from sardonyx_singleuser.language import N_, _
from sardonyx_singleuser.tools.tool import Place, Start

RUNNER = Path(__file__).parent / "runners" / "app.py"
"""Run by the Python of the app, in which nothing of ours may be."""
NOTHING = N_(
    "No framework was recognised in {name}. It has to import one of these: {known}."
    " An R file is taken for a Shiny app if it calls shinyApp(); notebooks are shown by Voilà, and .qmd and .Rmd by Quarto."
)
FAULTY_LINE = N_("{file}, line {line}: {problem}. Correct it and try again.")
FAULTY = N_("{file}: {problem}. Correct it and try again.")
MOST_BYTES = 4 << 20
MOST_BYTES_OF_NOTEBOOK = 256 << 20
"""What a notebook has shown is in it."""


class AppError(ValueError):
    """Why a file is no app; the message is for the person."""


@dataclass(frozen=True)
class Framework:
    """One that is known.

    Args:
        name: as it is imported, and as the runner knows it.
        also: further modules that mean the same framework.
        command: with the app's Python, its file, and where it will be reached.
        ready_path: answers when it is ready, and starts nothing.
        patience_s: it is ready after so long at most.
    """

    name: str
    title: str
    command: Callable[[str, Path, Place], tuple[str, ...]]
    also: tuple[str, ...] = ()
    ready_path: str = "/"
    patience_s: float = 90.0


def _by_runner(name: str) -> Callable[[str, Path, Place], tuple[str, ...]]:
    return lambda python, file, place: (python, str(RUNNER), name, str(file), str(place.socket), place.prefix)


def _panel(python: str, file: Path, place: Place) -> tuple[str, ...]:
    return python, str(RUNNER.with_name("panel_server.py")), str(file), str(place.socket)


PYTHON = (
    # The first that is imported is taken: an app may use FastAPI beside it, and hardly the other way round.
    Framework("streamlit", "Streamlit", _by_runner("streamlit")),
    Framework("gradio", "Gradio", _by_runner("gradio")),
    Framework("shiny", "Shiny for Python", _by_runner("shiny")),
    Framework("dash", "Dash", _by_runner("dash")),
    Framework("panel", "Panel", _panel),
    Framework("marimo", "marimo", _by_runner("marimo")),
    Framework("fastapi", "FastAPI", _by_runner("fastapi"), also=("starlette", "litestar", "quart")),
    Framework("flask", "Flask", _by_runner("flask")),
)
R_CODE = """
told <- commandArgs(TRUE)
# Nobody else may connect: not with a mask of Shiny's own, which it wants to be told.
shiny::runApp(told[[1]], port = structure(told[[2]], mask = strtoi("177", 8L)), launch.browser = FALSE)
"""
SHINY_R = Framework(
    "shiny-r",
    "Shiny for R",
    lambda _python, file, place: ("Rscript", "-e", R_CODE, str(file), str(place.socket)),
)
# Its first page would start a kernel.
VOILA = Framework("voila", "Voilà", _by_runner("voila"), ready_path="/voila/static/")
QUARTO = Framework(
    "quarto",
    "Quarto",
    lambda python, file, place: (python, str(RUNNER.with_name("quarto_preview.py")), str(file), str(place.socket)),
    # Its cells run before there is a page.
    patience_s=1800.0,
)
_QUARTO_ENDINGS = frozenset({".qmd", ".rmd"})
_CALLS_SHINY = re.compile(r"\b(?:shiny::)?(?:shinyApp|shinyUI|shinyServer|runApp)\s*\(")
_MISSING = re.compile(r"^ModuleNotFoundError: No module named '([^']+)'", re.MULTILINE)
_MISSING_IN_R = re.compile(r"there is no package called [\u2018']([^\u2019']+)[\u2019']")


def recognise(file: PurePath, text: str) -> Framework:
    """Return the framework of an app.

    Args:
        text: what stands in the file.

    Raises:
        AppError: none is recognised, or the file has a fault.
    """
    if file.suffix.lower() == ".r":
        if _CALLS_SHINY.search(text):
            return SHINY_R
    elif file.suffix.lower() in _QUARTO_ENDINGS:
        return QUARTO
    elif file.suffix == ".ipynb":
        _check_notebook(file, text)
        return VOILA
    elif file.suffix == ".py":
        found = imported(file, text)
        if file.stem in found:
            said = _("{file} has the name of a package that it imports. Give it another one, such as app.py.")
            raise AppError(said.format(file=file.name))
        for framework in PYTHON:
            if found & {framework.name, *framework.also}:
                return framework
    raise AppError(_(NOTHING).format(name=file.name, known=", ".join(each.title for each in PYTHON)))


def imported(file: PurePath, text: str) -> set[str]:
    """Return what a Python file imports, anywhere in it: names of whole packages.

    Raises:
        AppError: it cannot be read as Python.
    """
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        # Without a line: it has bytes in it that no Python file may have.
        said = FAULTY_LINE if error.lineno else FAULTY
        raise AppError(_(said).format(file=file.name, line=error.lineno, problem=error.msg)) from None
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def _check_notebook(file: PurePath, text: str) -> None:
    try:
        is_notebook = "cells" in json.loads(text)
    except (ValueError, TypeError):
        is_notebook = False
    if not is_notebook:
        raise AppError(
            _("{file} is no notebook that can be read. Open it in JupyterLab and save it again.").format(file=file.name)
        )


def read(file: Path) -> str:
    """Return what stands in an app's file.

    Raises:
        AppError: it cannot be read.
    """
    try:
        most = MOST_BYTES_OF_NOTEBOOK if file.suffix == ".ipynb" else MOST_BYTES
        if file.stat().st_size > most:
            raise AppError(
                _("{file} has more than {megabytes} MB: it can hardly be an app.").format(
                    file=file.name, megabytes=most >> 20
                )
            )
        return file.read_text()
    except UnicodeDecodeError:
        raise AppError(_("{file} is no text.").format(file=file.name)) from None
    except OSError as error:
        raise AppError(_("{file} cannot be read: {problem}.").format(file=file.name, problem=error.strerror)) from None


def python_of(file: Path, home: Path, usual: str) -> str:
    """Return the Python for an app: that of the next environment beside or above it in the home, else the usual one."""
    return next((str(python_in(environment)) for environment in beside(file, home)), usual)


def start(framework: Framework, file: Path, place: Place, usual: str) -> Start:
    """Return how an app is started."""
    python = python_of(file, place.home, usual)
    # Dash reads these when its app is made; elsewhere nothing does.
    variables = {"DASH_REQUESTS_PATHNAME_PREFIX": f"{place.prefix}/", "DASH_ROUTES_PATHNAME_PREFIX": "/"}
    command = framework.command(python, file, place)
    return Start(command, file.parent, variables, framework.ready_path, framework.patience_s)


def explain(last_words: str) -> str:
    """Return what to do about an app that ended, by what it said; "" if that is not known."""
    missing = _MISSING.findall(last_words)
    if missing:
        package = missing[-1].partition(".")[0]
        return _(
            "The package {package} is not in this environment. Install it in a terminal, with: pip install {package}"
        ).format(package=package)
    missing = _MISSING_IN_R.findall(last_words)
    if missing:
        return _("The package {package} is not in this R. Install it in R, with: install.packages('{package}')").format(
            package=missing[-1]
        )
    return ""
