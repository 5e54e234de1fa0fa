"""The whole way of a token: keys service, a real Vault, and the user side; what it reaches, and who gets none."""

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from support import web
from support.vault import ROOT_TOKEN
from support.vault_place import Place

from sardonyx_hub_config.vault_setup import as_commands, setup_for
from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.people.event_details import EventDetails
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
    for name, group, role in (("tia", course, "instructor"), ("sam", course, "student"), ("tom", team, "member")):
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


def test_the_printed_commands_do_the_same_as_apply(place: Place, tmp_path: Path) -> None:
    """With Vault's own program, and as often as one likes."""
    place.vault.call("DELETE", "sys/auth/sardonyx")
    team = place.people.groups.add("team", "Turing")
    tom = place.person("tom")
    place.people.groups.join(team, tom.id, "member")
    (tmp_path / "vault").symlink_to(place.vault.program)
    script = as_commands(setup_for(place.settings, place.people.groups.living()))
    environment = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "VAULT_ADDR": place.vault.address,
        "VAULT_TOKEN": ROOT_TOKEN,
    }

    for _ in range(2):
        result = subprocess.run(
            ["sh"], input=script, env=environment, text=True, capture_output=True, check=False, timeout=120
        )
        assert result.returncode == 0, result.stderr

    token = tom.vault_token()
    body = {"data": {"k": "v"}}
    assert place.vault.call("POST", f"secret/data/groups/team-{team}/api", body, token=token).status_code == 200
    assert place.vault.call("POST", f"secret/data/users/{tom.id}/api", body, token=token).status_code == 200
    assert place.vault.reads(token, "users/somebody/api") == 403


def test_a_wrapped_token_is_fetched_once(place: Place) -> None:
    """Whoever comes second, such as somebody who listened, is refused; and the server says so and asks again."""
    wrapped = place.person("ann").ask().json()
    assert wrapped.keys() == {"wrapped_token", "wrapped_for_s"}
    unwrap = [
        place.vault.call("POST", "sys/wrapping/unwrap", {}, token=wrapped["wrapped_token"]).status_code for _ in "12"
    ]

    assert unwrap == [200, 400]


def test_the_broker_can_do_with_accessors_and_nothing_else(place: Place) -> None:
    """Its own token reads no secret; and with a token of a person nobody signs in as the broker."""
    issuer = Issuer(place.keys, place.folder / "signing-keys")

    def signs_in(subject: str) -> httpx.Response:
        token = issuer.token(subject, "vault", "test", ["class-ab12"])
        return place.vault.call("POST", "auth/sardonyx/login", {"jwt": token, "role": "sardonyx-broker"})

    own = signs_in("broker").json()["auth"]["client_token"]
    ann = place.person("ann")
    place.vault.call("POST", f"secret/data/users/{ann.id}/openai", {"data": {"key": "of-ann"}})
    refused = [
        place.vault.call("GET", f"secret/data/users/{ann.id}/openai", token=own),
        place.vault.call("GET", "sys/auth", token=own),
        place.vault.call("POST", "auth/token/create", {}, token=own),
        place.vault.call("GET", "auth/token/lookup-self", token=own),
        place.vault.call("GET", "auth/sardonyx/role/sardonyx", token=own),
    ]

    assert [answer.status_code for answer in refused] == [403] * 5
    assert signs_in(ann.id).status_code == 400


def test_a_server_whose_token_is_for_s3_only_gets_none(place: Place) -> None:
    """As it is with servers that were started before there was a Vault."""
    ann = place.person("ann")
    token = place.hub.starts("ann", scope="s3")

    answer = web.get(f"{place.keys}/vault", headers={"Authorization": f"token {token}"})

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
    said = web.get(f"{place.keys}/metrics", headers={"Authorization": "token prometheus"}).text
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


def test_an_account_of_an_event_gets_no_token(place: Place) -> None:
    """What it would keep there is deleted by nobody when the event is over."""
    now = datetime.now(UTC)
    event = place.people.events.add("Hackathon", EventDetails(begins=now, ends=now + timedelta(hours=1)))
    place.people.seats.add(event, 1, str, most=1)
    guest = place.person(place.people.entries.by_code("1", "").name)

    with pytest.raises(VaultError, match="Accounts of events keep no secrets in Vault."):
        guest.vault_token()
