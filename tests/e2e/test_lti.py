"""Sign-in by a link in a course of a learning platform (LTI 1.3), and into the class of the course."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.classes import CONF, ask, id_of, people_of, token_of
from support.lti_platform import CLAIM, INSTRUCTOR, LEARNER, Platform, serving_platform

SETTINGS = """
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles: {{python: {{title: Python, environment: python}}}}
sign_in:
  lti:
    moodle:
      title: Moodle
      issuer: {issuer}
      client_id: sardonyx
      authorize_url: {issuer}/authorize
      key_set_url: {issuer}/keys
      deployment_ids: ["1"]
    keyless:
      title: Keyless
      issuer: {issuer}
      client_id: sardonyx
      authorize_url: {issuer}/authorize
      key_set_url: http://127.0.0.1:9/keys
"""
PASSWORD = "correct horse battery"
STATISTICS = {f"{CLAIM}context": {"id": "17", "title": "Statistics 101"}}
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    """A running platform."""
    with serving_platform() as server:
        yield server


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Any], platform: Platform) -> Any:
    """A Sardonyx with two platforms, of which one has no keys, and a local account."""
    stack = place_with(SETTINGS, conf=CONF, issuer=platform.issuer)
    assert stack.command("user", "add", "local", "--password-stdin", stdin=PASSWORD).returncode == 0
    return stack


def launch(place: Any, platform: Platform, context: Any, slug: str = "moodle", **claims: Any) -> Any:
    """Open the link as somebody; return the page where that leads."""
    platform.person = claims
    page = context.new_page()
    page.goto(platform.login(f"{place.url}/hub/lti/{slug}"))
    page.get_by_role("button", name="Go on").click()
    page.wait_for_load_state()
    return page


def teaches(number: str, course: str, title: str) -> dict[str, Any]:
    """Return what a launch of a teacher of a course says."""
    return {
        "sub": number,
        "email": f"teacher{number}@example.org",
        f"{CLAIM}context": {"id": course, "title": title},
        f"{CLAIM}roles": [INSTRUCTOR],
    }


def test_who_opens_the_link_is_signed_in(place: Any, platform: Platform, context: Any) -> None:
    """At this place, wherever the platform would lead them."""
    page = launch(place, platform, context, sub="1", email="amina@example.org")

    assert page.url == f"{place.url}/hub/home"
    assert page.get_by_text("amina@example.org", exact=True).count()


def test_a_launch_is_good_once(place: Any, platform: Platform, browser: Any) -> None:
    """Whoever got hold of one does not come in by it."""
    first = browser.new_context()
    launch(place, platform, first, sub="2", email="bea@example.org")
    first.close()
    second = browser.new_context()
    platform.replays = True
    try:
        page = launch(place, platform, second)
    finally:
        platform.replays = False

    assert "cannot be accepted" in page.inner_text("main")
    assert page.goto(f"{place.url}/hub/home").url.startswith(f"{place.url}/hub/login")
    second.close()


@pytest.mark.parametrize(
    "claims",
    [{f"{CLAIM}deployment_id": "2"}, {"aud": "another"}, {"iss": "http://127.0.0.1:9"}, {"exp": 1000}, {"sub": ""}],
)
def test_a_launch_that_is_not_right_is_refused_in_words(
    place: Any, platform: Platform, context: Any, claims: dict[str, Any]
) -> None:
    """And nobody is signed in."""
    page = launch(place, platform, context, **{"sub": "3", "email": "carl@example.org", **claims})

    assert "cannot be accepted" in page.inner_text("main")
    assert "Traceback" not in page.content()
    assert page.goto(f"{place.url}/hub/home").url.startswith(f"{place.url}/hub/login")


def test_a_launch_that_another_browser_began_is_refused(place: Any, platform: Platform, context: Any) -> None:
    """Nobody is signed in as somebody else by a page that sends them a form."""
    platform.person = {"sub": "4", "email": "dora@example.org"}
    page = context.new_page()
    page.goto(platform.login(f"{place.url}/hub/lti/moodle"))
    context.clear_cookies()
    page.get_by_role("button", name="Go on").click()
    page.wait_for_load_state()

    assert "begun in another browser" in page.inner_text("main")


def test_a_name_of_a_local_account_is_not_given_to_another(place: Any, platform: Platform, context: Any) -> None:
    """Whoever is called so at the platform would get the other's files."""
    page = launch(place, platform, context, sub="local", email="local")

    assert "The name “local” is already used here" in page.inner_text("main")


def test_a_platform_without_keys_is_named(place: Any, platform: Platform, context: Any) -> None:
    """With what to do."""
    page = launch(place, platform, context, "keyless", sub="5", email="eva@example.org")

    assert "keys of Keyless cannot be had now" in page.inner_text("main")


def test_in_a_frame_a_window_is_offered(place: Any, platform: Platform, context: Any) -> None:
    """In one of another site browsers keep no cookies."""
    page = context.new_page()
    answer = page.request.get(platform.login(f"{place.url}/hub/lti/moodle"), headers={"Sec-Fetch-Dest": "iframe"})

    assert "Open a new window" in answer.text()
    assert answer.headers["content-security-policy"] == f"frame-ancestors {platform.issuer}"


