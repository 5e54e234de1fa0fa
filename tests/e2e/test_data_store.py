"""The data store in JupyterLab at a real browser, through hub and proxy: files in and out, previews, and what goes wrong."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from e2e.conftest import SCREENSHOTS
from playwright.sync_api import Browser, Locator, Page, expect
from support.stack import Stack
from support.visitors import Visitor, come_first

pytestmark = pytest.mark.browser
SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles:
  python: {{title: Python, environment: python}}
"""
CSV = "city,people,founded\n" + "".join(f"City {n},{n * 1000},19{n % 90 + 10}-01-01\n" for n in range(250))
GIF = bytes.fromhex("47494638396101000100800000ff0000ffffff21f90401000000002c00000000010001000002024401003b")
MAKE_PARQUET = """
import sys, pyarrow as pa, pyarrow.parquet as pq
pq.write_table(pa.table({"id": range(1000), "label": [f"<b>row {n}</b>" for n in range(1000)]}), sys.argv[1])
"""
IN_THE_STORE = """
import os, s3fs
print(sorted(path.split("/", 3)[3] for path in s3fs.S3FileSystem().find(os.environ["SARDONYX_S3_HOME"])))
"""

MANY = """
import os
from concurrent.futures import ThreadPoolExecutor
import boto3
s3 = boto3.client("s3")
bucket, prefix = os.environ["SARDONYX_S3_HOME"].removeprefix("s3://").split("/", 1)
put = lambda number: s3.put_object(Bucket=bucket, Key=f"{prefix}many/{number:04}", Body=b"")
with ThreadPoolExecutor(8) as pool: list(pool.map(put, range(1050)))
"""


class Shelf:
    """Somebody in JupyterLab, at the file browser of the data store."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.panel = self.page.locator("#sardonyx-data")

    def row(self, name: str) -> Locator:
        """Return the row of a file."""
        return self.panel.locator(".jp-DirListing-item").filter(
            has=self.page.locator(".jp-DirListing-itemName", has_text=re.compile(f"^{re.escape(name)}$"))
        )

    def open(self, *path: str) -> None:
        """Open a folder, from the places on."""
        self.panel.locator(".jp-BreadCrumbs-home").click()
        for name in path:
            self.row(name).dblclick()
        expect(self.panel.locator(".jp-BreadCrumbs-item").last).to_have_text(path[-1])

    def choose(self, name: str, item: str) -> None:
        """Choose something from the menu of a file."""
        self.row(name).click(button="right")
        self.page.locator(".lm-Menu-item:visible").filter(has_text=item).first.click()

    def upload(self, *files: Path) -> None:
        """Upload files with the button."""
        with self.page.expect_file_chooser() as choosing:
            self.panel.get_by_role("button", name="Upload").click()
        choosing.value.set_files([str(file) for file in files])

    def preview(self) -> Locator:
        """Return the preview in front."""
        return self.page.locator(".sx-Preview:visible")


@pytest.fixture(scope="module")
def stack(place_with: Callable[..., Stack]) -> Stack:
    """A place below a path of its host: the addresses of files and previews are made in many places."""
    return place_with(SETTINGS, path="/datalab")


@pytest.fixture(scope="module")
def files(prefix: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files on the computer of the person."""
    folder = tmp_path_factory.mktemp("files")
    (folder / "cities.csv").write_text(CSV)
    (folder / "dot.gif").write_bytes(GIF)
    (folder / "notes été 100%.md").write_text("# Notes\n")
    (folder / "large.bin").write_bytes(bytes(20 << 20))
    subprocess.run([str(prefix / "bin" / "python"), "-c", MAKE_PARQUET, str(folder / "rows.parquet")], check=True)
    return folder


