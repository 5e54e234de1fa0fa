"""`sardonyx class change`: what a class is beside its people, as its instructors change it on its pages."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, get_args

import click

from sardonyx_hub_config.commands.class_id import class_of_id, id_argument
from sardonyx_hub_config.commands.limit_words import LIMITS, limit_options, tools_of
from sardonyx_hub_config.commands.material_words import HELP, METAVAR, materials_of
from sardonyx_hub_config.commands.people_here import people_here
from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.offered import profiles_for_classes
from sardonyx_hub_config.services.people import PATH
from sardonyx_services.people.actions import OPERATOR
from sardonyx_services.people.class_checks import check_details, checked_title
from sardonyx_services.people.class_details import AfterEnd, ClassDetails
from sardonyx_services.people.class_end import check_end
from sardonyx_services.people.errors import PeopleError
from sardonyx_services.people.groups import Group
from sardonyx_services.people.moments import day_of, moment_of
from sardonyx_services.people.store import PeopleStore
from sardonyx_spawner.class_limits import (
    NO_LIMITS,
    Limits,
    changed_limits,
    check_idle_stop,
    check_lifetime,
    check_tools,
    within,
)
from sardonyx_spawner.class_profile import check_answers
from sardonyx_spawner.errors import UserError
from sardonyx_spawner.language import SaidError
from sardonyx_spawner.material import check_material
from sardonyx_spawner.profiles import Profile

AS_IT_IS = frozenset({"description", "zone", "kept_days", "joining", "after_end", "exporting", "provider_group"})
"""What is kept as it is typed; whether it can be is looked at with the rest."""
CHECKS: Mapping[str, Callable[[Profile, Any], None]] = {
    "tools": check_tools,
    "lifetime": check_lifetime,
    "idle_stop": check_idle_stop,
}
"""What looks at each of the limits that a profile has to allow."""


@dataclass(frozen=True)
class Change:
    """What a class becomes.

    Args:
        dropped: what was settled, and what its profile does not ask or allow so.
    """

    details: ClassDetails
    dropped: tuple[str, ...] = ()


def _with_limits(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(limit_options()):
        command = option(command)
    return command


@click.command()
@id_argument
@click.option("--title", help="What its people read.")
@click.option("--description", help="One line under the title.")
@click.option("--profile", metavar="SLUG", help="The profile that its servers are made from; '': none of its own.")
@click.option(
    "--set",
    "settle",
    metavar="OPTION=VALUE",
    multiple=True,
    help="What an option of the profile is for all, who are not asked; 'OPTION=': each chooses again.",
)
@click.option("--repository", "repositories", metavar=METAVAR, multiple=True, help=HELP)
@_with_limits
@click.option("--first-day", metavar="YYYY-MM-DD", help="Before it only staff start its servers; '': it has begun.")
@click.option("--last-day", metavar="YYYY-MM-DD", help="After it nobody starts them; '': until the class is ended.")
@click.option("--zone", metavar="ZONE", help="Where its days begin and end, such as Europe/Paris.")
@click.option(
    "--kept-days",
    type=int,
    metavar="N",
    help="So many days after the last one its people still reach its data; then it ends.",
)
@click.option(
    "--hand-in-until",
    metavar="YYYY-MM-DDTHH:MM",
    help="Students hand in until then, by the clocks of its zone; '': always.",
)
@click.option(
    "--after-end",
    type=click.Choice(get_args(AfterEnd)),
    help="What becomes of its data a day after its end; until then also of a class that has ended.",
)
@click.option(
    "--copy/--no-copy",
    "exporting",
    default=None,
    help="Whether what was handed in is copied into its people's own data when it has ended; also while that is done.",
)
@click.option(
    "--provider-group",
    metavar="GROUP",
    help="People in this group of their provider are students, from a sign-in on; '': of none.",
)
@click.option("--joining/--no-joining", default=None, help="Whether people join by a link.")
@click.option("--new-link", is_flag=True, default=None, help="Another link: that of before leads nowhere any more.")
def change(class_id: str, **typed: Any) -> None:
    """Change class ID; what is not said stays. Servers that run go on as they are, the next start has it."""
    settings, people = people_here()
    found = class_of_id(people, class_id)
    said = {name: value for name, value in typed.items() if value is not None and value != ()}
    if not said:
        raise OperatorError("nothing was said that is to change. See what can be with: sardonyx class change --help")
    if found.ended is not None:
        _decide(people, found, said)
        return
    before = people.classes.details(class_id)
    try:
        title = checked_title(said["title"]) if "title" in said else ""
        made = changed(before, said, profiles_for_classes(settings))
        check_details(made.details)
        check_end(before, made.details, datetime.now(UTC))
        after = people.classes.change(class_id, made.details, title=title)
    except (SaidError, OperatorError) as error:
        raise OperatorError(f"{error} Nothing was changed.") from error
    for what in _done(before, after, said):
        people.actions.add(OPERATOR, what, class_id, detail=(title or found.title) if what == "change" else "")
    click.echo(f"“{title or found.title}” is changed.")
    if made.dropped:
        click.echo(f"Not settled any more, because “{after.profile}” does not allow it so: {', '.join(made.dropped)}.")
    if after.joining and said.keys() & {"joining", "new_link"}:
        click.echo(f"The link to join is at {settings.shown_url}/{PATH}classes/{class_id}/link")


def _decide(people: PeopleStore, found: Group, said: Mapping[str, Any]) -> None:
    """Say what becomes of the data of a class that has ended, of which nothing else changes."""
    if not said.keys() <= {"after_end", "exporting"}:
        raise OperatorError(
            f"“{found.title}” has ended: only --after-end and --copy change for it. Nothing was changed."
        )
    try:
        if "exporting" in said:
            people.class_exports.decide(found.id, exporting=said["exporting"])
        if "after_end" in said:
            people.class_removal.decide(found.id, said["after_end"])
    except PeopleError as error:
        raise OperatorError(f"{error.message} Nothing was changed.") from error
    if "exporting" in said:
        people.actions.add(OPERATOR, "copies-on" if said["exporting"] else "copies-off", found.id, detail=found.title)
        click.echo(f"What was handed in is copied {'to its people' if said['exporting'] else 'to nobody'}.")
    if "after_end" in said:
        people.actions.add(OPERATOR, f"data-{said['after_end']}", found.id, detail=found.title)
        done = "kept" if said["after_end"] == "keep" else "deleted a day after its end"
        click.echo(f"The data of “{found.title}” is {done}.")


def changed(before: ClassDetails, said: Mapping[str, Any], bases: Sequence[Profile]) -> Change:
    """Return what a class becomes.

    Args:
        said: what is to change, by the name of the option.
        bases: what classes can be made from.

    Raises:
        OperatorError: something in it cannot be.
        SaidError: its material cannot be, a moment, or an answer that its profile does not allow.
    """
    after = replace(before, **{name: value for name, value in said.items() if name in AS_IT_IS})
    days: dict[str, Any] = {name: day_of(said[name]) for name in ("first_day", "last_day") if name in said}
    if "hand_in_until" in said:
        days["hand_in_until"] = moment_of(said["hand_in_until"], after.zone)
    by_slug = {base.slug: base for base in bases}
    made = _with_servers(replace(after, **days), said, by_slug)
    after = _with_material(made.details, said, by_slug)
    if said.get("new_link"):
        if not after.joining:
            raise OperatorError("Nobody joins by a link now. Add --joining.")
        after = replace(after, join_round=before.join_round + 1)
    return replace(made, details=after)


def _with_servers(before: ClassDetails, said: Mapping[str, Any], bases: Mapping[str, Profile]) -> Change:
    settled = dict(map(option_and_value, said.get("settle", ())))
    slug, is_limited = said.get("profile", before.profile), bool(said.keys() & LIMITS)
    # Whoever changes a day alone is not kept from it by a profile that the operator took away.
    if "profile" not in said and not settled and not is_limited:
        return Change(before)
    if not slug:
        if settled:
            raise OperatorError("The class has no profile of its own that could ask anything. Add --profile SLUG.")
        if is_limited:
            raise OperatorError("The class has no servers of its own that could have less. Add --profile SLUG.")
        return Change(replace(before, profile="", answers={}, limits=NO_LIMITS))
    if slug not in bases:
        there = ", ".join(bases) or "none"
        raise OperatorError(f"Classes cannot be made from “{slug[:40]}” here. Profiles for them are: {there}.")
    limits, lost = _with_less(bases[slug], before, said)
    base = within(bases[slug], limits)
    asked = {question.name for question in base.questions}
    # An option that is asked can be left to each; one that is not, cannot even that.
    new = check_answers(base, {name: value for name, value in settled.items() if value or name not in asked})
    old = {name: value for name, value in before.answers.items() if name not in settled}
    kept = {name: value for name, value in old.items() if _is_allowed(base, name, value)}
    lost |= old.keys() - kept.keys()
    return Change(replace(before, profile=slug, answers={**kept, **new}, limits=limits), tuple(sorted(lost)))


def _with_less(base: Profile, before: ClassDetails, said: Mapping[str, Any]) -> tuple[Limits, set[str]]:
    """Return what servers have of a profile, and what the class had settled of it that cannot be in this one."""
    lost, limits = set(), before.limits
    if base.slug != before.profile:
        for name, check in CHECKS.items():
            try:
                check(base, getattr(limits, name))
            except UserError:
                limits = replace(limits, **{name: getattr(NO_LIMITS, name)})
                lost.add(name)
    times = {name: said.get(name, getattr(limits, name)).strip() for name in ("lifetime", "idle_stop")}
    after = Limits(tools_of(said, limits.tools), **times)
    named = {"tools"} if said.keys() & {"tools", "no_tools"} else set()
    return changed_limits(base, limits, after), lost - named - said.keys()


def _with_material(before: ClassDetails, said: Mapping[str, Any], bases: Mapping[str, Profile]) -> ClassDetails:
    if not said.keys() & {"repositories", "profile"}:
        return before
    after = replace(before, repositories=materials_of(said["repositories"])) if "repositories" in said else before
    base = bases.get(after.profile)
    check_material(after.repositories, base.repositories if base is not None else ())
    return after


def _is_allowed(base: Profile, name: str, value: str) -> bool:
    try:
        check_answers(base, {name: value})
    except UserError:
        return False
    return True


def option_and_value(text: str) -> tuple[str, str]:
    """Return what `--set` settles.

    Raises:
        OperatorError: nothing.
    """
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise OperatorError(f"“{text[:40]}” settles nothing. Write --set OPTION=VALUE, such as --set size=large.")
    return name.strip(), value.strip()


def _done(before: ClassDetails, after: ClassDetails, said: Mapping[str, Any]) -> list[str]:
    """Return what was done, in the words of the actions of a class."""
    done = ["change"] if said.keys() - {"joining", "new_link"} else []
    if after.join_round != before.join_round:
        return [*done, "link-renew"]
    if after.joining != before.joining:
        done.append("link-open" if after.joining else "link-close")
    return done
