import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from sardonyx_spawner.catalogue import Catalogue
from sardonyx_spawner.choice import Choice, choice_from_form
from sardonyx_spawner.class_profile import Course, class_profile
from sardonyx_spawner.errors import ChoiceError, UserError
from sardonyx_spawner.form import render_form
from sardonyx_spawner.person import Person
from sardonyx_spawner.profiles import Allowed, Gives, Option, Profile

AMINA = Person("p1", "amina")
OTHER = {"size": frozenset({"other"})}
STAFF = frozenset({"staff"})
EVIL = "</style></script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{ 7*7 }}"

SIZE = Option(
    "size",
    "Size",
    choices=(
        Allowed("small", "Small", gives=Gives(cpu=1, memory=2 << 30)),
        Allowed("huge", "Huge secret", gives=Gives(cpu=64), groups=STAFF),
        Allowed("other", "Other", "You say how much"),
    ),
    default="small",
)
PYTHON = Profile(
    "python",
    "Python",
    "JupyterLab",
    icon="python",
    order=1,
    options=(
        SIZE,
        Option("cpu", "Cores", minimum=1, maximum=8, step=0.5, default="2", shown_when=OTHER),
        Option("repository", "Repository"),
        Option("branch", "Branch"),
        Option(
            "lifetime",
            "For how long?",
            choices=(
                Allowed("4h", "4 hours", gives=Gives(lifetime_s=14400)),
                Allowed("12h", "12 hours", gives=Gives(lifetime_s=43200)),
            ),
            default="12h",
        ),
    ),
)
R = Profile("r", "R", order=2, gives=Gives(cpu=2, memory=4 << 30, lifetime_s=3600))
GPU = Profile("gpu", "GPU secret", order=3, groups=STAFF)
CATALOGUE = Catalogue([PYTHON, R, GPU])


