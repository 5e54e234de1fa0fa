"""What somebody can do with links to what is not theirs, and with a file of theirs to this place: nothing."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from support import web
from support.places import BUCKET, Client, Place
from support.shared_links import BROWSER, NOT_SHARED, UNKNOWN, link_of, links_of, put, take_back, told

pytestmark = pytest.mark.usefixtures("opening")
NOT_YOURS = (403, "This is no file in a place of yours. See what you can reach on the page “Data” of the hub.")
NO_FILE = (400, "A link opens one file. For a folder, make an archive of it, such as a .zip, and share that.")
NO_NAME = (400, "The name of this file cannot be shared: it is too long, or has signs that no name has.")


@pytest.fixture(scope="module")
def ann(place: Place) -> Client:
    """Whose file is sought."""
    found = place.person("ann")
    put(found, "secret.txt", b"of ann")
    return found


@pytest.fixture(scope="module")
def bob(place: Place) -> Client:
    """Who seeks."""
    return place.person("bob")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        pytest.param(lambda ann, bob: f"{ann.home}secret.txt", NOT_YOURS, id="another's"),
        pytest.param(lambda ann, bob: f"{bob.home}../{ann.id}/secret.txt", NO_FILE, id="dots"),
        pytest.param(lambda ann, bob: f"{bob.home}./x", NO_FILE, id="a dot"),
        pytest.param(lambda ann, bob: f"{bob.home}/x", NO_FILE, id="two slashes"),
        pytest.param(lambda ann, bob: bob.home, NO_FILE, id="the place itself"),
        pytest.param(lambda ann, bob: f"{bob.home}folder/", NO_FILE, id="a folder"),
        pytest.param(lambda ann, bob: "", NO_FILE, id="nothing"),
        pytest.param(lambda ann, bob: f"/{bob.home}x", NO_FILE, id="a slash first"),
        pytest.param(lambda ann, bob: f"{bob.home}..\\{ann.id}\\secret.txt", NO_NAME, id="backslashes"),
        pytest.param(lambda ann, bob: f"{bob.home}a\r\nSet-Cookie: x=1", NO_NAME, id="lines"),
        pytest.param(lambda ann, bob: f"{bob.home}a\u202egpj.exe", NO_NAME, id="right to left"),
        pytest.param(lambda ann, bob: f"{bob.home}{'x' * 1024}", NO_NAME, id="long"),
        pytest.param(lambda ann, bob: f"{bob.home.rstrip('/')}x/secret.txt", NOT_YOURS, id="a prefix of a prefix"),
        pytest.param(lambda ann, bob: f"{bob.home}\ud800", NO_NAME, id="no text"),
        pytest.param(lambda ann, bob: "home/*/secret.txt", NOT_YOURS, id="a wildcard"),
        pytest.param(lambda ann, bob: "class/7mw2kfqd/shared/x", NOT_YOURS, id="a class"),
        pytest.param(lambda ann, bob: 5, NO_NAME, id="a number"),
    ],
)
def test_no_link_to_what_is_not_ones_own(
    ann: Client, bob: Client, key: Callable[[Client, Client], object], said: tuple[int, str]
) -> None:
    """However it is written."""
    assert told(bob.share(key(ann, bob))) == said
    assert links_of(bob.place, "bob") == []


def test_a_percent_sign_is_part_of_a_name(ann: Client, bob: Client) -> None:
    """Nothing is decoded twice: an encoded slash leads nowhere else."""
    link = bob.link(f"{bob.home}..%2f{ann.id}%2fsecret.txt")

    answer = web.get(link)

    assert (answer.status_code, b"of ann" in answer.content) == (404, False)
    take_back(bob.place, "bob", links_of(bob.place, "bob")[0]["mark"])


@pytest.mark.parametrize("seconds", [0, -1, 59, 7 * 86400 + 1, True, "3600", 1.5, None])
def test_a_link_lives_as_long_as_one_may(bob: Client, seconds: object) -> None:
    """And for a time that is one."""
    said = "“seconds” is a number from 60 to 604800: links live no longer here, and no shorter."
    assert told(bob.share(f"{bob.home}x", seconds)) == (400, said)


def test_who_left_a_class_shares_nothing_of_it_any_more(place: Place, bob: Client) -> None:
    """From the next request on, with what was shared before; and again once they are back, as the link has not ended."""
    group = place.people.groups.add("class", "Statistics")
    staff, student = place.person("carl"), bob
    place.people.groups.join(group, staff.id, "instructor")
    place.people.groups.join(group, student.id, "student")
    key = put(staff, "plan.txt", b"the plan", f"class-{group}", f"class/{group}/shared/")
    link = student.link(key)
    assert web.get(link).content == b"the plan"

    place.people.groups.leave(group, student.id)

    refused = web.get(link)
    assert (refused.status_code, refused.text) == (410, NOT_SHARED)
    assert "<h1>This file is not shared any more</h1>" in web.get(link, headers=BROWSER).text
    assert httpx.head(link).status_code == 410
    assert told(student.share(key)) == NOT_YOURS
    place.people.groups.end(group)
    assert web.get(link).status_code == 410


def test_a_student_shares_nothing_of_others_hand_ins(place: Place, ann: Client, bob: Client) -> None:
    """What staff may read, and who handed it in."""
    group = place.people.groups.add("class", "Physics")
    for each in (ann, bob):
        place.people.groups.join(group, each.id, "student")
    key = put(ann, "answer.txt", b"42", f"class-{group}", f"class/{group}/hand-in/{ann.id}/")

    assert told(bob.share(key)) == NOT_YOURS
    assert web.get(ann.link(key)).content == b"42"


def test_files_of_an_exam_are_not_shared(place: Place, ann: Client) -> None:
    """By nobody: whoever has a link reads what somebody is writing."""
    group = place.people.groups.add("class", "Exam", is_exam=True)
    place.people.groups.join(group, ann.id, "student")

    said = told(ann.share(f"class/{group}/hand-in/{ann.id}/answer.txt"))

    assert said == (403, "Files of an exam are not shared by links.")


def test_links_of_who_was_removed_are_gone_for_good(place: Place) -> None:
    """Also when they come back."""
    dora = place.person("dora")
    link = dora.link(put(dora, "x.txt"))
    assert web.get(link).status_code == 200

    place.people.remove("dora")

    assert (web.get(link).status_code, web.get(link).text) == (404, UNKNOWN)
    place.people.readmit("dora")
    assert web.get(link).status_code == 404


@pytest.mark.usefixtures("bob")
def test_nobody_takes_back_the_link_of_another(place: Place, ann: Client) -> None:
    """Nor learns whether there is one; nor does a server of one's own."""
    key = put(ann, "shared.txt")
    link = ann.link(key)
    mark = link_of(place, "ann", key)["mark"]

    assert take_back(place, "bob", mark).json() == take_back(place, "bob", "nothing").json()
    headers = {"Authorization": f"token {ann.token}"}
    assert web.post(f"{place.keys}/links/end", params={"mark": mark}, headers=headers).status_code == 403

    assert web.get(link).content == b"for all"


