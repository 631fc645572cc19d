"""Finds the code in wiki markup and puts it away, before anything else looks at the text."""

from __future__ import annotations

import re

from jira_crawler.converters import adf, html
from jira_crawler.converters.verbatim import Shelf

TITLE = "\ufdd2"  # stands around the title of the block behind it; like the marks of `Shelf`, it is in no text

# A set of characters comes first because the engine can then skip the text in between.
_START = re.compile(
    r"[{`](?:(?<=\{)(?:(?P<macro>code|noformat|adf|html)(?::(?P<options>[^{}\n]*+))?\}|(?P<mono>\{(?:\{\})?))"
    r"|(?<=`)(?P<ticks>`*+)(?P<info>[\w+#.-]*+[ \t]*+$)?)",
    re.IGNORECASE | re.MULTILINE,
)
_ENDS = {name: re.compile(rf"\{{{name}\}}", re.IGNORECASE) for name in ("code", "noformat", "adf", "html")}
_TITLE = re.compile(r"(?:^|\|)[ ]*title=[ \"]*+([^|]*[^|\s\"])", re.IGNORECASE)
_FILE = re.compile(r"[\w/-][\w./-]*\.(?!net$)\w+")  # ASP.NET is a language
_INDENT = 8  # characters looked back at for the start of a line
_ESCAPE = re.compile(r"(?<!\\)\\([\[\]{}|*_~^+!?-])")
_TAG = re.compile(r"\s*+<[a-zA-Z]")
_FENCE_END = re.compile(r"^[ \t]*```+[ \t]*$", re.MULTILINE)


def shelve_code(text: str, shelf: Shelf) -> str:
    """Replace every piece of code by a mark: macros, double braces, and the back-ticks people write all the same.

    So are documents in another markup: `{html}`, and `{adf}`.
    """
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
            if stop < 0:
                at = found.end()
                found = _START.search(text, at)
                continue
            out += [text[done:start], _enclosed(found, text[found.end() : stop], shelf)]
            done = at
        elif found["mono"]:
            stop, at = closers.mono(found["mono"], at)
            if stop < 0:
                at = start + 2
            else:
                code = text[found.end() : stop]
                out += [text[done:start], shelf.block(code) if "\n" in code else shelf.code(_unescaped(code))]
                done = at
        else:
            piece, at = _ticked(text, found, closers, shelf)
            out += [text[done:start], piece]
            done = at
        found = _START.search(text, at)
    out.append(text[done:])
    return "".join(out)


def _enclosed(found: re.Match[str], code: str, shelf: Shelf) -> str:
    """Return what stands for a macro: its title in bold and its code, or the document that it holds as JSON."""
    if found["macro"].lower() == "adf":
        return _document(found, adf.convert(code.strip()), shelf)
    if found["macro"].lower() == "html":
        markdown = html.convert(code.strip())
        return blocks(markdown, shelf) if "\n" in markdown and not _in_row(found) else shelf.piece(markdown)
    name, title = language(found["options"] or ""), _TITLE.search(found["options"] or "")
    header = title[1] if title else name if _FILE.fullmatch(name) else ""
    above = TITLE + shelf.piece(f"**{header}**") + TITLE if header else ""
    return above + shelf.block(code, name.rpartition(".")[2])


def _document(found: re.Match[str], markdown: str, shelf: Shelf) -> str:
    """Return what stands for a document in another markup; that may be blocks or part of a line.

    Jira Cloud writes what its wiki markup has no word for as one.
    """
    before = found.string[max(found.start() - _INDENT, 0) : found.start()]
    if before.rpartition("\n")[2].strip() or "inline" in (found["options"] or ""):
        return shelf.piece(markdown)
    return blocks(markdown, shelf)


def blocks(markdown: str, shelf: Shelf) -> str:
    """Return what stands for ready blocks, line by line, so that each comes under the marks of what it is in."""
    return "\n\n" + "\n".join(map(shelf.piece, markdown.split("\n"))) + "\n\n"


def _in_row(found: re.Match[str]) -> bool:
    text, start = found.string, found.start()
    return text[text.rfind("\n", 0, start) + 1 : start].lstrip().startswith("|")


def _unescaped(code: str) -> str:
    """Between double braces a back-slash still escapes, and Jira's editor writes many."""
    return _ESCAPE.sub(r"\1", code) if "\\" in code else code


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
    if stop >= 0 and text.count("{{", begin, stop) == text.count("}}", begin, stop):
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
        """A macro ends at the next of its name, or with the text; one of HTML that nothing ends must begin as HTML."""
        end = None if self._known.get(name) else _ENDS[name].search(self._text, at)
        if end:
            return end.span()
        self._known[name] = 1
        return (-1, -1) if name == "html" and not _TAG.match(self._text, at) else (len(self._text), len(self._text))

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
