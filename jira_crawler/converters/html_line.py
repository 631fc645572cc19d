"""The text of one paragraph while it is read: blanks are narrowed, emphasis and links are noted."""

from __future__ import annotations

import re
from collections.abc import Mapping

from jira_crawler.converters.html_links import linked
from jira_crawler.converters.html_tags import decoded
from jira_crawler.converters.markdown_emphasis import EM, MARKS, OFF, ON, STRIKE, STRONG, resolve_marks
from jira_crawler.converters.markdown_escape import plain

Styles = tuple[int, int, int]
_PLAIN = (0, 0, 0)
_BITS = (STRONG, EM, STRIKE)
# Further paragraphs that one link reaches over; each repeats an address of any length.
_CARRIED = 64
_GAPS = re.compile(r"\n{3,}")


class Line:
    """Takes text and what happens to it, gives a paragraph of Markdown."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        # How often each style is open.
        self.styles = _PLAIN
        self._anchor: tuple[int, Mapping[str, str], Styles] | None = None
        self._carried = 0
        # Blanks at an edge, of a line or behind other blanks, are none.
        self._edge = True
        self.said = False

    def say(self, text: str) -> None:
        """Add text as it stands in HTML."""
        if "&" in text:
            text = decoded(text)
        if self._edge:
            text = text.lstrip()
        # The quickest way to ask for blanks of other kinds, and for several.
        if not text.isprintable() or "  " in text:
            text = _narrowed(text)
        if text:
            self._edge = text[-1] == " "
            self._pieces.append(plain(text))
            self.said = self.said or text != " "

    def add(self, markdown: str) -> None:
        """Add what is Markdown already."""
        if markdown:
            if markdown[0] == "`" and self._pieces and self._pieces[-1].endswith("`"):
                self._pieces.append(" ")
            self._pieces.append(markdown)
            self.said, self._edge = True, False

    def is_glued(self) -> bool:
        """Say whether a letter or digit stands directly before what comes next."""
        return bool(self._pieces) and self._pieces[-1][-1:].isalnum()

    def end_line(self) -> None:
        """Go on in a new line."""
        if self.said:
            self._pieces.append("\n")
            self._edge = True

    def begin(self, style: int) -> None:
        """Begin a style; within itself it changes nothing."""
        if self._count(style, 1) == 1:
            self._pieces.append(ON[style])

    def end(self, style: int) -> None:
        """End a style, if it was begun."""
        if self.styles[style >> 1] and self._count(style, -1) == 0:
            self._pieces.append(OFF[style])

    def begin_link(self, attributes: Mapping[str, str]) -> None:
        """Begin an anchor; one that is still open ends."""
        self.end_link()
        self._carried = 0
        self._anchor = len(self._pieces), attributes, self.styles

    def end_link(self) -> str:
        """End an anchor, and return what it became."""
        if self._anchor is None:
            return ""
        start, attributes, styles = self._anchor
        self._anchor = None
        inside = "".join(self._pieces[start:])
        said = inside.strip()
        if not MARKS.sub("", said):
            return ""
        turns = ""
        if styles != self.styles:
            turns, said = "".join(MARKS.findall(said)), MARKS.sub("", said)
        before, after = inside[: len(inside) - len(inside.lstrip())], inside[len(inside.rstrip()) :]
        became = linked(said, attributes)
        if became.startswith("[") and start and self._pieces[start - 1].endswith("!"):
            self._pieces[start - 1] = self._pieces[start - 1][:-1] + "\\!"
        self._pieces[start:] = [before, became, turns, after]
        return became

    def restore(self, styles: Styles) -> None:
        """Return to the styles of before, between two paragraphs."""
        if styles != self.styles:
            self.styles = styles
            self._restart()

    def take(self) -> str:
        """Return the paragraph, and begin another in the same style and link."""
        anchor, carried = self._anchor, self._carried + 1
        if anchor:
            self.end_link()
        text = "".join(self._pieces)
        self._restart()
        if anchor and carried <= _CARRIED:
            self.begin_link(anchor[1])
            self._carried = carried
        if "\n" in text:
            text = text.replace(" \n", "\n")
            if "\n\n\n" in text:
                text = _GAPS.sub("\n\n", text)
        text = text.strip()
        return text if text.isascii() else resolve_marks(text)

    def _count(self, style: int, change: int) -> int:
        strong, em, strike = self.styles
        counts = [strong, em, strike]
        counts[style >> 1] += change
        self.styles = (counts[0], counts[1], counts[2])
        return counts[style >> 1]

    def _restart(self) -> None:
        self._pieces = [] if self.styles == _PLAIN else [ON[style] for style in _BITS if self.styles[style >> 1]]
        self._edge, self.said = True, False


def _narrowed(text: str) -> str:
    """Make one blank of several, of line ends and of tabs; one stays at each end that had any."""
    words = " ".join(text.split())
    if not words:
        return " "
    before, after = " " * text[0].isspace(), " " * text[-1].isspace()
    return before + words + after
