"""The tables of people."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

LIVING = text("removed IS NULL")
SIGN_OUT, LET_GO, CLEAR, HOME = "sign-out", "let-go", "clear", "home"
"""What the hub may owe to a person: to end their sessions and tokens, to forget them, to delete their home as well, or only that."""


class Base(DeclarativeBase):
    """All tables of this database."""


class PersonRow(Base):
    """Somebody who has signed in, or for whom an account was made. A row is never deleted, an id never used again.

    Args:
        erasure: how far it is that all that is theirs is deleted: "", "wanted", "going" or "done".
        erase_at: when that begins.
        mail_is_verified: their provider says so of the address.
    """

    __tablename__ = "people"
    __table_args__ = (
        # A name may change hands, but belongs to one person at a time; so does an identity at a provider.
        Index("one_person_per_name", "name", unique=True, sqlite_where=LIVING, postgresql_where=LIVING),
        Index(
            "one_person_per_subject",
            *("provider", "subject"),
            unique=True,
            sqlite_where=LIVING,
            postgresql_where=LIVING,
        ),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    provider: Mapped[str] = mapped_column(String(30))
    subject: Mapped[str] = mapped_column(String(255))
    is_admin: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime]
    removed: Mapped[datetime | None]
    owed: Mapped[str] = mapped_column(String(10), default="")
    full_name: Mapped[str] = mapped_column(String(200), default="")
    mail: Mapped[str] = mapped_column(String(254), default="")
    language: Mapped[str] = mapped_column(String(10), default="")
    is_instructor: Mapped[bool] = mapped_column(default=False)
    is_organiser: Mapped[bool] = mapped_column(default=False)
    erasure: Mapped[str] = mapped_column(String(10), default="")
    erase_at: Mapped[datetime | None]
    mail_is_verified: Mapped[bool] = mapped_column(default=False)


class AccountRow(Base):
    """The password of a local account; "" = not chosen yet, nobody signs in with it."""

    __tablename__ = "accounts"

    person: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(255))


class LinkRow(Base):
    """A one-time sign-in link; only a hash of it is kept."""

    __tablename__ = "links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(100))
    expires: Mapped[float]


class GroupRow(Base):
    """A class, an event or a team. A row is never deleted, an id never used again.

    Args:
        within: id of the event that a team is of; "" = of none.
    """

    __tablename__ = "groups"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    title: Mapped[str] = mapped_column(String(200))
    is_exam: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime]
    ended: Mapped[datetime | None]
    within: Mapped[str] = mapped_column(String(32), default="", index=True)


class MemberRow(Base):
    """What a person is in a class, an event or a team.

    Args:
        by_group: because their provider says that they are in the group of the class, and as long as it says so.
        by_course: because a learning platform says that they are in the course of the class.
    """

    __tablename__ = "members"

    group: Mapped[str] = mapped_column(ForeignKey("groups.id"), primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(20))
    by_group: Mapped[bool] = mapped_column(default=False)
    by_course: Mapped[bool] = mapped_column(default=False)


class InvitationRow(Base):
    """Somebody who is to be in a class from a sign-in on, the first one as a rule.

    Args:
        who: the name with which they will sign in, or their mail address.
        mail: their address beside a name; "" = not known.
        made: when that was last said.
    """

    __tablename__ = "invitations"

    group: Mapped[str] = mapped_column(ForeignKey("groups.id"), primary_key=True)
    who: Mapped[str] = mapped_column(String(254), primary_key=True, index=True)
    mail: Mapped[str] = mapped_column(String(254), default="", index=True)
    role: Mapped[str] = mapped_column(String(20))
    made: Mapped[datetime]


class ClassRow(Base):
    """What a class is beside its people; one that was made on the command line may have none.

    Args:
        repositories, limits: as JSON; see `ClassDetails`.
        after_end: "delete" or "keep" what is in the store when it has ended.
        going: when its data began to be deleted, and so on for `deleted`, for all of it.
        report: what was deleted, as JSON; "" = nothing yet.
        decided: when that was last decided beside the other settings; None = with them.
        exporting: what was handed in is copied into its people's own data when it has ended.
        exported: when that was through, and `exports`: for whom it is not, as JSON; see `class_export`.
    """

    __tablename__ = "classes"

    group: Mapped[str] = mapped_column(ForeignKey("groups.id"), primary_key=True)
    description: Mapped[str] = mapped_column(String(500), default="")
    profile: Mapped[str] = mapped_column(String(30), default="")
    answers: Mapped[str] = mapped_column(Text, default="{}")
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    zone: Mapped[str] = mapped_column(String(64), default="UTC")
    kept_days: Mapped[int] = mapped_column(default=30)
    hand_in_until: Mapped[datetime | None]
    joining: Mapped[bool] = mapped_column(default=False)
    join_round: Mapped[int] = mapped_column(default=1)
    changed: Mapped[int] = mapped_column(default=0)
    after_end: Mapped[str] = mapped_column(String(10), default="keep")
    going: Mapped[datetime | None]
    deleted: Mapped[datetime | None]
    report: Mapped[str] = mapped_column(Text, default="")
    decided: Mapped[datetime | None]
    provider_group: Mapped[str] = mapped_column(String(255), default="", index=True)
    repositories: Mapped[str] = mapped_column(Text, default="[]")
    limits: Mapped[str] = mapped_column(Text, default="{}")
    exporting: Mapped[bool] = mapped_column(default=True)
    exported: Mapped[datetime | None]
    exports: Mapped[str] = mapped_column(Text, default="{}")


class ExtensionRow(Base):
    """More time to hand in, for one person."""

    __tablename__ = "extensions"

    group: Mapped[str] = mapped_column(ForeignKey("groups.id"), primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    until: Mapped[datetime]


class LessonsRow(Base):
    """The weekly hours of a class.

    Args:
        weekly: as people/lessons.py writes them.
        prepared: the beginning of the lesson for which servers were last started.
    """

    __tablename__ = "lessons"

    group: Mapped[str] = mapped_column(ForeignKey("groups.id"), primary_key=True)
    weekly: Mapped[str] = mapped_column(String(1000), default="")
    ahead_min: Mapped[int] = mapped_column(default=0)
    only_then: Mapped[bool] = mapped_column(default=False)
    prepared: Mapped[datetime | None]


class CourseRow(Base):
    """A course of a learning platform.

    Args:
        deployment: of this place in the platform; so is `course`, its id there.
        group: the class that its people are in; None = none was chosen yet.
        teacher: who may choose one.
    """

    __tablename__ = "courses"
    __table_args__ = (Index("one_course_per_id", "platform", "deployment", "course", unique=True),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    platform: Mapped[str] = mapped_column(String(30))
    deployment: Mapped[str] = mapped_column(String(255))
    course: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(200))
    group: Mapped[str | None] = mapped_column(ForeignKey("groups.id"), unique=True)
    teacher: Mapped[str | None] = mapped_column(ForeignKey("people.id"), index=True)


class ActionRow(Base):
    """Something that somebody did to what is not theirs alone."""

    __tablename__ = "actions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str] = mapped_column(String(32))
    what: Mapped[str] = mapped_column(String(40))
    group: Mapped[str] = mapped_column(String(32), index=True)
    whom: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(String(300))


class HoursRow(Base):
    """For how many seconds somebody's servers of one profile ran on a day, in UTC."""

    __tablename__ = "hours"

    day: Mapped[date] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(String(32), primary_key=True, index=True)
    profile: Mapped[str] = mapped_column(String(40), primary_key=True)
    seconds: Mapped[int]


class CountedRow(Base):
    """Until when something that is counted again and again has been.

    Args:
        what: "hours" is all that there is.
    """

    __tablename__ = "counted"

    what: Mapped[str] = mapped_column(String(10), primary_key=True)
    until: Mapped[datetime]


class GitAccountRow(Base):
    """What somebody has for private repositories of one forge, sealed."""

    __tablename__ = "git_accounts"

    person: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    address: Mapped[str] = mapped_column(String(300), primary_key=True)
    sealed: Mapped[bytes]
    made: Mapped[datetime]
    used: Mapped[datetime | None]
    is_refused: Mapped[bool] = mapped_column(default=False)


class SharedLinkRow(Base):
    """A link by which somebody shares one file with whoever has it; only a hash of it is kept."""

    __tablename__ = "shared_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    key: Mapped[str] = mapped_column(String(1024))
    made: Mapped[datetime]
    ends: Mapped[datetime]
    opened: Mapped[int] = mapped_column(default=0)
