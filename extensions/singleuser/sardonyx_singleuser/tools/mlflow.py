"""MLflow: a tracking server of the person's own, with its database in the home and artifacts in the person's storage."""

from sardonyx_singleuser import contract
from sardonyx_singleuser.tools.tool import Place, Start, Tool, ask_operator, program

FOLDER = "mlflow"


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
            *("--allowed-hosts", "*", "--cors-allowed-origins", "*"),
        ),
        own,
        {"MLFLOW_DISABLE_TELEMETRY": "true"},
    )


MLFLOW = Tool(
    name="mlflow",
    title="MLflow",
    description="Runs, metrics, artifacts and models of your experiments",
    category="Other",
    find=program("mlflow", "mlflow"),
    start=_start,
    how_to_get=ask_operator("mlflow"),
    keeps_prefix=True,
    ready_path="/health",
)
