"""The cookie that opens a server is sent to that server alone: another person's runs on the same host, with code of theirs."""

from typing import Any

from support.addresses import get


def test_cookies_are_for_the_address_of_the_server(forks: Any) -> None:
    """From the first one on, with which the sign-in begins; the fork server was made before anybody's address was known."""
    server = forks.start("gil")
    assert server.is_ready, server.log.read_text()

    answer = get(f"{server.url}lab", headers={"Accept": "text/html"}, timeout=10)

    assert answer.status_code == 302
    cookies = [[part.strip() for part in each.split(";")] for each in answer.headers.get_list("set-cookie")]
    assert cookies
    assert [each for each in cookies if "Path=/user/gil/" not in each] == []
