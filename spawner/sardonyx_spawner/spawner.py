"""What every engine of ours shares: from JupyterHub's user options to a plan, and to words for the person."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from jupyterhub.spawner import SpawnException
from traitlets import Any as AnyTrait
from traitlets import Callable as CallableTrait
from traitlets.config import LoggingConfigurable

from sardonyx_spawner.catalogue import Catalogue
from sardonyx_spawner.choice import Choice, choice_from_form, choice_from_json
from sardonyx_spawner.errors import ChoiceError, UserError
from sardonyx_spawner.form import render_form
from sardonyx_spawner.language import Said, english
from sardonyx_spawner.person import Person
from sardonyx_spawner.plan import ServerPlan
from sardonyx_spawner.planner import plan_server
from sardonyx_spawner.profiles import Profile
from sardonyx_spawner.quota_words import QuotaError, check, say_stored, say_use
from sardonyx_spawner.quotas import Account, Claim, Quotas, longest_life
from sardonyx_spawner.server_log import ServerLogs
from sardonyx_spawner.teams import TeamServer


class StartRefusedError(SpawnException):  # type: ignore[misc]  # JupyterHub is untyped
    """A start that cannot be, in words for the person; what only the operator may read goes to the log.

    JupyterHub 6.1 shows `jupyterhub_message`, which SpawnException does not set: without it a person reads the
    log message. Remove the two lines when upstream sets it.
    """

    def __init__(self, message: str, *, reason: str, status_code: int = 400, log_message: str = "") -> None:
        logged = log_message or english(message)
        super().__init__(message, reason=reason, status_code=status_code, log_message=logged)
        self.jupyterhub_message = message
        self.jupyterhub_html_message = ""


@dataclass(frozen=True)
class FormState:
    """A form that was sent and not accepted: shown again with what was wrong."""

    submitted: Mapping[str, list[str]]
    faults: tuple[UserError, ...]


class ProfileSpawner(LoggingConfigurable):
    """Mix-in, first among the bases of each engine's spawner; cannot itself be a Spawner (JupyterHub forbids it).

    Form and REST meet in `apply_plan`: the REST API skips the form's reader, so only what is checked there is checked.
    """

    catalogue_source = CallableTrait(help="() -> Catalogue: the catalogue in force.").tag(config=True)
    person_source = CallableTrait(help="(name, groups, is administrator) -> Person.").tag(config=True)

    quotas = AnyTrait(Quotas(), help="How much may be used (Quotas).").tag(config=True)
    hours_source = CallableTrait(
        lambda _kind, _key: 0,
        help="(kind, id of a person or slug of a profile) -> seconds for which servers ran in this month.",
    ).tag(config=True)

    stored_source = CallableTrait(
        lambda _whole: None,
        help='(place in the data store, such as "home/ID/" or "class/ID/") -> Stored; None = no limit, or not known now.',
    ).tag(config=True)

    reserved_source = CallableTrait(
        lambda: (), help="() -> iterable of Reserved: for which servers there is room now, whoever else wants it."
    ).tag(config=True)

    team_source = CallableTrait(
        lambda _person: (), help="(id of a person) -> the Teams that they are in and that work in one server each."
    ).tag(config=True)

    # Given by JupyterHub's Spawner, the other base of each engine's class.
    user: Any
    orm_spawner: Any
    active: bool

    plan: ServerPlan | None = None
    claim: Claim | None = None
    form_state: FormState | None = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.options_form = _options_form
        self.options_from_form = self._options_from_form
        self.apply_user_options = _apply_user_options

    def person(self) -> Person:
        """Return the owner of this server."""
        groups = frozenset(group.name for group in self.user.groups)
        person: Person = self.person_source(self.user.name, groups, bool(self.user.admin))
        return person

    @property
    def logs(self) -> ServerLogs:
        """What this server wrote, and the ones before it.

        Raises:
            UserError: there can be none, such as of somebody who has never signed in.
        """
        raise NotImplementedError

    def render_options(self) -> str:
        """Return the form: with what was just sent and not accepted, else with the last choice."""
        person, catalogue = self.person(), self.catalogue_source()
        state, self.form_state = self.form_state, None
        offered = catalogue.offered_to(person)
        said: dict[str, Any] = {"uses": self._uses(offered, person), "teams": self.team_servers()}
        if state is not None:
            return render_form(offered, person, submitted=state.submitted, faults=state.faults, **said)
        return render_form(offered, person, chosen=self._last_choice(catalogue, person), **said)

    def _options_from_form(self, form: Mapping[str, list[Any]]) -> dict[str, str]:
        answers = {name: values for name, values in form.items() if all(isinstance(v, str) for v in values)}
        try:
            catalogue, person = self.catalogue_source(), self.person()
            choice = choice_from_form(answers, catalogue, person)
            # Once more where it starts; here who chose too much finds the form again, with what they chose.
            self._allowed(catalogue.find(choice.profile, person), choice, person)
            return choice.to_json()
        except UserError as error:
            faults = error.faults if isinstance(error, ChoiceError) else (error,)
            self.form_state = FormState(answers, faults)
            raise StartRefusedError(error.message, reason="choice") from error

    def apply_plan(self, user_options: object) -> None:
        """Check the options once more, wherever they come from, and decide what will be started."""
        catalogue = self.catalogue_source()
        try:
            person = self.person()
            choice = choice_from_json(user_options or None, catalogue, person)
            profile = catalogue.find(choice.profile, person)
            # Nothing is waited for between this look at what is claimed and the claim: two starts cannot both have the last.
            self.plan = self._allowed(profile, choice, person)
        except QuotaError as error:
            raise StartRefusedError(error.message, reason="quota", status_code=403) from error
        except UserError as error:
            # JupyterHub has stored them already, whatever they are, and would use them again for a start without options.
            self.orm_spawner.user_options = None
            raise StartRefusedError(error.message, reason="choice") from error
        self.claim = Claim.of(self.plan)
        # Every trait, each time: this object may outlive a server, and a limit of the last one must not stay.
        self.cpu_limit = self.plan.cpu
        self.mem_limit = self.plan.memory

    @property
    def ends_at(self) -> float | None:
        """When the server that runs will end, in seconds since the epoch; None = nobody knows."""
        return None

    def other_claims(self) -> list[Claim]:
        """Return what all servers but this one take, running or on the way to it."""
        users = self.user.settings.get("users", {})
        return [
            replace(each.claim, ends_at=each.ends_at)
            for user in users.values()
            for each in user.spawners.values()
            if each is not self and each.claim is not None and each.active
        ]

    def use_of_gpus(self, claims: Sequence[Claim]) -> list[Said]:  # noqa: ARG002 - for engines that know something
        """Say how many GPUs are in use.

        Args:
            claims: of the other servers.
        """
        return []

    def team_servers(self) -> list[TeamServer]:
        """Return the servers that others of this person's teams have; for engines where people work together."""
        return []

    def say_team(self, profile: Profile, person: str) -> list[Said]:  # noqa: ARG002 - for engines where people do
        """Say whose a server of a profile is, before it is started; [] = it is its person's alone, as everywhere.

        Args:
            person: their id.
        """
        return []

    async def renew_copies(self, plan: ServerPlan) -> None:
        """Bring this place's copies of a plan's repositories up to date; for engines that have some."""

    def get_state(self) -> dict[str, Any]:
        """Return what a restarted hub needs to know of what the server takes."""
        state: dict[str, Any] = super().get_state()  # type: ignore[misc]  # of JupyterHub's Spawner
        return state if self.claim is None else {**state, "claim": asdict(self.claim)}

    def load_state(self, state: Mapping[str, Any]) -> None:
        """Know again what the server takes."""
        super().load_state(state)  # type: ignore[misc]  # the same
        self.claim = Claim.from_state(state["claim"]) if "claim" in state else None

    def clear_state(self) -> None:
        """Give back what the server took."""
        super().clear_state()  # type: ignore[misc]  # the same
        self.claim = None

    def _allowed(self, profile: Profile, choice: Choice, person: Person) -> ServerPlan:
        """Plan a server, within what may be used.

        Raises:
            QuotaError: one server more, or such a large one, is not allowed now.
        """
        accounts = self._accounts(profile, person, self.other_claims())
        left_s = profile.seconds_left(time.time())
        plan = plan_server(profile, choice, person, at_most_s=longest_life(accounts), left_s=left_s)
        check(accounts, Claim.of(plan), datetime.now(UTC).date())
        return plan

    def _accounts(self, profile: Profile, person: Person, claims: Sequence[Claim]) -> list[Account]:
        return [account for account in self._all_accounts(profile, person, claims) if account.quota.is_set]

    def _all_accounts(self, profile: Profile, person: Person, claims: Sequence[Claim]) -> Iterator[Account]:
        quotas = self.quotas
        own = [claim for claim in claims if claim.person == person.id]
        yield self._account(Account("person", quotas.of_person(person), claims=own), person.id)
        kind = profile.belongs_to
        if kind:
            of_it = [claim for claim in claims if claim.profile == profile.slug]
            quota = quotas.of_profile(kind, profile.slug)
            yield self._account(Account(kind, quota, profile.title, of_it), profile.slug)
        if quotas.place.is_set:
            others = [each for each in self.reserved_source() if each.profile != profile.slug]
            reserved = [claim for each in others for claim in each.not_taken(claims)]
            yield self._account(Account("place", quotas.place, claims=claims, reserved=reserved), "")

    def _account(self, account: Account, key: str) -> Account:
        if account.quota.hours is None:
            return account
        return replace(account, seconds=self.hours_source(account.kind, key))

    def _uses(self, profiles: Sequence[Profile], person: Person) -> dict[str, list[Said]]:
        """Say for each profile what is used of what is limited."""
        claims = self.other_claims()
        gpus = self.use_of_gpus(claims) if any(profile.may_have_gpus for profile in profiles) else []
        return {
            profile.slug: [
                *self.say_team(profile, person.id),
                *say_use(self._accounts(profile, person, claims)),
                *self._stored(profile, person),
                *(gpus if profile.may_have_gpus else []),
            ]
            for profile in profiles
        }

    def _stored(self, profile: Profile, person: Person) -> list[Said]:
        kind = profile.belongs_to
        wholes = {f"home/{person.id}/": ""}
        if kind:
            wholes[f"{kind}/{profile.slug.removeprefix(f'{kind}-')}/"] = profile.title
        found = ((self.stored_source(whole), title) for whole, title in wholes.items())
        return [say_stored(stored, title) for stored, title in found if stored is not None]

    def _last_choice(self, catalogue: Catalogue, person: Person) -> Choice | None:
        options = (self.orm_spawner.user_options if self.orm_spawner else None) or None
        try:
            return choice_from_json(options, catalogue, person) if options else None
        except UserError:
            # Something of it is gone meanwhile: what is left of it is still a better start than nothing.
            kept = {k: v for k, v in options.items() if isinstance(v, str)} if isinstance(options, Mapping) else {}
            return Choice(kept.pop("profile", ""), kept)


def _options_form(spawner: ProfileSpawner) -> str:
    try:
        return spawner.render_options()
    except UserError as error:
        raise StartRefusedError(error.message, reason="person") from error


def _apply_user_options(spawner: ProfileSpawner, user_options: object) -> None:
    spawner.apply_plan(user_options)
