"""The tables of events and of their accounts."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from sardonyx_services.people.models import Base


class EventRow(Base):
    """What an event is beside its people.

    Args:
        prefix: begin of the names of its accounts.
        repositories, limits: as JSON; see `EventDetails`.
        closed: when its codes and all writing were ended; None = not yet.
        going: when its accounts were let go, and so on for `deleted`, for all that is of it.
        report: what was deleted, as JSON; "" = nothing yet.
        team_servers, sign_ins, storage: see `EventDetails`.
    """

    __tablename__ = "events"

    group: Mapped[str] = mapped_column(ForeignKey("groups.id"), primary_key=True)
    prefix: Mapped[str] = mapped_column(String(40), unique=True)
    place: Mapped[str] = mapped_column(String(200))
    welcome: Mapped[str] = mapped_column(Text)
    begins: Mapped[datetime]
    ends: Mapped[datetime]
    zone: Mapped[str] = mapped_column(String(64))
    read_hours: Mapped[int]
    profile: Mapped[str] = mapped_column(String(30))
    answers: Mapped[str] = mapped_column(Text)
    sharing: Mapped[bool]
    link_round: Mapped[int]
    changed: Mapped[int]
    closed: Mapped[datetime | None]
    going: Mapped[datetime | None]
    deleted: Mapped[datetime | None]
    report: Mapped[str] = mapped_column(Text)
    team_servers: Mapped[bool] = mapped_column(default=False)
    repositories: Mapped[str] = mapped_column(Text, default="[]")
    sign_ins: Mapped[int] = mapped_column(default=30)
    storage: Mapped[str] = mapped_column(String(20), default="")
    limits: Mapped[str] = mapped_column(Text, default="{}")


class SeatRow(Base):
    """An account of an event, made ahead: whoever has its code takes it. Only a hash of the code is kept.

    Args:
        team: id; "" = none.
        code_round: which code it is: another one when the card was lost.
        person: who has taken it; None = nobody yet.
        is_kept: they have an account of this place by now, which does not end with the event.
    """

    __tablename__ = "seats"

    event: Mapped[str] = mapped_column(ForeignKey("groups.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    team: Mapped[str] = mapped_column(String(32))
    code_round: Mapped[int]
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)
    taken: Mapped[datetime | None]
    sign_ins: Mapped[int]
    is_kept: Mapped[bool]
