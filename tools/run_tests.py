"""Run one part of the tests: `python tools/run_tests.py PART [what pytest is told]`.

Two parts run at a time in CI, and a machine of two cores can then be late for what is about seconds. There, and nowhere
else, few tests that failed run once more, by themselves; which these were is said at the end.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS_FAILED = 1
"""pytest's exit code where tests ran and some of them failed, and nothing worse."""
FEW = 4
GB = 10**9
LEAST_FREE_GB = {"cluster": 12, "images": 8}
"""What a part writes to the disk at most, with images and programs made anew; the data store keeps a reserve besides."""
USUAL_FREE_GB = 5
NO_ROOM = 7
"""An exit code beside pytest's own."""


def main() -> int:
    """Return pytest's exit code."""
    part, *told = sys.argv[1:]
    if short := without_room(part):
        sys.stdout.write(f"{short}\n")
        return NO_ROOM
    # Of its own: parts that run beside each other would write over what failed in the other.
    cache = Path("build/pytest") / part
    pytest = [sys.executable, "-m", "pytest", "-o", f"cache_dir={cache}", *told]
    code = subprocess.call(pytest)
    if code != TESTS_FAILED or "CI" not in os.environ:
        return code
    failed = sorted(json.loads((cache / "v/cache/lastfailed").read_text()))
    if len(failed) > FEW:
        return code
    code = subprocess.call([*pytest, "--last-failed"])
    if code == 0:
        sys.stdout.write("Failed beside other tests, and passed alone:\n" + "".join(f"  {test}\n" for test in failed))
    return code


def without_room(part: str) -> str:
    """Say which disk has too little room for a part of the tests; "" = none has.

    A full disk shows in many places at once, as stores that refuse, and nowhere as what it is.
    """
    least = LEAST_FREE_GB.get(part, USUAL_FREE_GB)
    for folder in (Path(tempfile.gettempdir()), Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")):
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free / GB
        if free < least:
            return (
                f"The tests of the part '{part}' need {least} GB on the disk of {folder}, and {free:.1f} GB are free there."
                " Make room, or name another place: TMPDIR, XDG_CACHE_HOME."
            )
    return ""


if __name__ == "__main__":
    sys.exit(main())
