import pytest
from jinja2 import UndefinedError

from sardonyx_spawner import form
from sardonyx_spawner.person import Person


def test_the_template_is_compiled_once() -> None:
    """KubeSpawner 7.1 makes a Jinja environment for each rendering."""
    person = Person("p1", "amina")
    form.render_form([], person)
    environment, template = form._environment(), form._environment().get_template("form.html")
    form.render_form([], person)

    assert form._environment() is environment
    assert form._environment().get_template("form.html") is template


def test_a_name_that_is_missing_in_the_template_is_an_error() -> None:
    """And not an empty place in the page."""
    environment = form.new_environment()

    with pytest.raises(UndefinedError, match="'nothing' is undefined"):
        environment.from_string("{{ nothing }}").render()
    assert environment.from_string("{{ text }}").render(text="<b>") == "&lt;b&gt;"
