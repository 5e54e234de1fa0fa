"""The address at which codes are typed in, where people read it from: on cards, and on the large screen."""

import re
from dataclasses import dataclass
from itertools import count

from markupsafe import Markup

_PART = re.compile(r"[^./]+[./]*|[./]+")


@dataclass(frozen=True)
class TypedAddress:
    """An address as people type it, such as "hub.example.org/hub/code".

    A line of it ends behind a dot or a slash: behind a hyphen, or within a word, it would be typed wrong.
    """

    text: str

    def lines(self, signs: int) -> list[str]:
        """Return it in lines of so many signs at most, a longer part alone in its own; host and path apart, if not in one."""
        if len(self.text) <= signs:
            return [self.text]
        found: list[str] = []
        for parts in self._halves():
            found.append("")
            for part in parts:
                if found[-1] and len(found[-1]) + len(part) > signs:
                    found.append("")
                found[-1] += part
        return found

    def width(self, least: int, lines: int) -> int:
        """Return how many signs a line has to have so that it fits into so many lines.

        Args:
            least: so many a line has at its usual size.
        """
        longest = max(len(part) for parts in self._halves() for part in parts)
        return next(signs for signs in count(max(least, longest)) if len(self.lines(signs)) <= lines)

    def __html__(self) -> str:
        """Return it with the marks by which a browser breaks it in the same way."""
        part, half = Markup("<span>{}</span>"), Markup('<span class="sx-half">{}</span>')
        return Markup().join(half.format(Markup("<wbr>").join(map(part.format, parts))) for parts in self._halves())

    def _halves(self) -> list[list[str]]:
        host, slash, path = self.text.partition("/")
        return [_PART.findall(half) for half in (host + slash, path) if half]
