"""Links to files on a real store: what they open for anybody, how, and for how long."""

import json
import os
import re
import signal
import socket
import sqlite3
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
import pytest
from support import web
from support.places import BUCKET, LINK_TOKEN, OWN_TOKEN, Client, Place
from support.shared_links import BROWSER, UNKNOWN, link_of, links_of, put, take_back, told
from support.waiting import soon

pytestmark = pytest.mark.usefixtures("opening")
MIB = 1 << 20
ODD_NAMES = [
    "a name with spaces.txt",
    "100%.txt",
    "50%25.txt",
    "a#b?c&d=e+f.txt",
    "été ☕.txt",
    'it\'s "quoted".txt',
    "star * and ${aws:username}.txt",
    "-dash.csv",
    "q" * 200,
]


@pytest.fixture(scope="module")
def petra(place: Place) -> Client:
    """Who shares."""
    return place.person("petra")


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_link_opens_a_file_of_any_name(petra: Client, name: str) -> None:
    """Without signing in, as something to keep, under its own name."""
    link = petra.link(put(petra, f"odd/{name}", name.encode()))

    answer = web.get(link)

    assert (answer.status_code, answer.content) == (200, name.encode())
    form = re.fullmatch(
        r"attachment; filename=\"([ -~]*)\"; filename\*=UTF-8''(\S+)", answer.headers["content-disposition"]
    )
    assert form is not None
    assert unquote(form[2]) == name
    assert not re.search(r'["\\%]', form[1])
    assert link.isascii()


def test_people_see_what_it_is_first_and_programs_get_the_file(petra: Client) -> None:
    """The same address: a browser that looks at it is shown a page with a button; its button, curl and pandas get it."""
    link = petra.link(put(petra, "cities <b>.csv", b"x" * 12_345))

    shown = web.get(link, headers=BROWSER)
    got = [web.get(f"{link}?download", headers=BROWSER), web.get(link), web.get(link, headers={"Accept": "*/*"})]

    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    assert "petra shares a file with you:" in shown.text
    assert '<h1 class="sx-shared">cities &lt;b&gt;.csv</h1>' in shown.text
    assert "<p>12 kB · until <time" in shown.text
    assert 'href="?download">Download</a>' in shown.text
    assert [len(each.content) for each in got] == [12_345] * 3


def test_a_part_of_a_file_can_be_had(petra: Client) -> None:
    """So videos can be sought in, and broken downloads go on; where the file changed, the whole is sent."""
    body = bytes(range(256)) * 400
    key = put(petra, "parts.bin", body)
    link = petra.link(key)
    tag = httpx.head(link).headers["etag"]

    def part(said: str, **more: str) -> httpx.Response:
        return web.get(link, headers={"Range": said, **more})

    middle, end, rest = part("bytes=100-199"), part("bytes=-10"), part("bytes=102000-")
    assert (middle.status_code, middle.content) == (206, body[100:200])
    assert middle.headers["content-range"] == f"bytes 100-199/{len(body)}"
    assert (end.content, rest.content) == (body[-10:], body[102000:])
    beyond = part("bytes=999999-")
    assert (beyond.status_code, beyond.content) == (416, b"")
    assert part("bytes=0-9", **{"If-Range": tag}).content == body[:10]
    assert part("bytes=0-9", **{"If-Range": '"another"'}).content == body
    assert part("bytes=0-9", **{"If-Range": "Fri, 27 Nov 2026 00:00:00 GMT"}).content == body


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("bytes=" + ",".join(f"{n}-{n}" for n in range(1000)), id="a thousand"),
        pytest.param("bytes=0-1,3-4", id="two"),
        pytest.param("bytes=5-4x", id="none"),
        pytest.param("lines=1-2", id="another unit"),
        pytest.param("bytes=" + "9" * 400 + "-", id="long"),
    ],
)
def test_what_is_not_one_range_counts_as_none(petra: Client, said: str) -> None:
    """The file is sent once, as a whole."""
    link = petra.link(put(petra, "whole.bin", b"0123456789"))

    answer = web.get(link, headers={"Range": said})

    assert (answer.status_code, answer.content) == (200, b"0123456789")


def test_what_a_file_is_can_be_asked_without_it(petra: Client) -> None:
    """As programs do before they read; that counts as no download, and the reading of a part as none either."""
    key = put(petra, "asked.bin", b"x" * 5000)
    link = petra.link(key)

    head = httpx.head(link)
    web.get(link, headers={"Range": "bytes=10-20"})
    web.get(link, headers=BROWSER)

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == "5000"
    assert head.headers["accept-ranges"] == "bytes"
    assert link_of(petra.place, "petra", key)["opened"] == 0


