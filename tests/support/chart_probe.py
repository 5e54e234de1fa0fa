"""An image in the place of the hub's that says what it finds: what the chart makes of a Pod is tried with it, and nothing else."""

import io
import tarfile
from pathlib import Path

from support.cluster.images import BUSYBOX, write_image

IMAGE = "sardonyx/hub:0.1.0"
PROGRAM = """#!/bin/busybox sh
set -eu
cd /tmp
serve() {
  busybox httpd -f -p "$1" -h www &
  # The first program of a container ends by no signal that it has not asked for.
  trap 'exit 0' TERM
  wait
}
case "$1" in
check)
  if busybox grep -q 'title: Wrong' "$2"; then
    echo "Sardonyx: the settings have one fault: line 1, title: is wrong."
    exit 1
  fi
  ;;
hub)
  echo "user $(busybox id -u):$(busybox id -g)"
  for file in /etc/sardonyx/secrets/*; do
    if [ -f "$file" ]; then echo "secret $(busybox cat "$file") $(busybox stat -L -c '%a %u:%g' "$file")"; fi
  done
  umask 077
  busybox mkdir -p "$SARDONYX_DATA"
  [ -f "$SARDONYX_DATA/key" ] || busybox date +%s%N > "$SARDONYX_DATA/key"
  echo "key $(busybox cat "$SARDONYX_DATA/key") $(busybox stat -c '%a %u:%g' "$SARDONYX_DATA/key")"
  echo "folder $(busybox stat -c '%a %u:%g' "$SARDONYX_DATA")"
  if busybox touch /root-is-open 2>/dev/null; then echo "root open"; else echo "root shut"; fi
  busybox mkdir -p www/hub
  echo ok > www/hub/health
  serve 8001
  ;;
proxy)
  busybox mkdir -p www
  echo ok > www/_chp_healthz
  serve 8000
  ;;
esac
"""


def probe_image(path: Path) -> Path:
    """Write the archive of the image."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tree:
        for folder in ("bin", "etc", "tmp"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            tree.addfile(entry)
        for name, data in (("bin/busybox", BUSYBOX.read_bytes()), ("bin/sardonyx", PROGRAM.encode())):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o755
            tree.addfile(entry, io.BytesIO(data))
    write_image(path, IMAGE, layer.getvalue(), {"Env": ["PATH=/bin"], "User": "1000"})
    return path
