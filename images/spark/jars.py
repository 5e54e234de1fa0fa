"""Gives PySpark the jars that it lacks: `python jars.py LOCK ENVIRONMENT`."""

import sys
from pathlib import Path

from sardonyx_hub_config.jars import give_jars

give_jars(Path(sys.argv[1]), Path(sys.argv[2]), Path("/dev/stdout"))
