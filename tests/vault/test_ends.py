"""A token lives as long as its server runs and its owner belongs where they did, and no longer."""

import stat
import time
from pathlib import Path

from support import web
from support.vault_place import PERIOD_S, Place
from support.waiting import soon


def test_a_token_lives_as_long_as_its_server(place: Place) -> None:
    """Past several periods, without a call of the server."""
    token = place.person("ann").vault_token()

    time.sleep(2.5 * PERIOD_S)

    assert place.vault.lives(token)


def test_a_token_ends_with_its_server(place: Place) -> None:
    """By the hub's word: it would live for an hour more, and the keys service does not ask the hub so soon."""
    place.set_up(period_s=3600)
    place.end()
    place.look_every_s = 3600
    place.start()
    token = place.person("ann").vault_token()
    assert place.vault.lives(token)

    assert place.stopped("ann").status_code == 204

    soon(lambda: not place.vault.lives(token))
    soon(lambda: "Vault's token of ann, server “”, has ended: its server has stopped" in place.log())


def test_a_stop_that_nobody_told_of_is_found_out(place: Place) -> None:
    """The hub is asked again and again which servers run; that of somebody else goes on."""
    ann, bob = place.person("ann"), place.person("bob")
    of_ann, of_bob = ann.vault_token(), bob.vault_token()

    place.hub.forgets("ann")

    soon(lambda: not place.vault.lives(of_ann))
    assert place.vault.lives(of_bob)


def test_the_token_of_somebody_who_was_removed_ends(place: Place) -> None:
    """Also while their server still runs; and they get no other."""
    ann = place.person("ann")
    token = ann.vault_token()

    place.people.remove("ann")

    soon(lambda: not place.vault.lives(token))
    assert ann.ask().json() == {
        "code": "AccessDenied",
        "message": "You are not known here any more. Sign in again.",
    }


def test_who_is_removed_or_leaves_a_class_loses_the_token_within_seconds(place: Place) -> None:
    """Nobody waits for the next time that the hub is asked, and a token would live for an hour more."""
    place.set_up(period_s=3600)
    place.end()
    place.look_every_s = 3600
    place.start()
    ann, bob, cy = place.person("ann"), place.person("bob"), place.person("cy")
    course = place.people.groups.add("class", "Statistics")
    place.people.groups.join(course, bob.id, "student")
    tokens = [person.vault_token() for person in (ann, bob, cy)]
    assert all(map(place.vault.lives, tokens))

    place.people.remove("ann")
    place.people.groups.leave(course, bob.id)

    assert soon(lambda: not place.vault.lives(tokens[0]) and not place.vault.lives(tokens[1])) < 20
    assert place.vault.lives(tokens[2])
    soon(lambda: "Vault's token of bob, server “”, has ended: memberships changed" in place.log())


def test_after_a_change_of_memberships_a_server_has_another_token(place: Place, tmp_path: Path) -> None:
    """The old one ends, the user side asks again, and the link in the home leads to the new one."""
    ann = place.person("ann")
    keeper = ann.keeper(tmp_path / "home")
    keeper.start()
    link = tmp_path / "home" / ".vault-token"
    soon(link.exists)
    first = link.read_text()

    place.people.groups.join(place.people.groups.add("team", "Turing"), ann.id, "member")

    soon(lambda: not place.vault.lives(first))
    soon(lambda: link.read_text() != first and place.vault.lives(link.read_text()))
    assert link.is_symlink()
    assert stat.S_IMODE(link.stat().st_mode) == 0o600


def test_a_keys_service_that_was_restarted_goes_on(place: Place) -> None:
    """It renews and ends what it gave before; its file holds no token."""
    place.set_up(period_s=30)
    ann, bob = place.person("ann"), place.person("bob")
    of_ann, of_bob = ann.vault_token(), bob.vault_token()
    place.end()
    place.start()
    leases = place.folder / "leases.sqlite"

    soon(lambda: place.vault.left_s(of_ann) < 25)
    soon(lambda: place.vault.left_s(of_ann) > 25)
    assert place.stopped("bob").status_code == 204
    soon(lambda: not place.vault.lives(of_bob))
    assert stat.S_IMODE(leases.stat().st_mode) == 0o600
    assert of_ann.encode() not in leases.read_bytes()


def test_a_stop_while_the_keys_service_is_away_is_found_out_when_it_is_back(place: Place) -> None:
    """It asks the hub before it renews anything."""
    token = place.person("ann").vault_token()
    place.end()
    place.hub.forgets("ann")

    place.start()

    soon(lambda: not place.vault.lives(token))


def test_while_the_hub_is_away_tokens_go_on_for_a_period_and_no_longer(place: Place) -> None:
    """A hub that is restarted is noticed by nobody; one that is gone keeps no token alive."""
    place.set_up(period_s=6)
    token = place.person("ann").vault_token()
    time.sleep(2 * 0.5)
    place.hub.is_away = True
    time.sleep(7)
    assert place.vault.lives(token)

    soon(lambda: not place.vault.lives(token))
    assert "The hub does not say which servers run; tokens of Vault are kept until it does" in place.log()


def test_only_the_hub_tells_of_stops(place: Place) -> None:
    """A server cannot end the token of another one."""
    ann, bob = place.person("ann"), place.person("bob")
    token = bob.vault_token()

    answer = web.post(
        f"{place.keys}/ended",
        headers={"Authorization": f"token {ann.token}"},
        json={"name": "bob", "server": ""},
    )

    assert answer.status_code == 403
    assert answer.json()["message"] == "Only the hub tells which servers have stopped."
    assert place.vault.lives(token)
