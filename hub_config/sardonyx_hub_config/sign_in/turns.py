"""Two people at one browser, one after the other: nothing of the first goes on when the second signs in."""

from jupyterhub.handlers.base import BaseHandler

from sardonyx_hub_config.services.people import PATH as CLASSES
from sardonyx_services.people.web.configuration import SESSION


def end_turn_of_another(handler: BaseHandler, name: str) -> None:
    """Sign out whoever is signed in at this browser, unless it is who signs in now.

    JupyterHub 6.1 gives the browser another person and lets the session go on, with what services know it by.

    Args:
        name: of who signs in now.
    """
    before = handler.get_current_user_cookie()
    if before is None or before.name == name:
        return
    handler.clear_login_cookie()
    handler.set_session_cookie()
    # The service remembers for seconds what the hub said of a token.
    handler.clear_cookie(SESSION, path=f"{handler.base_url}{CLASSES}")
