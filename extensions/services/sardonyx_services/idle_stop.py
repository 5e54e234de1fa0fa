"""Stop servers that nobody uses: jupyterhub-idle-culler, with a log of its own, ending with the hub.

How long that is can be said for each profile: our spawner keeps it in a server's state, which the culler's hook is given.
"""

import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from jupyterhub_idle_culler import IdleCuller
from traitlets.config import Config

from sardonyx_services.parent import die_with_hub
from sardonyx_services.service_log import log_to


def is_idle(inactive: timedelta | None, inactive_limit: float, server: Mapping[str, Any]) -> bool:
    """Tell whether a server is to be stopped.

    Args:
        inactive: since it was last used; None = that is not known.
        inactive_limit: seconds, for a server that has no limit of its own; 0 = it goes on.
        server: its model, as the hub's REST API tells it to who may see its state.
    """
    own = (server.get("state") or {}).get("idle_stop_s")
    after_s = inactive_limit if own is None else own
    return inactive is not None and after_s > 0 and inactive.total_seconds() >= after_s


def main() -> None:
    """Run the culler: `python -m sardonyx_services.idle_stop LOG [its options]`."""
    die_with_hub()
    log_to(Path(sys.argv[1]))
    config = Config()
    config.IdleCuller.cull_arbiter_hook = is_idle
    IdleCuller.launch_instance(sys.argv[2:], config=config)


if __name__ == "__main__":
    main()
