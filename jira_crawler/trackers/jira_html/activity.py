"""The activity of an issue: its tabs, of which a page shows one, and the pieces in which they come.

A piece is what stands in the page, what a script of it hides, or a panel that was asked for by itself. Each is read for
comments, history and worklogs alike, and what two of them show counts once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from parsel import Selector

from jira_crawler.trackers.jira_html.tree import NOTHING, first, inner, outermost, parse

PANELS: Final = ("comment", "changehistory", "worklog")
ALL: Final = "all"
MODULE: Final = "activitymodule"
CONTAINER: Final = "issue_actions_container"
_TAB: Final = "-tabpanel"
_BLOCKS: Final = "descendant::*[starts-with(@id, '{0}-') and number(substring-after(@id, '{0}-')) >= 0]"
_WAITING: Final = "big-pipe, [unresolved], .loading, .spinner, aui-spinner, [class*='skeleton'], [data-lazy]"
_TO_COME: Final = ("...", "…")  # `Loading...`, in any language
# In a script's other strings, a title that somebody chose may look like a comment.
_NAMED: Final = "descendant::script[contains(., 'activity-panel-pipe-id')]/text()"
_ANY: Final = "descendant::script/text()"
# HTML that a page keeps as a string in a script, until a browser shows it. Jira 7 and later send the activity so:
# `WRM._unparsedData["activity-panel-pipe-id"]="\"\n\u003cdiv …\""`, HTML as JSON as JavaScript. Nothing is run.
# A literal that is not closed ends with its line, so that each sign is looked at once.
_LITERAL: Final = re.compile(
    r'"((?>(?:[^"\\\n]+|\\(?s:.))*))"?|' + r"'((?>(?:[^'\\\n]+|\\(?s:.))*))'?",
)
_ESCAPE: Final = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|(?s:.)))")
_LETTERS: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_CONTINUED: Final = {"\n", "\r", "\r\n", "\u2028", "\u2029"}
_SAYS_SO: Final = re.compile(r"issue_actions_container|activity.{1,6}comment|issue.{1,6}data.{1,6}block")
_DEEPEST: Final = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the activity, and the tab that it is of: `comment`, …, `all`; "" if that is unknown.

    `by_itself` is one that was asked for, and holds nothing else.
    """

    tree: Selector
    tab: str
    texts: Mapping[str, str]  # of the comments, as HTML, by number; they are out of the tree
    by_itself: bool = False

    def blocks(self, kind: str) -> list[tuple[str, Selector]]:
        """Gives the outermost elements `<kind>-<number>` by number; what is within one is what somebody wrote."""
        blocks = (
            (block.attrib["id"].rpartition("-")[2], block) for block in outermost(self.tree, _BLOCKS.format(kind))
        )
        return [(number, block) for number, block in blocks if number.isascii() and number.isdigit()]

    @property
    def collapsed(self) -> int:
        """How many older comments are not here, as the piece says itself."""
        told = self.tree.css("a.collapsed-comments .show-more-comments::attr(data-collapsed-count)").get("")
        return int(told) if told.isascii() and told.isdigit() and len(told) < 9 else 0

    @property
    def is_collapsed(self) -> bool:
        return bool(self.tree.css("a.collapsed-comments[href*='showAll=true']"))

    @property
    def is_filled(self) -> bool:
        """Whether the tab has been filled: with entries, or with a sentence that there are none."""
        if self.tree.css(".issue-data-block"):
            return True
        within = first(self.tree, f"#{CONTAINER}")
        if within is NOTHING and self.by_itself:
            within = self.tree
        words = "".join(within.xpath("descendant::text()[not(parent::script or parent::style)]").getall()).strip()
        return bool(words) and not words.endswith(_TO_COME) and not within.css(_WAITING)


