"""What a class or an event takes away from the profile of its servers: tools, and time. Never is anything added."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sardonyx_spawner.amounts import duration_seconds, say_duration
from sardonyx_spawner.errors import UserError, quote
from sardonyx_spawner.language import N_, _
from sardonyx_spawner.profiles import Allowed, Gives, Option, Profile

SHORTEST_S, LONGEST_S = 5 * 60, 365 * 86400
"""People are told five minutes before a server ends; and a moment that far away can still be said."""
SHORTEST_IDLE_S = 15 * 60
"""People are asked ten minutes before a server is stopped that nobody uses."""


@dataclass(frozen=True)
class Limits:
    """What the servers of a class have of what its profile offers.

    Args:
        tools: those that they offer; None = all of the profile.
        lifetime: they run for so long at most, such as "4h"; "" = as long as the profile says.
        idle_stop: one that nobody uses for so long is stopped; "" = as the profile says.
    """

    tools: tuple[str, ...] | None = None
    lifetime: str = ""
    idle_stop: str = ""

    @property
    def lifetime_s(self) -> int | None:
        """For how many seconds they run at most; None = as long as the profile says."""
        return duration_seconds(self.lifetime) if self.lifetime else None

    @property
    def idle_stop_s(self) -> int | None:
        """After how many seconds one is stopped that nobody uses; None = as the profile says."""
        return duration_seconds(self.idle_stop) if self.idle_stop else None

    @classmethod
    def from_kept(cls, kept: Mapping[str, Any]) -> "Limits":
        """Return what was written."""
        tools = kept.get("tools")
        return cls(None if tools is None else tuple(tools), kept.get("lifetime", ""), kept.get("idle_stop", ""))

    def kept(self) -> dict[str, Any]:
        """Return what is to be written."""
        times = {"lifetime": self.lifetime, "idle_stop": self.idle_stop}
        tools = {} if self.tools is None else {"tools": [*self.tools]}
        return tools | {name: text for name, text in times.items() if text}


NO_LIMITS = Limits()


def within(base: Profile, limits: Limits) -> Profile:
    """Return a profile with what is left of it. What it does not have itself, it does not get; its shorter time holds."""
    tools = base.tools
    if limits.tools is not None:
        tools = limits.tools if base.tools is None else tuple(each for each in base.tools if each in limits.tools)
    most, idle_s, given, options = limits.lifetime_s, limits.idle_stop_s, base.gives, base.options
    longest_s = base.longest_s
    if most is not None:
        options = tuple(_shortened(option, given.lifetime_s or most + 1, most) for option in options)
        given = replace(given, lifetime_s=min(given.lifetime_s or most, most))
        longest_s = None if longest_s is None else min(longest_s, most)
    if idle_s is not None:
        options = tuple(_sooner(option, idle_s) for option in options)
        given = replace(given, idle_stop_s=min(given.idle_stop_s or idle_s, idle_s))
    return replace(base, tools=tools, gives=given, longest_s=longest_s, options=options)


def longest_of(base: Profile) -> int | None:
    """Return for how many seconds a server of a profile runs at most, prolonged or not; None = that is not limited."""
    if not base.always_gives("lifetime_s"):
        return None
    offered = [choice.gives.lifetime_s or 0 for option in base.options for choice in option.choices]
    return max(base.gives.lifetime_s or 0, base.longest_s or 0, *offered)


def longest_idle_of(base: Profile) -> int | None:
    """Return for how many seconds a server of a profile that says it can go unused; None = that is not limited."""
    choices = (choice.gives.idle_stop_s for option in base.options for choice in option.choices)
    said = [base.gives.idle_stop_s, *(each for each in choices if each is not None)]
    return max(each or 0 for each in said) if all(said) else None


def changed_limits(base: Profile, before: Limits, after: Limits) -> Limits:
    """Return limits as they are kept.

    Args:
        before: what they were; what stays so is not looked at.

    Raises:
        UserError: the profile does not allow them.
    """
    if after.tools != before.tools:
        check_tools(base, after.tools)
    if after.lifetime != before.lifetime:
        check_lifetime(base, after.lifetime)
    if after.idle_stop != before.idle_stop:
        check_idle_stop(base, after.idle_stop)
    return replace(after, tools=None if after.tools is None else tuple(dict.fromkeys(after.tools)))


def check_tools(base: Profile, tools: tuple[str, ...] | None) -> None:
    """Make sure that a profile has these tools.

    Raises:
        UserError: says which it has.
    """
    there = base.tools
    missing = [name for name in tools or () if there is not None and name not in there]
    if not missing:
        return
    said = {"profile": base.title, "name": quote(missing[0])}
    if not there:
        raise UserError(_("“{profile}” has no tool {name}: it has none at all.").format(**said))
    raise UserError(_("“{profile}” has no tool {name}. It has: {there}.").format(**said, there=", ".join(there)))


def check_lifetime(base: Profile, lifetime: str) -> None:
    """Make sure that servers of a profile can end after so long.

    Raises:
        UserError: that is no such time, or longer than the profile allows.
    """
    _check_time(
        base,
        lifetime,
        (SHORTEST_S, longest_of(base) or LONGEST_S),
        "lifetime",
        below=N_("A server runs for {least} at least. Write more than that, or nothing."),
        above=N_("A server of “{profile}” runs for {most} at most. Write no more than that, or nothing."),
    )


def check_idle_stop(base: Profile, idle_stop: str) -> None:
    """Make sure that servers of a profile that nobody uses can be stopped after so long.

    Raises:
        UserError: that is no such time, or longer than the profile allows.
    """
    _check_time(
        base,
        idle_stop,
        (SHORTEST_IDLE_S, longest_idle_of(base) or LONGEST_S),
        "idle_stop",
        below=N_("A server goes unused for {least} at least. Write more than that, or nothing."),
        above=N_("A server of “{profile}” goes unused for {most} at most. Write no more than that, or nothing."),
    )


def _check_time(base: Profile, text: str, bounds: tuple[int, int], field: str, *, below: str, above: str) -> None:
    """Make sure that a time is in its bounds; "" = none was said.

    Args:
        bounds: in seconds; the upper one holds where it is the shorter.
        field: where it was written.
        below, above: what is said of a time that is not, to be translated.
    """
    if not text:
        return
    wanted, (least, most) = _seconds(text, field), bounds
    if wanted > most:
        raise UserError(_(above).format(profile=base.title, most=say_duration(most)), field=field)
    if wanted < (least := min(least, most)):
        raise UserError(_(below).format(least=say_duration(least)), field=field)


def _seconds(text: str, field: str) -> int:
    try:
        return duration_seconds(text)
    except ValueError as error:
        said = _("{text} is no time for a server. Write it as in 4h, 90m or 2d.")
        raise UserError(said.format(text=quote(text)), field=field) from error


def _sooner(option: Option, idle_s: int) -> Option:
    """Return a question whose answers let no server go unused for longer."""
    choices = []
    for choice in option.choices:
        own = choice.gives.idle_stop_s
        # One that says nothing has what the profile has, which is shorter already; `NEVER` is longer than any.
        given = choice.gives if own is None else replace(choice.gives, idle_stop_s=min(own or idle_s, idle_s))
        choices.append(replace(choice, gives=given))
    return replace(option, choices=tuple(choices))


def _shortened(option: Option, usual: int, most: int) -> Option:
    """Return a question without the answers that are too long.

    Args:
        usual: seconds of an answer that says nothing of it.
    """
    if option.name != "lifetime":
        return replace(option, choices=tuple(_capped(choice, most) for choice in option.choices))
    fits = tuple(choice for choice in option.choices if (choice.gives.lifetime_s or usual) <= most)
    if fits or not option.choices:
        return replace(option, choices=fits)
    # None is short enough: nobody is asked, and what the class says counts.
    shortest = min(option.choices, key=lambda choice: choice.gives.lifetime_s or usual)
    return replace(option, choices=(_capped(shortest, most),), is_asked=False)


def _capped(choice: Allowed, most: int) -> Allowed:
    given: Gives = choice.gives
    if given.lifetime_s is None or given.lifetime_s <= most:
        return choice
    return replace(choice, gives=replace(given, lifetime_s=most))