@pytest.fixture(scope="module")
def visitor(stack: Stack, browser: Browser) -> Iterator[Visitor]:
    """Its first administrator in JupyterLab."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    found = come_first(stack, context.new_page(), "ann")
    found.start()
    yield found
    context.close()


@pytest.fixture(scope="module")
def shelf(visitor: Visitor) -> Shelf:
    """Somebody in JupyterLab, with the data store open."""
    visitor.page.get_by_role("tab", name="Data Store").click()
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return Shelf(visitor)


def test_a_first_notebook_is_in_the_home(visitor: Visitor) -> None:
    """One click in the launcher, by somebody who has clicked nowhere else since the page is there."""
    page = visitor.page
    page.goto(f"{visitor.stack.url}/user/ann/lab?reset")

    page.locator(".jp-LauncherCard[data-category=Notebook]", has_text="Python 3").click()

    page.get_by_text("| Idle").wait_for(timeout=60_000)
    expect(page.locator("#filebrowser .jp-DirListing-item[title^='Name: Untitled.ipynb']")).to_be_visible()
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    page.goto(f"{visitor.stack.url}/user/ann/lab?reset")


def test_what_is_new_goes_to_no_place_where_files_cannot_be(shelf: Shelf) -> None:
    """Whoever was last at the list of places reads where to go."""
    shelf.panel.locator(".jp-BreadCrumbs-home").click()
    shelf.row("My place").click()

    shelf.page.locator(".jp-LauncherCard[data-category=Notebook]", has_text="Python 3").click()

    said = shelf.page.locator(".jp-Dialog")
    expect(said).to_contain_text("What is new goes where you were last, and that is the list of your places")
    said.get_by_role("button", name="Close").click()


def test_the_places_are_folders(shelf: Shelf) -> None:
    """Beside the home's own file browser."""
    expect(shelf.row("My place")).to_be_visible()
    expect(shelf.row("Published")).to_be_visible()
    shelf.open("My place")
    expect(shelf.panel.get_by_text("Nothing is here yet.")).to_be_visible()
    shelf.page.screenshot(path=SCREENSHOTS / "store-empty.png")


def test_it_leads_to_code_and_to_keys_for_ones_own_computer(shelf: Shelf) -> None:
    """Code for each client, and a key for one's own computer, on the page of the hub that has them."""
    line = shelf.panel.locator(".sx-Data-keys")
    expect(line.get_by_text("Programs in this server get a key as soon as they ask for one.")).to_be_visible()

    for name, title in (("Code to copy", "In your servers: nothing to set up"), ("A key for my own computer",) * 2):
        with shelf.page.context.expect_page() as opening:
            line.get_by_role("link", name=name).click()
        expect(opening.value.get_by_role("heading", name=title)).to_be_in_viewport()
        opening.value.close()


def test_files_are_uploaded_small_and_large(shelf: Shelf, files: Path) -> None:
    """As they are, under their names."""
    shelf.upload(
        *(files / name for name in ("cities.csv", "dot.gif", "notes été 100%.md", "large.bin", "rows.parquet"))
    )

    for name in ("cities.csv", "dot.gif", "notes été 100%.md", "large.bin", "rows.parquet"):
        expect(shelf.row(name)).to_be_visible()
    expect(shelf.page.get_by_text("large.bin is in the data store.")).to_be_visible()
    said = shelf.visitor.run(IN_THE_STORE)
    assert said.strip() == "['cities.csv', 'dot.gif', 'large.bin', 'notes été 100%.md', 'rows.parquet']"


def test_an_upload_over_a_file_asks_first(shelf: Shelf, files: Path) -> None:
    """And is the person's to call off."""
    shelf.upload(files / "dot.gif")

    dialog = shelf.page.get_by_role("dialog")
    expect(dialog.get_by_text("dot.gif")).to_be_visible()
    dialog.get_by_role("button", name="Overwrite").click()

    expect(shelf.page.get_by_text("dot.gif is in the data store.").last).to_be_visible()


def test_a_folder_of_many_files_is_shown_in_parts(shelf: Shelf) -> None:
    """A thousand at first, and more when they are wanted."""
    shelf.visitor.run(MANY)
    shelf.open("My place", "many")
    expect(shelf.panel.get_by_text("The first 1,000 are shown; there are more.")).to_be_visible()

    shelf.panel.get_by_role("button", name="Show more").click()

    expect(shelf.panel.get_by_text("there are more")).to_have_count(0)
    shelf.open("My place")
    shelf.choose("many", "Delete")
    dialog = shelf.page.get_by_role("dialog")
    expect(dialog.get_by_text("with 1,050 files in the folder")).to_be_visible()
    dialog.get_by_role("button", name="Delete").click()
    expect(shelf.row("many")).to_have_count(0)


