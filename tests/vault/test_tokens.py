"""The whole way of a token: keys service, a real Vault, and the user side; its renewal, and its end."""

import json
import stat
import time
from pathlib import Path

import httpx
import pytest
from support.vault_place import PERIOD_S, Place
from support.waiting import soon

from sardonyx_singleuser.vault_calls import AwayError, VaultError


def test_a_server_gets_a_token_for_its_owners_secrets_and_nobody_elses(place: Place) -> None:
    """The path of another person, of the operator, and of the broker are closed to it."""
    ann, bob = place.person("ann"), place.person("bob")
    for person in (ann, bob):
        place.vault.call("POST", f"secret/data/users/{person.id}/openai", {"data": {"key": f"of-{person.name}"}})
    token = ann.vault_token()

    assert ann.calls().secret(token, f"users/{ann.id}/openai#key") == "of-ann"
    assert place.vault.reads(token, f"users/{bob.id}/openai") == 403
    assert place.vault.reads(token, "operator/openai") == 403
    assert place.vault.call("GET", f"secret/metadata/users/{bob.id}?list=true", token=token).status_code == 403
    assert place.vault.call("POST", "auth/token/revoke-accessor", {"accessor": "x"}, token=token).status_code == 403
    with pytest.raises(VaultError, match=f"^you may not read users/{bob.id}/openai.$"):
        ann.calls().secret(token, f"users/{bob.id}/openai#key")


def test_a_person_writes_lists_and_deletes_their_own_secrets(place: Place) -> None:
    """It is their place: nobody has to make it for them."""
    ann = place.person("ann")
    token = ann.vault_token()

    def status(method: str, path: str, body: dict[str, object] | None = None) -> int:
        return place.vault.call(method, f"secret/{path}", body, token=token).status_code

    assert status("POST", f"data/users/{ann.id}/git", {"data": {"token": "t"}}) == 200
    assert status("GET", f"metadata/users/{ann.id}?list=true") == 200
    assert status("DELETE", f"metadata/users/{ann.id}/git") == 204
    assert status("GET", f"data/users/{ann.id}/git") == 404


def test_members_read_what_a_class_has_and_its_staff_writes_it(place: Place) -> None:
    """By groups that the sign-in tells of; `sardonyx vault setup` has made them, and may run again."""
    course = place.people.groups.add("class", "Statistics")
    team = place.people.groups.add("team", "Turing")
    for name, group, role in (("tia", course, "staff"), ("sam", course, "student"), ("tom", team, "member")):
        place.people.groups.join(group, place.person(name).id, role)  # type: ignore[arg-type]  # words of a table
    place.set_up()
    place.set_up()
    tokens = {name: place.person(name).vault_token() for name in ("tia", "sam", "tom", "eve")}

    def write(name: str, path: str) -> int:
        return place.vault.call("POST", f"secret/data/{path}", {"data": {"k": "v"}}, token=tokens[name]).status_code

    assert write("tia", f"groups/class-{course}/api") == 200
    assert write("tom", f"groups/team-{team}/api") == 200
    assert write("sam", f"groups/class-{course}/api") == 403
    assert place.vault.reads(tokens["sam"], f"groups/class-{course}/api") == 200
    assert place.vault.reads(tokens["tom"], f"groups/class-{course}/api") == 403
    assert place.vault.reads(tokens["eve"], f"groups/team-{team}/api") == 403


def test_a_token_lives_as_long_as_its_server(place: Place) -> None:
    """Past several periods, without a call of the server."""
    token = place.person("ann").vault_token()

    time.sleep(3 * PERIOD_S)

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


def test_a_wrapped_token_is_fetched_once(place: Place) -> None:
    """Whoever comes second, such as somebody who listened, is refused; and the server says so and asks again."""
    wrapped = place.person("ann").ask().json()
    assert wrapped.keys() == {"wrapped_token", "wrapped_for_s"}
    unwrap = [
        place.vault.call("POST", "sys/wrapping/unwrap", {}, token=wrapped["wrapped_token"]).status_code for _ in "12"
    ]

    assert unwrap == [200, 400]


