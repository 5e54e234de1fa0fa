"""Somebody in JupyterLab, who has files in the home, in the data store and in a class."""

import json
import re

from playwright.sync_api import Locator, expect
from support.visitors import Visitor

IN_THE_STORE = """
import json, os, boto3
bucket, _, home = os.environ["SARDONYX_S3_HOME"].removeprefix("s3://").partition("/")
classes = [name for name in boto3.Session().available_profiles if name.startswith("class-")]
found = {}
for profile, prefix in [(None, home), *((name, f"class/{name[6:]}/shared/") for name in classes)]:
    s3 = boto3.Session(profile_name=profile).client("s3")
    for each in s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", ()):
        body = s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read().decode()
        found[("class/" if profile else "") + each["Key"].removeprefix(prefix)] = body
print(json.dumps(found))
"""

DROP_TICKS = 5
"""So often it is looked, half a second apart, whether what something is held over would take it."""


class Desk:
    """A student in JupyterLab."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.browser = self.page.locator("#filebrowser")
        self.store = self.page.locator("#sardonyx-data")
        self.dialog = self.page.get_by_role("dialog")
        self.shown = self.page.locator(".sx-HandIn")

    def item(self, name: str) -> Locator:
        """Return a file or folder in the home's file browser."""
        return self.browser.locator(f".jp-DirListing-item[title^='Name: {name}']")

    def button(self, name: str) -> Locator:
        """Return a button of the dialog."""
        return self.dialog.get_by_role("button", name=name, exact=True)

    def row(self, name: str) -> Locator:
        """Return a line of what was handed in."""
        return self.shown.get_by_role("row").filter(has_text=name)

    def stored(self, name: str) -> Locator:
        """Return a file or folder in the file browser of the data store."""
        return self.store.locator(".jp-DirListing-item").filter(
            has=self.page.locator(".jp-DirListing-itemName", has_text=re.compile(f"^{re.escape(name)}$"))
        )

    def show(self, browser: str) -> None:
        """Bring a file browser in front, by its id."""
        if not self.page.locator(f"#{browser}").is_visible():
            self._tab(browser).click()

    def _tab(self, browser: str) -> Locator:
        return self.page.locator(f".jp-SideBar [data-id={browser}]")

    def open(self, *path: str) -> None:
        """Open a folder of the data store, from the places on."""
        self.show("sardonyx-data")
        self.store.locator(".jp-BreadCrumbs-home").click()
        for name in path:
            self.stored(name).dblclick()
        expect(self.store.locator(".jp-BreadCrumbs-item").last).to_have_text(path[-1])

    def drag(self, item: Locator, target: Locator, by: str = "") -> None:
        """Drag something with the mouse.

        Args:
            by: the id of a file browser that comes in front when one holds it over its tab; "" = the same.
        """
        self._move_to(item)
        self.page.mouse.down()
        if by:
            self._move_to(self._tab(by))
        expect(target).to_be_visible()
        for _ in range(DROP_TICKS):
            # The rows are drawn once more when it is in front, on a busy machine a while later.
            self.page.wait_for_timeout(500)
            self._move_to(target)
            self._move_to(target)
            if "jp-mod-dropTarget" in str(target.get_attribute("class")):
                break
        self.page.mouse.up()

    def _move_to(self, where: Locator) -> None:
        box = where.bounding_box()
        assert box is not None
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=8)

    def cut_and_paste(self, name: str, *folder: str) -> None:
        """Choose Cut in the menu of something in the data store, and Paste in a folder there."""
        self.stored(name).click(button="right")
        self.page.locator(".lm-Menu-item:visible").filter(has_text="Cut").first.click()
        self.open(*folder)
        self.store.locator(".jp-DirListing-content").click(button="right", position={"x": 30, "y": 300})
        self.page.locator(".lm-Menu-item:visible").filter(has_text="Paste").first.click()

    def in_store(self) -> dict[str, str]:
        """Return all files that this person reaches in the data store, with what is in them."""
        return dict(json.loads(self.visitor.run(IN_THE_STORE)))

    def menu(self, *items: str) -> None:
        """Choose something in the menu above."""
        self.page.get_by_role("menuitem", name="File", exact=True).click()
        for item in items:
            self.page.locator(".lm-Menu-item:visible").filter(has_text=item).first.click()
