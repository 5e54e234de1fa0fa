"""A start just after the server before it died: the hub is still at work with the old one."""

import os
import random
import signal
import time
from typing import Any

ROUNDS = {"fork": 12, "child": 4}
"""Way to start servers -> how often it is tried: a child process takes seconds to start, and the hub's own work is the same."""
NOTICED = "User pam server stopped, with exit code"


def test_a_start_that_was_accepted_just_after_a_death_has_a_server(hub: Any) -> None:
    """Whenever in the hub's work it came; and the end of the old server is dealt with once."""
    pam = hub.user("pam")
    pam.start(profile="python")
    moment = random.Random(4)  # noqa: S311 - the same moments each time, not a secret

    for number in range(1, ROUNDS[hub.launcher] + 1):
        before = pam.pid
        os.kill(before, signal.SIGKILL)
        time.sleep(moment.random() * 0.08)
        # The old one may take a moment to die, or the hub to take it away: then the answer says so, and one asks again.
        answer = start(pam)
        while answer.status_code == 400:
            assert answer.json()["message"] in {"pam is already running", "pam is pending stop"}
            answer = start(pam)
        assert answer.status_code in {201, 202}, answer.text

        pam.wait(lambda server: bool(server.get("ready")))
        assert pam.pid != before
        assert pam.opens_at().startswith("/user/pam/lab")
        assert hub.log.read_text().count(NOTICED) == number
    assert "Unhandled error" not in hub.log.read_text()
    pam.stop()


def start(user: Any) -> Any:
    """Ask for a start, once."""
    return user.hub.call("POST", f"/users/{user.name}/server", {"profile": "python"})
