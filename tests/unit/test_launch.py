import json
import subprocess
import sys
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from support.lti_platform import right_claims

from sardonyx_hub_config.settings.lti import PlatformSettings
from sardonyx_hub_config.sign_in.launch import CLAIM, LaunchRefusedError, Nonces, believed, named

PLATFORM = PlatformSettings(
    title="Moodle",
    issuer="https://moodle.example.org",
    client_id="client-1",
    authorize_url="https://moodle.example.org/mod/lti/auth.php",
    key_set_url="https://moodle.example.org/mod/lti/certs.php",
    deployment_ids=frozenset({"1"}),
)
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = jwt.PyJWK(json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(PRIVATE.public_key())), "RS256")
NONCE = "nonce-of-this-launch"


def claims(**changed: object) -> dict[str, Any]:
    """Return those of a launch that is right, but for what is changed; None = left out."""
    said = {**right_claims(PLATFORM.issuer, PLATFORM.client_id, NONCE), "sub": "17", **changed}
    return {name: value for name, value in said.items() if value is not None}


def signed(said: dict[str, Any], key: rsa.RSAPrivateKey = PRIVATE) -> str:
    """Return a launch as a platform sends it."""
    return jwt.encode(said, key, algorithm="RS256")


def test_a_launch_that_is_right_is_believed() -> None:
    """The platform says who comes."""
    assert believed(signed(claims()), PUBLIC, PLATFORM, NONCE)["sub"] == "17"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"iss": "https://other.example"}, "issuer"),
        ({"aud": "client-2"}, "Audience"),
        ({"aud": ["client-1", "client-2"]}, "azp"),
        ({"aud": ["client-1", "client-2"], "azp": "client"}, "azp"),
        ({"azp": "client-2"}, "azp"),
        ({"exp": 1000}, "expired"),
        ({"exp": None}, "exp"),
        ({"iat": 1000}, "too long ago"),
        ({"nonce": "of-another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "who comes"),
        ({f"{CLAIM}deployment_id": "2"}, "deployment_ids"),
        ({f"{CLAIM}deployment_id": None}, "deployment_id"),
        ({f"{CLAIM}version": "1.1"}, "version"),
        ({f"{CLAIM}message_type": "LtiDeepLinkingRequest"}, "not in request"),
        ({f"{CLAIM}message_type": "else"}, "message_type"),
        ({f"{CLAIM}context": "not an object"}, "get"),
    ],
)
def test_each_fault_of_a_launch_refuses_it(changed: dict[str, object], why: str) -> None:
    """Whoever it is of, a launch that is not whole lets nobody in, and the log says why."""
    with pytest.raises(LaunchRefusedError, match=why):
        believed(signed(claims(**changed)), PUBLIC, PLATFORM, NONCE)


def test_a_launch_signed_by_somebody_else_is_refused() -> None:
    """What counts is the platform's key."""
    with pytest.raises(LaunchRefusedError, match="Signature"):
        believed(signed(claims(), OTHER), PUBLIC, PLATFORM, NONCE)


def test_a_launch_that_is_not_signed_is_refused() -> None:
    """The launch itself does not choose how it is checked."""
    with pytest.raises(LaunchRefusedError):
        believed(jwt.encode(claims(), "", algorithm="none"), PUBLIC, PLATFORM, NONCE)


def test_every_deployment_is_let_in_where_none_is_named() -> None:
    """An operator need not know their ids."""
    anyone = PLATFORM.model_copy(update={"deployment_ids": frozenset()})

    assert believed(signed(claims(**{f"{CLAIM}deployment_id": "2"})), PUBLIC, anyone, NONCE)


def test_a_launch_is_used_once_until_it_is_too_old() -> None:
    """Who got hold of one does not come in by it again, and the memory does not grow for good."""
    nonces = Nonces()

    assert nonces.use("a", until=100.0, now=50.0)
    assert not nonces.use("a", until=100.0, now=99.0), "used twice"
    assert nonces.use("b", until=300.0, now=200.0)
    assert nonces.use("a", until=300.0, now=200.0), "it was kept after its end"


def test_the_name_may_be_one_of_the_platform_itself() -> None:
    """Moodle says names of accounts beside what the standard has."""
    said = {"email": "amina@example.org", f"{CLAIM}ext": {"user_username": "amina"}}

    assert named(said, "email") == "amina@example.org"
    assert named(said, "ext.user_username") == "amina"
    assert named(said, "custom.login") is None


@pytest.mark.parametrize("setting", ["authorize_url", "key_set_url"])
@pytest.mark.parametrize(
    ("address", "why"), [("http://moodle.example.org/x", "with https"), ("", "whole"), ("moodle", "whole")]
)
def test_addresses_of_a_platform_are_guarded(setting: str, address: str, why: str) -> None:
    """Keys that anybody on the way can change would let anybody in."""
    with pytest.raises(ValueError, match=why):
        PlatformSettings(**{**PLATFORM.model_dump(), setting: address})


def test_a_platform_on_this_machine_needs_no_https() -> None:
    """It is for trying."""
    assert PlatformSettings(**{**PLATFORM.model_dump(), "key_set_url": "http://127.0.0.1:9/keys"})


def test_a_hub_without_platforms_does_not_wait_for_what_they_need() -> None:
    """Nor for what only its services do: each start of it, and each command, would take longer."""
    code = (
        "import sys, sardonyx_hub_config.sign_in.authenticator as found;"
        "print([name for name in ('ltiauthenticator', 'fastapi', 'boto3') if name in sys.modules])"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
