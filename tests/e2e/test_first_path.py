"""The whole path: from the printed link to a notebook that reads its owner's own data."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"


def test_ready_is_said_once_and_the_link_only_until_somebody_used_it(stack: Any, administrator: str) -> None:
    """The operator sees one address, and a link as long as there is no administrator."""
    assert administrator
    assert len(re.findall(r"^Sardonyx is ready: ", stack.first_output, re.MULTILINE)) == 1
    assert len(re.findall(r"^Sign in as the first administrator", stack.first_output, re.MULTILINE)) == 1
    assert "NOT ISOLATED" not in stack.output
    assert "Servers on this machine are kept apart by: namespaces" in (stack.data / "logs" / "hub.log").read_text()
    assert "Traceback" not in stack.output


def test_the_one_time_link_works_once(stack: Any, administrator: str, context: Any) -> None:
    """Whoever finds it later reads that it is over, and what to do."""
    assert administrator
    page = context.new_page()

    answer = page.goto(stack.admin_link())

    assert answer.status == 403
    said = (
        "This link was used already, or is too old. Sign in with the password that you chose with it, or ask the people"
    )
    assert said in page.inner_text("main")


def test_a_notebook_reads_and_writes_its_owners_own_data(stack: Any, visitor: Any, repository: str) -> None:
    """The tutorial: choose Python, small, with a repository; run it; read its result from a second start."""
    made = stack.command("user", "add", "amina", "--password-stdin", stdin=PASSWORD + "\n")
    assert made.stdout == "amina can sign in now.\n"
    visitor.sign_in("amina")

    visitor.start(repository=repository)

    assert "/lab/tree/course" in visitor.page.url
    visitor.page.goto(f"{stack.url}/user/amina/lab/tree/course/first-notebook.ipynb")
    visitor.page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
    visitor.page.get_by_role("menuitem", name="Run", exact=True).click()
    visitor.page.get_by_text("Run All Cells", exact=True).click()
    visitor.page.locator(".jp-OutputArea-output img").wait_for(timeout=90_000)
    last = visitor.page.locator(".jp-CodeCell").last
    last.locator("table").wait_for(timeout=60_000)
    assert "Europe" in last.inner_text()
    visitor.stop()
    visitor.page.get_by_text("Not running").first.wait_for(timeout=30_000)

    visitor.start()
    said = visitor.run(
        "import os, pandas as pd; print(len(pd.read_parquet(os.environ['SARDONYX_S3_HOME'] + 'tutorial/by-origin.parquet')))"
    )

    assert said.strip() == "3"


def test_cells_that_are_run_before_their_kernel_is_there_wait_for_it(stack: Any, visitor: Any) -> None:
    """Whoever is quicker than a machine with much to do loses no click."""
    stack.add_person("quick", PASSWORD)
    visitor.sign_in("quick")
    visitor.start()
    page = visitor.page
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "id": name, "metadata": {}, "execution_count": None, "outputs": [], "source": source}
        for name, source in (("a", "answer = 42"), ("b", "print('it is', answer)"))
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python", "language": "python"}}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": cells}
    visitor.run(f"open('a.ipynb', 'w').write({json.dumps(notebook)!r})")
    asked: list[Route] = []
    page.route(
        "**/api/sessions?*", lambda route: asked.append(route) if route.request.method == "POST" else route.continue_()
    )

    page.goto(f"{stack.url}/user/quick/lab/tree/a.ipynb?reset")
    page.get_by_text("print('it is', answer)").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    while not asked:
        page.wait_for_timeout(100)
    page.wait_for_timeout(1000)
    for route in asked:
        route.continue_()

    expect(page.locator(".jp-OutputArea-output")).to_have_text("it is 42", timeout=60_000)


def test_who_signed_out_elsewhere_reads_so_in_jupyterlab_and_goes_on_after_signing_in(stack: Any, visitor: Any) -> None:
    """Nothing of what is on the screen is lost meanwhile."""
    stack.add_person("otto", PASSWORD)
    visitor.sign_in("otto")
    visitor.start()
    page, other = visitor.page, visitor.page.context.new_page()
    said = page.get_by_text("You are signed out, and nothing can be saved.")

    other.goto(f"{stack.url}/hub/home")
    other.locator("summary", has_text="otto").click()
    other.get_by_role("link", name="Sign out").click()
    other.wait_for_url("**/hub/login*")
    said.wait_for(timeout=60_000)

    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Sign In").click()
    opened.value.get_by_label("Name").fill("otto")
    opened.value.get_by_label("Password").fill(PASSWORD)
    opened.value.get_by_role("button", name="Sign in").click()
    opened.value.wait_for_url("**/user/otto/lab*")
    expect(said).to_have_count(0, timeout=60_000)


CLIENTS = {
    "boto3": "import boto3; print(boto3.client('s3').head_object(Bucket=b, Key=k)['ContentLength'] > 0)",
    "s3fs": "import s3fs; print(s3fs.S3FileSystem().exists(u))",
    "pandas": "import pandas; print(len(pandas.read_parquet(u)) == 3)",
    "polars": "import polars; print(polars.read_parquet(u).height == 3)",
    "polars, lazily": "import polars; print(polars.scan_parquet(u).collect().height == 3)",
    "pyarrow": "import pyarrow.parquet as p; print(p.read_table(u).num_rows == 3)",
    "DuckDB": "import duckdb; print(duckdb.sql(f\"select count(*) from '{u}'\").fetchone()[0] == 3)",
    "DuckDB, own connection": "import duckdb; print(duckdb.connect().sql(f\"select count(*) from '{u}'\").fetchone()[0] == 3)",
}


def test_every_client_works_without_an_argument_and_reaches_nobody_else(stack: Any, visitor: Any) -> None:
    """No key, no endpoint, no option in the code; and another person's place is refused."""
    stack.add_person("bela", PASSWORD)
    visitor.sign_in("bela")
    visitor.start()
    begin = (
        "import os; h = os.environ['SARDONYX_S3_HOME']; b = os.environ['SARDONYX_S3_BUCKET'];"
        "k = h.split('/', 3)[3] + 'x.parquet'; u = h + 'x.parquet'\n"
    )
    visitor.run(begin + "import pandas as pd; pd.DataFrame({'a': [1, 2, 3]}).to_parquet(u)")

    said = {name: visitor.run(begin + code).strip() for name, code in CLIENTS.items()}

    assert said == dict.fromkeys(CLIENTS, "True")
    assert (
        visitor.run("import os; print([n for n in os.environ if 'SECRET' in n or 'ACCESS_KEY' in n])").strip() == "[]"
    )
    listed = stack.command("user", "list").stdout
    other = next(line.split()[1] for line in listed.splitlines() if line.startswith("admin"))
    for call in (
        f"put_object(Bucket=b, Key='home/{other}/x', Body=b'')",
        f"list_objects_v2(Bucket=b, Prefix='home/{other}/')",
        "list_objects_v2(Bucket=b)",
    ):
        assert "AccessDenied" in visitor.run(begin + f"import boto3; boto3.client('s3').{call}")


