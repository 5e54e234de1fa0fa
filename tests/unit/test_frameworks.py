"""An app's framework is recognised by its file alone, and what is no app has an answer that says what to do."""

from pathlib import Path, PurePath

import pytest

from sardonyx_singleuser.tools.frameworks import (
    AppError,
    explain,
    python_of,
    read,
    recognise,
)


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("app.py", "import streamlit as st\nst.title('x')\n", "Streamlit"),
        ("app.py", "from dash import Dash, html\napp = Dash()\n", "Dash"),
        ("app.py", "from shiny.express import input, ui\n", "Shiny for Python"),
        ("app.py", "import gradio as gr\nimport fastapi\n", "Gradio"),
        ("app.py", "import panel as pn\nimport pandas\n", "Panel"),
        ("app.py", "import marimo\napp = marimo.App()\n", "marimo"),
        ("app.py", "from fastapi import FastAPI\n", "FastAPI"),
        ("app.py", "from starlette.applications import Starlette\n", "FastAPI"),
        ("app.py", "import flask\n", "Flask"),
        ("app.py", "def later():\n    import streamlit\n", "Streamlit"),
        ("app.R", "library(shiny)\nshinyApp(ui, server)\n", "Shiny for R"),
        ("app.r", "shiny::runApp('.')\n", "Shiny for R"),
        ("page.ipynb", '{"cells": []}', "Voilà"),
        ("report.qmd", "# Report\n", "Quarto"),
        ("report.Rmd", "# Report\n", "Quarto"),
    ],
)
def test_a_framework_is_known_by_what_the_file_imports(name: str, text: str, title: str) -> None:
    """And the first in the list counts where there are several."""
    assert recognise(PurePath(name), text).title == title


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "plain.py",
            "print(1)\n",
            "No framework was recognised in plain.py. It has to import one of these: Streamlit,",
        ),
        ("import.py", "from . import streamlit\n", "No framework was recognised in import.py."),
        ("words.py", "# import streamlit\n", "No framework was recognised in words.py."),
        ("plain.R", "print(1)\n", "An R file is taken for a Shiny app if it calls shinyApp()"),
        ("data.csv", "a,b\n", "No framework was recognised in data.csv."),
        (
            "open.py",
            "import streamlit\nst.title(\n",
            "open.py, line 2: '(' was never closed. Correct it and try again.",
        ),
        ("half.ipynb", '{"cells": [', "half.ipynb is no notebook that can be read. Open it in JupyterLab and save it"),
        ("list.ipynb", "[]", "list.ipynb is no notebook that can be read."),
        ("zero.py", "import streamlit\0\n", "zero.py: source code string cannot contain null bytes."),
        ("dash.py", "import dash\n", "dash.py has the name of a package that it imports. Give it another one, such as"),
    ],
)
def test_what_is_no_app_is_told_why(name: str, text: str, message: str) -> None:
    """In a sentence for the person whose file it is."""
    with pytest.raises(AppError) as caught:
        recognise(PurePath(name), text)

    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xfe\x00", "app.py is no text."),
        (b"#" * (5 << 20), "app.py has more than 4 MB: it can hardly be an app."),
        (None, "app.py cannot be read: No such file or directory."),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None, message: str) -> None:
    """With the reason."""
    file = tmp_path / "app.py"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(AppError) as caught:
        read(file)

    assert str(caught.value) == message


def test_an_environment_beside_the_app_is_used(tmp_path: Path) -> None:
    """The nearest one in the home; never one outside of it."""
    outer, inner = tmp_path / "home" / ".venv", tmp_path / "home" / "project" / ".venv"
    for environment in (tmp_path / ".venv", outer, inner):
        (environment / "bin").mkdir(parents=True)
        (environment / "bin" / "python").touch(mode=0o755)
    home = tmp_path / "home"

    assert python_of(home / "project" / "deep" / "app.py", home, "usual") == str(inner / "bin" / "python")
    assert python_of(home / "app.py", home, "usual") == str(outer / "bin" / "python")
    (outer / "bin" / "python").unlink()
    assert python_of(home / "app.py", home, "usual") == "usual"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("ModuleNotFoundError: No module named 'plotly.express'", "pip install plotly"),
        ("Error in library(ggplot2) : there is no package called 'ggplot2'", "install.packages('ggplot2')"),
        ("Error in library(ggplot2) : there is no package called \u2018ggplot2\u2019", "install.packages('ggplot2')"),
        ("ValueError: x", ""),
    ],
)
def test_a_package_that_is_missing_is_named_with_how_to_get_it(said: str, expected: str) -> None:
    """What else an app ends with is shown as it is."""
    found = explain(f"Traceback\n{said}\n")

    assert found.endswith(expected)
    assert bool(found) == bool(expected)
