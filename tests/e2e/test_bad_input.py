"""What somebody may send instead of what is asked for: each has an answer in words, and nothing starts."""

import json
from typing import Any

import pytest

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"


@pytest.fixture
def sender(stack: Any, visitor: Any) -> Any:
    """Somebody who is signed in and has no server; `send` posts as their browser would."""
    stack.add_person("eva", PASSWORD)
    visitor.sign_in("eva")
    hub = json.loads(visitor.page.locator("#hub").inner_text())

    def send(path: str, body: bytes, kind: str) -> Any:
        headers = {"X-XSRFToken": hub["xsrf"], "Content-Type": kind}
        answer = visitor.page.request.post(f"{stack.url}/hub/{path}", data=body, headers=headers)
        assert "Traceback" not in answer.text()
        server = visitor.page.request.get(f"{stack.url}/hub/api/users/eva", headers={"Accept": "application/json"})
        assert server.json()["servers"] == {}
        return answer

    visitor.send = send
    return visitor


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(b"profile=nope", "“nope” is not available to you.", id="unknown-profile"),
        pytest.param(b"profile=python&profile=python", "Two profiles were chosen. Choose one.", id="doubled-profile"),
        pytest.param(b"profile=python&python.size=huge", "“huge” is not available to you.", id="unknown-choice"),
        pytest.param(
            b"profile=python&python.size=small&python.size=large", "answered more than once.", id="doubled-answer"
        ),
        pytest.param(b"profile=python&python.evil=1", "Python does not ask for “evil”.", id="unknown-question"),
        pytest.param(b"profile=python&python.branch=a%00b", "characters that cannot be seen", id="unprintable"),
        pytest.param(
            b"profile=python&python.repository=" + b"x" * 1_000_000,
            "This is too long: at most 2000 characters.",
            id="a-megabyte",
        ),
    ],
)
def test_a_form_that_cannot_be_is_shown_again_with_what_is_wrong(sender: Any, body: bytes, said: str) -> None:
    """Whatever a broken program or somebody curious sends."""
    answer = sender.send("spawn/eva", body, "application/x-www-form-urlencoded")

    assert answer.status == 400
    assert said in answer.text()
    assert "to correct, then it can start" in answer.text()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(b"{bad", "Invalid JSON", id="no-json"),
        pytest.param(b'"text"', "must be a JSON object", id="a-text"),
        pytest.param(b'{"profile": 1}', "has to be a text, such as “python”, not a number.", id="a-number"),
        pytest.param(b'{"profile": ["python"]}', "has to be a text, such as “python”, not a list.", id="a-list"),
        pytest.param(b'{"size": {}}', "size: This has to be a text, not an object.", id="an-object"),
        pytest.param(b'{"size": null}', "size: This has to be a text, not nothing.", id="nothing"),
        pytest.param(b'{"cpu": 1e999}', "Python does not ask for “cpu”.", id="infinity"),
        pytest.param(b'{"profile": "nope"}', "“nope” is not available to you.", id="unknown-profile"),
        pytest.param(
            b'{"repository": "file:///etc"}', "“file:///etc” is not a repository's web address.", id="a-local-file"
        ),
        pytest.param(
            b'{"user_options": {"size": "huge"}}', "size: “huge” is not available to you.", id="the-newer-form"
        ),
        pytest.param(b'{"y": "' + b"y" * 1_000_000 + b'"}', "Python does not ask for “y”.", id="a-megabyte"),
    ],
)
def test_a_rest_call_that_cannot_be_is_answered_in_words(sender: Any, body: bytes, said: str) -> None:
    """The REST API skips the form, and nothing is checked only there."""
    answer = sender.send("api/users/eva/server", body, "application/json")

    assert answer.status == 400
    assert said in answer.json()["message"]
    assert len(answer.text()) < 500


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("../etc", id="a-path"),
        pytest.param("a/b", id="a-slash"),
        pytest.param("аdmin", id="a-look-alike"),
        pytest.param("x" * 200, id="long"),
        pytest.param("\N{NULL}", id="null"),
        pytest.param("'; drop table people; --", id="sql"),
    ],
)
def test_a_name_that_nobody_can_have_is_refused_like_a_wrong_password(stack: Any, visitor: Any, name: str) -> None:
    """Nobody learns from the words which names there could be; and nobody is made."""
    before = stack.command("user", "list").stdout
    page = visitor.page
    page.goto(f"{stack.url}/hub/login")
    xsrf = page.locator("[name=_xsrf]").first.input_value()

    answer = page.request.post(f"{stack.url}/hub/login", form={"username": name, "password": PASSWORD, "_xsrf": xsrf})

    assert answer.status == 403
    assert "This name and password do not fit." in answer.text()
    assert stack.command("user", "list").stdout == before


def test_a_name_in_another_case_is_the_same_person(stack: Any, visitor: Any) -> None:
    """At sign-in, and when an account is made."""
    stack.command("user", "add", "Frida", "--password-stdin", stdin=PASSWORD)
    visitor.sign_in("FRIDA")

    again = stack.command("user", "add", "fRIDA", "--password-stdin", stdin=PASSWORD)

    assert json.loads(visitor.page.locator("#hub").inner_text())["user"] == "frida"
    assert again.returncode == 1
    assert "There is already somebody called “frida”." in again.stderr