def test_a_table_is_previewed_with_a_double_click(shelf: Shelf) -> None:
    """Number of rows, columns, the first rows; what is in them is text."""
    shelf.row("rows.parquet").dblclick()

    shown = shelf.preview()
    expect(shown.get_by_text(re.compile(r"^1,000 rows · 2 columns · .* kB · the first 100 are below$"))).to_be_visible()
    expect(shown.get_by_role("cell", name="<b>row 7</b>")).to_be_visible()
    assert shown.locator("td b").count() == 0
    shown.get_by_text("Columns and statistics").click()
    shown.get_by_role("button", name="Statistics of id").click()
    expect(shown.get_by_text("499.5").first).to_be_visible()
    shelf.page.screenshot(path=SCREENSHOTS / "store-preview.png")


def test_sql_is_answered_beside_the_file(shelf: Shelf) -> None:
    """With the keyboard; a mistake is explained."""
    shelf.row("cities.csv").dblclick()
    shown = shelf.preview()
    expect(shown.get_by_text("at least 100 rows")).to_be_visible()
    shown.get_by_role("button", name="Count all").click()
    expect(shown.get_by_text("250 rows · 3 columns")).to_be_visible()

    shown.get_by_text("SQL", exact=True).click()
    box = shown.get_by_role("textbox")
    box.fill("SELECT max(people) AS most FROM data")
    box.press("Control+Enter")
    expect(shown.get_by_role("region", name="Result").get_by_role("cell", name="249000")).to_be_visible()
    shelf.page.screenshot(path=SCREENSHOTS / "store-sql.png")

    box.fill("SELECT nobody FROM data")
    shown.get_by_role("button", name="Run").click()
    expect(shown.get_by_text('Referenced column "nobody" not found')).to_be_visible()


def test_a_query_can_be_stopped(shelf: Shelf) -> None:
    """And the next one is answered."""
    shown = shelf.preview()
    box = shown.get_by_role("textbox")
    box.fill("SELECT count(*) FROM range(100000000000)")
    shown.get_by_role("button", name="Run").click()
    shown.get_by_role("button", name="Stop").click()
    expect(shown.get_by_text("Stopped.")).to_be_visible()

    box.fill("SELECT 'again' AS answer")
    box.press("Control+Enter")
    expect(shown.get_by_role("cell", name="again")).to_be_visible()


def test_images_and_texts_open_in_jupyterlabs_own_viewers(shelf: Shelf) -> None:
    """And what is written is in the store."""
    shelf.row("dot.gif").dblclick()
    expect(shelf.page.locator(".jp-ImageViewer img")).to_be_visible()
    shelf.row("notes été 100%.md").dblclick()
    editor = shelf.page.locator(".jp-FileEditor:visible .cm-content")
    editor.click()
    editor.press("Control+End")
    shelf.page.keyboard.type("written here")
    shelf.page.keyboard.press("Control+s")

    code = (
        "import os, s3fs; print(s3fs.S3FileSystem().cat(os.environ['SARDONYX_S3_HOME'] + 'notes été 100%.md').decode())"
    )
    expect(shelf.page.locator("#jp-bottom-panel").get_by_text("Saving completed")).to_be_visible()
    assert "written here" in shelf.visitor.run(code)


def test_a_file_is_renamed_and_downloaded(shelf: Shelf, files: Path, tmp_path: Path) -> None:
    """With JupyterLab's own menu."""
    shelf.choose("cities.csv", "Rename")
    field = shelf.panel.locator("input.jp-DirListing-editor")
    field.fill("towns #1.csv")
    field.press("Enter")
    expect(shelf.row("towns #1.csv")).to_be_visible()

    with shelf.page.expect_download() as download:
        shelf.choose("towns #1.csv", "Download")
    download.value.save_as(tmp_path / "got.csv")
    assert (tmp_path / "got.csv").read_text() == CSV
    assert download.value.suggested_filename == "towns #1.csv"
    assert files.exists()


