"""Wiki markup inside a line: links, images, mentions and escapes."""

from __future__ import annotations

import re

from jira_crawler.converters.blocks import image, link, target
from jira_crawler.converters.verbatim import Shelf
from jira_crawler.converters.wiki_emphasis import SPECIAL, style

# Every pattern begins with a literal or a set, looking behind only then: the engine skips the text in between.
_URL = re.compile(
    r"(?:https?|ftps?|sftp|file|svn|git|ssh|irc|ldap|jdbc:\w+)://"
    "[^\\s\\[\\]|{}<>\"'`!\ufdd0\ufdd1]*[^\\s\\[\\]|{}<>\"'`!\ufdd0\ufdd1*_.,;:?)]"
)
_IS_URL = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]*://\S|mailto:|tel:|www\.|/(?!/)\S|\\\\\w)")
_FILE = re.compile(r"[^\s|]*\.[A-Za-z]{2,6}(?:[/?#]\S*)?")

_ACCOUNT = re.compile("accountid:", re.IGNORECASE)

_ESCAPE = re.compile(r"\\([*_\-+^~?{}\[\]!|()#:;&@])")
_INDENT = 8  # characters looked back at for the start of a line
_BREAK = re.compile(r"(?<!\\)(?>(?:\\\\)+)(?:[ \t]++\n?|\n|\Z)")
_TRAILING = re.compile(r"[ \t](?<![ \t][ \t])[ \t]*+(?=\n)")
_IMAGE = re.compile(
    r"!(?<![\w!]!)(?P<url>https?://[^!|\s]+|[^\s!|\ufdd0][^!|\n]*\.[A-Za-z0-9]{2,5})(?:\|[^!\n]*)?!(?!\w)"
)
_LINK = re.compile(r"\[((?>(?:[^\[\]\n]++|\[[^\[\]|\n]*+\])*))\]")

_DROPPED = re.compile(r"\{(?:color|anchor|font|bgcolor|size)(?::[^{}\n]*)?\}", re.IGNORECASE)
_PADDED = re.compile(r"([ \t](?<![ \t][ \t])[ \t]*+)\{color\}([*_+-]++)")


def drop_marks(text: str) -> str:
    """Drop colours, fonts and anchors, and keep the text they are around."""
    if "&nbsp;" in text:
        text = text.replace("&nbsp;", " ")
    if "{" not in text:
        return text
    if "{color}" in text:  # a blank at the end of a colour would keep a mark behind it from closing
        text = _PADDED.sub(r"\2\1", text)
    return _DROPPED.sub("", text)


def protect(text: str, shelf: Shelf) -> str:
    """Put away what must not be read as emphasis: escaped characters, images, links and addresses."""
    if "\\" in text:
        text = _TRAILING.sub("", _BREAK.sub("\n", text))
        text = _ESCAPE.sub(lambda found: shelf.piece(_escaped(found)), text)
    if "!" in text:
        text = _IMAGE.sub(lambda found: shelf.piece(_shown(found["url"])), text)
    if "[" in text:
        text = _LINK.sub(lambda found: _linked(found, shelf), text)
    if "://" in text:
        text = _URL.sub(lambda found: shelf.piece(found[0]), text)
    return text


def inline(text: str, shelf: Shelf) -> str:
    """Convert the lines of one paragraph."""
    return style(protect(text, shelf)) if SPECIAL.search(text) else text


def _escaped(found: re.Match[str]) -> str:
    """Keep an escape that Markdown needs too: before emphasis, and before what would begin a block."""
    if found[1] in "*_":
        return found[0]
    before = found.string[max(found.start() - _INDENT, 0) : found.start()]
    begins = found[1] in "#-+" and not before.rpartition("\n")[2].strip()
    return found[0] if begins and ("\n" in before or found.start() < _INDENT) else found[1]


def _shown(url: str) -> str:
    return image(url.rpartition("/")[2] or url, url) if "://" in url else image(url)


def _linked(found: re.Match[str], shelf: Shelf) -> str:
    """Convert what square brackets hold; what only looks like a link stays as it is."""
    if "[" in found[1]:
        return _bracketed(found[1], shelf)
    text, bar, rest = found[1].partition("|")
    text, url = text.strip(), rest.partition("|")[0].strip()
    if not bar:
        return _sole(text, found, shelf) or found[0]
    if text.startswith("~") and " " not in text:
        return _mention(text, found, shelf)
    if url.startswith("~"):
        return f"{text} {_mention(url, found, shelf)}"
    if not _leads_somewhere(url):
        return found[0]
    if text in (url, ""):
        return shelf.piece(url)
    return shelf.piece("[") + text + shelf.piece(f"]({target(url.removeprefix('^'))})")


def _leads_somewhere(url: str) -> bool:
    return bool(url.startswith(("#", "^")) or _IS_URL.match(url) or _FILE.fullmatch(url))


def _bracketed(inside: str, shelf: Shelf) -> str:
    """Convert a link whose text has brackets of its own, or the links in brackets that are none themselves."""
    head, bracket, tail = inside.rpartition("]")
    last, bar, rest = tail.partition("|")
    url = rest.partition("|")[0].strip()
    if bar and _leads_somewhere(url):
        return shelf.piece("[") + head + bracket + last + shelf.piece(f"]({target(url.removeprefix('^'))})")
    return "[" + _LINK.sub(lambda found: _linked(found, shelf), inside) + "]"


def _sole(inside: str, found: re.Match[str], shelf: Shelf) -> str:
    """Convert a link that is only an address, a person, a file or an anchor."""
    if inside.startswith("~") and len(inside) > 1 and " " not in inside:
        return _mention(inside, found, shelf)
    if inside.startswith("^") and "." in inside:
        return shelf.piece(f"[{inside[1:]}]({target(inside[1:])})")
    if inside.startswith("#") and re.fullmatch(r"#[A-Za-z]\S*", inside):
        return shelf.piece(f"[{inside[1:]}]({inside})")
    if inside.startswith("mailto:"):
        return shelf.piece(link(inside[7:], inside))
    if _IS_URL.match(inside) and "://" in inside and not re.search(r"\s", inside):
        return shelf.piece(inside)
    return ""


def _mention(name: str, found: re.Match[str], shelf: Shelf) -> str:
    """Name a person, apart from words the author glued to the mention."""
    around = found.string[max(found.start() - 1, 0) : found.start()], found.string[found.end() : found.end() + 1]
    before, after = (" " if character.isalnum() else "" for character in around)
    return before + shelf.piece("@" + _ACCOUNT.sub("", name[1:])) + after
