"""What a class takes away of its profile, and that it gets nothing by it."""

from dataclasses import replace

import pytest

from sardonyx_spawner.catalogue import Catalogue
from sardonyx_spawner.choice import choice_from_json
from sardonyx_spawner.class_limits import (
    NO_LIMITS,
    Limits,
    changed_limits,
    check_idle_stop,
    check_lifetime,
    check_tools,
    longest_idle_of,
    longest_of,
    within,
)
from sardonyx_spawner.class_profile import Course, class_profile
from sardonyx_spawner.errors import UserError
from sardonyx_spawner.form import render_form
from sardonyx_spawner.person import Person
from sardonyx_spawner.plan import ServerPlan
from sardonyx_spawner.planner import plan_server
from sardonyx_spawner.profiles import NEVER, Allowed, Gives, Option, Profile

HOUR = 3600
AMINA = Person("p1", "amina", frozenset({"class-7mw2kfqd"}))
PLAIN = Profile("python", "Python", gives=Gives(environment="python"), tools=("vscode", "mlflow"))
FOUR = replace(PLAIN, gives=Gives(environment="python", lifetime_s=4 * HOUR))
LONGER = replace(FOUR, longest_s=12 * HOUR)
HOURS = Option(
    "lifetime",
    "For how long?",
    choices=tuple(Allowed(f"{n}h", f"{n} hours", gives=Gives(lifetime_s=n * HOUR)) for n in (2, 8, 24)),
    default="8h",
)
ASKED = replace(PLAIN, options=(HOURS,))
SIZED = replace(
    PLAIN,
    options=(
        Option(
            "size",
            "Size",
            choices=(
                Allowed("small", "Small", gives=Gives(cpu=1, lifetime_s=HOUR)),
                Allowed("large", "Large", gives=Gives(cpu=4, lifetime_s=8 * HOUR)),
            ),
        ),
    ),
)
TWO_IDLE = replace(PLAIN, gives=Gives(environment="python", idle_stop_s=2 * HOUR))
NEVER_IDLE = replace(PLAIN, gives=Gives(environment="python", idle_stop_s=NEVER))
IDLE_BY_SIZE = replace(
    TWO_IDLE,
    options=(
        Option(
            "size",
            "Size",
            choices=(
                Allowed("small", "Small", gives=Gives(cpu=1)),
                Allowed("gpu", "GPU", gives=Gives(gpus=1, idle_stop_s=HOUR // 2)),
                Allowed("large", "Large", gives=Gives(cpu=4, idle_stop_s=4 * HOUR)),
                Allowed("free", "Free", gives=Gives(cpu=8, idle_stop_s=NEVER)),
            ),
        ),
    ),
)
ENDLESS = replace(PLAIN, options=(replace(HOURS, choices=(*HOURS.choices, Allowed("ever", "No end"))),))


def course(limits: Limits, **answers: str) -> Course:
    """Return a class with these limits."""
    return Course("class", "class-7mw2kfqd", "Statistics 101", answers=answers, limits=limits)


def planned(base: Profile, limits: Limits, answers: dict[str, str] | None = None, **settled: str) -> ServerPlan:
    """Return what somebody starts in a class."""
    made = class_profile(base, course(limits, **settled))
    choice = choice_from_json({"profile": made.slug, **(answers or {})}, Catalogue([made]), AMINA)
    return plan_server(made, choice, AMINA)


@pytest.mark.parametrize("base", [PLAIN, FOUR, LONGER, ASKED, SIZED, ENDLESS], ids=lambda base: str(base.options))
def test_a_class_without_limits_has_what_its_profile_has(base: Profile) -> None:
    """As those of before."""
    assert within(base, NO_LIMITS) == base


@pytest.mark.parametrize(
    ("there", "named", "left"),
    [
        pytest.param(("vscode", "mlflow"), ("mlflow",), ("mlflow",), id="some"),
        pytest.param(("vscode", "mlflow"), (), (), id="none"),
        pytest.param(("vscode", "mlflow"), ("mlflow", "vscode"), ("vscode", "mlflow"), id="all, in its order"),
        pytest.param(("vscode",), ("vscode", "mlflow"), ("vscode",), id="one that was taken away since"),
        pytest.param((), ("vscode",), (), id="all were taken away since"),
        pytest.param(None, ("vscode",), ("vscode",), id="the profile names none"),
    ],
)
def test_servers_offer_the_tools_that_both_name(
    there: tuple[str, ...] | None, named: tuple[str, ...], left: tuple[str, ...]
) -> None:
    """Never one that the operator does not offer, or does not any more."""
    assert planned(replace(PLAIN, tools=there), Limits(tools=named)).tools == left


@pytest.mark.parametrize(
    ("base", "answers", "lifetime", "ends", "longest"),
    [
        pytest.param(PLAIN, {}, "6h", 6, 6, id="no end in the profile"),
        pytest.param(FOUR, {}, "3h", 3, 3, id="shorter"),
        pytest.param(FOUR, {}, "6h", 4, 4, id="the operator's is shorter by now"),
        pytest.param(LONGER, {}, "8h", 4, 8, id="prolonged as far as the class goes"),
        pytest.param(LONGER, {}, "24h", 4, 12, id="prolonged as far as the profile goes"),
        pytest.param(ASKED, {"lifetime": "2h"}, "8h", 2, 8, id="a shorter answer"),
        pytest.param(ASKED, {}, "9h", 8, 8, id="the usual answer"),
        pytest.param(ASKED, {}, "3h", 2, 2, id="the usual answer is too long"),
        pytest.param(ASKED, {}, "1h", 1, 1, id="each answer is too long"),
        pytest.param(SIZED, {"size": "large"}, "2h", 2, 2, id="another answer gives more"),
        pytest.param(SIZED, {"size": "small"}, "2h", 1, 2, id="another answer gives less"),
        pytest.param(ENDLESS, {}, "8h", 8, 8, id="an answer without an end"),
    ],
)
def test_servers_end_as_soon_as_the_shorter_says(
    base: Profile, answers: dict[str, str], lifetime: str, ends: int, longest: int
) -> None:
    """Also when they are prolonged; whatever is answered, and whatever the operator says by now."""
    plan = planned(base, Limits(lifetime=lifetime), answers)

    assert (plan.lifetime_s, plan.longest_s) == (ends * HOUR, longest * HOUR)


@pytest.mark.parametrize(
    ("base", "size", "minutes"),
    [
        pytest.param(PLAIN, "", 60, id="nothing is said of it"),
        pytest.param(TWO_IDLE, "", 60, id="shorter"),
        pytest.param(NEVER_IDLE, "", 60, id="instead of never"),
        pytest.param(replace(PLAIN, gives=Gives(idle_stop_s=600)), "", 10, id="the operator's is shorter by now"),
        pytest.param(IDLE_BY_SIZE, "small", 60, id="an answer that says nothing"),
        pytest.param(IDLE_BY_SIZE, "gpu", 30, id="an answer that is shorter"),
        pytest.param(IDLE_BY_SIZE, "large", 60, id="an answer that is longer"),
        pytest.param(IDLE_BY_SIZE, "free", 60, id="an answer that is never"),
    ],
)
def test_idle_servers_are_stopped_as_soon_as_the_shorter_says(base: Profile, size: str, minutes: int) -> None:
    """And have no other end by that."""
    plan = planned(base, Limits(idle_stop="1h"), {"size": size} if size else {})

    assert (plan.idle_stop_s, plan.lifetime_s) == (minutes * 60, None)


@pytest.mark.parametrize(
    ("base", "lifetime", "said"),
    [
        (TWO_IDLE, "3h", "A server of “Python” goes unused for 2 hours at most. Write no more than that, or nothing."),
        (TWO_IDLE, "14m", "A server goes unused for 15 minutes at least. Write more than that, or nothing."),
        (PLAIN, "366d", "A server of “Python” goes unused for 365 days at most. Write no more than that, or nothing."),
        (NEVER_IDLE, "never", "“never” is no time for a server. Write it as in 4h, 90m or 2d."),
    ],
)
def test_a_time_without_use_that_cannot_be_is_refused(base: Profile, lifetime: str, said: str) -> None:
    """With what can be."""
    check_idle_stop(base, "1h")
    check_idle_stop(base, "")
    with pytest.raises(UserError) as caught:
        check_idle_stop(base, lifetime)
    assert caught.value.message == said


def test_how_long_a_profile_lets_a_server_go_unused() -> None:
    """Not limited if one answer is not, or nothing is said."""
    three = tuple(choice for choice in IDLE_BY_SIZE.options[0].choices if choice.slug != "free")
    limited = replace(IDLE_BY_SIZE, options=(replace(IDLE_BY_SIZE.options[0], choices=three),))
    found = [longest_idle_of(base) for base in (PLAIN, TWO_IDLE, NEVER_IDLE, IDLE_BY_SIZE, limited)]
    assert found == [None, 2 * HOUR, None, None, 4 * HOUR]


@pytest.mark.parametrize("base", [ASKED, ENDLESS], ids=["with an end", "also without"])
def test_nobody_is_asked_for_more_than_there_is(base: Profile) -> None:
    """An answer that would promise it is not there; nor in the form, which says how long it is."""
    (option,) = within(base, Limits(lifetime="8h")).options
    assert [choice.slug for choice in option.choices] == ["2h", "8h"]
    with pytest.raises(UserError, match=r"24h.* is not available to you\. Choose one of: 2h, 8h\."):
        planned(base, Limits(lifetime="8h"), {"lifetime": "24h"})

    assert "for 6 hours" in render_form([class_profile(PLAIN, course(Limits(lifetime="6h")))], AMINA)


def test_an_answer_that_is_settled_is_not_longer_either() -> None:
    """The usual one of those that are left counts."""
    assert planned(ASKED, Limits(lifetime="3h"), lifetime="24h").lifetime_s == 2 * HOUR


@pytest.mark.parametrize(
    ("base", "hours"),
    [(PLAIN, None), (FOUR, 4), (LONGER, 12), (ASKED, 24), (SIZED, 8), (ENDLESS, None)],
    ids=["no end", "one", "prolonged", "asked", "by another question", "an answer without an end"],
)
def test_how_long_a_profile_goes(base: Profile, hours: int | None) -> None:
    """As far as somebody could prolong it; not limited if one answer is not."""
    assert longest_of(base) == (hours * HOUR if hours else None)


@pytest.mark.parametrize(
    ("base", "lifetime", "said"),
    [
        (FOUR, "5h", "A server of “Python” runs for 4 hours at most. Write no more than that, or nothing."),
        (LONGER, "13h", "A server of “Python” runs for 12 hours at most. Write no more than that, or nothing."),
        (PLAIN, "366d", "A server of “Python” runs for 365 days at most. Write no more than that, or nothing."),
        (PLAIN, "999999999d", "A server of “Python” runs for 365 days at most. Write no more than that, or nothing."),
        (PLAIN, "299s", "A server runs for 5 minutes at least. Write more than that, or nothing."),
        (PLAIN, "4", "“4” is no time for a server. Write it as in 4h, 90m or 2d."),
        (PLAIN, "0h", "“0h” is no time for a server. Write it as in 4h, 90m or 2d."),
        (PLAIN, "-1h", "“-1h” is no time for a server. Write it as in 4h, 90m or 2d."),
        (PLAIN, "٤h", "“٤h” is no time for a server. Write it as in 4h, 90m or 2d."),
    ],
)
def test_a_time_that_cannot_be_is_refused(base: Profile, lifetime: str, said: str) -> None:
    """With what can be."""
    with pytest.raises(UserError) as caught:
        check_lifetime(base, lifetime)
    assert caught.value.message == said


@pytest.mark.parametrize(
    ("base", "lifetime"), [(PLAIN, ""), (PLAIN, "5m"), (FOUR, "4h"), (LONGER, "720m"), (PLAIN, "365d")]
)
def test_a_time_that_can_be_is_not(base: Profile, lifetime: str) -> None:
    """From five minutes to what the operator says."""
    check_lifetime(base, lifetime)


def test_a_tool_that_is_not_there_is_refused() -> None:
    """With those that are."""
    check_tools(PLAIN, ("mlflow",))
    check_tools(PLAIN, None)
    with pytest.raises(UserError) as caught:
        check_tools(PLAIN, ("mlflow", "rstudio"))
    assert caught.value.message == "“Python” has no tool “rstudio”. It has: vscode, mlflow."
    with pytest.raises(UserError) as caught:
        check_tools(replace(PLAIN, tools=()), ("rstudio",))
    assert caught.value.message == "“Python” has no tool “rstudio”: it has none at all."


def test_what_stays_as_it_was_is_not_looked_at() -> None:
    """The operator may have taken it away since; what changes beside it is."""
    before = Limits(("vscode", "rstudio"), "12h")

    assert changed_limits(FOUR, before, before) == before
    assert changed_limits(FOUR, before, replace(before, lifetime="2h")).lifetime == "2h"
    with pytest.raises(UserError, match="4 hours at most"):
        changed_limits(FOUR, before, replace(before, lifetime="11h"))
    with pytest.raises(UserError, match="is no time for a server"):
        changed_limits(FOUR, before, replace(before, idle_stop="soon"))
    with pytest.raises(UserError, match="has no tool “rstudio”"):
        changed_limits(FOUR, before, replace(before, tools=("rstudio",)))


@pytest.mark.parametrize(
    "limits", [NO_LIMITS, Limits(()), Limits(("vscode",)), Limits(None, "4h"), Limits((), "4h", "30m")]
)
def test_they_are_read_as_they_were_written(limits: Limits) -> None:
    """No tool is something else than all of them."""
    assert Limits.from_kept(limits.kept()) == limits
