"""From the chart as it was to the chart as it is, while somebody works. The hub's image is today's in both."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from support.cluster.cluster import Cluster
from support.cluster.place import RESTRICTED, Place
from support.cluster.visits import come
from support.earlier_chart import earlier_chart
from support.waiting import soon

COUNT = """
import pathlib
file = pathlib.Path("count")
file.write_text(file.read_text() + "x" if file.exists() else "x")
print(file.read_text())
"""


@pytest.fixture
def earlier(place: Place, cluster: Cluster, tmp_path: Path) -> Iterator[Place]:
    """A place that was installed with the chart as it was."""
    chart = earlier_chart(tmp_path)
    # What no chart can have been without.
    usual = {**place.settings, "profiles": {"python": place.settings["profiles"]["python"]}}
    with cluster.namespace(labels=RESTRICTED) as namespace:
        own = replace(place, namespace=namespace, name="kept", port=place.port + 2, settings=usual)
        own.install(usual, chart=chart)
        yield own


def test_somebody_works_on_while_the_chart_is_upgraded(earlier: Place, browser: Browser) -> None:
    """The same Pod, the same secrets, the same sign-in; when all is uninstalled people's files are left, and nothing else."""
    amina = come(earlier, browser, "amina")
    amina.start(profile="Python")
    assert amina.run(COUNT) == "x\n"

    def secrets() -> dict[str, Any]:
        # Those by which servers that wait know their hub are that hub's own.
        made = "app.kubernetes.io/name=sardonyx,app.kubernetes.io/component!=ready-made-server"
        ours = earlier.get("secrets", "--selector", made)["items"]
        return {each["metadata"]["name"]: each["data"] for each in ours}

    pod, kept, old = earlier.get("pod", earlier.pod("amina")), secrets(), earlier.hub_pod()
    assert len(kept) > 1
    earlier.install({**earlier.settings, "title": "Upgraded"})
    earlier.until_hub_is_not(old)

    assert earlier.get("pod", earlier.pod("amina"))["metadata"]["uid"] == pod["metadata"]["uid"]
    assert secrets() == kept
    # Where the proxy was changed, too, it is another one, and connections open anew.
    soon(lambda: amina.page.request.get(f"{earlier.url}/user/amina/api/status").status == 200, 30)
    assert amina.run(COUNT) == "xx\n"
    amina.page.goto(f"{earlier.url}/hub/home")
    amina.page.get_by_role("link", name="Open").first.click()
    amina.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)

    earlier.stop("amina")
    assert earlier.left_of("amina") == []
    earlier.cluster.helm("uninstall", earlier.name, f"--namespace={earlier.namespace}", "--wait")
    kinds = (
        "all,configmap,secret,persistentvolumeclaim,networkpolicy,role,rolebinding,serviceaccount,poddisruptionbudget"
    )
    own = ("--selector", "app.kubernetes.io/instance=kept")

    def left() -> set[str]:
        return {each["kind"] for each in earlier.get(kinds, *own)["items"]}

    soon(lambda: left() == {"PersistentVolumeClaim"}, 60)
