"""Where MLflow's clients in a server find the person's own tracking server."""

from pathlib import Path

import pytest

from sardonyx_singleuser.tools.mlflow import client_variables


@pytest.mark.parametrize(
    ("place", "prefix", "address"),
    [
        pytest.param("https://x.org", "/user/ann/", "https://x.org/user/ann/tools/mlflow", id="root"),
        pytest.param("https://x.org/a", "/a/user/ann/", "https://x.org/a/user/ann/tools/mlflow", id="path"),
        pytest.param(
            "http://[::1]:8000/a/b", "/a/b/user/ann/x/", "http://[::1]:8000/a/b/user/ann/x/tools/mlflow", id="long-path"
        ),
    ],
)
def test_the_path_of_a_place_stands_in_it_once(tmp_path: Path, place: str, prefix: str, address: str) -> None:
    """The server's own prefix has it already."""
    (tmp_path / "mlflow" / "bin").mkdir(parents=True)
    (tmp_path / "mlflow" / "bin" / "mlflow").touch()
    told = {"SARDONYX_TOOLS": str(tmp_path), "SARDONYX_ADDRESS": place, "JUPYTERHUB_SERVICE_PREFIX": prefix}

    assert client_variables(told)["MLFLOW_TRACKING_URI"] == address
