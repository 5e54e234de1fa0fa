"""Run the object store as a JupyterHub service: `python -m sardonyx_services.object_store CONFIGURATION`."""

import asyncio
import sys
from pathlib import Path

from sardonyx_services.object_store.configuration import ObjectStoreConfiguration
from sardonyx_services.object_store.store import Store, StoreError, namespaces_work
from sardonyx_services.parent import die_with_hub
from sardonyx_services.service_log import log_to


def main() -> None:
    """Run until the hub says stop."""
    die_with_hub()
    path = Path(sys.argv[1])
    configuration = ObjectStoreConfiguration.model_validate_json(path.read_text())
    log_to(configuration.log)
    if not configuration.without_namespaces and not namespaces_work():
        configuration = configuration.model_copy(update={"without_namespaces": True})
        configuration.write(path)
    try:
        raise SystemExit(asyncio.run(Store(configuration, path).run()))
    except StoreError as error:
        sys.stderr.write(f"Sardonyx, object store: {error}\n")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