def test_an_empty_file_is_one(petra: Client) -> None:
    """Of no bytes."""
    link = petra.link(put(petra, "empty.txt", b""))

    assert (web.get(link).status_code, web.get(link).content) == (200, b"")
    assert "<p>0 bytes · until" in web.get(link, headers=BROWSER).text


def test_downloads_are_counted_and_the_first_is_written_down(place: Place, petra: Client) -> None:
    """With what the file is and whose, and nothing of who read it."""
    key = put(petra, "counted.txt")
    link = petra.link(key)

    for _ in range(5):
        web.get(link)

    shown = link_of(place, "petra", key)
    assert shown["opened"] == 5
    lines = [json.loads(line) for line in place.audit.read_text().splitlines() if shown["mark"] in line]
    assert [(line["service"], line["name"], line["places"]) for line in lines] == [
        ("link", "petra", [f"{key}:r"]),
        ("link-opened", "petra", [f"{key}:r"]),
    ]
    assert {line["until"] for line in lines} == {shown["until"]}
    # Written down within seconds, so that it survives a restart.
    record = place.people.by_name("petra")
    assert record is not None
    soon(lambda: [each.opened for each in place.people.shared_links.of(record.id) if each.key == key] == [5])


def test_a_link_that_was_taken_back_is_like_one_that_never_was(place: Place, petra: Client) -> None:
    """From the next request on; also with one of which there were keys."""
    key = put(petra, "taken-back.txt")
    link = petra.link(key)
    assert web.get(link).content == b"for all"

    assert take_back(place, "petra", link_of(place, "petra", key)["mark"]).status_code == 200

    never = f"{place.links}/services/links/{'x' * 32}/taken-back.txt"
    for headers in ({}, BROWSER, {"Range": "bytes=0-1"}):
        gone, unknown = web.get(link, headers=headers), web.get(never, headers=headers)
        assert (gone.status_code, gone.text) == (404, unknown.text)
    assert web.get(link).text == UNKNOWN
    assert key not in {each["key"] for each in links_of(place, "petra")}
    assert '"link-ended"' in place.audit.read_text()


def test_a_link_ends_and_says_so(place: Place, petra: Client) -> None:
    """At the moment that it said, for parts of a file too."""
    key = put(petra, "short.txt")
    link = petra.link(key, 60)
    assert web.get(link).status_code == 200
    with sqlite3.connect(place.folder / "people.sqlite", timeout=10) as people:
        people.execute("UPDATE shared_links SET ends = datetime('now') WHERE key = ?", (key,))
    people.close()

    assert web.get(link).status_code == 410

    said = "This link has ended. It was made for some time, which is over. Ask who sent it to you for a new one.\n"
    assert web.get(link, headers={"Range": "bytes=1-2"}).text == said
    assert "<h1>This link has ended</h1>" in web.get(link, headers=BROWSER).text
    assert key not in {each["key"] for each in links_of(place, "petra")}


def test_a_file_that_was_deleted_is_said_and_one_that_was_changed_is_the_new_one(petra: Client) -> None:
    """A link is to a name, not to what once was there."""
    key = put(petra, "goes.txt", b"old")
    link = petra.link(key)
    put(petra, "goes.txt", b"new")
    assert web.get(link).content == b"new"

    petra.s3().delete_object(Bucket=BUCKET, Key=key)

    said = web.get(link)
    assert said.status_code == 404
    assert said.text == (
        "The file is not there any more. It was deleted, or has another name by now."
        " Ask who sent you the link for a new one.\n"
    )
    assert "<h1>The file is not there any more</h1>" in web.get(link, headers=BROWSER).text


def test_a_large_file_goes_to_slow_readers_without_a_copy_in_memory(place: Place, petra: Client) -> None:
    """Twenty who take some bytes and wait hold up nobody, and cost some hundred kilobytes each."""
    process = next(pid for pid, command in place.members().items() if "sardonyx_services.links" in command)
    key = put(petra, "large.bin", bytes(64 * MIB))
    link = petra.link(key)
    assert len(web.get(link).content) == 64 * MIB
    before = memory(process)
    where = urlsplit(link)
    readers = [socket.create_connection((where.hostname, where.port)) for _ in range(20)]
    try:
        for reader in readers:
            reader.sendall(f"GET {where.path} HTTP/1.1\r\nHost: links\r\n\r\n".encode())
            assert reader.recv(2000).startswith(b"HTTP/1.1 200")

        assert len(web.get(link).content) == 64 * MIB
        assert petra.ask().status_code == 200
        assert memory(process) - before < 24 * MIB
    finally:
        for reader in readers:
            reader.close()


