"""What the keys service answers when something goes wrong in it."""

from typing import Any

import httpx
import pytest

from sardonyx_services.credentials.service import Parts, create_app

HOST = "127.0.0.1:9"


class Broken:
    """In the place of what asks the hub."""

    async def of(self, _token: str) -> None:
        """Have a fault that nobody thought of."""
        raise KeyError("secret")


def parts() -> Parts:
    """Return a service of which only the door is there."""
    unused: Any = None
    identity: Any = Broken()
    return Parts(
        issuer=unused,
        identity=identity,
        broker=unused,
        store=unused,
        access=unused,
        laptop=unused,
        hosts=(HOST,),
        ends=unused,
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        pytest.param("", "Something went wrong here, and was written down. Try again.", id="English"),
        pytest.param("fr", "Un problème est survenu ici, et a été noté. Réessayez.", id="French"),
    ],
)
async def test_a_fault_that_nobody_thought_of_is_said_in_the_form_of_aws(language: str, said: str) -> None:
    """Programs read nothing else; what it was is in the log only."""
    app = httpx.ASGITransport(create_app(parts(), "/services/credentials/"), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=app, base_url=f"http://{HOST}") as client:
        answer = await client.get(
            "/services/credentials/aws", headers={"Authorization": "token x", "Accept-Language": language}
        )

    assert (answer.status_code, answer.json()) == (500, {"code": "InternalFailure", "message": said})
    assert answer.headers["Cache-Control"] == "no-store"
