"""Keeps code and other finished pieces out of the way while the text around them is converted."""

from __future__ import annotations

import re

from jira_crawler.converters.blocks import code_in_cell, code_span, fence

# Non-characters: valid in every encoding, never part of a text, and dropped by `readable`.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"

BLOCK_START = _OPEN + "b"
BLOCK_MARK = re.compile(f"({BLOCK_START}[0-9]+{_CLOSE})")
_MARK = re.compile(f"{_OPEN}([bs])([0-9]+){_CLOSE}")
_MARK_AND_END = re.compile(f"{_OPEN}([bs])([0-9]+){_CLOSE}([ \t]*(?=\n|\\Z))?")
_PREFIX = re.compile(r"[ >]*+(?>(?:(?:[-*+]|[0-9]++[.)])[ ]++(?:\[[ x]\] )?[ >]*+)*)")
_MARKER = re.compile("[^ >]")


class Shelf:
    """Takes finished pieces, gives a mark for each, and puts them back where the marks ended up."""

    def __init__(self) -> None:
        self._pieces: list[tuple[str, str]] = []

    def block(self, code: str, language: str = "") -> str:
        """Put a block of code away."""
        self._pieces.append((code, language))
        return f"{_OPEN}b{len(self._pieces) - 1}{_CLOSE}"

    def code(self, code: str) -> str:
        """Put inline code away."""
        return self.piece(code_span(code))

    def piece(self, text: str) -> str:
        """Put ready Markdown away."""
        self._pieces.append((self.restore(text) if _OPEN in text else text, ""))
        return f"{_OPEN}s{len(self._pieces) - 1}{_CLOSE}"

    def restore(self, text: str) -> str:
        """Put every piece back: blocks alone on a line as fences under that line's prefix, others in the line."""
        return _MARK_AND_END.sub(self._placed, text) if self._pieces else text

    def restore_cell(self, text: str) -> str:
        """Put the pieces of a table cell back in a shape that fits it."""
        return _MARK.sub(self._celled, text) if _OPEN in text else text

    def _placed(self, found: re.Match[str]) -> str:
        piece, language = self._pieces[int(found[2])]
        if found[1] == "s":
            return piece + (found[3] or "")
        text, start = found.string, found.start()
        before = text[text.rfind("\n", 0, start) + 1 : start] if found[3] is not None else "-"
        if not _PREFIX.fullmatch(before):
            return code_in_cell(piece)
        prefix = _MARKER.sub(" ", before)
        first, *others = fence(piece, language).split("\n")
        bare = prefix.rstrip()
        return "\n".join([first, *(prefix + line if line else bare for line in others)])

    def _celled(self, found: re.Match[str]) -> str:
        piece = self._pieces[int(found[2])][0]
        return code_in_cell(piece) if found[1] == "b" else piece.replace("|", r"\|").replace("\n", "<br>")