@dataclass(frozen=True, slots=True)
class Activity:
    pieces: tuple[Piece, ...]
    tabs: tuple[str, ...]

    @classmethod
    def of(cls, page: Selector, container: Selector, panels: Mapping[str, str]) -> Activity:
        """Gathers the pieces: of a page, of the container that has been taken out of it, of the panels asked for.

        Raises Unreadable for one that cannot be read to its end.
        """
        here = [(container, _texts_taken(container))]
        here += [(tree, _texts_taken(tree)) for tree in map(parse, _hidden(page, container))]
        shown = [page, *(tree for tree, _ in here)]
        tabs = [tab for piece in shown for tab in piece.css("#issue-tabs li::attr(data-id)").getall()]
        active = [tab for piece in shown for tab in piece.css("#issue-tabs li.active::attr(data-id)").getall()]
        tab = active[0].removesuffix(_TAB) if active else ""
        asked = [(_narrowed(parse(text)), which) for which, text in panels.items()]
        pieces = [Piece(tree, which, _texts_taken(tree), by_itself=True) for tree, which in asked]
        pieces += [Piece(tree, tab, texts) for tree, texts in here]
        return cls(tuple(pieces), tuple(each.removesuffix(_TAB) for each in tabs))

    def blocks(self, kind: str) -> Iterator[tuple[str, Selector]]:
        """Gives all entries of a kind; one that is in two pieces comes twice."""
        return (block for piece in self.pieces for block in piece.blocks(kind))

    def has(self, which: str) -> bool:
        """Whether a tab has been read, by itself or within that of everything."""
        return any(piece.is_filled and self._shows(piece, which) for piece in self.pieces)

    @property
    def is_collapsed(self) -> bool:
        """Whether there are older comments: where they were asked for, the answer counts, else what the page says."""
        asked = [piece for piece in self.pieces if piece.by_itself and piece.tab == "comment"]
        return any(piece.is_collapsed for piece in asked or self.pieces)

    def is_offered(self, which: str) -> bool:
        return not self.tabs or which in self.tabs

    def wants(self, asked: Iterable[str]) -> tuple[str, ...]:
        """Names the panels to ask for, of those that have not been."""
        missing = {which for which in PANELS if not self.has(which) and self.is_offered(which)}
        if self.is_collapsed:
            missing.add("comment")
        return tuple(which for which in PANELS if which in missing and which not in asked)

    def _shows(self, piece: Piece, which: str) -> bool:
        if piece.tab in (which, ALL):
            return True
        return not piece.tab and which == "comment" and not piece.blocks("changehistory")


def _texts_taken(tree: Selector) -> dict[str, str]:
    """Takes the texts of the comments out of a tree, by number, so that what is long is looked through once."""
    texts: dict[str, str] = {}
    for block in outermost(tree, _BLOCKS.format("comment")):
        if (body := _full(block)) is not NOTHING:
            texts.setdefault(block.attrib["id"].rpartition("-")[2], inner(body))
            body.root.clear()
    return texts


def _full(comment: Selector) -> Selector:
    """Finds the text of a comment; old pages show each comment twice, in full and in one line."""
    whole = first(comment, ".twixi-wrap.verbose")
    return first(comment if whole is NOTHING else whole, ".action-body")


def _narrowed(panel: Selector) -> Selector:
    """Some servers answer with the whole page, and what somebody wrote elsewhere on it is no activity."""
    return first(panel, f"#{MODULE}, #{CONTAINER}") if panel.css("#key-val") else panel


def _hidden(page: Selector, container: Selector) -> list[str]:
    for scripts in (_NAMED, _ANY):
        codes = [code for tree in (page, container) for code in tree.xpath(scripts).getall()]
        found = [text for code in codes for text in fragments(code)]
        if found or container.css(".issue-data-block"):
            return found
    return []


def fragments(script: str, levels: int = _DEEPEST) -> Iterator[str]:
    """Gives each piece of an issue's activity that is written down in a script, as HTML."""
    if not levels or not _SAYS_SO.search(script):
        return
    for literal in _LITERAL.finditer(script):
        quoted = literal[1] or literal[2] or ""
        if not _SAYS_SO.search(quoted):
            continue
        text = unescaped(quoted)
        if text.lstrip()[:1] in {'"', "'", "{", "["}:
            yield from fragments(text.strip(), levels - 1)
        elif "<" in text:
            yield text


def unescaped(literal: str) -> str:
    """Turns the inside of a JavaScript (or JSON) string literal into what it stands for; lone surrogates are lost."""
    if "\\" not in literal:
        return literal
    text = _ESCAPE.sub(_meant, literal)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _meant(escape: re.Match[str]) -> str:
    number = escape[1] or escape[2] or escape[3]
    if number:
        code = int(number, 16)
        return chr(code) if code < 0x110000 else "\ufffd"
    sign = escape[4]
    return "" if sign in _CONTINUED else _LETTERS.get(sign, sign)
