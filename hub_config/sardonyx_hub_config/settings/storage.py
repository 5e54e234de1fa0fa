"""The section `storage` of the settings: where people's data is, and who gives keys to it."""

from typing import Literal

from pydantic import Field, model_validator

from sardonyx_hub_config.settings.addresses import WebAddress, is_loopback
from sardonyx_hub_config.settings.secret_refs import SecretRef
from sardonyx_hub_config.settings.section import BucketName, KeyLifetime, LinkLifetime, Section
from sardonyx_spawner.amounts import duration_seconds


class StorageSettings(Section):
    """Where people's data is."""

    kind: Literal["embedded", "s3"] = Field(
        default="embedded", description="embedded: a store that comes with Sardonyx; s3: one of your own."
    )
    bucket: BucketName = Field(default="sardonyx", description="Bucket; everybody has a prefix of their own in it.")
    region: str = Field(default="us-east-1", min_length=1, description="Region.")
    key_lifetime: KeyLifetime = Field(
        default="1h", description="Life of a key, from 15m to 12h; it is renewed while it is used."
    )
    laptop_key_lifetime: KeyLifetime | None = Field(
        default="12h",
        description="Longest life of keys that people make for their own computers on the page “Data”; null: there are"
        " none. Your store may allow less: a role of AWS gives keys for 1h unless it says otherwise.",
    )
    laptop_endpoint: WebAddress = Field(
        default="",
        description="Address of the store as people's own computers reach it, such as that of a proxy in front of it."
        " Empty: endpoint, unless that is on this machine; then there are no keys for other computers.",
    )
    links: LinkLifetime | None = Field(
        default="7d",
        description="Longest life of links by which people share single files with anybody who has the link, through this"
        " place; null: there are none, and those that were made are gone.",
    )
    links_per_person: int = Field(
        default=100, ge=1, le=10_000, description="So many files may somebody share by links at once."
    )
    endpoint: WebAddress = Field(
        default="",
        description="Address of your S3 store (kind: s3). A store that is not on this machine fetches the keys that sign"
        " this place's tokens from web.public_url, which then has to be given, with https.",
    )
    sts_endpoint: WebAddress = Field(
        default="", description="Address of its STS, if that is another one; it is what fetches those keys."
    )
    role: str = Field(default="", description="Role to assume, such as arn:aws:iam::123456789012:role/sardonyx.")
    assume_with: Literal["token", "key"] = Field(
        default="token",
        description="How the role is assumed. token: with this place's own tokens (AssumeRoleWithWebIdentity), without"
        " any secret; key: with a key of the store (AssumeRole), for stores that do not know OpenID Connect.",
    )
    access_key: SecretRef | None = Field(
        default=None, description="Id of that key, as {file: …} (assume_with: key); the keys service alone reads it."
    )
    secret_key: SecretRef | None = Field(default=None, description="Its secret, as {file: …}.")
    revoke_with: Literal["bucket_policy", "minio"] | None = Field(
        default=None,
        description="How your store refuses keys before their end (kind: s3), of who was removed or left a class and of"
        " servers that stopped. bucket_policy: by a statement in the bucket's policy (AWS, Ceph); minio: by MinIO's own"
        " way; null: it does not, and keys live until their end.",
    )
    revoke_access_key: SecretRef | None = Field(
        default=None,
        description="Id of a key that may do so, as {file: …}: that may write the bucket's policy, or end sessions.",
    )
    revoke_secret_key: SecretRef | None = Field(default=None, description="Its secret, as {file: …}.")

    @property
    def is_elsewhere(self) -> bool:
        """Whether who gives keys is on another machine, and so has to reach this one from outside."""
        return self.kind == "s3" and not is_loopback(self.sts_endpoint or self.endpoint)

    @property
    def address_for_laptops(self) -> str:
        """Where people's own computers reach the store; "" = they cannot."""
        if self.laptop_endpoint:
            return self.laptop_endpoint
        return self.endpoint if self.endpoint and not is_loopback(self.endpoint) else ""

    @property
    def laptop_key_lifetime_s(self) -> int | None:
        """How long keys for people's own computers live at most; None = there are none."""
        if self.laptop_key_lifetime is None or not self.address_for_laptops:
            return None
        return duration_seconds(self.laptop_key_lifetime)

    @property
    def checks_tokens(self) -> bool:
        """Whether the store fetches the keys that sign this place's tokens."""
        return self.assume_with == "token"

    @model_validator(mode="after")
    def _own_store_is_named(self) -> "StorageSettings":
        needed = {"token": ("endpoint", "role"), "key": ("endpoint", "access_key", "secret_key")}[self.assume_with]
        missing = [name for name in needed if not getattr(self, name)]
        if self.kind == "s3" and missing:
            raise ValueError(f"is of kind s3 and lacks: {', '.join(missing)}. Add each, or write 'kind: embedded'.")
        if self.kind == "embedded" and (self.endpoint or self.sts_endpoint or self.role or not self.checks_tokens):
            raise ValueError("names a store of your own, but its kind is embedded. Write 'kind: s3'.")
        if self.assume_with == "token" and (self.access_key or self.secret_key):
            raise ValueError(
                "names a key, but the role is assumed with tokens. Write 'assume_with: key', or leave it out."
            )
        keys = (self.access_key, self.secret_key, self.revoke_access_key, self.revoke_secret_key)
        if any(key is not None and key.file is None for key in keys):
            raise ValueError(
                "takes its key from files only, so that nothing but the keys service has it: {file: PATH}."
            )
        return self

    @model_validator(mode="after")
    def _refusing_is_whole(self) -> "StorageSettings":
        keys = (self.revoke_access_key, self.revoke_secret_key)
        if self.revoke_with is None:
            if any(keys):
                raise ValueError("has a key to refuse others with, and does not say how: add 'revoke_with'.")
        elif self.kind == "embedded":
            raise ValueError(
                "says how keys are refused, but the store that comes with Sardonyx does so by itself. Leave it out."
            )
        elif None in keys:
            raise ValueError(
                "says how keys are refused, and lacks a key for that: add revoke_access_key and revoke_secret_key."
            )
        elif self.revoke_with == "bucket_policy" and not self.role:
            raise ValueError("refuses keys by the bucket's policy, which has to name a role: add 'role'.")
        return self