class Page(HTMLParser):
    """The elements of a page, and the ids that are there."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Keep the element."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def find(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """Return the attributes of the elements that have these."""
        return [a for t, a in self.elements if t == tag and all(a.get(n) == v for n, v in wanted.items())]

    def ids(self) -> list[str]:
        """Return every id."""
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]

    def checked(self) -> dict[str, str]:
        """Return the chosen radios: name -> value."""
        return {a["name"]: a["value"] for a in self.find("input", type="radio") if "checked" in a}


def form(
    *,
    person: Person = AMINA,
    chosen: Choice | None = None,
    submitted: Mapping[str, list[str]] | None = None,
    faults: Sequence[UserError] = (),
    catalogue: Catalogue = CATALOGUE,
) -> str:
    """Render the form for a person."""
    return render_form(catalogue.offered_to(person), person, chosen=chosen, submitted=submitted, faults=faults)


def page_of(*profiles: Profile) -> Page:
    """Return the page for some profiles."""
    return Page(form(catalogue=Catalogue(profiles)))


def test_the_names_of_the_fields_are_those_that_are_read() -> None:
    """What the browser would send is the usual choice."""
    page = Page(form())
    sent = {name: [value] for name, value in page.checked().items()}
    sent |= {a["name"]: [a["value"]] for a in page.find("input") if a.get("type") != "radio"}

    assert choice_from_form(sent, CATALOGUE, AMINA).to_json() == {
        "profile": "python",
        "size": "small",
        "repository": "",
        "branch": "",
        "lifetime": "12h",
    }


def test_exactly_one_radio_of_each_group_is_chosen() -> None:
    """Nobody has to choose what they do not care about."""
    page = Page(form())
    chosen = [a["name"] for a in page.find("input", type="radio") if "checked" in a]

    assert sorted(chosen) == sorted({a["name"] for a in page.find("input", type="radio")})


def test_ids_are_unique_even_where_slugs_resemble_each_other() -> None:
    """A profile "a-size" and the size of "a", a profile that is called "profile"."""
    size = Option("size", "Size", choices=(Allowed("cpu", "Cpu"), Allowed("1-a", "One")))
    cpu = Option("cpu", "Cores", maximum=4)
    ids = page_of(*(Profile(slug, slug, options=(size, cpu)) for slug in ("a", "a-size", "profile", "size", "1"))).ids()

    assert len(ids) == len(set(ids))


def test_every_input_has_a_label_and_every_group_a_legend() -> None:
    """A screen reader says what is asked."""
    html = form()
    page = Page(html)

    labelled = {a["for"] for a in page.find("label") if "for" in a}
    assert {a["id"] for a in page.find("input") if a.get("type") != "radio"} == labelled
    assert html.count("<fieldset") == html.count("<legend>")


def test_what_describes_a_field_is_there() -> None:
    """No aria-describedby leads nowhere."""
    page = Page(form(faults=[UserError("Too far.", field="python.size"), UserError("No.", field="python.branch")]))

    described = {i for _, a in page.elements for i in a.get("aria-describedby", "").split()}
    assert {"f_python_size_error", "f_python_branch_error", "f_python_branch_hint"} <= described
    assert described <= set(page.ids())


def test_markup_in_titles_and_descriptions_is_shown_and_not_run() -> None:
    """Instructors write profiles. KubeSpawner 7.1 puts display names and descriptions into the page as they are."""
    choices = tuple(Allowed(f"c{n}", EVIL, EVIL) for n in range(2))
    options = (
        Option("size", EVIL, EVIL, choices=choices),
        Option("environment", EVIL, EVIL, choices=choices),
        Option("repository", EVIL, EVIL, default=EVIL),
        Option("cpu", EVIL, EVIL, maximum=8, default=EVIL),
    )
    html = form(catalogue=Catalogue([Profile("python", EVIL, EVIL, icon=EVIL, options=options)]))

    assert not {"img", "svg onload"} & {tag for tag, _ in Page(html).elements}
    assert html.count("<script") == html.count("</script>") == 1
    assert html.count("</style>") == 1
    assert "49" not in html


def test_markup_in_what_was_sent_is_shown_and_not_run() -> None:
    """Also in the names of the fields of a fault, and in its message."""
    html = form(
        submitted={"profile": [EVIL], "python.repository": [EVIL], "python.size": [EVIL]},
        faults=[UserError(EVIL, field=EVIL), UserError(EVIL, field="python.size"), UserError(EVIL, field="profile")],
    )

    assert html.count("<script") == html.count("</script>") == 1
    assert not Page(html).find("img")
    assert Page(html).find("input", name="python.repository")[0]["value"] == EVIL


def test_the_data_for_the_script_is_json() -> None:
    """And cannot end its element."""
    html = form(catalogue=Catalogue([replace(PYTHON, options=(replace(SIZE, title=EVIL),))]))
    data = re.search(r'<script type="application/json" id="sx-form-data">(.*?)</script>', html, re.DOTALL)

    assert data is not None
    assert json.loads(data[1]) == {"titles": {"profile": "Profile", "python.size": EVIL}}


def test_what_others_may_choose_is_nowhere_in_the_page() -> None:
    """Not in a rule, not in a condition, not in the data."""
    cpu = replace(PYTHON.options[1], shown_when={"size": frozenset({"other", "huge"})})
    gpus = Option("gpus", "GPUs secret", maximum=4, shown_when={"size": frozenset({"huge"})})
    catalogue = Catalogue([replace(PYTHON, options=(SIZE, cpu, gpus)), GPU])

    hidden = form(catalogue=catalogue)
    assert "huge" not in hidden
    assert "secret" not in hidden
    assert "secret" in form(catalogue=catalogue, person=replace(AMINA, groups=STAFF))


def test_the_last_choice_is_chosen_again() -> None:
    """People do the same on most days."""
    values = {"size": "other", "cpu": "4", "repository": "https://x.example/a", "lifetime": "4h"}
    page = Page(form(chosen=Choice("python", values)))

    assert page.checked() == {"profile": "python", "python.size": "other", "python.lifetime": "4h"}
    assert page.find("input", name="python.cpu")[0]["value"] == "4"
    assert page.find("input", name="python.repository")[0]["value"] == "https://x.example/a"


@pytest.mark.parametrize(
    "chosen",
    [
        pytest.param(Choice("gone", {"size": "small"}), id="profile"),
        pytest.param(Choice("gpu"), id="profile of others"),
        pytest.param(Choice("python", {"size": "gone", "lifetime": "9h"}), id="choices"),
        pytest.param(Choice("python", {"size": "huge"}), id="choice of others"),
        pytest.param(Choice("python", {"nothing": "x"}), id="option"),
        pytest.param(Choice("", {}), id="nothing"),
    ],
)
def test_a_last_choice_that_is_gone_leaves_the_usual_one(chosen: Choice) -> None:
    """KubeSpawner 7.1 shows a form in which nothing is chosen."""
    assert Page(form(chosen=chosen)).checked() == {
        "profile": "python",
        "python.size": "small",
        "python.lifetime": "12h",
    }


def test_what_a_person_wrote_is_kept_when_it_is_refused() -> None:
    """In every profile, not only in the chosen one; `submitted` wins over the last choice."""
    page = Page(
        form(
            chosen=Choice("r"),
            submitted={"profile": ["python"], "python.size": ["other"], "python.cpu": ["99"], "python.branch": ["a b"]},
        )
    )

    assert page.checked()["profile"] == "python"
    assert page.checked()["python.size"] == "other"
    assert page.find("input", name="python.cpu")[0]["value"] == "99"
    assert page.find("input", name="python.branch")[0]["value"] == "a b"


def test_a_megabyte_is_not_sent_back() -> None:
    """The page stays small."""
    assert len(form(submitted={"python.repository": ["x" * 1_000_000]})) < 20_000


def test_faults_stand_on_top_and_at_their_fields() -> None:
    """One alert with a link for each, and a text at the field."""
    sent = {"profile": ["python"], "python.size": ["x"], "python.branch": ["-x"]}
    with pytest.raises(ChoiceError) as caught:
        choice_from_form(sent, CATALOGUE, AMINA)
    html = form(submitted=sent, faults=caught.value.faults)
    page = Page(html)

    assert len(page.find("div", role="alert")) == 1
    assert "2 things to correct, then it can start." in html
    assert [a["href"] for a in page.find("a")] == ["#f_python_size", "#f_python_branch"]
    assert {"f_python_size", "f_python_branch"} <= set(page.ids())
    branch = page.find("input", name="python.branch")[0]
    assert "is-invalid" in branch["class"].split()
    assert branch["aria-invalid"] == "true"
    assert branch["aria-describedby"] == "f_python_branch_error f_python_branch_hint"
    assert "is-invalid" in page.find("fieldset", id="f_python_size")[0]["class"].split()
    assert "Branch: “-x” cannot be the name of a branch. Leave it empty for the main one." in html


def test_a_fault_without_a_field_is_said_without_a_link() -> None:
    """There is nowhere to go."""
    html = form(faults=[UserError("Nothing is free. Try again in an hour.")])

    assert "One thing to correct" in html
    assert "<li>Nothing is free. Try again in an hour.</li>" in html


def test_a_fault_of_the_profile_stands_at_the_profiles() -> None:
    """It was there before somebody changed the settings."""
    page = Page(form(faults=[UserError("“x” is not available to you.", field="profile")]))

    assert page.find("fieldset", id="f_profile")[0]["aria-describedby"] == "f_profile_error"
    assert "f_profile_error" in page.ids()


def test_without_a_fault_there_is_no_alert() -> None:
    """The suggestion of a link is not one, and waits for its script."""
    html = form()

    assert 'role="alert"' not in html
    assert "hidden" in Page(html).find("div", id="sx-link")[0]


def test_each_choice_has_a_rule_that_shows_what_depends_on_it() -> None:
    """It works without a script, and every condition has its radio."""
    html = form()
    page = Page(html)

    rules = dict(re.findall(r'form:has\(#([^:)]+):checked\) \[data-when~="([^"]+)"\]', html))
    radios = {a["id"] for a in page.find("input", type="radio")}
    conditions = {word for _, a in page.elements for word in a.get("data-when", "").split()}
    assert set(rules) == radios
    assert conditions <= set(rules.values())
    assert rules["f_python_size_other"] == "python.size=other"
    assert page.find("div", **{"data-when": "python.size=other"})


def test_a_question_is_hidden_with_the_one_that_it_depends_on() -> None:
    """The radio in a hidden question stays chosen, so its condition alone would not hide what follows."""
    home = Option("home", "Files", choices=(Allowed("kept", "Kept"), Allowed("fresh", "Fresh")), shown_when=OTHER)
    branch = Option("branch", "Branch", shown_when={"home": frozenset({"kept"})})
    html = form(catalogue=Catalogue([Profile("python", "Python", options=(SIZE, home, branch))]))

    before_branch = html[: html.index('name="python.branch"')]
    opened = re.findall(r'<div class="sx-when" data-when="([^"]+)">', before_branch)
    assert opened == ["python.size=other", "python.size=other", "python.home=kept"]


def test_the_summary_follows_the_choices() -> None:
    """Each choice has its words there."""
    html = form()
    summary = " ".join(html[html.index("This will start") :].split())

    assert '<span data-when="python.size=small">, with 1 core and 2 GB</span>' in summary
    assert '<span data-when="python.lifetime=12h">, for 12 hours</span>' in summary
    assert '<span data-live="f_python_cpu">2</span> cores' in summary


def test_the_summary_says_what_is_fixed() -> None:
    """A profile that asks nothing says everything."""
    assert "R, with 2 cores and 4 GB, for 1 hour" in form()


def test_a_number_shows_its_limits_and_its_unit() -> None:
    """The browser helps to keep them."""
    html = form()
    cores = Page(html).find("input", name="python.cpu")[0]

    assert (cores["type"], cores["min"], cores["max"], cores["step"]) == ("number", "1", "8", "0.5")
    assert "From 1 to 8 cores." in html


def test_a_hidden_wrong_number_does_not_keep_the_form_from_being_sent() -> None:
    """A browser refuses it without a word, because it cannot show the field; the server says what is wrong."""
    page = Page(form())

    assert [a["type"] for a in page.find("button", **{"class": "btn btn-primary btn-lg"})] == ["submit"]
    assert "formnovalidate" in page.find("button", type="submit")[0]


def test_a_script_is_never_inline() -> None:
    """No handler in an attribute, no code in the page."""
    page = Page(form())

    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert {a["type"] for a in page.find("script")} == {"application/json"}


def test_who_is_offered_nothing_reads_what_to_do() -> None:
    """And there is no button."""
    html = form(catalogue=Catalogue([]))

    assert "Nothing is offered to you yet" in html
    assert "<button" not in html
    assert "<style" not in html


def test_many_choices_are_cards_and_few_are_segments() -> None:
    """Six do not fit into a row."""
    few = Option("lifetime", "For how long?", choices=tuple(Allowed(f"{n}h", f"{n} h") for n in range(1, 6)))
    many = replace(few, choices=(*few.choices, Allowed("6h", "6 h")))

    assert page_of(Profile("a", "A", options=(few,))).find("div", **{"class": "sx-segments"})
    assert not page_of(Profile("a", "A", options=(many,))).find("div", **{"class": "sx-segments"})


def test_one_persons_answers_are_never_in_anothers_form() -> None:
    """Parts are kept once drawn: by everything that is in them."""
    form(chosen=Choice("python", {"repository": "https://private.example/amina"}))
    form(submitted={"python.repository": ["https://private.example/amina"]})

    assert "private.example" not in form(person=Person("p2", "jonah"))


def test_changed_settings_are_seen_at_once() -> None:
    """A profile of the same slug with another title is another one."""
    form()

    assert "Snakes" in form(catalogue=Catalogue([replace(PYTHON, title="Snakes")]))


def test_a_class_is_the_first_card_and_asks_what_is_not_settled() -> None:
    """What was settled is said under it all the same; titles may be anything."""
    nora = Person("p3", "nora", frozenset({"class-7mw2kfqd"}))
    course = Course("class", "class-7mw2kfqd", f"Statistics {EVIL}", answers={"size": "small", "lifetime": "4h"})

    class OfNora:
        def profiles_for(self, person: Person) -> Sequence[Profile]:
            return [class_profile(PYTHON, course)] if person == nora else []

    html = form(person=nora, catalogue=Catalogue([PYTHON, R, GPU], OfNora()))
    page = Page(html)

    assert [a["value"] for a in page.find("input", name="profile")] == ["class-7mw2kfqd", "python", "r"]
    assert page.checked()["profile"] == "class-7mw2kfqd"
    fields = {a["name"] for a in page.find("input")}
    assert {name for name in fields if name.startswith("class-7mw2kfqd.")} == {
        "class-7mw2kfqd.repository",
        "class-7mw2kfqd.branch",
    }
    assert "with 1 core and 2 GB, for 4 hours" in html
    assert EVIL not in html
    assert "Statistics" not in form(catalogue=Catalogue([PYTHON, R, GPU], OfNora()))
