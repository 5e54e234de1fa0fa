"""Which half of the tests that run on each of two kinds of something runs where there is little time: always the same one."""

from zlib import crc32

import pytest

KINDS: dict[str, tuple[str, str]] = {
    "forks": ("root", "ordinary"),
    "hub": ("child", "fork"),
    "vault": ("vault", "openbao"),
    "soak": ("root", "ordinary"),
    "people_place": ("SQLite", "PostgreSQL"),
}
"""Fixture -> its parameters: levels of isolation, ways to start a server, kinds of Vault, and of databases."""
ONE_IN = {"hub": 4}
"""Fixture -> one test in so many is drawn with the first of its kinds, which takes seconds to start each server; else one in two."""
OTHER_STORES = ("minio", "radosgw")
"""What clients do is the same with each: there all are tried with SeaweedFS, and each with one of these."""
CLIENTS = "tests/matrix/test_clients.py"
ON_EITHER = {
    "tests/hub/test_cold_start.py::test_a_cold_zygote_that_is_ended_is_made_anew",
    "tests/hub/test_cold_start.py::test_a_zygote_that_is_ended_while_it_warms_is_replaced_by_a_cold_one",
    "tests/hub/test_deleted_servers.py",
    "tests/hub/test_environment_kernels.py",
    "tests/hub/test_fork_server.py::test_a_supervisor_that_was_killed_harms_no_server",
    "tests/hub/test_fork_server.py::test_a_zygote_that_cannot_be_made_harms_nobody_and_whoever_waits_reads_why",
    "tests/hub/test_fork_server.py::test_a_zygote_that_was_killed_harms_no_server_and_is_made_anew",
    "tests/hub/test_fork_server.py::test_an_environment_that_was_changed_gets_a_new_zygote",
    "tests/hub/test_fork_server.py::test_it_ends_when_nobody_needs_it",
    "tests/hub/test_fork_server.py::test_nonsense_is_answered_and_the_next_start_works",
    "tests/hub/test_forked_kernels.py",
    "tests/hub/test_git_panel.py",
    "tests/hub/test_gpus.py::test_each_server_has_a_gpu_of_its_own_also_after_a_crash_of_the_hub",
    "tests/hub/test_language_servers.py",
    "tests/hub/test_lingering.py",
    "tests/hub/test_local_spawner.py",
    "tests/hub/test_own_packages.py",
    "tests/hub/test_own_settings.py",
    "tests/hub/test_server_output.py",
    "tests/hub/test_servers_api.py",
    "tests/soak/test_soak.py",
    "tests/unit/test_class_ends.py",
    "tests/unit/test_class_profiles.py",
    "tests/unit/test_class_service.py",
    "tests/unit/test_course_desk.py",
    "tests/unit/test_door.py",
    "tests/unit/test_erasure.py",
    "tests/unit/test_event_desk.py",
    "tests/unit/test_event_ends.py",
    "tests/unit/test_event_places.py",
    "tests/unit/test_event_servers.py",
    "tests/unit/test_group_desk.py",
    "tests/unit/test_group_pages.py",
    "tests/unit/test_limits_at_the_desk.py",
    "tests/unit/test_operation.py",
    "tests/unit/test_people_desk.py",
    "tests/unit/test_team_links.py",
    "tests/vault/test_away.py",
    "tests/vault/test_ends.py",
    "tests/vault/test_tokens.py",
    "tests/vault/test_whole_place.py",
}
"""Files whose tests are the same on either, and such tests of other files; those of what is kept in a database, or of what
keeps people apart, are not among them."""


def is_drawn(item: pytest.Item) -> bool:
    """Tell whether a test runs as it is: always the same one of two that differ in nothing else."""
    asked = getattr(item, "callspec", None)
    file = item.nodeid.partition("::")[0]
    if asked is None or not isinstance(item, pytest.Function):
        return True
    if file == CLIENTS and asked.params.get("front") in OTHER_STORES and "client" in asked.params:
        return bool(asked.params["front"] == OTHER_STORES[crc32(asked.params["client"].encode()) % len(OTHER_STORES)])
    if not {file, f"{file}::{item.originalname}"} & ON_EITHER:
        return True
    for name, kinds in KINDS.items():
        kind = asked.params.get(name)
        if kind in kinds:
            # Without the word for the kind where it stands for it: names of tests have such words, too.
            others = asked.id.split("-")
            others.remove(kind)
            key = f"{item.path.name} {item.originalname} {others}"
            return bool(kind == kinds[min(crc32(key.encode()) % ONE_IN.get(name, 2), 1)])
    return True
