"""Pages of classes and of the whole place with a keyboard alone, on a narrow window: all is reached, seen, and has a name."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from support.classes import id_of, make_class, people_of
from support.stack import ROOT

from sardonyx_services.people.invitations import Invitation

pytestmark = pytest.mark.browser
SCREENSHOTS = ROOT / "build" / "screenshots"
SETTINGS = """
sign_in:
  local: {{enabled: true}}
  providers: {{gone: {{title: the university, client_id: sardonyx, issuer: 'http://127.0.0.1:9', names_are_given: true}}}}
environments: {{python: {{title: Python, prefix: {prefix}}}}}
profiles: {{python: {{title: Python, environment: python, tools: [vscode, mlflow], lifetime: 8h}}}}
"""
PARTS = 8
"""So many stops a field has at most: those of a day and a time have one for each part, and one for the calendar."""
WANTED = """() => {
  const seen = (each) => each.checkVisibility({ checkVisibilityCSS: true }) && !each.closest("[inert]");
  const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex='-1'])";
  const found = [...document.querySelectorAll(kinds)].filter((each) => seen(each) && !each.disabled && each.tabIndex >= 0);
  // Of buttons that exclude each other one is reached, and the arrows lead on from there.
  const groups = new Set();
  window.wanted = found.filter((each) => {
    if (each.type !== "radio") return true;
    const group = `${each.form?.id}.${each.name}`;
    const others = found.filter((other) => other.type === "radio" && other.name === each.name && other.form === each.form);
    if (groups.has(group) || (others.some((other) => other.checked) && !each.checked)) return false;
    groups.add(group);
    return true;
  });
  window.reached = new Set();
  document.activeElement?.blur();
  return window.wanted.length;
}"""
STEP = """async () => {
  const at = document.activeElement;
  if (!at || at === document.body) return { left: true };
  window.reached.add(at);
  const isInside = () => {
    const box = at.getBoundingClientRect();
    return box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight;
  };
  // The page is scrolled to it, which takes some frames; a long page many.
  for (let frame = 0; frame < 300 && !isInside(); frame++) await new Promise(requestAnimationFrame);
  const drawn = at.matches("input[type=radio], input[type=checkbox]") ? [at, at.closest("label") ?? at] : [at];
  const isFramed = ({ outlineStyle, boxShadow }) => outlineStyle !== "none" || boxShadow !== "none";
  // Of a day or a time each part is reached, which the browser marks itself.
  const marksItself = at.matches("[type=date], [type=time], [type=datetime-local]");
  const outlined = marksItself || drawn.some((each) => isFramed(getComputedStyle(each)));
  const name = (at.getAttribute("aria-label") || at.labels?.[0]?.innerText || at.innerText || at.title
    || document.getElementById(at.getAttribute("aria-labelledby") ?? "")?.innerText || at.value || "").trim();
  return { what: at.outerHTML.slice(0, 120), outlined, name, inside: isInside() };
}"""
MISSED = "() => window.wanted.filter((each) => !window.reached.has(each)).map((each) => each.outerHTML.slice(0, 120))"


def walked(page: Any, name: str) -> list[str]:
    """Press Tab through a page; return what cannot be reached, is not seen when it is, or has no name."""
    page.set_viewport_size({"width": 390, "height": 844})
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"keyboard-{name}.png", full_page=True)
    faults: list[str] = []
    for _step in range(PARTS * page.evaluate(WANTED)):
        page.keyboard.press("Tab")
        found = page.evaluate(STEP)
        if found.get("left"):
            break
        faults += [f"{name}: not {what}: {found['what']}" for what in ("outlined", "name", "inside") if not found[what]]
    faults += [f"{name}: not reached: {each}" for each in page.evaluate(MISSED)]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        faults.append(f"{name}: scrolls sideways")
    return list(dict.fromkeys(faults))


@pytest.fixture(scope="module")
def place(place_with: Callable[..., Any]) -> Any:
    """A place with a provider, so that people can be invited."""
    return place_with(SETTINGS)


def test_all_of_a_page_is_reached_with_a_keyboard(place: Any, first_of: Callable[[Any], Any]) -> None:
    """By Tab alone, each link and field where it is seen, with a frame around it and with a name."""
    ann = first_of(place)
    page = ann.page
    make_class(place, ann, "Statistics 101")
    page.get_by_role("link", name="Go to the class").click()
    course = page.url.rpartition("/")[2]
    with people_of(place) as people:
        nora = people.add_account("nora", "").id
        people.groups.join(course, nora, "student")
        people.invitations.invite(course, [Invitation("dora", "student", "dora@example.org")])
        for number in range(450):
            people.actions.add(id_of(people, "ann"), "say", course, whom=(nora,), detail=f"Hello {number}")
    people_at = f"{place.url}/services/people"
    page.goto(f"{people_at}/classes/{course}/hours")
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    page.get_by_role("group", name="Single lessons").get_by_label("on", exact=True).fill(f"{tomorrow}")
    page.get_by_role("group", name="Single lessons").get_by_label("from").fill("14:00")
    page.get_by_role("group", name="Single lessons").get_by_label("to", exact=True).fill("16:00")
    page.get_by_role("button", name="Save the changes").click()
    faults = []
    for name, path in {
        "class": f"/classes/{course}",
        "log": f"/classes/{course}/log",
        "hours": f"/classes/{course}/hours",
        "people": f"/classes/{course}/people",
        "settings": f"/classes/{course}/settings",
        "copy": f"/classes/{course}/copy",
        "timeline": f"/classes/{course}/timeline",
        "operation": "/operation",
        "operation-log": "/operation/log",
        "operation-people": "/operation/people",
        "operation-classes": "/operation/classes",
        "export": f"/operation/people/{nora}/export",
        "erase": f"/operation/people/{nora}/erase",
    }.items():
        page.goto(f"{people_at}{path}")
        faults += walked(page, name)

    assert faults == [], "\n".join(faults)


def test_somebody_is_erased_with_a_keyboard(place: Any, newcomer: Callable[..., Any]) -> None:
    """Ticked with the space bar, chosen by the first letters, and done with Enter, on a narrow window, too."""
    name = f"omar{datetime.now(UTC):%H%M%S}"
    newcomer(place, name)
    admin = newcomer(place, f"root{datetime.now(UTC):%H%M%S}")
    with people_of(place) as people:
        people.set_admin(admin.name, is_admin=True)
    page = admin.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{place.url}/services/people/operation/people")

    go_to(page, page.get_by_role("checkbox", name=name), back=False)
    page.keyboard.press("Space")
    go_to(page, page.get_by_label("The ticked people:"), back=True)
    page.keyboard.type("erase")
    go_to(page, page.get_by_role("button", name="Do it"), back=False)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=f"Erase {name}").wait_for()
    go_to(page, page.get_by_label("Type their name to be sure"), back=False)
    page.keyboard.type(name)
    page.keyboard.press("Enter")

    page.get_by_role("heading", name=f"{name} is being erased").wait_for()


def go_to(page: Any, there: Any, *, back: bool) -> None:
    """Press Tab until something has the focus."""
    for _step in range(60):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if there.evaluate("(each) => each === document.activeElement"):
            return
    raise AssertionError("it is not reached")
