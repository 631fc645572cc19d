"""HTML that somebody wrote, or an import left, between wiki markup, where no macro says so.

Jira shows its tags as they stand. It is taken for a text in HTML only where it reads as one: blocks that are closed,
of tags that texts have, with sentences in them. Code that somebody shows has other tags, or hardly any words.
"""

from __future__ import annotations

import re

from jira_crawler.converters import html
from jira_crawler.converters.verbatim import Shelf
from jira_crawler.converters.wiki_code import blocks

_BLOCKS = "div|p|ul|ol|blockquote|table|h[1-6]|pre"
_START = re.compile(rf"(?:^|(?<=\n))[ \t]*<(?P<name>{_BLOCKS})(?:\s[^<>]{{0,400}})?>", re.IGNORECASE)
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[A-Za-z][\w:.-]*)(?P<more>[^<>]{0,400})>")
_TEXTUAL = """
a b blockquote br code div em font h1 h2 h3 h4 h5 h6 hr i img li ol p pre s small span strong sub sup table tbody td th
thead tr tt u ul
"""
_OF_TEXTS = frozenset(_TEXTUAL.split())
_WORDLESS = frozenset(["blockquote", "br", "div", "hr", "img", "ol", "table", "tbody", "thead", "tr", "ul"])
_OF_PAGES = re.compile(r"\b(?:id|style|data-[\w-]+|on[a-z]+)\s*=", re.IGNORECASE)  # what only a page needs
_WORDS_A_BLOCK = 3
_FEWEST_WORDS = 6
_MOST = 50  # blocks looked at in one text
_LONGEST = 40_000  # characters of one


def shelve_html(text: str, shelf: Shelf) -> str:
    """Replace every block of HTML that is a text by marks; code must have been put away before."""
    if "</" not in text:
        return text
    out: list[str] = []
    done = 0
    found = _START.search(text)
    for _ in range(_MOST):
        if not found:
            break
        stop = _end(text, found)
        block = text[found.start() : stop]
        if stop and not _rest(text, stop) and _is_text(block):
            out += [text[done : found.start()], blocks(html.convert(block), shelf)]
            done = stop
        found = _START.search(text, stop or found.end())
    return "".join([*out, text[done:]]) if out else text


def _end(text: str, begin: re.Match[str]) -> int:
    """Find where the block ends that begins here, with all that it holds; 0 if it does not."""
    depth, name = 0, begin["name"].lower()
    for tag in _TAG.finditer(text, begin.start(), begin.start() + _LONGEST):
        if tag["name"].lower() == name and not tag["more"].endswith("/"):
            depth += -1 if tag["end"] else 1
            if not depth:
                return tag.end()
    return 0


def _rest(text: str, at: int) -> str:
    """Return what else stands in the line."""
    end = text.find("\n", at)
    return text[at:end].strip() if end >= 0 else text[at:].strip()


def _is_text(block: str) -> bool:
    if "\ufdd0" in block:  # code in wiki markup is in it
        return False
    tags = list(_TAG.finditer(block))
    if any(tag["name"].lower() not in _OF_TEXTS or _OF_PAGES.search(tag["more"]) for tag in tags):
        return False
    words = len([word for word in _TAG.sub(" ", block).split() if any(map(str.isalpha, word))])
    begun = sum(1 for tag in tags if not tag["end"] and tag["name"].lower() not in _WORDLESS)
    return words >= max(_FEWEST_WORDS, _WORDS_A_BLOCK * begun)
