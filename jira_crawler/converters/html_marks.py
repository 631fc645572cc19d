"""The marks Jira leaves in its HTML: highlighted code, mentions, emoticons, fonts, icons."""

from __future__ import annotations

from itertools import chain

from lxml import etree

from jira_crawler.converters.blocks import code_in_cell
from jira_crawler.converters.emoticons import PICTURES
from jira_crawler.converters.verbatim import Shelf

_PLAIN = frozenset(["font", "ins", "u", "sup", "sub", "small", "big", "mark", "abbr", "acronym", "q"])
# The library takes these for the furniture of a page and drops them with all they say.
_FURNITURE = frozenset(
    [
        "form",
        "nav",
        "header",
        "footer",
        "aside",
        "main",
        "button",
        "label",
        "select",
        "option",
        "textarea",
        "fieldset",
        "legend",
        "template",
        "noscript",
        "iframe",
        "object",
        "canvas",
        "svg",
        "title",
        "dialog",
        "details",
        "summary",
    ]
)
_NAMED = ("pre", "tt", "code", "kbd", "samp", "a", "img", "cite", "script", "style", *_PLAIN, *_FURNITURE)


def settle(root: etree._Element, shelf: Shelf) -> None:
    """Rewrite the tree so that only ordinary HTML is left, its code put away on the shelf."""
    for element in list(root.iter(*_NAMED)):
        tag = element.tag
        if tag == "pre":
            code = _text(element)
            _become(element, "p", shelf.block(code, _language(element)))
        elif tag in ("tt", "code", "kbd", "samp"):
            _inline_code(element, shelf)
        elif tag == "a":
            _anchor(element)
        elif tag == "img":
            _picture(element)
        elif tag == "cite":
            element.tag = "em"
        elif tag in ("script", "style"):
            _become(element, "span", "")
        else:
            element.tag = "span" if tag in _PLAIN else "div"
    # What a browser would hide is text all the same; the library would drop it.
    etree.strip_attributes(root, "style", "hidden", "class", "aria-hidden")


def _become(element: etree._Element, tag: str, text: str) -> None:
    del element[:]
    element.attrib.clear()
    element.tag = tag
    element.text = text


def _text(element: etree._Element) -> str:
    for br in element.iter("br"):
        br.text = "\n"
    return "".join(map(str, element.itertext()))


def _inline_code(element: etree._Element, shelf: Shelf) -> None:
    lines = [line for line in _text(element).split("\n") if line.strip()]
    if lines:
        celled = any("|" in line for line in lines) and next(element.iterancestors("td", "th"), None) is not None
        spans = [shelf.piece(code_in_cell(line)) if celled else shelf.code(line) for line in lines]
        _become(element, "span", "\n".join(spans))


def _language(pre: etree._Element) -> str:
    """Read the language from `code-java` of Jira or `language-java` of everyone else."""
    for name in chain.from_iterable((e.get("class") or "").split() for e in (pre, *pre.iterchildren("code"))):
        kind, dash, language = name.partition("-")
        if dash and kind in ("code", "language", "lang"):
            return language
    return ""


def _anchor(element: etree._Element) -> None:
    text = "".join(map(str, element.itertext())).strip()
    href = (element.get("href") or "").strip()
    if "user-hover" in (element.get("class") or ""):
        _become(element, "span", "@" + text.removeprefix("@"))
        if element.tail and element.tail[0].isalnum():
            element.tail = " " + element.tail
    elif len(element) == 0 and href in ("", text, f"mailto:{text}"):
        element.tag = "span"
    elif element.get("title"):
        del element.attrib["title"]


def _picture(element: etree._Element) -> None:
    source = element.get("src") or ""
    file = source.rpartition("/")[2]
    if "rendericon" in (element.get("class") or ""):
        _become(element, "span", "")
    elif "emoticon" in (element.get("class") or ""):
        shown = PICTURES.get(file.rpartition(".")[0]) or element.get("alt") or ""
        _become(element, "span", shown)
    elif source.startswith("data:"):
        _become(element, "span", element.get("alt") or "")
    else:
        name = element.get("alt") or file
        element.attrib.clear()
        element.set("src", source)
        element.set("alt", name)
