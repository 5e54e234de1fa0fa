"""Lists of people where all sign in with passwords: who makes their accounts, and what others do. In the real service."""

import re
from collections.abc import AsyncIterator, Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import httpx
import pytest
from support.people_service import ROOT, parts_in, quiet_hub

from sardonyx_services.people.actions import Asked
from sardonyx_services.people.database import Place
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.service import create_app

TIA = {"Authorization": "token tia"}
ROOT_USER = {"Authorization": "token root"}
LINK = re.compile(r"http://place/hub/welcome\?token=[\w-]{43}")


@pytest.fixture
def people(people_place: Place) -> Iterator[PeopleStore]:
    """An administrator, an instructor and somebody else, in both kinds of database."""
    store = PeopleStore(people_place)
    for name in ("root", "tia", "amina"):
        store.add_account(name, "theirs", is_admin=name == "root")
    yield store
    store.close()


@pytest.fixture
def course(people: PeopleStore) -> str:
    """The id of tia's class."""
    made = people.groups.add("class", "Statistics")
    people.groups.join(made, people.names.ids(["tia"])["tia"], "instructor")
    return made


@pytest.fixture
async def service(
    people: PeopleStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser or program of an administrator that asks the service."""
    parts = parts_in(tmp_path, people, httpx.MockTransport(quiet_hub), monkeypatch)
    transport = httpx.ASGITransport(create_app(parts), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://place{ROOT}", headers=ROOT_USER) as client:
        yield client


def text_of(answer: httpx.Response) -> str:
    """Return what somebody reads on a page."""
    main = re.sub(r"(?s)^.*<main|</main>.*$", "", answer.text)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def kept_of(page: httpx.Response) -> dict[str, str]:
    """Return what the page of a preview sends when its list is brought in."""
    found = re.search(r'(?s)<textarea name="names" hidden>\n([^<]+)</textarea>', page.text)
    assert found is not None
    return {"do": "import", "names": unescape(found[1])}


def roles(people: PeopleStore, course: str) -> dict[str, str]:
    """Return who is what in the class, by name."""
    members = people.groups.members(course)
    return {each.name: members[each.id] for each in people.everybody(course)}


async def test_a_list_of_an_administrator_makes_the_accounts_that_are_missing(
    service: httpx.AsyncClient, people: PeopleStore, course: str
) -> None:
    """Each comes with a link; who was here before joins, and nobody gets a link to what is theirs."""
    names = "Nils\ncem, cem@example.org, assistant\namina\nnils\nEva Berg\nola@example.org\nchief\n"
    looked = await service.post(f"classes/{course}/roster", data={"do": "look", "names": names})
    said = text_of(looked)
    assert "One person joins, or gets another role. 2 have no account here yet and get one, each with a link" in said
    assert "4 nils stands in line 1 already." in said
    assert "5 A name has the letters a to z" in said
    assert "6 “ola@example.org” is a mail address. Write the name with which they are to sign in before it" in said
    assert "7 chief would be an administrator." in said
    assert "cem gets an account assistant" in said
    assert people.by_name("nils") is None

    done = await service.post(f"classes/{course}/roster", data=kept_of(looked))
    assert "2 accounts are made. Give each person their link" in text_of(done)
    assert roles(people, course) == {"tia": "instructor", "nils": "student", "cem": "assistant", "amina": "student"}
    links = dict(re.findall(rf"^(\w+)\t({LINK.pattern})$", re.sub("</?code>", "\n", done.text), re.MULTILINE))
    assert [*links] == ["nils", "cem"]
    table = re.search(r'href="data:text/csv;charset=utf-8,([^"]+)"', done.text)
    assert table is not None
    assert unquote(table[1]).splitlines()[1:] == [
        f'"nils","","{links["nils"]}"',
        f'"cem","cem@example.org","{links["cem"]}"',
    ]
    assert done.text.count('<article class="sx-card">') == 2
    whats = [each.what for each in people.actions.latest()]
    assert whats.count("account") == 1
    assert "password" not in whats


async def test_with_the_same_list_again_nobody_gets_another_link(
    service: httpx.AsyncClient, people: PeopleStore, course: str
) -> None:
    """They are in the class already."""
    for _again in range(2):
        done = await service.post(f"classes/{course}/roster", data={"do": "import", "names": "nils\namina\n"})
    assert LINK.search(done.text) is None
    assert "Nobody has joined, and nobody has another role." in text_of(done)
    account = people.account("amina")
    assert account is not None
    assert account.password_hash == "theirs"


async def test_an_administrator_makes_links_again_for_all_who_have_chosen_no_password(
    service: httpx.AsyncClient, people: PeopleStore, course: str
) -> None:
    """With the table and the slips; the first links end. Nobody gets one to an account in use, to theirs or to another's."""
    at = f"classes/{course}/roster"
    done = await service.post(at, data={"do": "import", "names": "nils\ncem\neva\namina\n"})
    first = set(LINK.findall(done.text))
    people.add_account("outside", "")
    people.add_account("second", "", is_admin=True)
    people.groups.join(course, people.names.ids(["second"])["second"], "student")
    people.set_password("eva", "hers")
    page = text_of(await service.get(f"classes/{course}/people"))
    assert "2 people have not chosen a password yet cem, nils Make 2 new links" in page

    again = await service.post(at, data={"do": "links"})

    assert "New links to choose a password" in text_of(again)
    assert "2 new links are made. Give each person theirs" in text_of(again)
    table = re.search(r'href="data:text/csv;charset=utf-8,([^"]+)"', again.text)
    assert table is not None
    lines = unquote(table[1]).splitlines()[1:]
    assert [line.partition(",")[0] for line in lines] == ['"cem"', '"nils"']
    assert not first & set(LINK.findall(again.text))
    assert again.text.count('<article class="sx-card">') == 2
    [told] = people.actions.of(course, Asked("password"))
    ids = people.names.ids(["root", "cem", "nils"])
    assert (told.who, {*told.people}) == (ids["root"], {ids["cem"], ids["nils"]})

    by_program = await service.post(f"api/classes/{course}/links")
    assert [each["name"] for each in by_program.json()] == ["cem", "nils"]
    for name in ("cem", "nils"):
        people.set_password(name, "theirs")
    assert "new link" not in text_of(await service.get(f"classes/{course}/people"))
    none = await service.post(f"api/classes/{course}/links")
    assert (none.status_code, none.json()["message"]) == (
        400,
        "Everybody in this class who has an account with a password has chosen it.",
    )


async def test_who_only_leads_a_class_makes_no_links_again(service: httpx.AsyncClient, course: str) -> None:
    """With one they would come in as somebody else; it is not offered to them."""
    await service.post(f"classes/{course}/roster", data={"do": "import", "names": "nils\n"})

    page = text_of(await service.get(f"classes/{course}/people", headers=TIA))
    refused = await service.post(f"classes/{course}/roster", data={"do": "links"}, headers=TIA)

    assert "have not chosen a password" not in page
    assert "has not chosen a password" not in page
    assert "This is for administrators of this place" in text_of(refused)
    assert LINK.search(refused.text) is None


async def test_an_instructor_reads_whom_to_ask_and_what_for(
    service: httpx.AsyncClient, people: PeopleStore, course: str
) -> None:
    """Their list makes no account; as soon as an administrator has made them all at once, they are in the class."""
    at = f"classes/{course}/roster"
    looked = await service.post(at, data={"do": "look", "names": "nils\ncem;;guest\n"}, headers=TIA)
    assert "2 have no account here yet: they are in the class as soon as an administrator" in text_of(looked)
    done = text_of(await service.post(at, data=kept_of(looked), headers=TIA))
    assert "2 people have no account here yet Accounts are made by administrators: ask the people who run" in done
    assert f"for the class “Statistics”, on this page: http://place{ROOT}classes/{course}/people cem nils" in done
    assert people.by_name("nils") is None
    refused = await service.post(at, data={"do": "accounts"}, headers=TIA)
    assert "Nothing was changed. This is for administrators of this place." in text_of(refused)
    assert "2 people were put into classes and have no account yet: cem, nils" in text_of(
        await service.get("operation/people")
    )

    page = await service.get(f"classes/{course}/people")
    assert "2 people have no account here yet" in text_of(page)
    made = await service.post(at, data={"do": "accounts"})
    assert "2 accounts are made." in text_of(made)
    assert roles(people, course) == {"tia": "instructor", "nils": "student", "cem": "guest"}
    assert people.invitations.of(course) == []


async def test_who_is_put_into_a_class_by_name_waits_for_an_account(
    service: httpx.AsyncClient, people: PeopleStore, course: str
) -> None:
    """Made anywhere else, too; an address, which no account has, is refused."""
    at = f"classes/{course}/people"
    put = {"do": "set", "role": "assistant"}
    assert (await service.post(at, data={**put, "name": "Nils"}, headers=TIA)).status_code == 303
    refused = await service.post(at, data={**put, "name": "ola@example.org"}, headers=TIA)
    assert (refused.status_code, "is a mail address" in text_of(refused)) == (400, True)

    people.add_account("nils", "")

    assert roles(people, course) == {"tia": "instructor", "nils": "assistant"}


async def test_many_accounts_are_made_at_once_in_operation(service: httpx.AsyncClient, people: PeopleStore) -> None:
    """Lines of which none was made stay in the form, with the reason."""
    names = "nils\r\nEva Berg\r\namina\r\ncem,cem@example.org\r\n"
    answer = await service.post("operation/people", data={"do": "add", "names": names, "instructor": "yes"})

    said = text_of(answer)
    assert "2 accounts are made." in said
    assert "No account was made of 2 lines Line 2: A name has the letters a to z" in said
    assert "Line 3: There is already somebody called “amina”. Choose another name." in said
    assert re.search(r"<textarea[^>]*>Eva Berg\namina</textarea>", answer.text)
    nils = people.by_name("nils")
    assert nils is not None
    assert nils.is_instructor
    assert answer.text.count('<article class="sx-card">') == 2


@pytest.mark.parametrize(
    ("names", "said"),
    [
        pytest.param(
            "nils, cem, ola", "Which is the name, nils or cem? Write one name on each line.", id="on-one-line"
        ),
        pytest.param(" \r\n ", "There is nobody in this list.", id="nobody"),
        pytest.param("\n".join(f"p{n}" for n in range(1001)), "No more than 1,000 accounts", id="too-many"),
    ],
)
async def test_a_list_that_cannot_be_meant_makes_no_account(
    service: httpx.AsyncClient, people: PeopleStore, course: str, names: str, said: str
) -> None:
    """In a class and in operation alike."""
    before = len(people.everybody())
    for path, do in ((f"classes/{course}/roster", "import"), ("operation/people", "add")):
        answer = await service.post(path, data={"do": do, "names": names})
        assert said in text_of(answer)
    assert len(people.everybody()) == before


async def test_a_program_of_an_administrator_gets_the_links(
    service: httpx.AsyncClient, people: PeopleStore, course: str
) -> None:
    """An instructor's gets none."""
    at, body = f"api/classes/{course}/roster", b"name\nnils\namina\n"
    assert [each["step"] for each in (await service.post(f"{at}?dry_run=true", content=body)).json()] == [
        "is new",
        "joins",
    ]
    waits = (await service.post(at, content=b"name\ncem\n", headers=TIA)).json()
    assert [(each["step"], each["link"]) for each in waits] == [("invited", "")]

    lines = (await service.post(at, content=body)).json()

    assert LINK.fullmatch(lines[0]["link"])
    assert (lines[1]["step"], lines[1]["link"]) == ("joins", "")
    assert people.by_name("cem") is None


async def test_the_link_to_join_leads_to_the_list_that_makes_accounts(service: httpx.AsyncClient, course: str) -> None:
    """Nobody can make one on their own here: what was said of that is not said."""
    await service.post(f"classes/{course}/link", data={"do": "open"})
    seen = await service.get(f"classes/{course}/link")
    assert "or can make one" not in text_of(seen)
    assert "each of them gets an account, is in the class, and has a link" in text_of(seen)
    assert f"{ROOT}classes/{course}/people#list" in seen.text
    assert "An administrator makes their accounts from it" in text_of(
        await service.get(f"classes/{course}/link", headers=TIA)
    )
