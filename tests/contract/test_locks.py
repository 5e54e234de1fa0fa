"""What the lock files promise."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted([*ROOT.glob("locks/*.lock"), *ROOT.glob("hub_config/environments/*.lock")])


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_a_lock_names_no_package_registry_and_has_a_hash_for_each_package(lock: Path) -> None:
    """An operator behind a mirror changes nothing, and a package cannot be exchanged on the way."""
    text = lock.read_text()

    assert "://" not in text
    for package in re.split(r"\n(?=[a-z0-9])", text):
        assert "--hash=sha256:" in package, package.splitlines()[0]


def test_the_lock_of_the_proxy_names_no_package_registry() -> None:
    """The same for what npm installs."""
    text = (ROOT / "hub_config" / "sardonyx_hub_config" / "proxy" / "package-lock.json").read_text()

    assert '"integrity"' in text
    assert '"resolved"' not in text


def test_the_lock_of_the_jars_has_a_hash_for_each_and_all_that_was_asked_for() -> None:
    """What stands before a jar's name is no address; one that its roots lost would be missed at the first use only."""
    folder = ROOT / "hub_config" / "environments"
    lines = (folder / "spark.jars").read_text().splitlines()
    wanted = {line for line in (folder / "spark.jars.in").read_text().splitlines() if not line.startswith("#")}

    assert [line for line in lines if not re.fullmatch(r"[\w.-]+(:[\w.-]+){2} --hash=sha256:[0-9a-f]{64}", line)] == []
    assert wanted <= {line.split()[0] for line in lines}


@pytest.mark.parametrize(("lock", "part"), [("python", "base"), ("spark", "python")])
def test_what_an_image_adds_changes_no_release_of_what_is_below_it(lock: str, part: str) -> None:
    """Else the layer below would have files that nobody uses, and another JupyterLab in each image."""
    folder = ROOT / "hub_config" / "environments"

    assert releases(folder / f"{part}.lock") <= releases(folder / f"{lock}.lock")


def releases(lock: Path) -> set[str]:
    """Return what a lock file names, with versions."""
    return set(re.findall(r"^[a-z0-9][a-z0-9_.-]*==\S+", lock.read_text(), re.MULTILINE))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.stem)
def test_what_is_overridden_is_in_no_lock(lock: Path) -> None:
    """Left out because it costs a second at each start; a lock that was made without the overrides brings it back."""
    overridden = re.findall(r"^([a-z0-9-]+);", (ROOT / "locks" / "overrides.in").read_text(), re.MULTILINE)

    assert overridden == ["rfc3987-syntax"]
    assert not [name for name in overridden if re.search(rf"^{name}==", lock.read_text(), re.MULTILINE)]
