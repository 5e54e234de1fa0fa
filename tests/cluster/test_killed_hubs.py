"""A hub or a proxy that is killed at the worst moments: no server is lost, and nothing is left of what was about to start."""

import time
from collections.abc import Callable
from functools import partial

from support.cluster.cluster import Cluster
from support.cluster.keys import NODE
from support.cluster.killed_hub import kill_proxy, killed_at_the_end
from support.cluster.place import Place
from support.cluster.starts import LOST, is_left, is_over, no_pods_for_servers
from support.visitors import Visitor
from support.waiting import soon

WITHOUT_API_S = 12
"""JupyterHub waits for 10 s at most for what it knows of servers before it answers."""


def test_a_hub_that_starts_while_the_api_server_is_away_takes_no_server_for_gone(
    place: Place, cluster: Cluster, newcomer: Callable[[str], Visitor]
) -> None:
    """It asks until it knows: the same server is its person's, with what runs in it."""
    kim = newcomer("kim")
    kim.start(profile="Python")
    before = place.get("pod", place.pod("kim"))["metadata"]["uid"]
    try:
        with killed_at_the_end(place):
            cluster.stop_api_server()
        time.sleep(WITHOUT_API_S)
    finally:
        cluster.bring_api_server_back()

    soon(lambda: place.server("kim").get("ready") is True, 120)
    assert place.get("pod", place.pod("kim"))["metadata"]["uid"] == before
    kim.page.goto(f"{place.url}/hub/home")
    kim.page.goto(f"{place.url}/user/kim/lab")
    kim.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
    # The node waits longer and longer before it asks again what is to end.
    assert place.api("DELETE", "users/kim/server").status_code in {202, 204}
    soon(partial(is_over, place, "kim"), 120)
    soon(partial(is_left, place, "kim"), 120)


def test_a_proxy_that_is_started_anew_leads_to_all_servers_within_seconds(
    place: Place, newcomer: Callable[[str], Visitor]
) -> None:
    """It has forgotten all of them; whoever works in one goes on."""
    lea = newcomer("lea")
    lea.start(profile="Python")
    address = f"{place.url}/user/lea/api/status"
    assert lea.page.request.get(address).status == 200

    kill_proxy(place)

    soon(lambda: lea.page.request.get(address).status == 200, 30)
    assert lea.run("print('still here')") == "still here\n"
    lea.page.goto(f"{place.url}/hub/home")
    lea.page.get_by_role("link", name="Open").first.wait_for()
    assert "leads nowhere: it is told all routes" in place.hub_log()


def test_nothing_is_left_of_starts_that_their_hub_did_not_live_through(
    place: Place, newcomer: Callable[[str], Visitor]
) -> None:
    """However far they were; their people read why there is no server, and the next start is as ever."""
    waits, runs, asks = (newcomer(name) for name in ("waits", "runs", "asks"))
    place.kubectl("cordon", NODE)
    try:
        for name, profile in (("waits", "gpu"), ("runs", "python")):
            assert place.api("POST", f"users/{name}/server", {"profile": profile}).status_code == 202
            soon(partial(is_left, place, name, "Pod", "Secret"))
        with no_pods_for_servers(place), killed_at_the_end(place):
            assert place.api("POST", "users/asks/server", {"profile": "python"}).status_code == 202
            soon(partial(is_left, place, "asks", "Secret"))
            # It runs before the next hub can look.
            place.kubectl("uncordon", NODE)
    finally:
        place.kubectl("uncordon", NODE)

    for one in (waits, runs, asks):
        soon(partial(is_over, place, one.name), 120)
        soon(partial(is_left, place, one.name))
        one.page.goto(f"{place.url}/hub/home")
        one.page.get_by_text(LOST).wait_for()
    runs.start(profile="Python")
