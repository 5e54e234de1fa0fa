"""Renew a lock file of jars: `python tools/lock_jars.py PYSPARK JARS.in LOCK`, with PYSPARK's folder of jars.

The roots in JARS.in need more than PySpark lacks: what it has itself, in whichever version, is left out.
"""

import hashlib
import re
import sys
import tempfile
from pathlib import Path

from sardonyx_hub_config.jars import fetch, read_jars

NOT_WANTED = ("bundle", "commons-logging")
"""All of AWS's clients in one, of 690 MB, and what PySpark has under another name."""


def name_of(file: str) -> str:
    """Return a jar's name without its version."""
    return re.split(r"-\d", file, maxsplit=1)[0]


def main() -> None:
    """Write the lock file."""
    home, roots, lock = map(Path, sys.argv[1:])
    there = {name_of(jar.name) for jar in home.glob("*.jar")}
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        got = fetch(read_jars(roots), home, Path(folder), log, without={*there, *NOT_WANTED})
        for file in sorted(got.glob("*.jar")):
            group, name, version = file.stem.split(":")
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            lines.append(f"{group}:{name}:{version} --hash=sha256:{digest}\n")
    lock.write_text("".join(lines))


if __name__ == "__main__":
    main()
