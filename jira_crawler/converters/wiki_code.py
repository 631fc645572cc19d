"""Finds the code in wiki markup and puts it away, before anything else looks at the text."""

from __future__ import annotations

import re

from jira_crawler.converters.verbatim import Shelf

# A set of characters comes first because the engine can then skip the text in between.
_START = re.compile(
    r"[{`](?:(?<=\{)(?:(?P<macro>code|noformat)(?::(?P<options>[^{}\n]*+))?\}|(?P<mono>\{(?:\{\})?))"
    r"|(?<=`)(?P<ticks>`*+)(?P<info>[\w+#.-]*+[ \t]*+$)?)",
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
        start, at = found.span()
        if text.startswith("\\", start - 1) and start:
            at = start + 1
        elif found["macro"]:
            stop, at = closers.macro(found["macro"].lower(), at)
            out += [text[done:start], shelf.block(text[found.end() : stop], language(found["options"] or ""))]
            done = at
        elif found["mono"]:
            stop, at = closers.mono(found["mono"], at)
            if stop < 0:
                at = start + 2
            else:
                code = text[found.end() : stop]
                out += [text[done:start], shelf.block(code) if "\n" in code else shelf.code(code)]
                done = at
        else:
            piece, at = _ticked(text, found, closers, shelf)
            out += [text[done:start], piece]
            done = at
        found = _START.search(text, at)
    out.append(text[done:])
    return "".join(out)


def _ticked(text: str, found: re.Match[str], closers: _Closers, shelf: Shelf) -> tuple[str, int]:
    """Return what stands for a run of back-ticks and what it encloses, and where the text goes on."""
    run = "`" + found["ticks"]
    start = found.start()
    line = text.rfind("\n", max(start - 40, 0), start) + 1
    if len(run) >= 3 and found["info"] is not None and not text[line:start].strip():
        stop, at = closers.fence(found.end())
        if stop >= 0:
            return shelf.block(text[found.end() : stop], found["info"]), at
    begin = start + len(run)
    stop, at = closers.span(run, begin)
    if stop >= 0:
        return shelf.piece(text[start:at]), at
    return shelf.piece("\\" + run), begin


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
    """Finds where code ends, or (-1, -1); remembers what it searched, so that asking again stays linear."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._known: dict[str, int] = {}

    def macro(self, name: str, at: int) -> tuple[int, int]:
        """A macro ends at the next of its name, or with the text."""
        end = _ENDS[name].search(self._text, at)
        return end.span() if end else (len(self._text), len(self._text))

    def fence(self, at: int) -> tuple[int, int]:
        """A fence ends at a line that is nothing but a fence."""
        if self._known.get("fence"):
            return -1, -1
        end = _FENCE_END.search(self._text, at)
        if end is None:
            self._known["fence"] = 1
            return -1, -1
        return end.span()

    def span(self, ticks: str, at: int) -> tuple[int, int]:
        """A span ends at the same run of back-ticks in the same line."""
        stop = self._next(ticks, at)
        if stop >= self._next("\n", at) or stop == at or self._text.startswith("`", stop + len(ticks)):
            return -1, -1
        return stop, stop + len(ticks)

    def mono(self, start: str, at: int) -> tuple[int, int]:
        """Double braces end in the same paragraph; `{{{}x{}}}` is how Jira's editor guards a word's edges."""
        needle = "}}" if start == "{" else "{}}}"
        stop = self._next(needle, at)
        if stop >= self._next("\n\n", at) or stop == at:
            return -1, -1
        if needle == "{}}}":
            return stop, stop + 4
        extra = self._text.count("{", at, stop) - self._text.count("}", at, stop)
        while extra > 0 and self._text.startswith("}", stop + 2):
            stop, extra = stop + 1, extra - 1
        return stop, stop + 2

    def _next(self, needle: str, at: int) -> int:
        """Find the needle at or after `at`, or the end of the text; positions asked for only grow."""
        if self._known.get(needle, -1) < at:
            where = self._text.find(needle, at)
            self._known[needle] = where if where >= 0 else len(self._text)
        return self._known[needle]
