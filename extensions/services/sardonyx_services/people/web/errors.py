"""What the people service refuses, in words for who asked."""

from sardonyx_spawner.language import SaidError, _


class RefusedError(SaidError):
    """A request that is not carried out; `status` is as HTTP has it."""

    status = 400


class NotSignedInError(RefusedError):
    """Nobody has signed in, or not any more."""

    status = 401

    def __init__(self) -> None:
        super().__init__(_("You are not signed in here, or not any more. Sign in, then try again."))


class NobodyHereError(NotSignedInError):
    """The hub knows them, and the people of this place do not: another sign-in would end in the same."""


class NotOpenError(RefusedError):
    """Whoever asks may not do this."""

    status = 403


class NotThereError(RefusedError):
    """There is no such thing, or none for who asks: the answer is the same."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_("There is no such class, or you are not in it. See yours on the page “Classes”."))


class NoEventError(RefusedError):
    """There is no such event, or none for who asks: the answer is the same."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_("There is no such event, or you are not in it. See yours on the page “Classes and events”."))


class NoCourseError(RefusedError):
    """There is no such course, or it is not for who asks to choose its class: the answer is the same."""

    status = 404

    def __init__(self) -> None:
        super().__init__(
            _("There is no such course, or its class was chosen already. Open the link in the course again.")
        )


class WithoutCourseError(RefusedError):
    """A class is that of no course of a learning platform."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_("This class is that of no course."))


class NoLinkError(RefusedError):
    """A link by which people join leads nowhere; why makes no difference."""

    status = 404

    def __init__(self) -> None:
        super().__init__(_("This link leads into no class, or not any more. Ask who gave it to you for a new one."))


class NoTeamLinkError(RefusedError):
    """A link by which what a team has is taken leads nowhere; why makes no difference."""

    status = 404

    def __init__(self) -> None:
        super().__init__(
            _(
                "This link leads to nothing, or not any more: all that was of the event may be deleted. Ask its organisers."
            )
        )


class AwayError(RefusedError):
    """The hub does not answer."""

    status = 503

    def __init__(self) -> None:
        super().__init__(_("The hub does not answer now. Wait a minute, then try again."))
