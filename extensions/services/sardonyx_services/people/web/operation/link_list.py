"""Links with which people choose a password, as a page shows them once: as text, as a table for a spreadsheet, on slips."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from sardonyx_services.people.sheet import write_csv
from sardonyx_services.people.sign_in_links import TITLES
from sardonyx_services.people.web.operation.account_desk import NewAccount
from sardonyx_services.people.web.pages import qr_code

MOST_SLIPS = 200
"""With a picture of some kB on each."""


@dataclass(frozen=True)
class LinkList:
    """What a page shows of them.

    Args:
        title: what they are for: a class, or the place.
        address: where these people sign in.
        text: a line for each: name and link, with a tab between, as a spreadsheet takes it.
        file: address of a CSV file, with all of it within.
        slips: name, link and the link as a picture; none of very many.
    """

    accounts: tuple[NewAccount, ...]
    title: str
    address: str
    text: str
    file: str
    slips: tuple[tuple[str, str, str], ...]


def shown_links(accounts: Sequence[NewAccount], title: str, address: str) -> LinkList | None:
    """Return what a page shows of new links; None = there are none."""
    if not accounts:
        return None
    rows = [TITLES, *((each.name, each.mail, each.link) for each in accounts)]
    text = "\n".join(f"{each.name}\t{each.link}" for each in accounts)
    # Within the page: it is shown this once, and the file needs neither a script nor a second look.
    file = f"data:text/csv;charset=utf-8,{quote(chr(0xFEFF) + write_csv(rows))}"
    shown = accounts if len(accounts) <= MOST_SLIPS else ()
    slips = tuple((each.name, each.link, qr_code(each.link)) for each in shown)
    return LinkList(tuple(accounts), title, address, text, file, slips)
