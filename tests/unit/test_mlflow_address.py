"""Where MLflow's clients in a server find the person's own tracking server."""

from pathlib import Path

import pytest

from sardonyx_singleuser.tools.mlflow import MLFLOW, client_variables

PAGES = Path("lib/python3.11/site-packages/mlflow/server/js")


def server(environment: Path) -> None:
    """Put a tracking server there, with the pages that it shows."""
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "mlflow").touch(0o755)
    (environment / PAGES).mkdir(parents=True)


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
    server(tmp_path / "mlflow")
    told = {"SARDONYX_TOOLS": str(tmp_path), "SARDONYX_ADDRESS": place, "JUPYTERHUB_SERVICE_PREFIX": prefix}

    assert client_variables(told)["MLFLOW_TRACKING_URI"] == address


def test_a_client_alone_is_no_server(tmp_path: Path) -> None:
    """Each environment that is shipped has one, with a command of the same name."""
    told = {
        "PATH": str(tmp_path / "own" / "bin"),
        "SARDONYX_ADDRESS": "https://x.org",
        "JUPYTERHUB_SERVICE_PREFIX": "/",
    }
    server(tmp_path / "own")
    assert client_variables(told)

    (tmp_path / "own" / PAGES).rmdir()

    assert client_variables(told) == {}
    assert MLFLOW.find(told) == ""
