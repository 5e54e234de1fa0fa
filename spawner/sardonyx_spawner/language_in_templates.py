"""Translation in Jinja templates: `_("…")`, `ngettext` and `{% trans %}`, in the language that is spoken."""

from jinja2 import Environment
from jinja2.ext import InternationalizationExtension

from sardonyx_spawner.language import gettext, ngettext


class Translation(InternationalizationExtension):
    """Jinja's own extension with our texts; values in a text are escaped, the text itself may have HTML."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        environment.policies["ext.i18n.trimmed"] = True
        self._install_callables(gettext, ngettext, newstyle=True)
