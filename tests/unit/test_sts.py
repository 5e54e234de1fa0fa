from botocore.exceptions import ClientError

from sardonyx_services.credentials.sts import _refused


def test_a_life_that_a_role_does_not_allow_is_said_to_the_person() -> None:
    """AWS' own words, where a role gives keys for one hour."""
    said = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."

    refused = _refused(
        ClientError({"Error": {"Code": "ValidationError", "Message": said}}, "AssumeRoleWithWebIdentity")
    )

    assert (refused.status, refused.message) == (
        400,
        "The data store gives no keys that live so long. Choose a shorter life; the people who run this place can allow more.",
    )


def test_any_other_refusal_of_the_store_is_for_the_operator() -> None:
    """The person can do nothing about it."""
    refused = _refused(ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "AssumeRole"))

    assert (refused.status, refused.message) == (
        503,
        "The data store refuses to give keys. The people who run this place find the reason in the log.",
    )