def test_a_course_makes_a_class_and_its_people_come_into_it(
    place: Any, platform: Platform, browser: Any, check: Callable[..., None]
) -> None:
    """The teacher makes it where they arrive; a student starts a server of it with the second click."""
    with browser.new_context() as of_teacher:
        page = launch(place, platform, of_teacher, **teaches("10", "17", "Statistics 101"))
        assert page.inner_text("h1") == "A class for “Statistics 101”"
        assert page.get_by_label("Title").input_value() == "Statistics 101"
        check(page, "lti-course")
        page.get_by_role("button", name="Make the class").click()
        page.wait_for_url("**/classes/*")
        class_url = page.url
        page.goto(f"{class_url}/settings")
        assert "People of “Statistics 101” in Moodle come into this class" in page.inner_text("main")
        check(page, "lti-settings")

    student: dict[str, Any] = {"sub": "11", "email": "student11@example.org", f"{CLAIM}roles": [LEARNER], **STATISTICS}
    with browser.new_context() as of_student:
        page = launch(place, platform, of_student, **student)
        assert page.url == class_url
        assert "You are a student here." in page.inner_text("main")
        page.get_by_role("link", name="Start a server for this class").click()
        page.get_by_role("button", name="Start", exact=True).click()
        page.wait_for_url("**/user/student11@example.org/**/lab**", timeout=60_000)

    with people_of(place) as people:
        log = people.actions.of(class_url.rpartition("/")[2])
    assert {action.what for action in log} >= {"make", "course-link", "join-course"}


def test_a_student_waits_for_the_teacher(place: Any, platform: Platform, context: Any) -> None:
    """They read what is missing, and are signed in."""
    waits: dict[str, Any] = {"sub": "20", "email": "waits@example.org", f"{CLAIM}roles": [LEARNER]}
    waits[f"{CLAIM}context"] = {"id": "20", "title": "Algebra"}
    page = launch(place, platform, context, **waits)

    assert (
        "There is no class for this course yet. Whoever teaches it opens this link in Moodle first."
        in page.inner_text("main")
    )
    page.get_by_role("link", name="Go to the first page").click()
    page.wait_for_url("**/hub/home")


def test_a_course_takes_a_class_that_there_is_and_lets_it_go(place: Any, platform: Platform, context: Any) -> None:
    """With the people whom it brought."""
    teacher = teaches("30", "30", "Geometry")
    launch(place, platform, context, sub="30", email="teacher30@example.org")
    with people_of(place) as people:
        made = people.groups.add("class", "My geometry")
        people.groups.join(made, id_of(people, "teacher30@example.org"), "instructor")

    page = launch(place, platform, context, **teacher)
    page.get_by_label("Class", exact=True).select_option(label="My geometry")
    page.get_by_role("button", name="Take this class").click()
    page.wait_for_url(f"**/classes/{made}")
    page.goto(f"{page.url}/settings")
    page.get_by_role("button", name="Let nobody else come by it").click()
    page.wait_for_load_state()

    assert "come into this class" not in page.inner_text("main")
    again = launch(place, platform, context, **teacher)
    assert again.inner_text("h1") == "A class for “Geometry”"


def test_who_teaches_another_course_gets_nothing_of_this_one(place: Any, platform: Platform, browser: Any) -> None:
    """Whatever they ask for."""
    mine, other = teaches("40", "40", "Topology"), teaches("41", "41", "Logic")
    with browser.new_context() as one, browser.new_context() as another:
        page = launch(place, platform, one, **mine)
        course = page.url.rpartition("/")[2]
        launch(place, platform, another, **other)
        page.get_by_role("button", name="Make the class").click()
        page.wait_for_url("**/classes/*")
        made = page.url.rpartition("/")[2]

    token = token_of(place, "teacher41@example.org")
    for method, path in (
        ("GET", f"/api/classes/{made}"),
        ("PUT", f"/api/courses/{course}/class/{made}"),
        ("DELETE", f"/api/classes/{made}/course"),
    ):
        assert ask(place, token, method, path).status_code == 404, path
    assert [each["title"] for each in ask(place, token, "GET", "/api/courses").json()] == ["Logic"]


def test_two_people_at_one_browser_are_two_people(place: Any, platform: Platform, context: Any) -> None:
    """Who comes second sees nothing of the first, also on the pages of classes, where the first was just now."""
    first = launch(place, platform, context, **teaches("50", "50", "Physics"))
    first.get_by_role("button", name="Make the class").click()
    first.wait_for_url("**/classes/*")
    physics = first.url

    second = launch(place, platform, context, sub="51", email="second@example.org")
    assert second.get_by_text("second@example.org", exact=True).count()
    answer = second.goto(physics)

    assert answer.status == 404
    second.goto(f"{place.url}/services/people/")
    assert "Physics" not in second.content()