def test_a_keys_service_that_was_restarted_goes_on(place: Place) -> None:
    """It renews and ends what it gave before; its file holds no token."""
    place.set_up(period_s=8)
    ann, bob = place.person("ann"), place.person("bob")
    of_ann, of_bob = ann.vault_token(), bob.vault_token()
    place.end()
    place.start()
    leases = place.folder / "leases.sqlite"

    time.sleep(16)

    assert place.vault.lives(of_ann)
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
    time.sleep(4)
    assert place.vault.lives(token)

    soon(lambda: not place.vault.lives(token))
    assert "The hub does not say which servers run; tokens of Vault are kept until it does" in place.log()


def test_only_the_hub_tells_of_stops(place: Place) -> None:
    """A server cannot end the token of another one."""
    ann, bob = place.person("ann"), place.person("bob")
    token = bob.vault_token()

    answer = httpx.post(
        f"{place.keys}/ended",
        headers={"Authorization": f"token {ann.token}"},
        json={"name": "bob", "server": ""},
    )

    assert answer.status_code == 403
    assert answer.json()["message"] == "Only the hub tells which servers have stopped."
    assert place.vault.lives(token)


def test_a_server_whose_token_is_for_s3_only_gets_none(place: Place) -> None:
    """As it is with servers that were started before there was a Vault."""
    ann = place.person("ann")
    token = place.hub.starts("ann", scope="s3")

    answer = httpx.get(f"{place.keys}/vault", headers={"Authorization": f"token {token}"})

    assert answer.status_code == 403
    assert ann.ask().status_code == 200


def test_a_server_that_asks_without_end_is_told_to_slow_down(place: Place) -> None:
    """Tokens cost memory in Vault: some at once, and no more."""
    ann = place.person("ann")

    answers = [ann.ask() for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 503, 503]
    assert answers[-1].json()["code"] == "SlowDown"


def test_each_token_is_written_down_and_counted(place: Place) -> None:
    """Who, which server, which groups, until when; without the token and its accessor."""
    ann = place.person("ann")
    team = place.people.groups.add("team", "Turing")
    place.people.groups.join(team, ann.id, "member")
    ann.vault_token()

    (line,) = (place.folder / "audit.jsonl").read_text().splitlines()

    written = json.loads(line)
    assert written.keys() == {"time", "service", "person", "name", "server", "session", "places", "until"}
    assert (written["service"], written["person"], written["name"]) == ("vault", ann.id, "ann")
    assert written["places"] == [f"team-{team}"]
    place.hub.answers["prometheus"] = {"kind": "service", "name": "p", "scopes": ["read:metrics"]}
    said = httpx.get(f"{place.keys}/metrics", headers={"Authorization": "token prometheus"}).text
    assert 'sardonyx_credentials_issued_total{service="vault"} 1.0' in said
    assert 'sardonyx_credentials_answers_total{code="Given",service="vault"} 1.0' in said
    assert "sardonyx_credentials_vault_tokens 1.0" in said


def test_a_role_that_is_missing_is_named_in_the_log_and_not_to_the_person(place: Place) -> None:
    """The person learns who has to look, the operator what is wrong and how to go on."""
    place.vault.call("DELETE", "auth/sardonyx/role/sardonyx")

    answer = place.person("ann").ask()

    assert answer.status_code == 503
    assert answer.json() == {
        "code": "VaultRefuses",
        "message": "Vault refuses to give a token. The people who run this place find the reason in the log.",
    }
    assert "Vault refuses the role “sardonyx” at auth/sardonyx/login: " in place.log()
    assert "Look with: sardonyx doctor" in place.log()


def test_the_user_side_says_in_whose_words_there_is_no_token(place: Place) -> None:
    """Those of the keys service are for the person."""
    ann = place.person("ann")
    place.people.remove("ann")

    with pytest.raises(AwayError, match=r"^You are not known here any more. Sign in again.$"):
        ann.calls().new_token()
