"""Container images for the tests: built by podman once for each state of what goes into them, outside of the clone."""

import hashlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from image_recipes import CODE_SERVER, TOOLS, VSCODE, ancestry, chain
from images import Builder, Engine
from support.kept_folder import kept_folder

from sardonyx_services.exclusive import exclusive

SUITE = "trixie"
"""The release of Debian that the images stand on."""
NEEDED = ("podman", "runc", "debootstrap")
KEPT_S = 7 * 86400
"""What no test has asked for so long is removed."""
LAST_KEPT_S = 3 * 3600
"""What has our own package in it: it is large, made in a minute, and another one with each change of ours."""
# As root in a container: no ulimits that it may not set, and a runtime that works with old control groups.
CONFIGURATION = """\
[containers]
default_ulimits = []
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""
LEFT_OUT = ("doc", "groff", "info", "linda", "lintian", "locale", "man")
SLIM = {
    "etc/dpkg/dpkg.cfg.d/docker": "".join(f"path-exclude /usr/share/{part}/*\n" for part in LEFT_OUT)
    + "path-include /usr/share/doc/*/copyright\n",
    "etc/apt/apt.conf.d/docker-clean": """\
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };
APT::Update::Post-Invoke { "rm -f /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
""",
}
"""As those images have it, by its place."""
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
JAVA_CERTIFICATES = "/root/.config/cacerts"


@cache
def builder() -> Builder:
    """Return what builds images here; a test that needs it is skipped where that cannot be."""
    if missing := [program for program in NEEDED if shutil.which(program) is None]:
        pytest.skip(f"images cannot be built here without {', '.join(missing)}. On Debian: {' '.join(NEEDED)}")
    if os.geteuid() != 0:
        pytest.skip("the Debian that images of the tests stand on is made by debootstrap, as root only")
    folder = cache_folder()
    (folder / "machine").mkdir(parents=True, exist_ok=True)
    (folder / "containers.conf").write_text(CONFIGURATION)
    os.environ["CONTAINERS_CONF"] = str(folder / "containers.conf")
    podman = ("podman", "--root", str(folder / "containers"), "--runroot", str(folder / "run"))
    options = ("--isolation=chroot", "--network=host", "--format=docker", "--layers=false")
    engine = Engine(podman, (*options, *machine_options(folder / "machine")))
    with exclusive(folder / "debian.lock"):
        base, base_key = _debian(engine, folder)
    return Builder(engine, base, base_key, folder / "built", "tests")


@cache
def built_image(name: str) -> str:
    """Return an image as it is run, by the name that podman has for it."""
    image = builder().image(name)
    made_with = [TOOLS, *([CODE_SERVER] if VSCODE in ancestry(name) else [])]
    used(builder().base, *(builder().packages(each) for each in (*made_with, *chain(name))), kept_s=KEPT_S)
    used(image, kept_s=LAST_KEPT_S)
    return image


def image_file(name: str) -> Path:
    """Return an image as a file that `ctr -n k8s.io images import` and `podman load` read."""
    image = built_image(name)
    folder = cache_folder() / "files"
    folder.mkdir(exist_ok=True)
    file = folder / f"{image.rpartition('/')[2].replace(':', '-')}.tar"
    with exclusive(folder / f"{name}.lock"):
        if not file.exists():
            builder().engine.save(image, file)
        file.touch()
        for old in folder.glob("*.tar"):
            if time.time() - old.stat().st_mtime > LAST_KEPT_S:
                old.unlink(missing_ok=True)
    return file


def about(image: str) -> dict[str, Any]:
    """Return what is said of an image."""
    asked = [*builder().engine.command, "image", "inspect", image]
    found = json.loads(subprocess.run(asked, capture_output=True, check=True).stdout)
    return dict(found[0])


@contextmanager
def files(image: str) -> Iterator[Path]:
    """Give the folder with what is in an image."""
    podman = builder().engine.command
    mounted = subprocess.run([*podman, "image", "mount", image], capture_output=True, text=True, check=True)
    try:
        yield Path(mounted.stdout.strip())
    finally:
        subprocess.run([*podman, "image", "unmount", image], capture_output=True, check=True)


def cache_folder() -> Path:
    """Return the place of all this."""
    return kept_folder("images")


def machine_options(folder: Path) -> list[str]:
    """Return what lets builds reach package registries as this machine does; it is mounted, and in no image."""
    (folder / "uv.toml").write_text("native-tls = true\n")
    npm = Path.home() / ".npmrc"
    (folder / "npmrc").write_text(f"{npm.read_text() if npm.exists() else ''}\ncafile={CERTIFICATES}\n")
    (folder / "npmrc").chmod(0o600)
    own = Path("/etc/ssl/certs/java/cacerts")
    (folder / "java.options").write_text(f"-Djavax.net.ssl.trustStore={JAVA_CERTIFICATES}\n" if own.exists() else "")
    places = {
        folder / "uv.toml": "/root/.config/uv/uv.toml",
        folder / "npmrc": "/root/.npmrc",
        folder / "java.options": "/root/.config/java.options",
        CERTIFICATES: str(CERTIFICATES),
        own: JAVA_CERTIFICATES,
    }
    for configuration in pip_configurations():
        places[configuration] = "/root/.config/pip/pip.conf"
    return [f"--volume={place}:{inside}:ro" for place, inside in places.items() if place.exists()]


def pip_configurations() -> list[Path]:
    """Return pip's settings on this machine: the one that counts, if there is one."""
    found = [path for path in (Path.home() / ".config/pip/pip.conf", Path("/etc/pip.conf")) if path.exists()]
    return found[:1]


def _debian(engine: Engine, folder: Path) -> tuple[str, str]:
    """Make the Debian below all others, like the one that registries have; return its name and its key."""
    # A new one each week, with what Debian has mended.
    key = f"{SUITE}-{int(time.time() // KEPT_S)}-{hashlib.sha256(repr(SLIM).encode()).hexdigest()[:6]}"
    image = f"localhost/sardonyx-build/debian:{key}"
    if not engine.has(image):
        root = folder / "debian"
        shutil.rmtree(root, ignore_errors=True)
        with (folder / "debian.log").open("wb") as log:
            # With what else would be written over where the machine's own is mounted.
            command = ["debootstrap", "--variant=minbase", "--include=ca-certificates", SUITE, str(root)]
            subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=True)
        _slim(root)
        with subprocess.Popen(["tar", "-C", str(root), "-c", "."], stdout=subprocess.PIPE) as packed:
            subprocess.run(
                [*engine.command, "import", "--quiet", "-", image], stdin=packed.stdout, check=True, capture_output=True
            )
        shutil.rmtree(root)
    return image, key


def _slim(root: Path) -> None:
    """Leave out what Debian's slim images leave out, now and in what is installed later."""
    for file, text in SLIM.items():
        (root / file).write_text(text)
    for folder in (*(root / "usr/share" / part for part in LEFT_OUT), root / "var/cache/apt"):
        shutil.rmtree(folder, ignore_errors=True)


def used(*images: str, kept_s: int) -> None:
    """Remember that images were used, and remove those of their kind that nobody has used for so long."""
    stamps = cache_folder() / f"used-{kept_s}"
    stamps.mkdir(exist_ok=True)
    for image in images:
        (stamps / hashlib.sha256(image.encode()).hexdigest()[:16]).write_text(image)
    for stamp in stamps.iterdir():
        # Another run may remove the same ones.
        with suppress(FileNotFoundError):
            if time.time() - stamp.stat().st_mtime > kept_s:
                command = [*builder().engine.command, "rmi", stamp.read_text()]
                subprocess.run(command, capture_output=True, check=False)
                stamp.unlink()
