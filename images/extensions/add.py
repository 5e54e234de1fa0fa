"""Gives VS Code the extensions of a list: `python add.py LIST TOOLS`."""

import sys
from pathlib import Path

from sardonyx_hub_config.tools.extensions import ExtensionError, add_extensions

try:
    add_extensions(Path(sys.argv[1]).read_text().splitlines(), Path(sys.argv[2]), Path("/dev/stdout"))
except ExtensionError as error:
    sys.exit(f"Sardonyx: {error}")
