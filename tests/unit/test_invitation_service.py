"""Invitations into a class, on its pages as a browser without a script has them, and over the API: in the real service."""

import re
from collections.abc import AsyncIterator, Iterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.people_service import ROOT, parts_in, quiet_hub

from sardonyx_services.people.database import Place
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.service import create_app

WAITS = "invited, has not signed in yet"
TIA = {"Authorization": "token tia"}
AIDE = {"Authorization": "token aide"}
ROSTER = b"name,mail,role\namina,,\ncem,cem@example.org,\neva,,assistant\nEva Berg,,\n"


@pytest.fixture
def people(people_place: Place) -> Iterator[PeopleStore]:
    """An instructor, an assistant and somebody else, in both kinds of database."""
    store = PeopleStore(people_place)
    for name in ("tia", "aide", "amina"):
        store.add_account(name, "")
    yield store
    store.close()


@pytest.fixture
def course(people: PeopleStore) -> str:
    """The id of tia's class."""
    ids, made = people.names.ids(["tia", "aide"]), people.groups.add("class", "Statistics")
    people.groups.join(made, ids["tia"], "instructor")
    people.groups.join(made, ids["aide"], "assistant")
    return made


@pytest.fixture(params=[True], ids=["with a provider"])
async def service(
    request: pytest.FixtureRequest, people: PeopleStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Any]:
    """A browser or program that asks the service, where people sign in with a provider or do not."""
    asked = httpx.MockTransport(quiet_hub)
    parts = parts_in(tmp_path, people, asked, monkeypatch, has_providers=request.param, has_passwords=False)
    transport = httpx.ASGITransport(create_app(parts), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://place{ROOT}", headers=TIA) as client:
        yield client


without_provider = pytest.mark.parametrize("service", [False], indirect=True, ids=["without a provider"])


def text_of(answer: httpx.Response) -> str:
    """Return what somebody reads on a page."""
    main = re.sub(r"(?s)^.*<main|</main>.*$", "", answer.text)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def waiting(people: PeopleStore, course: str) -> dict[str, str]:
    """Return who is invited as what."""
    return {each.who: each.role for each in people.invitations.of(course)}


async def test_a_list_before_the_first_lesson_invites(
    service: httpx.AsyncClient, people: PeopleStore, course: str
) -> None:
    """Its preview says so and changes nothing; then they are on the page of people, and counted on that of the class."""
    kept = {"kept": ROSTER.hex()}
    looked = await service.post(f"classes/{course}/roster", data={"do": "look", **kept})
    said = text_of(looked)
    assert "One person joins, or gets another role. 2 are not known here yet and will be invited:" in said
    assert "One line cannot be used Line What is wrong 5 A name has the letters a to z" in said
    assert "amina student cem will be invited student eva will be invited assistant" in said
    assert "Put 3 people into the class" in said
    assert waiting(people, course) == {}

    done = await service.post(f"classes/{course}/roster", data={"do": "import", **kept})
    assert "One person has joined, or has another role. 2 are invited:" in text_of(done)
    assert waiting(people, course) == {"cem": "student", "eva": "assistant"}
    again = text_of(await service.post(f"classes/{course}/roster", data={"do": "look", **kept}))
    assert "Nobody joins, and nobody gets another role. 2 are invited already. One is in the class already." in again
    assert "Put " not in again
    page = await service.get(f"classes/{course}/people")
    assert f"cem {WAITS} student Withdraw the invitation of cem" in text_of(page)
    assert "2 are invited and have not signed in yet" in text_of(await service.get(f"classes/{course}"))
    log = text_of(await service.get(f"classes/{course}/log"))
    assert "invited so many who have not signed in yet: 2" in log
    assert "cem" not in log


async def test_what_is_typed_invites_by_names_and_by_addresses(
    service: httpx.AsyncClient, people: PeopleStore, course: str
) -> None:
    """No account is made where people sign in with a provider, whoever types."""
    people.set_admin("tia", is_admin=True)
    names = "ola@example.org\nuwe, uwe@example.org, guest\namina\n"

    done = await service.post(f"classes/{course}/roster", data={"do": "import", "names": names})

    assert "2 are invited: they are in the class from their first sign-in on." in text_of(done)
    assert waiting(people, course) == {"ola@example.org": "student", "uwe": "guest"}
    assert people.by_name("uwe") is None
    await service.post(f"classes/{course}/link", data={"do": "open"})
    page = text_of(await service.get(f"classes/{course}/link"))
    assert "Whoever has an account here, or can make one, opens this link" in page
    assert "Your students have no accounts here yet?" not in page


async def test_one_is_invited_and_withdrawn_on_the_page(
    service: httpx.AsyncClient, people: PeopleStore, course: str
) -> None:
    """Where somebody is put into the class; a name that is known joins as before, however it is written."""
    at = f"classes/{course}/people"
    for name, role in (("Dora", "guest"), ("Amina", "student"), ("eva@example.org", "student")):
        answer = await service.post(at, data={"do": "set", "name": name, "role": role})
        assert answer.status_code == 303
    assert waiting(people, course) == {"dora": "guest", "eva@example.org": "student"}
    assert len(people.groups.members(course)) == 3

    answer = await service.post(at, data={"do": "set", "name": "Dora Berg", "role": "guest"})
    assert (answer.status_code, "Nothing was changed. A name has the letters" in text_of(answer)) == (400, True)
    await service.post(at, data={"do": "withdraw", "name": "dora"})
    assert waiting(people, course) == {"eva@example.org": "student"}
    seen = await service.get(at, headers=AIDE)
    assert f"eva@example.org {WAITS} student" in text_of(seen)
    assert "Withdraw" not in seen.text
    refused = await service.post(at, data={"do": "withdraw", "name": "eva@example.org"}, headers=AIDE)
    assert refused.status_code == 403


async def test_programs_list_make_and_withdraw_them(
    service: httpx.AsyncClient, people: PeopleStore, course: str
) -> None:
    """As instructors; assistants see them."""
    at = f"api/classes/{course}/invitations"
    wish = {"role": "assistant", "mail": "Cem@Example.org"}
    assert (await service.put(f"{at}/cem", json=wish)).status_code == 204
    assert (await service.put(f"{at}/dora@example.org", json={})).status_code == 204
    assert (await service.get(at, headers=AIDE)).json() == [
        {"name": "cem", "mail": "cem@example.org", "role": "assistant"},
        {"name": "dora@example.org", "mail": "", "role": "student"},
    ]
    for name, body, status in (
        ("amina", {}, 400),
        ("Eva%20Berg", {}, 400),
        ("eva", {"mail": "x@y z"}, 400),
        ("eva", {"role": "organiser"}, 422),
        ("%00", {}, 400),
    ):
        assert (await service.put(f"{at}/{name}", json=body)).status_code == status, name
    for name in ("cem", "cem", "%00"):
        assert (await service.delete(f"{at}/{name}")).status_code in {204, 400}
    lines = (await service.post(f"api/classes/{course}/roster?dry_run=true", content=b"name\ndora\namina\n")).json()
    assert [(each["name"], each["step"]) for each in lines] == [("dora", "invited"), ("amina", "joins")]
    assert [each.what for each in reversed(people.actions.of(course))] == ["invite", "invite", "uninvite"]
    assert waiting(people, course) == {"dora@example.org": "student"}


@without_provider
async def test_without_a_provider_nobody_is_invited(
    service: httpx.AsyncClient, people: PeopleStore, course: str
) -> None:
    """Nor do they get an account where people have no passwords here: they come by a course, or sign in once first."""
    looked = text_of(await service.post(f"classes/{course}/roster", data={"do": "look", "kept": b"name\ncem\n".hex()}))
    assert "cem is not known here: they sign in once first." in looked
    put = await service.post(f"classes/{course}/people", data={"do": "set", "name": "cem", "role": "student"})
    assert "There is nobody called “cem” here." in text_of(put)
    asked = await service.put(f"api/classes/{course}/invitations/cem", json={})
    assert (asked.status_code, asked.json()["message"]) == (
        400,
        "Nobody can be invited here before they have signed in once.",
    )
    assert "invited" not in text_of(await service.get(f"classes/{course}/people"))
    assert waiting(people, course) == {}
