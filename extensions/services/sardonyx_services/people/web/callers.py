"""From a request to who asks, and whether it came from a page of ours."""

import hmac

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from sardonyx_services.people.records import PersonRecord
from sardonyx_services.people.store import PeopleStore
from sardonyx_services.people.web.classes.seat import Caller
from sardonyx_services.people.web.configuration import SESSION
from sardonyx_services.people.web.errors import NobodyHereError, NotOpenError, NotSignedInError
from sardonyx_services.people.web.makers import MakerRules
from sardonyx_services.people.web.sign_in import SignIn
from sardonyx_spawner.language import LANGUAGES, _, speak, wished

STATE = "sardonyx-people-sign-in"
"""Cookie of a sign-in that is under way; `SESSION` is the one of who has signed in."""
SAFE = ("GET", "HEAD")
SIGN_HEADER, SIGN_FIELD = "x-xsrftoken", "_xsrf"
ACCESS = ("access:services", "access:services!service=people")
OF_COMMANDS = ("classes/", "events/", "operation/classes", "operation/events")
"""What commands do for the operator, below the path of the API."""
MOST_FIELDS = 3_000
LARGEST_FIELD = 8 << 20


class Callers:
    """Finds out who asks, and speaks their language.

    Args:
        makers: who may make what.
        language: of who has chosen none.
        api: path below which nothing is a page.
        operator: whoever types commands on the machine itself, and the token that they show.
    """

    def __init__(
        self,
        sign_in: SignIn,
        people: PeopleStore,
        makers: MakerRules,
        language: str,
        *,
        api: str,
        operator: tuple[Caller, str],
    ) -> None:
        self._sign_in, self._people, self._api = sign_in, people, api
        self._makers, self._language = makers, language
        self._operator, self._operator_token = operator

    async def of(self, request: Request) -> Caller:
        """Return who asks.

        Raises:
            NotSignedInError: nobody whom the hub knows, or somebody who was removed.
            NotOpenError: the token is for something else, or the request is not from a page of ours.
            AwayError: the hub does not answer.
        """
        self.speak_to(request)
        token = _of_a_program(request)
        if self._is_command(request, token):
            return self._operator
        if not token:
            token = self._sign_in.token(request.cookies.get(SESSION, ""))
            if not token:
                raise NotSignedInError
            await self._look_whether_ours(request, token)
        model = await self._sign_in.model(token)
        # The token of a server is somebody's, too, and not for this.
        if not any(scope in model.get("scopes", ()) for scope in ACCESS):
            raise NotOpenError(_("This token is not for classes. Make one on the page “Keys for programs”."))
        return await self._caller(str(model["name"]), frozenset(map(str, model.get("groups", ()))))

    def sign(self, request: Request) -> str:
        """Return what a form has in it that is shown in this session."""
        return self._sign_in.sign(self._sign_in.token(request.cookies.get(SESSION, "")))

    def speak_to(self, request: Request) -> None:
        """Speak the language that a browser asks for, until it is known who sits there."""
        speak(wished(request.headers.get("accept-language", "")) or self._language)

    def _is_command(self, request: Request, token: str) -> bool:
        below = tuple(f"{self._api}{each}" for each in OF_COMMANDS)
        is_operators = token != "" and hmac.compare_digest(token, self._operator_token)
        return is_operators and request.url.path.startswith(below)

    async def _caller(self, name: str, groups: frozenset[str]) -> Caller:
        found = await run_in_threadpool(self._find, name)
        if found is None:
            raise NobodyHereError
        person, language = found
        if language in LANGUAGES:
            speak(language, name)
        return Caller(
            id=person.id,
            name=name,
            full_name=person.full_name,
            is_admin=person.is_admin,
            may_make=self._makers.may_make_classes(person, groups),
            may_make_events=self._makers.may_make_events(person, groups),
            is_temporary=person.is_temporary,
            could_start=self._makers.could_start,
        )

    def _find(self, name: str) -> tuple[PersonRecord, str] | None:
        person = self._people.by_name(name)
        return (person, self._people.languages.of(name)) if person is not None else None

    async def _look_whether_ours(self, request: Request, token: str) -> None:
        """Make sure that a browser was not sent here by somebody's page, on this host or elsewhere."""
        sign = request.headers.get(SIGN_HEADER, "")
        # All servers of a place have its address on the web: a page of one could read ours, and what signs its forms.
        is_read = request.method in SAFE
        is_page = not request.url.path.startswith(self._api)
        # What is no page says to no browser that nobody else may look into its window.
        if is_read and is_page and request.headers.get("sec-fetch-mode", "navigate") == "navigate":
            return
        if not sign and not is_read:
            form = await request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=LARGEST_FIELD)
            field = form.get(SIGN_FIELD)
            sign = field if isinstance(field, str) else ""
        if not self._sign_in.is_signed(token, sign):
            raise NotOpenError(_("This did not come from a page of this place, or the page is old. Load it again."))


def _of_a_program(request: Request) -> str:
    words = request.headers.get("authorization", "").split()
    is_token = len(words) == 2 and words[0].lower() in {"token", "bearer"} and words[1].isascii()  # noqa: PLR2004 - scheme and token
    return words[1] if is_token else ""
