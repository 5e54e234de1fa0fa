"""Print the figures as a table, and write build/bench.json: `make bench`, `make bench ONLY=name`."""

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
# What several folders of tests share is in tests/support; tools has what builds images.
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "tools")]
RESULT = HERE.parents[1] / "build" / "bench.json"
FIELDS = ("name", "value", "unit", "baseline", "baseline_value", "ratio")


def benches() -> dict[str, Callable[[], list[dict[str, Any]]]]:
    """Return the measurements: the function bench_NAME of each NAME.py beside this file."""
    found = {}
    for path in sorted(HERE.glob("*.py")):
        if path.name == Path(__file__).name:
            continue
        spec = importlib.util.spec_from_file_location(f"bench_{path.stem}", path)
        if spec is None or spec.loader is None:
            continue
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found[path.stem] = getattr(module, f"bench_{path.stem}")
    return found


def main() -> None:
    """Measure what was asked for."""
    wanted = sys.argv[1:]
    there = benches()
    unknown = [name for name in wanted if name not in there]
    if unknown:
        sys.stderr.write(f"There is no bench {unknown[0]}. There are: {', '.join(there)}.\n")
        raise SystemExit(1)
    rows = [row for name in wanted or there for row in there[name]()]
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(rows, indent=1) + "\n")
    table = [FIELDS, *(tuple(_short(row[field]) for field in FIELDS) for row in rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(FIELDS))]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
