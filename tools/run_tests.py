"""Run one part of the tests: `python tools/run_tests.py PART [what pytest is told]`.

Two parts run at a time in CI, and a machine of two cores can then be late for what is about seconds. There, and nowhere
else, few tests that failed run once more, by themselves; which these were is said at the end.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

TESTS_FAILED = 1
"""pytest's exit code where tests ran and some of them failed, and nothing worse."""
FEW = 4


def main() -> int:
    """Return pytest's exit code."""
    part, *told = sys.argv[1:]
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


if __name__ == "__main__":
    sys.exit(main())
