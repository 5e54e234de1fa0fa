"""Runs pip in the environment of the person's own."""

import os
import sys
from pathlib import Path

python = str(Path(os.environ["SARDONYX_PACKAGES"]) / "bin" / "python")
os.execv(python, [python, "-m", "pip", *sys.argv[1:]])  # noqa: S606 - it replaces this one