def memory(process: int) -> int:
    """Return the most that a process has had at once, in bytes."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) * 1024


def test_a_link_that_everybody_opens_leaves_room_for_others(petra: Client) -> None:
    """So many downloads of one file at once are told to wait."""
    crowded, other = petra.link(put(petra, "crowd.bin", bytes(8 * MIB))), petra.link(put(petra, "other.txt"))
    where = urlsplit(crowded)
    readers = [socket.create_connection((where.hostname, where.port)) for _ in range(64)]
    try:
        for reader in readers:
            reader.sendall(f"GET {where.path} HTTP/1.1\r\nHost: links\r\n\r\n".encode())
            assert reader.recv(2000).startswith(b"HTTP/1.1 200")
        full = web.get(crowded)
        assert (full.status_code, full.text) == (
            503,
            "Too many want this at once. Wait a minute, then try again.\n",
        )
        assert full.headers["retry-after"] == "30"
        assert web.get(other).content == b"for all"
    finally:
        for reader in readers:
            reader.close()
    soon(lambda: httpx.head(crowded).status_code == 200)


def test_a_link_outlives_the_services(place: Place, petra: Client) -> None:
    """Both may end and be started again: what was given is in the database."""
    link = petra.link(put(petra, "kept.txt"))
    opener = next(each for each in place.processes if "sardonyx_services.links" in str(each.args))
    opener.terminate()
    opener.wait(20)
    place.start_links()

    soon(lambda: web.get(link).status_code == 200)


def test_links_are_below_the_hubs_own_path(place_of_its_own: Place) -> None:
    """Wherever that is; so is the style of their pages."""
    place = place_of_its_own
    place.start_store()
    place.start_keys(base="/lab/")
    place.start_links("/lab/")
    place.wait()
    soon(lambda: web.get(place.links).status_code == 404)
    nina = place.person("nina")
    link = nina.link(put(nina, "x.txt"))

    assert link.startswith(f"{place.links}/lab/services/links/")
    assert web.get(link).content == b"for all"
    assert 'href="/lab/hub/sardonyx/tokens.css"' in web.get(link, headers=BROWSER).text
    assert web.get(link.replace("/lab/", "/")).status_code == 404


def test_somebody_shares_so_many_files_at_once_and_no_more(place_of_its_own: Place) -> None:
    """A number that the operator sets; one that was taken back makes room."""
    place = place_of_its_own
    place.start_store()
    place.start_keys(most_links=2)
    place.wait()
    nina = place.person("nina")
    for name in ("a", "b"):
        nina.link(f"{nina.home}{name}")

    status, said = told(nina.share(f"{nina.home}c"))

    assert status == 400
    assert said == (
        "You share 2 files by links already, which is as many as you may."
        " Take one back on the page “Data” of the hub, or wait until one ends."
    )
    take_back(place, "nina", links_of(place, "nina")[0]["mark"])
    assert nina.share(f"{nina.home}c").status_code == 200


def test_what_is_away_is_said_and_the_link_is_as_good_as_before(place_of_its_own: Place) -> None:
    """Keys service or store: nobody sees a trace, and nothing of the insides."""
    place = place_of_its_own
    place.start_store()
    keys = place.start_keys()
    place.start_links()
    place.wait()
    soon(lambda: web.get(place.links).status_code == 404)
    nina = place.person("nina")
    link = nina.link(put(nina, "x.txt"))
    assert web.get(link).content == b"for all"
    keys.kill()
    keys.wait()

    away = web.get(link)

    assert (away.status_code, away.text) == (
        503,
        "This does not work right now. The link is as good as it was. Wait a minute, then try again.\n",
    )
    assert "<h1>This does not work right now</h1>" in web.get(link, headers=BROWSER).text
    place.start_keys()
    soon(lambda: web.get(link).status_code == 200)


def test_nobody_but_the_service_that_opens_links_asks_what_one_opens(place: Place, petra: Client) -> None:
    """Not with the token of a server, of the page, or of the keys service itself."""
    link = petra.link(put(petra, "asked-for.txt"))
    token = urlsplit(link).path.split("/")[3]
    for shown in (petra.token, place.hub.sits_at_the_page("petra"), OWN_TOKEN, LINK_TOKEN + "x"):
        answer = web.post(f"{place.keys}/links/open", json={"link": token}, headers={"Authorization": f"token {shown}"})
        assert answer.status_code == 403
        assert "addresses" not in answer.text


def test_many_who_guess_take_no_time_of_who_hands_out_keys(place: Place) -> None:
    """Their links are looked for in the database, by the service that opens links itself: the other one may stand still."""
    keys = next(pid for pid, command in place.members().items() if "sardonyx_services.credentials" in command)

    os.kill(keys, signal.SIGSTOP)
    try:
        with web.Client() as guessing:
            answers = {guessing.get(f"{place.links}/services/links/{n:032}/x").status_code for n in range(50)}
    finally:
        os.kill(keys, signal.SIGCONT)

    assert answers == {404}
