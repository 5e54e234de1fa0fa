"""Faults whose words are meant for the person, on the pages of the hub."""

from tornado.web import HTTPError

from sardonyx_spawner.language import english


class SaidError(HTTPError):
    """An HTTP error that says what happened and what to do; JupyterHub shows `jupyterhub_message` to the person.

    Its log gets the same in English.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, "%s", english(message))
        self.jupyterhub_message = message
        self.jupyterhub_html_message = ""
