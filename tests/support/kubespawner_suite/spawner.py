"""Our spawner where KubeSpawner's tests have theirs: with what JupyterHub gives to each, and those tests do not."""

import json
import tempfile
from collections.abc import AsyncGenerator
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from jupyterhub import orm
from jupyterhub.objects import Server
from jupyterhub.utils import iterate_until

from sardonyx_spawner.catalogue import Catalogue
from sardonyx_spawner.kube.claims import claims_of
from sardonyx_spawner.kube.place import ClusterPlace, Homes
from sardonyx_spawner.kube.spawner import SardonyxKubeSpawner
from sardonyx_spawner.person import Person
from sardonyx_spawner.profiles import Gives, Profile

IMAGE = "sardonyx.test/single-user:1"
"""What servers run as; the run gives one of our images this name."""
LONGEST_START_S = 40
"""A start that cannot come would hold all others up."""


class SuiteSpawner(SardonyxKubeSpawner):
    """Does before a start what the hub does, and shows what is asked of the cluster where KubeSpawner shows its own."""

    # Given by JupyterHub's Spawner.
    start_timeout: Any

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.start_timeout = min(self.start_timeout, LONGEST_START_S)
        self.catalogue_source = lambda: Catalogue([Profile("python", "Python", gives=Gives(image=IMAGE))])
        self.person_source = _person
        self.log_folder = _logs()
        self.place = ClusterPlace(image_pull_policy="IfNotPresent", homes=Homes(size=1 << 20))
        self._be_known(self.user)

    def _be_known(self, user: Any) -> None:
        """Have a row in a database, and an owner as JupyterHub has them."""
        db = orm.new_session_factory("sqlite:///:memory:")()
        owner = orm.User(name=user.name)
        row = orm.Spawner(name=self.name, user=owner, user_options={})
        db.add_all([owner, row])
        db.commit()
        self.orm_spawner, self._rows = row, db
        user.groups, user.admin, user.settings, user.spawners, user.db = [], False, {}, {}, db

    @property
    def proxy_spec(self) -> str:  # type: ignore[override]  # it is one in JupyterHub, too
        """Where the hub's proxy leads: to the server, wherever a test says that it is."""
        return str(self.server.base_url)

    def start(self) -> Any:
        """Decide what is started and what its address begins with, and start it."""
        self.apply_plan(self.user_options)
        row = orm.Server(base_url="/")
        self._rows.add(row)
        self._rows.commit()
        self.server = Server(orm_server=row)
        return super().start()

    async def _start(self) -> str:
        """Write down where the server is, as the hub does."""
        url = await super()._start()
        where = urlsplit(url)
        self.server.proto, self.server.ip, self.server.port = where.scheme, where.hostname, where.port
        return url

    async def progress(self) -> AsyncGenerator[dict[str, Any]]:
        """Tell of a start until it is through: the hub ends it then."""
        async for event in iterate_until(self._start_future, super().progress()):
            yield event

    async def get_pod_manifest(self) -> Any:
        """Return the Pod that a start would ask for."""
        return self._typed(self._asked()[0], "V1Pod")

    def get_secret_manifest(self, owner_reference: object) -> Any:  # noqa: ARG002 - KubeSpawner's signature
        """Return the Secret that a start would ask for."""
        return self._typed(self._asked()[1], "V1Secret")

    def get_pvc_manifest(self) -> Any:
        """Return the volume claim that a start would ask for."""
        self.apply_plan(self.user_options)
        (claim,) = claims_of(self.planned(), self.place)
        return self._typed(claim, "V1PersistentVolumeClaim")

    def _asked(self) -> Any:
        self.apply_plan(self.user_options)
        return self._manifests(self.planned())

    def _typed(self, asked: object, kind: str) -> Any:
        client = self.api.api_client
        answer = SimpleNamespace(data=json.dumps(client.sanitize_for_serialization(asked)))
        return client.deserialize(answer, kind)


def _person(name: str, groups: frozenset[str], is_admin: bool) -> Person:  # noqa: FBT001 - the trait's signature
    return Person(sha256(name.encode()).hexdigest()[:8], name, groups, is_admin)


@cache
def _logs() -> Path:
    return Path(tempfile.mkdtemp(prefix="kubespawner-suite-"))