def test_a_folder_says_before_it_is_deleted_how_many_files_go(shelf: Shelf) -> None:
    """And nothing of it is left."""
    # Before the folder is made: JupyterLab selects that one anew when it has looked at all files again.
    shelf.choose("rows.parquet", "Copy")
    shelf.panel.get_by_role("button", name="New Folder").click()
    shelf.panel.locator("input.jp-DirListing-editor").press("Enter")
    expect(shelf.row("Untitled Folder")).to_be_visible()
    shelf.row("Untitled Folder").dblclick()
    expect(shelf.panel.get_by_text("Nothing is here yet.")).to_be_visible()
    shelf.panel.locator(".jp-DirListing-content").click(button="right", position={"x": 30, "y": 200})
    shelf.page.locator(".lm-Menu-item:visible").filter(has_text="Paste").first.click()
    expect(shelf.row("rows.parquet")).to_be_visible()

    shelf.open("My place")
    shelf.choose("Untitled Folder", "Delete")
    dialog = shelf.page.get_by_role("dialog")
    expect(dialog.get_by_text("“Untitled Folder” will be deleted, with 1 file in the folder.")).to_be_visible()
    shelf.page.screenshot(path=SCREENSHOTS / "store-delete.png")
    dialog.get_by_role("button", name="Delete").click()

    expect(shelf.row("Untitled Folder")).to_have_count(0)
    expect(shelf.row("rows.parquet")).to_be_visible()


def test_what_runs_files_is_offered_for_those_of_the_home_only(shelf: Shelf, files: Path) -> None:
    """A file in the data store is none that can be run."""
    (files / "app.py").write_text("import flask\n")
    shelf.upload(files / "app.py")
    shelf.visitor.run("import pathlib; (pathlib.Path.home() / 'app.py').write_text('import flask')")
    shelf.row("app.py").click(button="right")
    expect(shelf.page.locator(".lm-Menu-item:visible").filter(has_text="Copy S3 Address")).to_be_visible()
    expect(shelf.page.locator(".lm-Menu-item:visible").filter(has_text="Run as App")).to_have_count(0)
    shelf.page.keyboard.press("Escape")

    shelf.page.get_by_role("tab", name="File Browser").click()
    shelf.page.locator("#filebrowser").get_by_role("button", name="Refresh the file browser").click()
    shelf.page.locator("#filebrowser .jp-DirListing-item[title^='Name: app.py']").click(button="right")
    expect(shelf.page.locator(".lm-Menu-item:visible").filter(has_text="Run as App")).to_be_visible()
    expect(shelf.page.locator(".lm-Menu-item:visible").filter(has_text="Copy S3 Address")).to_have_count(0)
    shelf.page.keyboard.press("Escape")
    shelf.page.get_by_role("tab", name="Data Store").click()


def test_a_preview_fits_a_phone_and_needs_no_mouse(shelf: Shelf) -> None:
    """Nothing scrolls sideways but the table, which the keyboard reaches."""
    page = shelf.page
    shelf.row("rows.parquet").dblclick()
    page.set_viewport_size({"width": 390, "height": 800})
    page.get_by_role("tab", name="Data Store").click()
    shown = shelf.preview()
    expect(shown.get_by_role("region", name="First rows")).to_be_visible()
    page.screenshot(path=SCREENSHOTS / "store-preview-390.png")

    assert shown.evaluate("node => node.scrollWidth <= node.clientWidth")
    shown.get_by_role("region", name="First rows").focus()
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "First rows"
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("tab", name="Data Store").click()


def test_axe_finds_nothing_in_a_preview(shelf: Shelf) -> None:
    """In light and dark."""
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        change_theme(shelf.page, theme)
        found: dict[str, Any] = Axe().run(shelf.page, context=".sx-Preview").response
        shelf.page.screenshot(path=SCREENSHOTS / f"store-preview-{theme.rpartition(' ')[2].lower()}.png")
        assert [(fault["id"], [node["html"][:120] for node in fault["nodes"]]) for fault in found["violations"]] == []


def test_it_says_until_when_the_key_lives_that_programs_have(shelf: Shelf) -> None:
    """Looked at whenever the folder is, and asked of the keys service once a minute."""
    shelf.visitor.run(IN_THE_STORE)
    line = shelf.panel.locator(".sx-Data-keys")

    expect(line).to_contain_text(
        re.compile("The key of this server works until .*, and is renewed before that."), timeout=150_000
    )
    assert not Axe().run(shelf.page, context=".sx-Data-keys").response["violations"]
    shelf.page.screenshot(path=SCREENSHOTS / "store-keys.png")


def change_theme(page: Page, theme: str) -> None:
    """Choose a theme in the menu."""
    page.get_by_role("menuitem", name="Settings").click()
    page.locator(".lm-Menu-item:visible").filter(has_text="Theme").first.hover()
    page.locator(".lm-Menu-item:visible").filter(has_text=theme).first.click()
    page.wait_for_timeout(700)
