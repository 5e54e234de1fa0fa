"""What the doctor says of a service of copies that does not answer."""

import pytest
from support.ports import free_ports

from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.looks.cluster import look_at_copies


def test_a_service_that_does_not_answer_is_said_with_what_that_means() -> None:
    """Nobody is without their repository, so that there is time to look."""
    address = f"http://127.0.0.1:{free_ports()}"

    with pytest.raises(OperatorError) as caught:
        look_at_copies(f"{address}/copies")

    assert f"the service of copies does not answer at {address}/health: " in str(caught.value)
    assert "Servers get their repositories from the forge meanwhile." in str(caught.value)
