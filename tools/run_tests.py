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
import time
from pathlib import Path
from xml.etree import ElementTree as ET

TESTS_FAILED = 1
"""pytest's exit code where tests ran and some of them failed, and nothing worse."""
FEW = 4
LAST_LINES = 12
"""So much of what pytest says of a test that failed is said again at the end."""
GB = 10**9
LEAST_FREE_GB = {"cluster": 12, "images": 8}
"""What a part writes to the disk at most, with images and programs made anew; the data store keeps a reserve besides."""
USUAL_FREE_GB = 5
NO_ROOM = 7
"""An exit code beside pytest's own."""


def main() -> int:
    """Return pytest's exit code, and leave what there is to say of this part in `build/pytest/PART/end`."""
    part, *told = sys.argv[1:]
    # Of its own: parts that run beside each other would write over what failed in the other.
    cache = Path("build/pytest") / part
    began = time.monotonic()
    if short := without_room(part):
        code, end = NO_ROOM, short
    else:
        code, end = run([sys.executable, "-m", "pytest", "-o", f"cache_dir={cache}", *told], cache)
    end = f"{end}\n{part}: {(time.monotonic() - began) / 60:.0f} min, pytest's exit code {code}\n".lstrip()
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "end").write_text(end)
    sys.stdout.write(end)
    return code


def run(pytest: list[str], cache: Path) -> tuple[int, str]:
    """Run the tests, in CI a few that failed once more; return the exit code, and which failed."""
    report = cache / "report.xml"
    pytest = [*pytest, f"--junit-xml={report}"]
    code = subprocess.call(pytest)
    if code != TESTS_FAILED:
        return code, ""
    failed, reasons = last_failed(cache), last_lines(report)
    if "CI" not in os.environ or len(failed) > FEW:
        return code, f"{listed('Failed:', failed)}\n{reasons}"
    code = subprocess.call([*pytest, "--last-failed"])
    still = last_failed(cache) if code else []
    passed_alone = [test for test in failed if test not in still]
    ends = [listed("Failed beside other tests, and passed alone:", passed_alone), reasons]
    if code:
        ends += [listed("Failed twice:", still), last_lines(report)]
    return code, "\n".join(filter(None, ends))


def last_failed(cache: Path) -> list[str]:
    """Return what failed in the run before, by pytest's own record."""
    return sorted(json.loads((cache / "v/cache/lastfailed").read_text()))


def listed(words: str, tests: list[str]) -> str:
    """Return a line for each test under the words; "" = there is none."""
    return "\n  ".join([words, *tests]) if tests else ""


def last_lines(report: Path) -> str:
    """Return the end of what pytest's report says of the first few tests that failed: where, and why."""
    said = []
    for case in ET.parse(report).iter("testcase"):  # noqa: S314 - pytest has just written it
        for problem in (*case.iter("failure"), *case.iter("error")):
            lines = (problem.text or "").strip().splitlines()[-LAST_LINES:]
            said.append("\n    | ".join([f"  {case.get('name')}:", *lines]))
    return "\n".join(said[:FEW])


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
