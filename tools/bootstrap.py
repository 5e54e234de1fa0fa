"""Make or renew an environment from a lock file: `python3 tools/bootstrap.py FOLDER LOCK [--wheels]`.

The hub side is installed editable, or with --wheels both sides as the wheels that a release would have.

Standard library only, and old syntax on purpose: it is what tells somebody with an old Python what is wrong.
"""

import glob
import hashlib
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
UV_LOCK = os.path.join(ROOT, "locks", "uv.lock")
PACKAGES = ("pyproject.toml", os.path.join("extensions", "singleuser", "pyproject.toml"))
TRANSLATIONS = os.path.join("spawner", "sardonyx_spawner", "locale", "*", "LC_MESSAGES", "*.po")
NEEDED = (("git", "git"), ("unshare", "util-linux"))
INSTALL_HINT = (
    "  Debian, Ubuntu: sudo apt-get install python3 python3-venv make git util-linux\n"
    "  Fedora:         sudo dnf install python3 make git util-linux"
)


def stop(message):
    """End with a message and exit status 1."""
    sys.stderr.write("Sardonyx: " + message + "\n")
    raise SystemExit(1)


def check_machine():
    """Stop with a clear sentence where Sardonyx cannot run."""
    if not sys.platform.startswith("linux"):
        stop("this machine runs %s. Sardonyx runs on Linux: use a Linux machine or a virtual one." % sys.platform)
    if sys.version_info < (3, 11):
        stop(
            "this is Python %d.%d, and 3.11 or newer is needed. Name a newer one: make up PYTHON=python3.12"
            % sys.version_info[:2]
        )
    missing = [package for program, package in NEEDED if shutil.which(program) is None]
    if missing:
        stop("these packages are missing: %s. Install them:\n%s" % (", ".join(missing), INSTALL_HINT))


def fingerprint(lock, wheels):
    """Return a text that changes whenever the environment has to be renewed.

    An editable install reads the code itself, but not the translations: those are compiled by it.
    """
    digest = hashlib.sha256(sys.version.encode())
    translations = [] if wheels else sorted(glob.glob(os.path.join(ROOT, TRANSLATIONS)))
    for path in [lock, UV_LOCK, *(os.path.join(ROOT, name) for name in PACKAGES), *translations]:
        with open(path, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def run(command):
    """Run a command; on failure show what it said."""
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT, check=False)
    if result.returncode != 0:
        sys.stderr.write(result.stdout.decode(errors="replace"))
        stop(
            "'%s' failed, see above. Nothing was lost: mend the cause and run the same command again."
            % " ".join(command)
        )


def main():
    """Renew the environment if its lock file changed."""
    check_machine()
    folder, lock = (os.path.join(ROOT, name) for name in sys.argv[1:3])
    wheels = "--wheels" in sys.argv[3:]
    stamp = os.path.join(folder, "sardonyx-stamp")
    wanted = fingerprint(lock, wheels)
    if not _says(stamp, wanted):
        install(folder, lock, wheels)
        with open(stamp, "w") as file:
            file.write(wanted)
    if wheels:
        install_wheels(folder)


def install(folder, lock, wheels):
    """Install everything that the lock file names, and our own packages as editable ones unless wheels follow."""
    began = time.monotonic()
    sys.stderr.write("Installing packages (only the first time and after an upgrade) ...\n")
    python = os.path.join(folder, "bin", "python")
    run([sys.executable, "-m", "venv", "--clear", folder])
    pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes"]
    run([*pip, "--requirement", UV_LOCK])
    uv = [os.path.join(folder, "bin", "uv"), "pip"]
    # Else each process that starts compiles what it imports, wherever Python may not or does not write that down: with
    # PYTHONDONTWRITEBYTECODE a hub needs four times as long until it answers, and each command, too.
    run([*uv, "sync", "--quiet", "--compile-bytecode", "--python", python, "--require-hashes", lock])
    if not wheels:
        run([*uv, "install", "--quiet", "--python", python, "--no-deps", "--editable", ROOT])
    sys.stderr.write("Packages are there after %.0f s.\n" % (time.monotonic() - began))


def install_wheels(folder):
    """Build both wheels from the working tree and install them."""
    python, uv = (os.path.join(folder, "bin", name) for name in ("python", "uv"))
    out = os.path.join(ROOT, "build", "wheels")
    shutil.rmtree(out, ignore_errors=True)
    for source in (ROOT, os.path.join(ROOT, "extensions", "singleuser")):
        build = [uv, "build", "--quiet", "--wheel", "--no-build-isolation", "--python", python, "--out-dir", out]
        run([*build, source])
    built = [os.path.join(out, name) for name in os.listdir(out) if name.endswith(".whl")]
    install = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, "--no-deps", "--reinstall"]
    run([*install, *built])


def _says(stamp, wanted):
    """Tell whether the stamp of an earlier run holds this text."""
    if not os.path.exists(stamp):
        return False
    with open(stamp) as file:
        return file.read() == wanted


if __name__ == "__main__":
    main()
