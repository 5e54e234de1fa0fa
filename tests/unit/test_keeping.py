"""What somebody keeps in their own data: which files are copied, and to where."""

from datetime import UTC, datetime, timedelta

import pytest

from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.errors import NotOpenError
from sardonyx_services.people.web.kept.keeping import (
    Copy,
    Part,
    Stored,
    check_lasts,
    folder_for,
    folder_of,
    list_of,
    of_class,
    of_hand_ins,
    of_team,
    placed,
    to_copy,
)

SAM = Caller("sam2345sam2345aa", "sam")
THEN = datetime(2026, 11, 28, 10, 45, 3, tzinfo=UTC)
LATER = THEN + timedelta(seconds=1)
SHARED = Part("class/stats222/shared/", "shared")


def stored(key: str, changed: datetime = THEN, size: int = 1, tag: str = "a") -> Stored:
    """Return a file in the store."""
    return Stored(key, size, changed, tag)


def paths(part: Part, *keys: str) -> list[str]:
    """Return where files go."""
    return [copy.path for copy in placed(part, map(stored, keys), set())]


@pytest.mark.parametrize(
    ("title", "folder"),
    [
        ("Statistics 101", "kept/Statistics 101 (stats222)/"),
        ("../../home/x: a/b", "kept/_.._home_x_ a_b (stats222)/"),
        ("..", "kept/_ (stats222)/"),
        ("s" * 300, f"kept/{'s' * 80} (stats222)/"),
    ],
)
def test_the_folder_has_the_title_and_the_id_and_is_below_kept(title: str, folder: str) -> None:
    """Whatever a class is called."""
    assert folder_of(title, "stats222") == folder


def test_it_is_in_the_own_place_of_who_keeps_it() -> None:
    """By their id."""
    order = of_class(SAM, "Statistics", "stats222", hands_in=True)
    assert folder_for(SAM, order) == "home/sam2345sam2345aa/kept/Statistics (stats222)/"


@pytest.mark.parametrize(
    ("hands_in", "prefixes"),
    [
        (True, ["class/stats222/hand-in/sam2345sam2345aa/", "class/stats222/shared/"]),
        (False, ["class/stats222/shared/"]),
    ],
)
def test_of_a_class_everybody_keeps_what_is_theirs_to_read(hands_in: bool, prefixes: list[str]) -> None:  # noqa: FBT001 - a case
    """Their own work, if they hand in, and what is shared."""
    order = of_class(SAM, "Statistics", "stats222", hands_in=hands_in)
    assert [part.prefix for part in order.parts] == prefixes
    assert order.group == "class-stats222"
    assert not order.is_of_all


def test_what_staff_keep_is_something_else_of_the_same_class() -> None:
    """In the same folder, and each has an end of its own."""
    own, everybody = of_class(SAM, "S", "stats222", hands_in=False), of_hand_ins("S", "stats222", {})
    assert own.name != everybody.name
    assert own.folder == everybody.folder
    assert everybody.is_of_all


def test_of_an_event_the_team_is_kept() -> None:
    """With its keys, under the title of the event."""
    order = of_team("Hackathon", "event222", "team2222")
    assert (order.group, order.folder) == ("team-team2222", "kept/Hackathon (event222)/")
    assert [part.prefix for part in order.parts] == ["team/team2222/"]


def test_files_keep_their_names_below_the_folder_of_their_part() -> None:
    """Folders that are objects are left out."""
    found = paths(SHARED, f"{SHARED.prefix}", f"{SHARED.prefix}a/", f"{SHARED.prefix}a/été 1.txt")
    assert found == ["shared/a/été 1.txt"]


def test_no_name_leads_out_of_the_folder_and_no_two_to_one_path() -> None:
    """Whatever somebody calls their files: some stores resolve what looks like a way."""
    root = SHARED.prefix
    found = paths(SHARED, f"{root}../../x", f"{root}a//b", f"{root}A/b", f"{root}a:c", f"{root}a?c")
    assert found == ["shared/_/_/x", "shared/a/b", "shared/A/2-b", "shared/a_c", "shared/2-a_c"]


def test_what_was_handed_in_has_a_folder_for_each_person_by_name() -> None:
    """And one for who has left."""
    part = Part("class/stats222/hand-in/", "hand-ins", {"id-sam": "sam"})
    found = paths(part, "class/stats222/hand-in/id-sam/a.txt", "class/stats222/hand-in/id-kim/a.txt")
    assert found == ["hand-ins/sam/a.txt", "hand-ins/left-id-kim/a.txt"]


@pytest.mark.parametrize(
    ("there", "path"),
    [
        pytest.param({}, "shared/a.txt", id="nothing-is-there"),
        pytest.param({"shared/a.txt": stored("x", LATER, 9, "b")}, None, id="copied-after-the-last-change"),
        pytest.param({"shared/a.txt": stored("x")}, None, id="copied-in-the-same-second"),
        pytest.param({"shared/a.txt": stored("x", tag="b")}, "dated", id="changed-in-the-same-second"),
        pytest.param({"shared/a.txt": stored("x", THEN - timedelta(days=1))}, "dated", id="changed-since"),
        pytest.param(
            {
                "shared/a.txt": stored("x", THEN - timedelta(days=1)),
                "shared/a (2026-11-28 10.45.03).txt": stored("y", LATER),
            },
            None,
            id="the-change-is-kept-too",
        ),
    ],
)
def test_only_what_is_not_there_is_copied_and_never_over_what_is(there: dict[str, Stored], path: str | None) -> None:
    """What was changed goes beside its earlier copy, with the time of the change."""
    wanted = [Copy(stored(f"{SHARED.prefix}a.txt"), "shared/a.txt")]

    found = [copy.path for copy in to_copy(wanted, there)]

    dated = "shared/a (2026-11-28 10.45.03).txt"
    assert found == ([] if path is None else [dated if path == "dated" else path])


def test_the_list_says_when_each_file_was_changed_and_has_the_latest_in_its_name() -> None:
    """So the list of before stays, too; and no cell of it is a formula."""
    part = Part("class/stats222/hand-in/", "hand-ins", {})
    copies = [
        Copy(stored("k", THEN, 5), "hand-ins/sam/a.txt"),
        Copy(stored("k", LATER, 7), "=x.txt"),
    ]

    path, content = list_of(part, copies)

    assert path == "hand-ins/hand-ins (2026-11-28 10.45.04).csv"
    _titles, first, second = content.decode().splitlines()
    assert first == '"hand-ins/sam/a.txt","5","2026-11-28T10:45:03Z"'
    assert second.startswith('"\'=x.txt"')


def test_an_account_of_an_event_keeps_nothing() -> None:
    """Its data ends with it."""
    with pytest.raises(NotOpenError, match="Your account ends with its event"):
        check_lasts(Caller("id", "ada", is_temporary=True))
    check_lasts(SAM)
