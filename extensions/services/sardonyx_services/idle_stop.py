"""Stop servers that nobody uses: jupyterhub-idle-culler, with a log of its own, ending with the hub."""

import sys
from pathlib import Path

from jupyterhub_idle_culler import IdleCuller

from sardonyx_services.parent import die_with_hub
from sardonyx_services.service_log import log_to


def main() -> None:
    """Run the culler: `python -m sardonyx_services.idle_stop LOG [its options]`."""
    die_with_hub()
    log_to(Path(sys.argv[1]))
    IdleCuller.launch_instance(sys.argv[2:])


if __name__ == "__main__":
    main()
