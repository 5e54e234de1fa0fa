"""What people are told of quotas: how much is used, and why a server cannot be started."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from sardonyx_spawner.amounts import say_cores, say_gpus, say_memory, say_number
from sardonyx_spawner.dates import say_day, say_moment
from sardonyx_spawner.errors import UserError
from sardonyx_spawner.language import N_, Said, _, in_a_row, ngettext, together
from sardonyx_spawner.quotas import AMOUNTS, Account, Amount, Claim, Kind, Stored

CANNOT = {
    "person": N_("You may use {limit} at once and use {used}; this server takes {wanted}."),
    "group": N_("“{title}” may use {limit} at once and uses {used}; this server takes {wanted}."),
    "place": N_("All servers here may use {limit} at once and use {used}; this one takes {wanted}."),
}
TOO_MANY = {
    "person": N_("You may run {limit} at once, and you do."),
    "group": N_("“{title}” may run {limit} at once, and does."),
    "place": N_("At most {limit} run here at once, and they do."),
}
NO_HOURS = {
    "person": N_("You have used your {hours} of this month."),
    "group": N_("“{title}” has used its {hours} of this month."),
    "place": N_("The {hours} that servers may run here in this month are used."),
}
USES = {
    "person": N_("You use {used}."),
    "group": N_("“{title}” uses {used}."),
    "place": N_("All together use {used}."),
}
STORED = {
    "person": N_("You have stored {used} of {limit}."),
    "group": N_("“{title}” has stored {used} of {limit}."),
}
FULL = {
    "person": N_("Your data store is full, with {limit}: delete something in it, and you write there again."),
    "group": N_("The data store of “{title}” is full, with {limit}: nobody writes there until something is deleted."),
}
WHO: dict[Kind, str] = {
    "person": N_("The people who run this place can allow you more."),
    "class": N_("Its instructor can stop servers that nobody needs; the people who run this place can allow more."),
    "event": N_("Its organiser can stop servers that nobody needs; the people who run this place can allow more."),
    "place": N_("The people who run this place can allow more."),
}


class QuotaError(UserError):
    """A server for which there is not enough of what is limited."""


def check(accounts: Sequence[Account], wanted: Claim, today: date) -> None:
    """Make sure that one server more is allowed.

    Raises:
        QuotaError: it is not: says why, what to do, and who can change it.
    """
    for account in accounts:
        if account.left_s == 0:
            raise QuotaError(in_a_row([*_no_hours(account, today), _(WHO[account.kind])]))
        amount = account.lacks(wanted)
        if amount is not None:
            raise QuotaError(in_a_row([_too_much(account, amount, wanted), *_then(account, amount, wanted)]))


def say_use(accounts: Sequence[Account]) -> list[Said]:
    """Say what is used of all that is limited: "You use 1 of 2 servers and 3 of 32 GB of memory.".

    Of others' servers also when the next one ends, where nothing of an amount is left.
    """
    return [said for account in accounts for said in (*_use(account), *_next_free(account))]


def say_stored(stored: Stored, title: str = "") -> Said:
    """Say how much is in the data store of what may be, of a class or an event by its title; "" = of the person."""
    said = (FULL if stored.size >= stored.limit else STORED)["group" if title else "person"]
    return _(said).format(title=title, used=say_memory(stored.size), limit=say_memory(stored.limit))


def say_free(claims: Sequence[Claim], amount: Amount) -> list[Said]:
    """Say when some of an amount will be free, at the latest; [] = nobody knows."""
    ends = [claim.ends_at for claim in claims if claim.ends_at is not None and getattr(claim, amount)]
    if not ends:
        return []
    first = datetime.fromtimestamp(min(ends), UTC)
    return [_("The next one ends by {moment}.").format(moment=say_moment(first))]


def _next_free(account: Account) -> list[Said]:
    quota = account.quota
    full = [each for each in AMOUNTS if (limit := getattr(quota, each)) is not None and account.used(each) >= limit > 0]
    if account.kind == "person" or not full:
        return []
    return say_free((*account.claims, *account.reserved), full[0])


def _use(account: Account) -> list[Said]:
    quota = account.quota
    used = [
        _("{used} of {limit}").format(used=_short(amount, account.used(amount)), limit=_say(amount, limit))
        for amount in AMOUNTS
        if (limit := getattr(quota, amount)) is not None
    ]
    if quota.hours is not None:
        hours = say_number(account.seconds // 3600)
        used.append(_("{used} of {limit} this month").format(used=hours, limit=_hours(quota.hours)))
    return [_(USES[account.whose]).format(title=account.title, used=together(used))] if used else []


def _no_hours(account: Account, today: date) -> list[Said]:
    first = date(today.year + today.month // 12, today.month % 12 + 1, 1)
    return [
        _(NO_HOURS[account.whose]).format(title=account.title, hours=_hours(account.quota.hours or 0)),
        _("Servers start again from {day}.").format(day=say_day(first)),
    ]


def _too_much(account: Account, amount: Amount, wanted: Claim) -> Said:
    limit = _say(amount, getattr(account.quota, amount))
    if amount == "servers":
        return _(TOO_MANY[account.whose]).format(title=account.title, limit=limit)
    return _(CANNOT[account.whose]).format(
        title=account.title,
        limit=limit,
        used=_say(amount, account.used(amount)),
        wanted=_say(amount, getattr(wanted, amount)),
    )


def _then(account: Account, amount: Amount, wanted: Claim) -> list[Said]:
    smaller, is_own = amount != "servers", account.kind == "person"
    if smaller and getattr(wanted, amount) > getattr(account.quota, amount):
        do = _("Choose a smaller one.")
    elif is_own:
        do = _("Choose a smaller one, or stop another first.") if smaller else _("Stop one of them first.")
    else:
        do = _("Choose a smaller one, or try again later.") if smaller else _("Try again later.")
    # Whose own servers they are can stop them.
    when = [] if is_own else say_free((*account.claims, *account.reserved), amount)
    return [*_kept(account, amount), do, *when, _(WHO[account.kind])]


def _kept(account: Account, amount: Amount) -> list[Said]:
    kept = sum(getattr(claim, amount) for claim in account.reserved)
    return [_("Of that, {amount} are kept for a lesson.").format(amount=_say(amount, kept))] if kept else []


def _say(amount: Amount, value: float) -> Said:
    if amount == "servers":
        return ngettext("{count} server", "{count} servers", value).format(count=say_number(value))
    if amount == "cpu":
        return say_cores(value)
    if amount == "gpus":
        return say_gpus(int(value))
    return _("{amount} of memory").format(amount=say_memory(int(value)))


def _short(amount: Amount, value: float) -> Said:
    return say_memory(int(value)) if amount == "memory" else say_number(value)


def _hours(hours: int) -> Said:
    return ngettext("{count} hour", "{count} hours", hours).format(count=hours)
