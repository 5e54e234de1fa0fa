"""Addresses at the store that read one file for some minutes, signed with keys that can do nothing else."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from sardonyx_services.credentials.broker import AUDIENCE, Broker, KeySource
from sardonyx_services.credentials.configuration import StoreConfiguration
from sardonyx_services.credentials.errors import UnavailableError
from sardonyx_services.credentials.issuer import Issuer
from sardonyx_services.credentials.links.shareable import file_policy
from sardonyx_services.credentials.sts import Keys
from sardonyx_services.credentials.under_way import UnderWay
from sardonyx_services.credentials.wish import SHORTEST_S
from sardonyx_services.people.groups import Membership, group_names
from sardonyx_services.people.shared_links import SharedLink

ADDRESS_LIFE_S = 300
RENEW_BEFORE = timedelta(seconds=ADDRESS_LIFE_S + 30)
REMEMBERED = 2_000


class FileAccess:
    """Makes the addresses, with keys that are got once for each link and quarter of an hour, and leave this process never."""

    def __init__(
        self,
        issuer: Issuer,
        source: KeySource,
        broker: Broker,
        store: StoreConfiguration,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._issuer, self._source, self._broker, self._store, self._clock = issuer, source, broker, store, clock
        self._given: OrderedDict[str, Keys] = OrderedDict()
        self._getting: UnderWay[str, Keys] = UnderWay()

    async def addresses(self, link: SharedLink, membership: Membership | None) -> dict[str, str]:
        """Return the addresses of a link's file, for GET and for HEAD.

        Args:
            membership: through which who shares it reaches it.

        Raises:
            CredentialsError: there are none now.
        """
        if self._broker.refusal:
            raise UnavailableError(self._broker.refusal)
        keys = self._given.get(link.token_hash)
        if keys is None or keys.expires - self._clock() < RENEW_BEFORE:
            keys = await self._getting.once(link.token_hash, lambda: self._mint(link, membership))
        return {method: self._signed(keys, method, link.key) for method in ("GET", "HEAD")}

    def forget(self, link: SharedLink) -> None:
        """Forget the keys of a link that was taken back."""
        self._given.pop(link.token_hash, None)

    async def _mint(self, link: SharedLink, membership: Membership | None) -> Keys:
        session = f"{link.person}-link-{link.mark}"
        groups = group_names([membership]) if membership else ()
        token = self._issuer.token(link.person, AUDIENCE, session, groups)
        policy = file_policy(self._store.bucket, link.key)
        keys = await self._source.keys(token, session, policy, SHORTEST_S)
        self._given[link.token_hash] = keys
        self._given.move_to_end(link.token_hash)
        while len(self._given) > REMEMBERED:
            self._given.popitem(last=False)
        return keys

    def _signed(self, keys: Keys, method: str, key: str) -> str:
        path = quote(f"{self._store.bucket}/{key}", safe="/-_.~")
        request = AWSRequest(method, f"{self._store.endpoint.rstrip('/')}/{path}")
        known = Credentials(keys.access_key, keys.secret_key, keys.session_token)
        S3SigV4QueryAuth(known, "s3", self._store.region, expires=ADDRESS_LIFE_S).add_auth(request)
        return str(request.url)
