"""A class and an event on the cluster, from their beginning to their end, with nothing but the pages."""

import re
from collections.abc import Callable

from playwright.sync_api import Browser, expect
from support.classes import make_class
from support.cluster.place import Place
from support.cluster.visits import PHONE, visitor
from support.events import codes_of, come_in, make_event, start_in_event
from support.kept_open import STATUS, ended, keep_one_open
from support.visitors import Visitor
from support.waiting import soon

CLASS = """
import boto3, os
bucket = os.environ["SARDONYX_S3_HOME"].removeprefix("s3://").partition("/")[0]
s3 = boto3.Session(profile_name="class-{course}").client("s3")
def said(do, **more):
    try:
        return do(Bucket=bucket, Key="class/{course}/shared/data.csv", **more)
    except Exception as error:
        return error.response["Error"]["Code"]
"""
GIVE = CLASS + 'said(s3.put_object, Body=b"1,2"); print("given")'
TAKE = CLASS + 'print(said(s3.get_object)["Body"].read().decode(), said(s3.put_object, Body=b"mine"))'
WRITE = """
import boto3, os
bucket, _, prefix = os.environ["SARDONYX_S3_HOME"].removeprefix("s3://").partition("/")
try:
    boto3.client("s3").put_object(Bucket=bucket, Key=prefix + "kept.txt", Body=b"mine")
    print("written")
except Exception as error:
    print(error.response["Error"]["Code"])
"""
REFUSES = "The store refuses the keys of"
MATERIAL = "import os; print(sorted(os.listdir(os.path.expanduser('~/course'))))"


def test_a_class_from_its_link_to_help_for_a_student(place: Place, newcomer: Callable[[str], Visitor]) -> None:
    """A student has material and data of the class, to read; its instructor is let into their server, and nobody else.

    And has their own data when they help, too.
    """
    tia, sam, eve = (newcomer(name) for name in ("tia", "sam", "eve"))
    place.may("instructor", "tia")
    repository = place.settings["profiles"]["data"]["repositories"]["course"]["url"]
    link = make_class(place, tia, "Physics 101", profile="Together", **{"Address of the repository": repository})
    tia.page.get_by_role("link", name="Go to the class").click()
    address = str(tia.page.url)
    course = address.rpartition("/")[2]
    sam.page.goto(link)
    sam.page.get_by_role("button", name="Join the class").click()
    sam.page.get_by_role("link", name="Start a server for this class").click()
    assert sam.page.get_by_role("radio", name="Physics 101").is_checked()
    sam.page.get_by_role("button", name="Start", exact=True).click()
    tia.start(profile="Physics 101")
    sam.page.locator("#jp-main-dock-panel").wait_for(timeout=60_000)

    assert tia.run(GIVE.replace("{course}", course)) == "given\n"
    assert sam.run(TAKE.replace("{course}", course)) == "1,2 AccessDenied\n"
    assert "first-notebook.ipynb" in sam.run(MATERIAL)

    for other in (tia, eve):
        assert other.page.request.get(f"{place.url}/user/sam/api/contents").status == 403
    tia.page.goto(address)
    expect(tia.page.get_by_role("row", name="sam")).to_contain_text("Running")
    tia.page.get_by_role("link", name="Ask to be let in by sam").click()
    tia.page.get_by_role("button", name="Ask to be let in").click()
    tia.page.get_by_text("JupyterLab asks sam now.").wait_for()
    with sam.page.context.expect_page() as opened:
        sam.page.get_by_role("button", name="Let them in …").click()
    opened.value.get_by_role("button", name="Invite").click()
    opened.value.get_by_role("heading", name="Invited").wait_for()
    tia.page.get_by_role("link", name="Physics 101").click()
    with tia.page.context.expect_page() as lab:
        tia.page.get_by_role("link", name="Open the server of sam").click()
    lab.value.get_by_role("button", name="Open it").click()
    lab.value.locator("#jp-main-dock-panel").wait_for(timeout=60_000)
    assert eve.page.request.get(f"{place.url}/user/sam/api/contents").status == 403

    assert sam.run(WRITE) == "written\n"
    before = place.hub_log().count(REFUSES)
    tia.page.goto(f"{address}/people")
    tia.page.get_by_label("Role of sam").select_option("assistant")
    tia.page.get_by_role("button", name="Change the role of sam").click()
    # Who helps hands nothing in: the keys of before are refused, for all that they were for; new ones are good.
    soon(lambda: place.hub_log().count(REFUSES) > before)
    soon(lambda: sam.run(WRITE) == "written\n")
    tia.page.get_by_label("Role of sam").select_option("student")
    tia.page.get_by_role("button", name="Change the role of sam").click()

    tia.page.goto(address)
    tia.page.get_by_role("button", name="Stop everyone").click()
    tia.page.get_by_role("button", name=re.compile(r"Stop \d+ servers?")).click()
    soon(lambda: not place.server("sam"), 60)
    soon(lambda: not place.left_of("sam"))


def test_an_event_stops_the_servers_of_its_accounts_when_it_ends(
    place: Place, newcomer: Callable[[str], Visitor], browser: Browser
) -> None:
    """Whoever has a card comes in with a phone, and starts; at the end nobody does any more."""
    olga = newcomer("olga")
    place.may("organiser", "olga")
    event = make_event(place, olga, "Open day", teams=0, team_size=0, accounts=2)
    codes = codes_of(place, olga, event)
    guest, late = (visitor(place, browser, PHONE) for _number in range(2))
    come_in(guest, codes[0]["link"], "Ada")
    guest.page.get_by_role("heading", name="Open day").wait_for()
    start_in_event(guest, "open-day-1")
    assert guest.run("print(1 + 1)") == "2\n"
    began = place.server("open-day-1")["started"]
    keep_one_open(guest.page, "card", f"{guest.base()}api/events/subscribe")

    olga.page.goto(f"{place.url}/services/people/events/{event}/accounts/1/card")
    olga.page.get_by_role("button", name="Make a new card").click()
    olga.page.get_by_text("The new code of account 1").wait_for()
    assert guest.page.evaluate(STATUS, f"{guest.base()}api/status") == 403
    soon(lambda: bool(ended(guest.page)))
    assert ended(guest.page) == {"card": 4401}
    come_in(guest, codes_of(place, olga, event)[0]["link"], "")
    guest.page.get_by_role("heading", name="Open day").wait_for()
    guest.page.goto(f"{place.url}{guest.base()}lab")
    assert guest.run("print(1 + 1)") == "2\n"
    assert place.server("open-day-1")["started"] == began

    olga.page.goto(f"{place.url}/services/people/events/{event}/end")
    olga.page.get_by_role("button", name="End the event").click()
    olga.page.get_by_text("Over").first.wait_for()

    soon(lambda: not place.server("open-day-1"), 60)
    soon(lambda: not place.left_of("open-day-1"))
    come_in(late, codes[1]["link"], "Ben")
    late.page.get_by_text("This code is not good, or its event is not on now.").wait_for()
    assert guest.page.request.get(f"{place.url}/user/open-day-1/api/contents").status != 200
