"""What is so in each image to which MLflow was added."""

from support.containers import Container

OF = "mlflow"
PATIENCE_S = 180
"""As the server has with it: it imports for long, the first time."""


def test_the_server_starts_it(server: Container) -> None:
    """Its page is there when it has begun, for which a client waits; it has its own database in the home."""
    assert "<title>MLflow</title>" in server.get("tools/mlflow/", patience_s=PATIENCE_S).text

    asked = server.get("tools/mlflow/api/2.0/mlflow/experiments/get-by-name?experiment_name=Default")
    assert asked.json()["experiment"]["lifecycle_stage"] == "active"


def test_what_it_is_made_of_is_among_its_parts(server: Container) -> None:
    """Beside the client, which is in the environment of the image."""
    assert {"pkg:pypi/mlflow", "pkg:pypi/mlflow-skinny"} <= server.parts()
