"""HTML, as Jira renders it or as anyone writes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from jira_crawler.converters import html_code
from jira_crawler.converters.blocks import code_span
from jira_crawler.converters.characters import readable
from jira_crawler.converters.html_containers import Containers
from jira_crawler.converters.html_line import Line
from jira_crawler.converters.html_links import picture
from jira_crawler.converters.html_tags import attributes, decoded, is_panel, name, pieces
from jira_crawler.converters.markdown_emphasis import EM, STRIKE, STRONG, resolve_marks
from jira_crawler.converters.markdown_escape import line_starts, plain

_STYLES = {"b": STRONG, "strong": STRONG, "i": EM, "em": EM, "cite": EM, "dfn": EM, "var": EM}
_STYLES |= {"del": STRIKE, "s": STRIKE, "strike": STRIKE}
_CODE = ("tt", "code", "kbd", "samp")
_PARAGRAPHS = (
    *("p", "address", "article", "aside", "body", "button", "caption", "center", "dd", "details", "dialog", "dl", "dt"),
    *("fieldset", "figcaption", "figure", "footer", "form", "head", "header", "html", "legend", "main", "menu", "nav"),
    *("option", "section", "select", "summary", "textarea", "title", "tbody", "thead", "tfoot"),
)
_NUMBER = re.compile(r"[0-9]{1,9}")


def convert(source: str | bytes) -> str:
    """Return HTML as Markdown; text without a tag keeps its lines."""
    text = readable(source)
    cut = pieces(text)
    if len(cut) > 1:
        return Reader(cut).read().strip("\n")
    return line_starts(resolve_marks(plain(readable(decoded(cut[0]))))).strip("\n")


class Reader:
    """Reads the pieces of one body."""

    def __init__(self, pieces: list[str]) -> None:
        self._pieces = pieces
        self._at = 0
        self._line = Line()
        self._around = Containers()
        self._level = 0
        self._in_head = False
        self._code_ends: dict[str, tuple[int, bool]] = {}

    def read(self) -> str:
        """Return the body as Markdown."""
        pieces, line = self._pieces, self._line
        last = len(pieces) - 1
        while self._at < last:
            at = self._at
            text, tag = pieces[at], pieces[at + 1]
            # Where nothing was said yet, a blank says nothing.
            if text and (line.said or not text.isspace()):
                line.say(text)
            self._at = at + 2
            act = _KNOWN.get(tag.partition(" ")[0]) or _ACTS.get(name(tag))
            if act:
                act(self, tag)
        if self._at == last:
            line.say(pieces[last])
        self._flush()
        self._around.close_all()
        return self._around.sheet.text()

    def _flush(self, _: str = "") -> None:
        """Write the paragraph that was read so far."""
        text = self._line.take() if self._line.said else ""
        if not text:
            return
        if self._level and not self._around.sheet.in_cell:
            text = "#" * self._level + " " + text.replace("\n", " ")
        else:
            text = line_starts(text)
        self._around.sheet.block(text)

    def _close(self, kind: str) -> None:
        if self._line.said:
            self._flush()
        styles = self._around.close(kind)
        if styles is not None:
            self._line.restore(styles)

    def _heading(self, tag: str) -> None:
        self._flush()
        self._level = 0 if tag[1] == "/" else int(tag[2])

    def _break(self, _: str) -> None:
        self._line.end_line()

    def _rule(self, _: str) -> None:
        self._flush()
        if not self._around.sheet.in_cell:
            self._around.sheet.block("---")

    def _quote(self, _: str) -> None:
        self._enter()
        self._around.open("blockquote", self._line.styles, frame="> ")

    def _division(self, tag: str) -> None:
        """Frame a panel; what only holds code has its own frame, the fence."""
        self._flush()
        framed = "panel" in tag and is_panel(tag)
        self._around.open("div", self._line.styles, frame="> " if framed else "")

    def _list(self, tag: str) -> None:
        self._enter()
        number = None
        if tag[1] in "oO":
            started = attributes(tag).get("start", "") if "start" in tag else ""
            number = int(started) if _NUMBER.fullmatch(started) else 1
        self._around.open_list(self._line.styles, number)

    def _item(self, _: str) -> None:
        self._enter()
        if self._around.in_item:
            self._close("li")
        self._around.open_item(self._line.styles)

    def _table(self, _: str) -> None:
        self._enter()
        self._around.open_table(self._line.styles)
        self._in_head = False

    def _head(self, tag: str) -> None:
        self._flush()
        self._in_head = tag[1] != "/"

    def _row(self, _: str) -> None:
        self._close("tr")
        if self._around.has("table"):
            self._around.open_row(self._line.styles)

    def _cell(self, tag: str) -> None:
        self._close("td")
        if self._around.has("table"):
            across, down = _sizes(attributes(tag)) if "span" in tag else (1, 1)
            heads = self._in_head or tag[2] in "hH"
            self._around.open_cell(self._line.styles, heads, across, down)

    def _enter(self) -> None:
        self._flush()
        self._level = 0

    def _anchor(self, tag: str) -> None:
        self._line.begin_link(attributes(tag))

    def _end_anchor(self, _: str) -> None:
        became = self._line.end_link()
        if became and became[-1] != ")" and self._pieces[self._at][:1].isalnum():
            # A name or a bare address would go on into the text.
            self._line.say(" ")

    def _picture(self, tag: str) -> None:
        self._line.add(picture(attributes(tag), self._line.is_glued()))

    def _check(self, tag: str) -> None:
        given = attributes(tag)
        if given.get("type", "").lower() == "checkbox":
            self._line.add("[x] " if "checked" in tag.lower() else "[ ] ")

    def _preformatted(self, tag: str) -> None:
        """Take a block of code as a whole; one that nothing closes goes to the end."""
        self._enter()
        inside = html_code.block(self._pieces, self._at)
        language = html_code.language(tag) or html_code.inner_language(inside)
        self._around.sheet.code(html_code.text(inside), language, tight=self._around.in_item)
        self._at += len(inside) + 1

    def _code(self, tag: str) -> None:
        """Take code within a line as a whole, a span for each of its lines; what its line does not close is none."""
        stop, closed = self._code_end(name(tag))
        if closed:
            for number, line in enumerate(html_code.lines(self._pieces[self._at : stop])):
                if number:
                    self._line.end_line()
                self._line.add(code_span(line))
            self._at = stop + 1

    def _code_end(self, kind: str) -> tuple[int, bool]:
        """Find the tag that ends code, or a block that comes before; what was found holds until it is passed."""
        stop, closed = self._code_ends.get(kind, (0, False))
        if stop <= self._at:
            stop, closed = html_code.line_end(self._pieces, self._at, kind, _BLOCKS)
            self._code_ends[kind] = stop, closed
        return stop, closed


def _sizes(given: Mapping[str, str]) -> tuple[int, int]:
    across, down = given.get("colspan", ""), given.get("rowspan", "")
    return int(across) if _NUMBER.fullmatch(across) else 1, int(down) if _NUMBER.fullmatch(down) else 1


def _begin(style: int) -> _Act:
    return lambda reader, _: reader._line.begin(style)


def _end(style: int) -> _Act:
    return lambda reader, _: reader._line.end(style)


def _closing(kind: str) -> _Act:
    return lambda reader, _: reader._close(kind)


_Act = Callable[[Reader, str], None]
_BLOCK_ACTS: dict[str, _Act] = {
    **dict.fromkeys([end + kind for kind in _PARAGRAPHS for end in ("", "/")], Reader._flush),
    **dict.fromkeys([f"{end}h{level}" for level in range(1, 7) for end in ("", "/")], Reader._heading),
    "hr": Reader._rule,
    "div": Reader._division,
    "/div": _closing("div"),
    "blockquote": Reader._quote,
    "/blockquote": _closing("blockquote"),
    "ul": Reader._list,
    "ol": Reader._list,
    "/ul": _closing("ul"),
    "/ol": _closing("ul"),
    "li": Reader._item,
    "/li": _closing("li"),
    "table": Reader._table,
    "/table": _closing("table"),
    "thead": Reader._head,
    "/thead": Reader._head,
    "tr": Reader._row,
    "/tr": _closing("tr"),
    "td": Reader._cell,
    "th": Reader._cell,
    "/td": _closing("td"),
    "/th": _closing("td"),
    "pre": Reader._preformatted,
}
_BLOCKS = frozenset(_BLOCK_ACTS)
_ACTS: dict[str, _Act] = {
    **_BLOCK_ACTS,
    **{kind: _begin(style) for kind, style in _STYLES.items()},
    **{"/" + kind: _end(style) for kind, style in _STYLES.items()},
    **dict.fromkeys(_CODE, Reader._code),
    "br": Reader._break,
    "a": Reader._anchor,
    "/a": Reader._end_anchor,
    "img": Reader._picture,
    "input": Reader._check,
    "": lambda reader, tag: reader._line.say(tag),
}
_MEANINGLESS = [end + kind for kind in ("span", "font", "ins", "u", "sup", "sub") for end in ("", "/")]
_MEANINGLESS += ["/tt", "/code", "/pre"]
# What tags are up to their first blank, if they are written as usual: of those the name needs no reading.
_KNOWN: dict[str, _Act] = {
    **{f"<{kind}{end}": act for kind, act in _ACTS.items() for end in ("", ">")},
    **{f"<{kind}{end}": lambda reader, _: None for kind in _MEANINGLESS for end in ("", ">")},
    "<br/>": Reader._break,
}
