"""What forbids namespaces is named, with the line that changes it, and nothing else."""

from pathlib import Path

import pytest

from sardonyx_spawner.local.obstacles import ANY, IN_A_CONTAINER, Obstacles

PYTHON = "/usr/bin/python3.12"
NAMESPACES, CLONE = "user/max_user_namespaces", "kernel/unprivileged_userns_clone"
KEEP = " To keep it so, write the same into a file in /etc/sysctl.d."
PROFILE = (
    "To change that, let AppArmor allow it to Sardonyx's Python: as root, write 'abi <abi/4.0>, include"
    " <tunables/global> profile sardonyx /usr/bin/python3.12 flags=(unconfined) { userns, }' into"
    " /etc/apparmor.d/sardonyx, and run apparmor_parser -r /etc/apparmor.d/sardonyx. Or allow it to all programs: sysctl"
    " kernel.apparmor_restrict_unprivileged_userns=0."
)


@pytest.mark.parametrize(
    ("is_root", "closed", "is_restricted", "said"),
    [
        pytest.param(
            False, (NAMESPACES,), False, f"To change that, as root: sysctl user.max_user_namespaces=10000.{KEEP}",
            id="none allowed",
        ),
        pytest.param(
            False, (NAMESPACES, CLONE), False,
            "To change that, as root: sysctl user.max_user_namespaces=10000, sysctl"
            f" kernel.unprivileged_userns_clone=1.{KEEP}",
            id="Debian",
        ),
        pytest.param(False, (), True, PROFILE, id="Ubuntu"),
        pytest.param(
            False, (CLONE,), True,
            f"To change that, as root: sysctl kernel.unprivileged_userns_clone=1.{KEEP} {PROFILE}",
            id="Ubuntu and Debian",
        ),
        pytest.param(True, (), False, IN_A_CONTAINER, id="root in a container"),
        pytest.param(True, (CLONE,), True, IN_A_CONTAINER, id="what binds ordinary users only does not bind root"),
        pytest.param(
            True, (NAMESPACES,), False, f"To change that, as root: sysctl user.max_user_namespaces=10000.{KEEP}",
            id="root, none allowed",
        ),
        pytest.param(False, (), False, ANY, id="nothing found"),
    ],
)  # fmt: skip
def test_the_remedy_is_for_what_is_in_the_way(
    *, is_root: bool, closed: tuple[str, ...], is_restricted: bool, said: str
) -> None:
    """Each system has its own."""
    assert Obstacles(is_root, closed, is_restricted, PYTHON).remedy == said


def test_a_machine_is_looked_at(tmp_path: Path) -> None:
    """A system that does not know a sysctl is not forbidden by it."""
    for name, text in ((NAMESPACES, "0\n"), ("kernel/apparmor_restrict_unprivileged_userns", "1\n")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)

    found = Obstacles.here(tmp_path)

    assert (found.closed, found.is_restricted) == ((NAMESPACES,), True)
    assert Path(found.python).is_absolute()
    assert not Path(found.python).is_symlink()
