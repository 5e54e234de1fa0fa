"""How long the start form takes to render."""

import statistics
import time
from collections.abc import Callable
from typing import Any

from support.figures import figure

from sardonyx_spawner import form
from sardonyx_spawner.catalogue import Catalogue
from sardonyx_spawner.choice import Choice
from sardonyx_spawner.person import Person
from sardonyx_spawner.profiles import Allowed, Gives, Option, Profile

PERSON = Person("id", "amina")
ROUNDS = 101
AFRESH = "fresh Jinja environment per render (what KubeSpawner 7.1 does)"


def profiles() -> tuple[Profile, ...]:
    """Return 10 profiles with 8 questions each, and a question of 8 choices."""
    other = {"size": frozenset({"s7"})}
    sizes = tuple(Allowed(f"s{n}", f"Size {n}", gives=Gives(cpu=n + 1, memory=(n + 1) << 30)) for n in range(8))
    hours = tuple(Allowed(f"{n}h", f"{n} hours", gives=Gives(lifetime_s=n * 3600)) for n in (1, 4, 12))
    options = (
        Option("environment", "Environment", choices=(Allowed("standard", "Standard"), Allowed("ml", "Learning"))),
        Option("size", "Size", choices=sizes),
        Option("cpu", "Cores", minimum=1, maximum=8, default="1", shown_when=other),
        Option("memory", "Memory", minimum=1, maximum=8, default="1", shown_when=other),
        Option("repository", "Repository"),
        Option("branch", "Branch"),
        Option("lifetime", "For how long?", choices=hours),
        Option("home", "Files", choices=(Allowed("kept", "My files"), Allowed("fresh", "Fresh"))),
    )
    return tuple(Profile(f"p{n}", f"Profile {n}", "What it is for", options=options) for n in range(10))


def bench_form() -> list[dict[str, Any]]:
    """Measure the form of somebody with a last choice, of somebody with new answers, and after a change of the settings."""
    catalogue = Catalogue(profiles())
    numbers = iter(range(1_000_000))

    def render() -> str:
        return form.render_form(catalogue.offered_to(PERSON), PERSON, chosen=Choice("p3", {"size": "s1"}))

    def render_new() -> str:
        mine = Choice("p3", {"repository": f"https://git.example/{next(numbers)}"})
        return form.render_form(catalogue.offered_to(PERSON), PERSON, chosen=mine)

    def render_all_parts() -> str:
        form._drawn.cache_clear()
        return render()

    def render_afresh() -> str:
        form._environment.cache_clear()
        form._drawn.cache_clear()
        return render()

    baseline = _median_ms(render_afresh, 11)
    return [
        figure("form", _median_ms(render), "ms", AFRESH, baseline),
        figure("form_new_answers", _median_ms(render_new), "ms", AFRESH, baseline),
        figure("form_changed_settings", _median_ms(render_all_parts), "ms", AFRESH, baseline),
    ]


def _median_ms(render: Callable[[], str], rounds: int = ROUNDS) -> float:
    render()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        render()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000
