"""Cuts HTML into text and tags; nothing here believes that a tag is closed, or closed in order."""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise

# Either quotes are honoured, or there is an odd one and the tag ends at the first `>`; no tag holds a `<`.
_TAG = re.compile(r"""(<(?:/?[a-zA-Z][^<>"']*+(?>(?:"[^"<]*+"[^<>"']*+|'[^'<]*+'[^<>"']*+)*)|/?[a-zA-Z][^<>]*+)>)""")
_NAME = re.compile(r"<(/?[a-zA-Z](?:[\w:.-]*[\w])?)(?=[\s/>])")
_ATTRIBUTE = re.compile(r"""(?<![^\s"'/])([a-zA-Z][\w:.-]*+)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]++))""")
_FENCED = ("code", "preformatted")  # named before `panel` where that only holds code

_HIDDEN = re.compile(r"<(?:!--|(?P<name>script|style)(?=[\s/>])[^<>]*+>|!\[CDATA\[|[!?][^<>]*+>)", re.IGNORECASE)
_ENDS = {
    "!--": re.compile("--!?>"),
    "script": re.compile("</script[^<>]*+>", re.IGNORECASE),
    "style": re.compile("</style[^<>]*+>", re.IGNORECASE),
}


def pieces(html: str) -> list[str]:
    """Return text and tags by turns, text first and last; comments, scripts and styles are left out."""
    return _TAG.split(_shown(html) if _HIDDEN.search(html) else html)


def name(tag: str) -> str:
    """Return the name of a tag in small letters, with a slash before it if the tag closes; "" if it is no tag."""
    if tag.startswith(("<span ", "<span>")):
        return "span"
    found = _NAME.match(tag)
    return found[1].lower() if found else ""


def attributes(tag: str) -> dict[str, str]:
    """Return the attributes of a tag that have a value."""
    return {
        found[1].lower(): unescape(found[2] or found[3] or found[4] or "").strip() for found in _ATTRIBUTE.finditer(tag)
    }


def is_panel(tag: str) -> bool:
    """Say whether a tag begins a panel, unless it is one that only holds code."""
    kinds = attributes(tag).get("class", "").split()
    return any(kind == "panel" and not before.endswith(_FENCED) for before, kind in pairwise(["", *kinds]))


def decoded(text: str) -> str:
    """Return text with its entities as characters."""
    if "&" not in text:
        return text
    # These are most of them, and none can begin another; the library asks a function for each.
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
    if "&#9" in text:
        text = text.replace("&#91;", "[").replace("&#93;", "]")
    return unescape(text) if "&" in text else text


def _shown(html: str) -> str:
    """Leave out what is no text to anyone; where nothing ends it, only its beginning."""
    out: list[str] = []
    done = 0
    endless: set[str] = set()
    found = _HIDDEN.search(html)
    while found:
        out.append(html[done : found.start()])
        done = found.end()
        kind = (found["name"] or found[0][1:4]).lower()
        if kind in _ENDS and kind not in endless:
            end = _ENDS[kind].search(html, done)
            if end is None:
                endless.add(kind)
            else:
                done = end.end()
        found = _HIDDEN.search(html, done)
    text = "".join([*out, html[done:]])
    return text.replace("]]>", "") if "<![CDATA[" in html else text
