"""The pieces of Markdown every converter writes: fences, code spans, tables, links, and a page of nested blocks."""

from __future__ import annotations

import re
from collections.abc import Sequence

# Deeper containers add nothing a reader could follow, and their prefixes would make the page grow quadratically.
DEEPEST = 12

_TICKS = re.compile(r"`+")
_LANGUAGE = re.compile(r"[A-Za-z0-9+#._-]+")
_STARTS_HEADING = re.compile(r"(?m)^([ ]{0,3})(#{1,6})(?=[ \t]|$)")


def _ticks(code: str, least: int) -> str:
    if "`" not in code:
        return "`" * least
    return "`" * max(least, 1 + max((len(run) for run in _TICKS.findall(code)), default=0))


def fence(code: str, language: str = "") -> str:
    """Put code between fences longer than any run of back-ticks it holds; a blank first or last line goes."""
    first, newline, rest = code.partition("\n")
    if newline and not first.strip():
        code = rest
    kept, newline, last = code.rpartition("\n")
    if newline and not last.strip():
        code = kept
    named = _LANGUAGE.fullmatch(language.strip()) if language else None
    ticks = _ticks(code, 3)
    return f"{ticks}{named[0].lower() if named else ''}\n{code}\n{ticks}"


def code_span(code: str) -> str:
    """Put one line of code between enough back-ticks."""
    if not code.strip():
        return code
    ticks = _ticks(code, 1)
    pad = " " if code[0] == "`" or code[-1] == "`" else ""
    return f"{ticks}{pad}{code}{pad}{ticks}"


def code_in_cell(code: str) -> str:
    """Put code where no fence can stand: a span for every line, its pipes escaped."""
    lines = (code_span(line) for line in code.strip("\n").split("\n"))
    return "<br>".join(lines).replace("|", r"\|")


def in_cell(text: str) -> str:
    """Make text fit one table cell: breaks become `<br>`, pipes are escaped."""
    return text.strip().replace("|", r"\|").replace("\n", "<br>")


def table(rows: Sequence[Sequence[str]], headed: bool) -> str:
    """Draw rows of ready cells; GitHub drops cells beyond the header, so the header is as wide as the widest row."""
    width = max(map(len, rows))
    head = list(rows[0]) if headed else []
    head += [""] * (width - len(head))
    lines = [head, ["---"] * width, *rows[1 if headed else 0 :]]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def target(url: str) -> str:
    """Write an address so that it can stand in the round brackets of a link."""
    if " " in url or url.count("(") != url.count(")"):
        return "<" + url.replace("<", "%3C").replace(">", "%3E") + ">"
    return url


def link(text: str, url: str) -> str:
    """Link text to an address; an address that is its own text stays bare."""
    return f"[{text}]({target(url)})" if url and text not in ("", url) else text or url


def image(name: str, url: str = "") -> str:
    """Show an image by its name."""
    return f"![{name}]({target(url or name)})"


def prose(text: str) -> str:
    """Escape what would turn a line of plain text into a heading."""
    return _STARTS_HEADING.sub(r"\1\\\2", text) if "#" in text else text


class Page:
    """Collects blocks in order, each under the prefixes of the quotes and list items that are open around it."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        # Of each open container: its mark, and the prefix of the lines around it.
        self._open: list[tuple[str, str]] = []
        self._prefix = ""
        # The innermost containers that have no line yet, and what will lead their first.
        self._waiting = 0
        self._lead = ""
        self._tight = False
        # The prefix of what has been open ever since the last line.
        self._between = ""
        self._beyond = 0
        self._loose_marks = ""

    def open(self, first: str, rest: str, tight: bool = False) -> None:
        """Open a container: `first` leads its first line, `rest` the others; `tight` leaves no blank line before."""
        if len(self._open) >= DEEPEST:
            self._beyond += 1
            self._loose_marks = first if first.strip() != ">" else ""
            return
        if not self._waiting:
            self._lead, self._tight = self._prefix, tight
        self._waiting += 1
        self._lead += first
        self._open.append((first, self._prefix))
        self._prefix += rest

    def close(self) -> None:
        """Close the innermost container; one that stayed empty still shows its mark."""
        if self._beyond:
            self._beyond -= 1
            return
        if self._waiting and self._open[-1][0].strip() != ">":
            self.block("")
        first, self._prefix = self._open.pop()
        if self._waiting:
            self._waiting -= 1
            self._lead = self._lead[: len(self._lead) - len(first)]
        if len(self._prefix) < len(self._between):
            self._between = self._prefix

    def block(self, text: str, tight: bool = False) -> None:
        """Add one block of any number of lines."""
        prefix = lead = self._prefix
        if self._waiting:
            lead, tight = self._lead, self._tight
            self._waiting = 0
        if self._lines and not tight:
            self._lines.append(self._between.rstrip())
        if self._loose_marks:
            text, self._loose_marks = self._loose_marks + text, ""
        self._between = prefix
        if "\n" not in text:
            self._lines.append((lead + text).rstrip())
            return
        first, _, others = text.partition("\n")
        bare = prefix.rstrip()
        self._lines.append((lead + first).rstrip())
        self._lines += [prefix + line if line else bare for line in others.split("\n")] if prefix else [others]

    def text(self) -> str:
        """Return the page as one text."""
        return "\n".join(self._lines)