def test_a_page_or_picture_with_a_script_is_a_file_to_keep(ann: Client) -> None:
    """Whatever its owner says that it is: on the origin of this place nothing of it may run."""
    page = b"<script>fetch('/hub/api/user')</script>"
    for name, kind in (("x.html", "text/html"), ("x.svg", "image/svg+xml"), ("x.js", "text/javascript")):
        link = ann.link(put(ann, name, page, ContentType=kind, ContentDisposition="inline", CacheControl="public"))
        for address in (link, f"{link}?download", f"{link}?download=inline&response-content-type=text/html"):
            answer = web.get(address)
            assert answer.content == page
            said = answer.headers
            assert said["content-type"] == "application/octet-stream"
            assert said["content-disposition"].startswith("attachment; ")
            assert said["x-content-type-options"] == "nosniff"
            assert said["content-security-policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
            assert said["cross-origin-resource-policy"] == "same-origin"
            assert said["referrer-policy"] == "no-referrer"
            assert said["cache-control"] == "private, no-store"


def test_nothing_that_is_stored_with_a_file_becomes_a_header(ann: Client) -> None:
    """But what a download needs, in its form."""
    metadata = {"set-cookie": "jupyterhub-session-id=1", "location": "https://example.org"}
    key = put(ann, "meta.txt", Metadata=metadata, ContentLanguage="de", Expires=datetime(2030, 1, 1, tzinfo=UTC))

    said = web.get(ann.link(key)).headers

    assert set(said) == {
        "accept-ranges", "cache-control", "content-disposition", "content-length", "content-security-policy",
        "content-type", "cross-origin-resource-policy", "date", "etag", "last-modified", "referrer-policy", "vary",
        "x-content-type-options", "x-robots-tag",
    }  # fmt: skip


def test_the_page_of_a_link_loads_nothing_from_elsewhere_and_tells_nobody_its_address(ann: Client) -> None:
    """No form, no frame, no script but those of the hub."""
    said = web.get(ann.link(put(ann, "page.txt")), headers=BROWSER)

    assert said.headers["referrer-policy"] == "no-referrer"
    assert said.headers["content-security-policy"].startswith(
        "default-src 'none'; style-src 'self'; script-src 'self';"
    )
    assert "frame-ancestors 'none'" in said.headers["content-security-policy"]
    assert said.headers["cache-control"] == "private, no-store"
    assert not re.search(r"(?:src|href)=\"(?!/hub/|\?download|mailto:help@example)", said.text)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_a_link_only_reads(ann: Client, method: str) -> None:
    """Nothing is written by one."""
    link = ann.link(put(ann, "only.txt"))

    answer = web.request(method, link)

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert web.get(link).content == b"for all"


def test_no_other_path_opens_anything(ann: Client) -> None:
    """The name after the link is there for people; what stands there opens no other file."""
    link = ann.link(put(ann, "mine.txt"))
    base = link.rpartition("/")[0]

    assert web.get(f"{base}/another%20name.txt").content == b"for all"
    assert "mine.txt" in web.get(f"{base}/secret.txt").headers["content-disposition"]
    for path in (f"{base}/a/b", f"{base}/..%2f..%2fx", f"{base}x/mine.txt", base[:-1], f"{base.upper()}/mine.txt"):
        assert web.get(path).status_code == 404, path


def test_keys_that_read_a_file_read_nothing_else(place: Place, ann: Client) -> None:
    """What the service that opens links is told is an address of the store, for this file, these minutes, to read."""
    key = put(ann, "one.txt", b"one")
    token = urlsplit(ann.link(key)).path.split("/")[3]
    told_ = web.post(
        f"{place.keys}/links/open",
        json={"link": token},
        headers={"Authorization": f"token {(place.folder / 'link-token').read_text()}"},
    ).json()
    address = told_["addresses"]["GET"]

    assert web.get(address).content == b"one"
    assert web.get(address.replace("one.txt", "secret.txt")).status_code == 403
    assert web.put(address, content=b"x").status_code == 403
    assert web.delete(address).status_code == 403
    assert "X-Amz-Expires=300" in address
    assert set(told_) == {"addresses", "by", "mark", "name", "until"}


def test_what_opens_a_link_is_in_no_log_and_no_database(place: Place, ann: Client) -> None:
    """Neither where it was made, nor where it was opened, nor where it failed."""
    link = ann.link(put(ann, "logged.txt"))
    token = urlsplit(link).path.split("/")[3]
    web.get(link)
    web.get(link, headers={"Referer": link, **BROWSER})
    ann.s3().delete_object(Bucket=BUCKET, Key=f"{ann.home}logged.txt")
    web.get(link)

    for path in (*place.folder.glob("logs/**/*"), *place.folder.glob("people.sqlite*"), *place.folder.glob("run/*")):
        if path.is_file():
            assert token.encode() not in path.read_bytes(), path
    assert Path(place.audit).exists()
