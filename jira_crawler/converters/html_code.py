"""Code in HTML: what its tags enclose, letter by letter, and the language that Jira or anyone else named."""

from __future__ import annotations

import re
from collections.abc import Container

from jira_crawler.converters.characters import readable
from jira_crawler.converters.html_tags import attributes, decoded, name

_BRUSH = re.compile(r"brush:\s*+([\w+#-]++)")
_NAMED = re.compile(r"(?:code|language|lang|highlight-source)-(\S+)")
_LINES = frozenset([end + kind for kind in ("p", "div", "li", "tr") for end in ("", "/")])


def language(tag: str) -> str:
    """Read the language from `code-java` of Jira, `brush: java` of its highlighter, or `language-java`."""
    if "=" not in tag:
        return ""
    given = attributes(tag)
    kinds = given.get("class", "")
    brush = _BRUSH.search(given.get("data-syntaxhighlighter-params", "") or kinds)
    named = brush or next(filter(None, map(_NAMED.fullmatch, kinds.split())), None)
    return named[1] if named else ""


def inner_language(pieces: list[str]) -> str:
    """Read the language where HTML of others has it, from a `<code>` that begins a block."""
    return language(pieces[1]) if len(pieces) > 1 and name(pieces[1]) == "code" and not pieces[0].strip() else ""


def block(pieces: list[str], start: int) -> list[str]:
    """Return the pieces from one on up to the `</pre>` that belongs to it, or all."""
    deep = 1
    for stop in range(start + 1, len(pieces), 2):
        kind = name(pieces[stop])
        if kind == "/pre":
            deep -= 1
            if not deep:
                return pieces[start:stop]
        elif kind == "pre":
            deep += 1
    return pieces[start:]


def line_end(pieces: list[str], start: int, kind: str, blocks: Container[str]) -> tuple[int, bool]:
    """Find the place of the next tag that closes that kind of code or belongs to a block, and say which it is."""
    closing = "/" + kind
    for stop in range(start + 1, len(pieces), 2):
        named = name(pieces[stop])
        if named == closing or named in blocks:
            return stop, named == closing
    return len(pieces), False


def text(pieces: list[str]) -> str:
    """Return the text of pieces that begin and end with text; lines that tags make are lines."""
    if len(pieces) == 1:
        return _decoded(pieces[0])
    tags = {tag: name(tag) for tag in set(pieces[1::2])}
    if not any(kind == "br" or kind in _LINES for kind in tags.values()):
        return _decoded("".join(pieces[::2]))
    out = [pieces[0]]
    for tag, following in zip(pieces[1::2], pieces[2::2], strict=True):
        if tags[tag] == "br" or (tags[tag] in _LINES and out[-1][-1:] != "\n"):
            out.append("\n")
        if following:
            out.append(following)
    return _decoded("".join(out))


def lines(pieces: list[str]) -> list[str]:
    """Return the lines of code that stands in a paragraph, where a line end is a blank."""
    whole = text([piece if at % 2 else piece.replace("\n", " ") for at, piece in enumerate(pieces)])
    several = whole.split("\n")
    return [line.strip() for line in several if line.strip()] if len(several) > 1 else [whole] * bool(whole.strip())


def _decoded(text: str) -> str:
    return readable(decoded(text)) if "&#" in text else decoded(text)
