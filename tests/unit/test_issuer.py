import json
import stat
from base64 import urlsafe_b64decode
from pathlib import Path

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from sardonyx_services.credentials.issuer import TOKEN_LIFE_S, Issuer, load_keys


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A folder with one signing key."""
    load_keys(tmp_path / "keys")
    return tmp_path / "keys"


def test_a_signing_key_is_made_once_and_for_its_owner_only(keys: Path) -> None:
    """The second start signs with the same key."""
    first = load_keys(keys)

    assert [key.kid for key in load_keys(keys)] == [key.kid for key in first]
    assert [stat.S_IMODE(path.stat().st_mode) for path in keys.iterdir()] == [0o600]


def test_a_key_that_a_power_cut_left_empty_is_not_used(keys: Path) -> None:
    """The good ones go on working."""
    (keys / "0-half.json").touch()

    assert len(load_keys(keys)) == 1


def test_the_published_keys_hold_no_private_part(keys: Path) -> None:
    """Anybody may read them."""
    published = Issuer("http://i", keys).key_set()

    assert {name for key in published["keys"] for name in key} & {"d", "p", "q", "dp", "dq", "qi"} == set()
    assert published["keys"][0]["kid"] == load_keys(keys)[0].thumbprint()


def test_a_token_says_who_asks_for_what_and_not_for_long(keys: Path) -> None:
    """A store checks all of it."""
    issuer = Issuer("http://i", keys, clock=lambda: 1_000_000.0)

    published = KeySet([RSAKey.import_key(key) for key in issuer.key_set()["keys"]])
    token = jwt.decode(issuer.token("person", "s3", "server"), published, algorithms=["RS256"])

    said = {name: token.claims[name] for name in ("iss", "sub", "aud", "server")}
    assert said == {"iss": "http://i", "sub": "person", "aud": "s3", "server": "server"}
    assert token.claims["exp"] - token.claims["iat"] == TOKEN_LIFE_S


def test_the_newest_key_signs_and_the_older_ones_stay_published(keys: Path) -> None:
    """So a key is changed without an outage."""
    other = keys.parent / "other"
    load_keys(other)
    (keys / "9999999999-newer.json").write_bytes(next(other.iterdir()).read_bytes())
    issuer = Issuer("http://i", keys)

    token = issuer.token("person", "s3", "server")

    assert json.loads(urlsafe_b64decode(token.split(".")[0] + "=="))["kid"] == load_keys(other)[0].kid
    assert len(issuer.key_set()["keys"]) == 2
