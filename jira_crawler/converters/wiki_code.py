"""Finds the code in wiki markup and puts it away, before anything else looks at the text."""

from __future__ import annotations

import re

from jira_crawler.converters.verbatim import Shelf

_START = re.compile(
    r"(\\)?"
    r"(?:\{(?P<macro>code|noformat)(?::(?P<options>[^{}\n]*+))?\}"
    r"|(?P<mono>\{\{(?:\{\})?)"
    r"|(?P<fence>^[ \t]*```+)[ \t]*(?P<info>[\w+#.-]*)[ \t]*$"
    r"|(?P<span>`+))",
    re.IGNORECASE | re.MULTILINE,
)
_ENDS = {"code": re.compile(r"\{code\}", re.IGNORECASE), "noformat": re.compile(r"\{noformat\}", re.IGNORECASE)}
_FENCE_END = re.compile(r"^[ \t]*```+[ \t]*$", re.MULTILINE)


def shelve_code(text: str, shelf: Shelf) -> str:
    """Replace every piece of code by a mark: macros, double braces, and the back-ticks people write all the same."""
    out: list[str] = []
    done = 0
    closers = _Closers(text)
    found = _START.search(text)
    while found:
        escaped, at = found[1], found.end()
        end = closers.none if escaped else closers.of(found)
        out.append(text[done : found.start()])
        if end is closers.none:
            at, kept = _left_alone(found)
            out.append(shelf.piece("\\" + found["span"]) if kept else text[found.start() : at])
            done = at
        else:
            stop, done = end
            out.append(_shelved(found, text[at:stop], shelf))
            at = done
        found = _START.search(text, at)
    out.append(text[done:])
    return "".join(out)


def _left_alone(found: re.Match[str]) -> tuple[int, bool]:
    """Say where to read on after a start without an end, and whether it is a back-tick to escape."""
    if found["mono"]:
        return found.start("mono") + 2, False
    if found["fence"]:
        return found.end("fence"), False
    return found.end(), bool(found["span"])


def _shelved(found: re.Match[str], code: str, shelf: Shelf) -> str:
    if found["macro"]:
        return shelf.block(code, language(found["options"] or ""))
    if found["fence"]:
        return shelf.block(code, found["info"])
    if found["span"]:
        return shelf.piece(found["span"] + code + found["span"])
    return shelf.block(code) if "\n" in code else shelf.code(code)


def language(options: str) -> str:
    """Read the language out of `java|title=Foo.java` or `title=Foo.java|language=java`."""
    for option in options.split("|"):
        name, equals, value = option.partition("=")
        if not equals and name.strip():
            return name.strip()
        if name.strip().lower() in ("language", "lang"):
            return value.strip()
    return ""


class _Closers:
    """Answers where a piece of code ends; remembers what it searched, so that asking again stays linear."""

    none = (-1, -1)

    def __init__(self, text: str) -> None:
        self._text = text
        self._known: dict[str, int] = {}

    def of(self, found: re.Match[str]) -> tuple[int, int]:
        """Return where the code stops and where the text goes on, or `none`."""
        at = found.end()
        if found["macro"]:
            end = _ENDS[found["macro"].lower()].search(self._text, at)
            return end.span() if end else (len(self._text), len(self._text))
        if found["fence"]:
            if self._known.get("fence") == len(self._text):
                return self.none
            end = _FENCE_END.search(self._text, at)
            if end is None:
                self._known["fence"] = len(self._text)
            return (end.start(), end.end()) if end else self.none
        if found["span"]:
            return self._span(found["span"], at)
        return self._mono(found["mono"], at)

    def _next(self, needle: str, at: int) -> int:
        """Find the needle at or after `at`, or the end of the text; positions asked for only grow."""
        if self._known.get(needle, -1) < at:
            where = self._text.find(needle, at)
            self._known[needle] = where if where >= 0 else len(self._text)
        return self._known[needle]

    def _span(self, ticks: str, at: int) -> tuple[int, int]:
        """A span ends at the same run of back-ticks in the same line."""
        stop = self._next(ticks, at)
        if stop >= self._next("\n", at) or stop == at or self._text.startswith("`", stop + len(ticks)):
            return self.none
        return stop, stop + len(ticks)

    def _mono(self, start: str, at: int) -> tuple[int, int]:
        """Double braces end in the same paragraph; `{{{}x{}}}` is how Jira's editor guards a word's edges."""
        needle = "{}}}" if start == "{{{}" else "}}"
        stop = self._next(needle, at)
        if stop >= self._next("\n\n", at) or not self._text[at:stop].strip():
            return self.none
        if needle == "{}}}":
            return stop, stop + 4
        code = self._text[at:stop]
        extra = code.count("{") - code.count("}")
        while extra > 0 and self._text.startswith("}", stop + 2):
            stop, extra = stop + 1, extra - 1
        return stop, stop + 2
