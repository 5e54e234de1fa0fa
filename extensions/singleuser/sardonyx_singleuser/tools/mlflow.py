"""MLflow: a tracking server of the person's own, with its database in the home and artifacts in the person's storage."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urljoin

from sardonyx_singleuser import contract
from sardonyx_singleuser.language import N_
from sardonyx_singleuser.tools.tool import Place, Start, Tool, program

FOLDER = "mlflow"
TRACKING = "MLFLOW_TRACKING_URI"


PAGES = "lib/python3*/site-packages/mlflow/server/js"


def _find(variables: Mapping[str, str]) -> str:
    found = program("mlflow", "mlflow")(variables)
    # The client alone, mlflow-skinny, has a command of the same name.
    return found if found and any(Path(found).parents[1].glob(PAGES)) else ""


def _start(mlflow: str, place: Place) -> Start:
    own = place.home / ".local" / "share" / "mlflow"
    own.mkdir(parents=True, exist_ok=True)
    storage = place.variables.get(contract.S3_HOME, "")
    artifacts = f"{storage.rstrip('/')}/{FOLDER}" if storage else str(own / "artifacts")
    return Start(
        (
            *(mlflow, "server", "--backend-store-uri", f"sqlite:///{own / 'mlflow.db'}"),
            # Clients send artifacts through it, and so need no keys.
            *("--artifacts-destination", artifacts, "--serve-artifacts"),
            *("--static-prefix", place.prefix, "--workers", "1"),
            *("--uvicorn-opts", f"--uds {place.socket} --log-level info"),
            # The hub's sign-in is before it, and nothing else can connect.
            *("--allowed-hosts", "*", "--cors-allowed-origins", "*", "--x-frame-options", "SAMEORIGIN"),
        ),
        own,
        # Its own queue for evaluations by language models: four more processes, each of 200 MB.
        {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"},
        # It imports for long, the first time.
        patience_s=180.0,
    )


def client_variables(variables: Mapping[str, str]) -> dict[str, str]:
    """Return what lets MLflow's clients in this server find the person's own tracking server; {} where there is none.

    They come as the person's browser does, with the server's own token; what their operator or profile chose stays.
    """
    if TRACKING in variables or not MLFLOW.find(variables):
        return {}
    place, prefix = variables.get(contract.ADDRESS, ""), variables.get("JUPYTERHUB_SERVICE_PREFIX", "")
    if not place or not prefix:
        return {}
    return {
        # The prefix begins with the path of the place, if that has one.
        TRACKING: urljoin(place, f"{prefix}tools/{MLFLOW.name}"),
        "MLFLOW_TRACKING_TOKEN": variables.get("JUPYTERHUB_API_TOKEN", ""),
        # The first call starts it, which takes longer than a client waits for each of its tries.
        "MLFLOW_HTTP_REQUEST_TIMEOUT": "180",
    }


MLFLOW = Tool(
    name="mlflow",
    title="MLflow",
    description=N_("Runs, metrics, artifacts and models of your experiments"),
    find=_find,
    start=_start,
    icon="M4 19V5m0 14h16M7.500 15.500l3.500-4.500 3 2.500 4.500-7",
    keeps_prefix=True,
)
