import socket

import pytest
from support.ports import free_ports

from sardonyx_hub_config.errors import OperatorError
from sardonyx_hub_config.ports import Ports
from sardonyx_hub_config.settings.whole import WebSettings
from sardonyx_hub_config.shipped import shipped


def test_the_inner_ports_follow_the_public_one() -> None:
    """An operator who sets one number knows all six, which the settings say where that is set."""
    ports = Ports(8000)

    assert (ports.hub, ports.proxy_api, ports.credentials) == (8001, 8002, 8003)
    assert (ports.object_store, ports.links, ports.people) == (8004, 8005, 8006)
    assert "# the six ports after it are used as well" in shipped("settings.yaml").read_text()
    assert "the six after it are used" in (WebSettings.model_fields["port"].description or "")


@pytest.mark.parametrize(
    ("offset", "purpose"),
    [
        pytest.param(0, "the web pages", id="public"),
        pytest.param(1, "the hub", id="hub"),
        pytest.param(2, "the proxy's control", id="proxy"),
        pytest.param(3, "the keys for data", id="credentials"),
        pytest.param(4, "the object store", id="store"),
        pytest.param(5, "links to files", id="links"),
    ],
)
def test_a_busy_port_is_named_with_its_purpose(offset: int, purpose: str) -> None:
    """The operator learns which port, what for, and how to choose another."""
    first = free_ports()
    port = first + offset
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()

        with pytest.raises(OperatorError) as caught:
            Ports(first).check("127.0.0.1", with_object_store=True)

    assert f"port {port} on 127.0.0.1, for {purpose}, is used by another program." in str(caught.value)
    assert "SARDONYX_PORT=" in str(caught.value)


def test_the_port_of_a_store_that_is_elsewhere_is_not_wanted() -> None:
    """With a store of one's own the fifth port may be busy."""
    first = free_ports()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first + 4))
        taken.listen()

        Ports(first).check("127.0.0.1", with_object_store=False)


def test_the_port_of_links_is_not_wanted_where_there_are_none() -> None:
    """The operator switched them off."""
    first = free_ports()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", first + 5))
        taken.listen()

        Ports(first).check("127.0.0.1", with_object_store=True, with_links=False)


def test_an_address_that_is_not_of_this_machine_is_explained() -> None:
    """The fault is in the settings, so the message points there."""
    with pytest.raises(
        OperatorError,
        match=r"192\.0\.2\.1 port 23456, for the web pages, cannot be used: .* Correct 'web' in the settings\.",
    ):
        Ports(23456).check("192.0.2.1", with_object_store=False)


@pytest.mark.parametrize("address", ["::1", "::"])
def test_a_busy_port_is_found_with_ipv6_too(address: str) -> None:
    """`::` is every network, IPv4 among them."""
    family = socket.AF_INET6 if address == "::1" else socket.AF_INET
    with socket.socket(family) as taken:
        taken.bind(("::1" if address == "::1" else "127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(OperatorError, match=f"port {port} on {address}, for the web pages, is used by another"):
            Ports(port).check(address, with_object_store=False)