def test_code_that_cannot_be_had_does_not_stop_the_server(stack: Any, visitor: Any, repository: str) -> None:
    """The person finds a note in their files that says what happened."""
    stack.add_person("cora", PASSWORD)
    visitor.sign_in("cora")

    visitor.start(repository=repository.replace("course", "nowhere"))

    said = visitor.run("print(open('CODE-IS-MISSING.md').read())")
    assert "Your server started without it." in said
    assert "nowhere.git" in said


def test_an_answer_that_cannot_be_is_explained_and_nothing_typed_is_lost(visitor: Any) -> None:
    """The form comes back with what was typed and a message at the field."""
    visitor.sign_in("admin")
    visitor.page.goto(f"{visitor.stack.url}/hub/spawn")
    visitor.page.get_by_role("textbox", name="Repository").fill("git@example.org:a/b")
    visitor.page.get_by_role("textbox", name="Branch").fill("week-2")

    visitor.page.get_by_role("button", name="Start", exact=True).click()

    visitor.page.get_by_role("alert").wait_for()
    assert "needs an SSH key" in visitor.page.inner_text("[role=alert]")
    assert visitor.page.get_by_role("textbox", name="Repository").input_value() == "git@example.org:a/b"
    assert visitor.page.get_by_role("textbox", name="Branch").input_value() == "week-2"


def test_a_link_never_starts_a_server(visitor: Any) -> None:
    """Query parameters would start one in plain JupyterHub."""
    visitor.sign_in("admin")

    visitor.page.goto(f"{visitor.stack.url}/hub/spawn?opt-profile=python&profile=python")

    assert visitor.page.get_by_role("heading", name="Start a server").is_visible()


@pytest.mark.parametrize("name", ["admin", "nobody"])
def test_a_wrong_password_says_the_same_whether_the_name_exists(visitor: Any, name: str) -> None:
    """Nobody finds out who has an account."""
    visitor.page.goto(f"{visitor.stack.url}/hub/login")
    visitor.page.get_by_label("Name").fill(name)
    visitor.page.get_by_label("Password").fill("not the password")

    visitor.page.get_by_role("button", name="Sign in").click()

    visitor.page.get_by_role("alert").wait_for()
    assert "This name and password do not fit. Look at both, and try again." in visitor.page.inner_text("[role=alert]")
