"""Where an address may lead somebody after sign-in."""

import pytest

from sardonyx_hub_config.sign_in.next_page import below


@pytest.mark.parametrize(
    "address",
    [
        "/datalab/",
        "/datalab/hub/home",
        "/datalab/user/ann/lab/tree/a.b/..c?x=../y#z",
        "/datalab/user-redirect/git-pull?repo=https://git.example.org/a",
        "/datalab/user/ann/lab/tree/f%C3%BCr%20alle",
    ],
)
def test_a_page_of_this_place_is_led_to(address: str) -> None:
    """With all that stands in the address."""
    assert below(address, "/datalab/") == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/",
        "/datalab",
        "/datalabs/",
        "/other/hub/home",
        "/DATALAB/",
        "//datalab/",
        "/datalab/../other/",
        "/datalab/./x",
        "/datalab/%2e%2e/other/",
        "/datalab/.%2E/other/",
        "/datalab/x%2f..%2f..%2fother/",
        "/datalab/..%5c..%5cother/",
        "/datalab/..",
        "/datalab/.\t./other/",
        "https://x.org/other",
    ],
)
def test_another_page_of_the_same_host_is_not_led_to(address: str) -> None:
    """It belongs to somebody else; browsers take steps up out of an address before they ask for it."""
    assert below(address, "/datalab/") == ""


def test_a_place_that_has_its_host_to_itself_leads_anywhere_on_it() -> None:
    """JupyterHub has looked at the host."""
    assert below("/a/../b", "/") == "/a/../b"
