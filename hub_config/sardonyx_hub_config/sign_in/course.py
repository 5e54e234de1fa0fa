"""What a launch says of the course in which the link is, and of who opens it (LTI 1.3, sections 5.4.1 and A.2)."""

from collections.abc import Iterable, Mapping
from typing import Any

from sardonyx_hub_config.sign_in.launch import CLAIM, LaunchRefusedError
from sardonyx_services.people.courses import LONGEST_ID, LONGEST_TITLE, Opened
from sardonyx_services.people.groups import Role

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTRUCTOR, LEARNER, MENTOR = "Instructor", "Learner", "Mentor"
ASSISTANTS = frozenset({"TeachingAssistant", "TeachingAssistantGroup", "TeachingAssistantSection", "Grader"})
GUESTS = frozenset({"GuestLearner", "NonCreditLearner"})


def opened(claims: Mapping[str, Any], platform: str) -> Opened | None:
    """Return the course whose link is opened; None = the link is in none.

    Args:
        claims: of a launch that is believed.
        platform: its slug in the settings.

    Raises:
        LaunchRefusedError: what it says of the course is none.
    """
    context = claims.get(f"{CLAIM}context")
    if not isinstance(context, Mapping):
        return None
    key, deployment = context.get("id"), claims[f"{CLAIM}deployment_id"]
    for name, value in (("context", key), ("deployment", deployment)):
        if not isinstance(value, str) or not 0 < len(value) <= LONGEST_ID or not value.isprintable():
            raise LaunchRefusedError(f"the id of its {name} is none")
    named = (_line(context.get("title")) or _line(context.get("label")) or str(key))[:LONGEST_TITLE]
    roles = claims.get(f"{CLAIM}roles")
    return Opened(platform, str(deployment), str(key), named, role_of(roles if isinstance(roles, list) else ()))


def role_of(roles: Iterable[object]) -> Role | None:
    """Return what somebody with these roles of a platform is in the class of a course; None = nothing.

    Only roles in the course count: an administrator of a platform is nobody in its courses by that.
    """
    found = {_in_course(role) for role in roles if isinstance(role, str)}
    kinds, parts = {kind for kind, _ in found}, {part for _, part in found}
    # Whoever is in a part, such as an assistant, may be said to be an instructor, too.
    if parts & ASSISTANTS:
        return "assistant"
    if INSTRUCTOR in kinds:
        return "instructor"
    if parts & GUESTS:
        # Canvas says that of a student's parents, too.
        return None if MENTOR in kinds else "guest"
    return "student" if LEARNER in kinds else None


def _in_course(role: str) -> tuple[str, str]:
    """Return kind and part of a role in a course, as ("Instructor", "Grader"); a short name is that of a kind."""
    where, hash_sign, name = role.partition("#")
    if not hash_sign:
        return role, ""
    if where == MEMBERSHIP:
        return name, ""
    kind = where.removeprefix(f"{MEMBERSHIP}/")
    return (kind, name) if kind != where else ("", "")


def _line(text: object) -> str:
    """Return a text in one line, of signs that can be seen."""
    return (
        " ".join("".join(sign if sign.isprintable() else " " for sign in text).split()) if isinstance(text, str) else ""
    )
