import json
import stat
from base64 import b64decode, urlsafe_b64decode
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.signing_keys import (
    DAY_S,
    KEPT_AFTER_S,
    PUBLISHED_BEFORE_S,
    RENEWED_AFTER_S,
    TOKEN_LIFE_S,
    load,
    make,
    schedule,
)

NOW = 1_800_000_000


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A folder with one signing key."""
    load(tmp_path / "keys")
    make(tmp_path / "keys", NOW)
    return tmp_path / "keys"


def test_a_signing_key_is_made_once_and_for_its_owner_only(keys: Path) -> None:
    """The second start signs with the same key."""
    first = load(keys)
    Issuer("http://i", keys, clock=lambda: NOW + 1.0)

    assert [key.key.kid for key in load(keys)] == [key.key.kid for key in first]
    assert [stat.S_IMODE(path.stat().st_mode) for path in keys.iterdir()] == [0o600]


def test_a_key_that_a_power_cut_left_empty_is_not_used(keys: Path) -> None:
    """The good ones go on working."""
    (keys / "0-half.json").touch()

    assert len(load(keys)) == 1


def test_the_published_keys_hold_no_private_part(keys: Path) -> None:
    """Anybody may read them."""
    published = Issuer("http://i", keys).key_set()

    assert {name for key in published["keys"] for name in key} & {"d", "p", "q", "dp", "dq", "qi"} == set()
    assert published["keys"][0]["kid"] == load(keys)[0].key.thumbprint()


def test_a_key_is_published_with_a_certificate_that_never_changes(keys: Path) -> None:
    """Ceph takes a key from its certificate only, and only from one whose thumbprint the operator gave it."""
    (published,) = Issuer("http://i", keys).key_set()["keys"]

    certificate = x509.load_der_x509_certificate(b64decode(published["x5c"][0]))
    certificate.verify_directly_issued_by(certificate)
    assert certificate.public_key() == load(keys)[0].key.public_key
    assert urlsafe_b64decode(published["x5t"] + "=") == certificate.fingerprint(hashes.SHA1())  # noqa: S303 - see there
    assert Issuer("http://elsewhere", keys).key_set()["keys"] == [published]


def test_a_token_says_who_asks_for_what_and_not_for_long(keys: Path) -> None:
    """A store checks all of it."""
    issuer = Issuer("http://i", keys, clock=lambda: NOW + 1.0)

    published = KeySet([RSAKey.import_key(key) for key in issuer.key_set()["keys"]])
    token = jwt.decode(issuer.token("person", "s3", "person-run", ["class-7mw2kfqd"]), published, algorithms=["RS256"])

    said = {name: token.claims[name] for name in ("iss", "sub", "aud", "session", "groups")}
    assert said == {
        "iss": "http://i",
        "sub": "person",
        "aud": "s3",
        "session": "person-run",
        "groups": ["class-7mw2kfqd"],
    }
    assert token.claims["exp"] - token.claims["iat"] == TOKEN_LIFE_S


def kid(token: str) -> str:
    """Return which key signed a token."""
    found: str = json.loads(urlsafe_b64decode(token.split(".", maxsplit=1)[0] + "=="))["kid"]
    return found


def test_the_first_key_signs_at_once() -> None:
    """Nobody has kept any other."""
    found = schedule([], NOW)
    assert (found.signing, found.needs_new) == (None, True)

    found = schedule([NOW], NOW)
    assert (found.signing, found.needs_new, found.over) == (0, False, ())
    assert found.next_s == RENEWED_AFTER_S


def test_a_new_key_is_published_before_it_signs_and_the_old_one_stays_until_its_last_token_is_over() -> None:
    """Who checks tokens keeps the public keys for up to a day, and a token lives for minutes."""
    made = [NOW, NOW + RENEWED_AFTER_S]
    begins = made[1] + PUBLISHED_BEFORE_S

    assert schedule(made[:1], made[1]).needs_new
    assert schedule(made, begins - 1).signing == 0
    assert schedule(made, begins - 1).next_s == 1
    after = schedule(made, begins)
    assert (after.signing, after.over, after.next_s) == (1, (), KEPT_AFTER_S)
    assert KEPT_AFTER_S > TOKEN_LIFE_S
    assert schedule(made, begins + KEPT_AFTER_S).over == (0,)


def test_a_machine_that_was_off_for_a_year_goes_on_with_its_key() -> None:
    """And makes the next one, which waits for its day as ever."""
    found = schedule([NOW], NOW + 365 * DAY_S)

    assert (found.signing, found.needs_new, found.over) == (0, True, ())


def test_keys_are_renewed_without_an_outage(keys: Path) -> None:
    """On each day of ten weeks: who read the published keys a day ago or later can check every token."""
    now = [float(NOW)]
    issuer = Issuer("http://i", keys, clock=lambda: now[0])
    published: list[tuple[float, set[str]]] = []
    signed = set()
    while now[0] < NOW + 70 * DAY_S:
        issuer.renew()
        published.append((now[0], {key["kid"] for key in issuer.key_set()["keys"]}))
        signer = kid(issuer.token("person", "s3", "session"))
        signed.add(signer)
        old = [kids for at, kids in published if at >= now[0] - PUBLISHED_BEFORE_S]
        assert all(signer in kids for kids in old)
        now[0] += DAY_S

    assert len(signed) == 3
    assert len(list(keys.iterdir())) <= 2


def test_a_disk_that_is_full_keeps_the_keys_that_are_there(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens are signed as before; the service tries again later."""
    issuer = Issuer("http://i", keys, clock=lambda: NOW + 1.0)
    before = kid(issuer.token("person", "s3", "session"))
    monkeypatch.setattr(issuer, "_clock", lambda: float(NOW + RENEWED_AFTER_S))
    monkeypatch.setattr("sardonyx_services.credentials.signing_keys.make", full)

    with pytest.raises(OSError, match="No space left"):
        issuer.renew()

    assert kid(issuer.token("person", "s3", "session")) == before


def full(_folder: Path, _now: int) -> None:
    """Stand in for a disk without room."""
    raise OSError("No space left on device")
