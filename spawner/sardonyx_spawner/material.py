"""The material of classes and events: repositories that an instructor or organiser names, and what is wrong with them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import SplitResult, unquote

from sardonyx_spawner.errors import UserError, quote
from sardonyx_spawner.language import Said, _, in_a_row
from sardonyx_spawner.repository import (
    Material,
    Repository,
    check_branch,
    check_commit,
    check_depth,
    check_folder,
    check_one_thing,
    check_repository,
    lies_in,
    web_address,
)

MOST = 10
"""Repositories; a start has a minute for all of them."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one of several repositories.

    Args:
        row: which of them, from 0 on.
        field: what of it, as `Material` calls it.
    """

    row: int
    field: str
    error: UserError


class MaterialError(UserError):
    """Some of several repositories cannot be had."""

    def __init__(self, faults: Sequence[Fault], *, count: int) -> None:
        said = [fault.error.message if count == 1 else _numbered(fault) for fault in faults]
        super().__init__(in_a_row(said))


def material_faults(materials: Sequence[Material], beside: Sequence[Repository] = ()) -> list[Fault]:
    """Return what is wrong with repositories, in their order.

    Args:
        beside: what else is in the same homes.
    """
    found = []
    for row, material in enumerate(materials):
        faults = list(_faults_of(row, material))
        found += faults or list(_place_faults(row, materials, beside))
    return found


def check_material(materials: Sequence[Material], beside: Sequence[Repository] = ()) -> None:
    """Make sure that a class can have this material.

    Raises:
        MaterialError: says what is wrong with which of it.
    """
    if len(materials) > MOST:
        raise UserError(_("At most {count} repositories can be brought. Take some out.").format(count=MOST))
    if faults := material_faults(materials, beside):
        raise MaterialError(faults, count=len(materials))


def material_of(materials: Sequence[Material], mirrored: Sequence[str] = ()) -> tuple[Repository, ...]:
    """Return what servers of a class bring; what cannot be had is passed over.

    Args:
        mirrored: what an address begins with of which the hub keeps a copy. Of no other: an instructor may name any
            address, and the hub reaches more than a server does.
    """
    wrong = {fault.row for fault in material_faults(materials)}
    return tuple(
        Repository(
            **asdict(each), is_material=True, is_mirrored=any(begins_with(each.url, prefix) for prefix in mirrored)
        )
        for row, each in enumerate(materials)
        if row not in wrong
    )


def begins_with(url: str, prefix: str) -> bool:
    """Tell whether an address is at a place, or below it, as whoever is asked for it understands it."""
    address, place = web_address(url), web_address(prefix)
    if address is None or place is None or "@" in address.netloc or address.query or address.fragment:
        return False
    if (address.scheme, address.hostname, _port(address)) != (place.scheme, place.hostname, _port(place)):
        return False
    found, wanted = _steps(address.path), _steps(place.path)
    return found is not None and wanted is not None and found[: len(wanted)] == wanted


def from_kept(found: Sequence[Mapping[str, Any]]) -> tuple[Material, ...]:
    """Return repositories that were kept."""
    return tuple(Material(**each) for each in found)


def _port(address: SplitResult) -> int | None:
    return address.port or {"http": 80, "https": 443}.get(address.scheme)


def _steps(path: str) -> list[str] | None:
    """Return the folders that a path goes through, as a web server finds them; None = servers differ in that."""
    plain = unquote(path)
    if unquote(plain) != plain or "\\" in plain or not plain.isprintable():
        return None
    found: list[str] = []
    for step in plain.removeprefix("/").removesuffix("/").split("/") if plain.strip("/") else ():
        if not step or (step == ".." and not found):
            return None
        if step == "..":
            found.pop()
        elif step != ".":
            found.append(step)
    return found


def _faults_of(row: int, material: Material) -> Iterator[Fault]:
    if not material.url:
        yield Fault(row, "url", UserError(_("It has no address. Write one, or take it out.")))
        return
    checks: tuple[tuple[str, Callable[[], object]], ...] = (
        ("url", lambda: check_repository(material.url)),
        ("branch", lambda: material.branch and check_branch(material.branch)),
        ("commit", lambda: material.commit and check_commit(material.commit)),
        ("folder", lambda: material.folder and check_folder(material.folder)),
        ("depth", lambda: material.depth is None or check_depth(material.depth)),
        ("commit", lambda: check_one_thing(material.branch, material.commit)),
    )
    for field, check in checks:
        try:
            check()
        except UserError as error:
            yield Fault(row, field, error)


def _place_faults(row: int, materials: Sequence[Material], beside: Sequence[Repository]) -> Iterator[Fault]:
    material = materials[row]
    for other in materials[:row]:
        # What is wrong with the other one is said of it.
        if other.url and lies_in(material.place, other.place):
            said = _("Its place in the home, {path}, is that of another one. Give it a folder of its own.")
            yield Fault(row, "folder", UserError(said.format(path=quote(material.place))))
            return
    urls = {each.url for each in materials}
    if any(each.url not in urls and lies_in(material.place, each.place) for each in beside):
        said = _("Its place in the home, {path}, is that of a repository of the profile. Give it a folder of its own.")
        yield Fault(row, "folder", UserError(said.format(path=quote(material.place))))


def _numbered(fault: Fault) -> Said:
    return _("Repository {number}: {fault}").format(number=fault.row + 1, fault=fault.error.message)
