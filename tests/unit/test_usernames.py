import pytest

from sardonyx_services.people.usernames import LONGEST, NameRefusedError, local_name, provider_name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param("amina", "amina", id="plain"),
        pytest.param(" Amina ", "amina", id="case-and-spaces"),
        pytest.param("a.b-c_2", "a.b-c_2", id="marks-inside"),
    ],
)
def test_a_name_is_kept_without_regard_to_case(given: str, kept: str) -> None:
    """`Amina` and `amina` are one person."""
    assert local_name(given) == kept


@pytest.mark.parametrize(
    "given",
    [
        pytest.param("", id="empty"),
        pytest.param("a/b", id="slash"),
        pytest.param("..", id="dots"),
        pytest.param("a..b", id="dots-inside"),
        pytest.param("-a", id="leading-dash"),
        pytest.param("a\nb", id="line-end"),
        pytest.param("аmina", id="cyrillic-look-alike"),
        pytest.param("amina\u200b", id="invisible"),
        pytest.param("ａmina", id="full-width"),
        pytest.param("\u212aim", id="sign-of-the-kelvin"),
        pytest.param("amina*", id="wildcard"),
        pytest.param("${home}", id="variable"),
    ],
)
def test_a_name_that_could_be_mistaken_is_refused(given: str) -> None:
    """Look-alikes are not mapped to the name that they imitate."""
    with pytest.raises(
        NameRefusedError, match="A name has the letters a to z, digits, and dots or dashes between them"
    ):
        local_name(given)


def test_a_name_of_two_hundred_characters_is_refused() -> None:
    """The message says how long a name may be."""
    with pytest.raises(NameRefusedError, match=f"at most {LONGEST} characters"):
        local_name("a" * 200)


def test_a_mail_address_is_a_name_for_who_comes_from_a_provider() -> None:
    """Providers often have no other."""
    assert provider_name("Amina@Example.org") == "amina@example.org"


def test_a_provider_that_tells_no_name_is_explained() -> None:
    """A missing or wrong claim is the operator's business."""
    with pytest.raises(NameRefusedError, match="Your provider does not tell your name"):
        provider_name(None)


def test_a_letter_that_only_looks_like_a_plain_one_is_nobodys_name() -> None:
    """Whoever has the sign of the kelvin in their name at a provider would be kim here, and take what is kim's."""
    with pytest.raises(NameRefusedError):
        provider_name("\u212aim")
