"""What of a server stays when it is deleted or gets another name: the person's files, and nothing else."""

from pathlib import Path
from typing import Any

from support.waiting import soon


class Named:
    """A named server of somebody."""

    def __init__(self, user: Any, name: str) -> None:
        self.user, self.name = user, name

    @property
    def private(self) -> Path:
        """The folder of its log."""
        return Path(self.user.hub.data / "servers" / self.user.id / f"named:{self.name}")

    @property
    def path(self) -> str:
        """Its place in the REST API."""
        return f"/users/{self.user.name}/servers/{self.name}"

    def start(self) -> None:
        """Start it, and wait for it."""
        assert self.user.hub.call("POST", self.path, {"profile": "python"}).status_code in {201, 202}
        soon(lambda: self._state()["ready"])

    def stop(self, *, remove: bool = False) -> None:
        """Stop it, and wait for that."""
        assert self.user.hub.call("DELETE", self.path, {"remove": remove}).status_code in {202, 204}
        soon(lambda: not self._state().get("ready") and not self._state().get("pending"))

    def _state(self) -> dict[str, Any]:
        servers = self.user.hub.call("GET", f"/users/{self.user.name}?include_stopped_servers").json()["servers"]
        return dict(servers.get(self.name, {}))


def left_for(user: Any) -> list[str]:
    """Return what is left of somebody's servers."""
    return sorted(path.name for path in (user.hub.data / "servers" / user.id).iterdir() if path.is_dir())


def test_a_named_server_that_is_deleted_takes_its_log_and_plan_with_it(hub: Any) -> None:
    """The person's files stay, and so does what other servers have."""
    user = hub.user("della")
    user.start(profile="python")
    user.stop()
    server = Named(user, "second")
    server.start()
    (user.home / "kept.txt").write_text("kept")
    assert (server.private / "server.log").exists()

    server.stop(remove=True)

    soon(lambda: left_for(user) == ["default"])
    assert (user.home / "kept.txt").read_text() == "kept"
    assert (user.private / "server.log").exists()
    server.start()
    assert [path.name for path in server.private.glob("server.log*")] == ["server.log"]
    server.stop(remove=True)


def test_a_server_that_gets_another_name_keeps_its_logs(hub: Any) -> None:
    """What was left under the new name gives way; and it can be started and deleted afterwards."""
    user = hub.user("rena")
    old, new = Named(user, "old"), Named(user, "new")
    old.start()
    old.stop()
    log = (old.private / "server.log").read_text()
    (new.private / "tmp").mkdir(parents=True)

    assert hub.call("PATCH", old.path, {"name": "new"}).status_code == 200

    soon(lambda: left_for(user) == ["named:new"])
    assert (new.private / "server.log").read_text() == log
    new.start()
    assert (new.private / "server.log.1").read_text() == log
    new.stop(remove=True)
    soon(lambda: left_for(user) == [])


def test_a_person_who_is_deleted_leaves_their_files_and_no_servers(hub: Any) -> None:
    """Also one whose name was changed before: it is known whose the servers were."""
    user = hub.user("dora")
    server = Named(user, "second")
    server.start()
    server.stop()
    user.start(profile="python")
    user.stop()
    assert hub.call("PATCH", "/users/dora", {"name": "dorothea"}).status_code == 200

    assert hub.call("DELETE", "/users/dorothea").status_code == 204

    soon(lambda: left_for(user) == [])
    assert user.home.is_dir()


def test_somebody_who_never_started_a_server_can_be_deleted(hub: Any) -> None:
    """There is nothing to remove."""
    user = hub.user("nell")

    assert hub.call("DELETE", f"/users/{user.name}").status_code == 204
    assert not (hub.data / "servers" / user.id).exists()
