"""Elements of a page as text: whatever is inside of them and is no element is escaped."""

from __future__ import annotations

from html import escape
from typing import Final

_EMPTY: Final = frozenset({"meta", "link", "rect", "line", "input"})


class Html(str):
    """Text that is HTML already. Nothing that others chose ever becomes one but by `element`."""

    __slots__ = ()


def element(name: str, attributes: dict[str, str] | None = None, *inside: str) -> Html:
    """An element with what is inside of it, in order; an attribute that is "" stands there by its name alone."""
    said = "".join(f' {each}="{escape(value)}"' if value else f" {each}" for each, value in (attributes or {}).items())
    if name in _EMPTY and not inside:
        return Html(f"<{name}{said}>" if name in ("meta", "link") else f"<{name}{said}/>")
    return Html(f"<{name}{said}>{''.join(map(escaped, inside))}</{name}>")


def escaped(text: str) -> str:
    return text if isinstance(text, Html) else escape(text)


def joined(*elements: Html) -> Html:
    return Html("".join(elements))
