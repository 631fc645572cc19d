"""Wiki markup inside a line: links, images, mentions, emoticons and emphasis."""

from __future__ import annotations

import re

from jira_crawler.converters.blocks import image, link, target
from jira_crawler.converters.emoticons import EMOTICONS
from jira_crawler.converters.verbatim import Shelf

# Every pattern begins with a literal or a set, looking behind only then: the engine skips the text in between.
_URL = re.compile(
    r"(?:https?|ftps?|sftp|file|svn|git|ssh|irc|ldap|jdbc:\w+)://"
    "[^\\s\\[\\]|{}<>\"'`!\ufdd0\ufdd1]*[^\\s\\[\\]|{}<>\"'`!\ufdd0\ufdd1*_.,;:?)]"
)
_IS_URL = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]*://\S|mailto:|tel:|www\.|/(?!/)\S|\\\\\w)")
_FILE = re.compile(r"[^\s|]*\.[A-Za-z]{2,6}(?:[/?#]\S*)?")

_ACCOUNT = re.compile("accountid:", re.IGNORECASE)

_ESCAPE = re.compile(r"\\([*_\-+^~?{}\[\]!|()#:;&@])")
_BREAK = re.compile(r"[ \t]*\\\\(?=[ \t]|$)[ \t]*", re.MULTILINE)
_IMAGE = re.compile(
    r"!(?<![\w!]!)(?P<url>https?://[^!|\s]+|[^\s!|\ufdd0][^!|\n]*\.[A-Za-z0-9]{2,5})(?:\|[^!\n]*)?!(?!\w)"
)
_LINK = re.compile(r"\[([^\[\]\n]*)\]")

_BRACED = re.compile(r"\{([*_+^~-]|\?\?)\}([^{}\n]*)\{\1\}")
_BRACED_MARK = {"*": "**", "_": "_", "-": "~~", "??": "_"}


def _between(mark: str, first: str = r"[^\s\-+~^]") -> re.Pattern[str]:
    """Match words between two marks, a mark within a word being part of it; never looks at a character twice."""
    m = re.escape(mark)
    return re.compile(rf"{m}(?<![\w{m}\\]{m})(?={first})((?:[^\n{m}]|(?<=\w){m}(?=\w))++)(?<=\S){m}(?![\w{m}])")


_BOLD = _between("*", r"[^\s]")
_DELETED = _between("-")
_INSERTED = _between("+")
_SUPER = _between("^")
_SUB = _between("~")
_CITE = re.compile(r"\?\?(?<![\w?]\?\?)(?=[^\s?])([^\n?]++)(?<=\S)\?\?(?![\w?])")
_DROPPED = re.compile(r"\{(?:color|anchor|font|bgcolor|size)(?::[^{}\n]*)?\}", re.IGNORECASE)
_FACES = re.compile(r"[(:;](?<![\w(:;].)(?:(?<=\()(?:[/x!?yn*+-]|on|off|\*[rgby])\)|(?<=[:;])-?[)(DP])(?![\w)])")
_SPECIAL = re.compile(r"[*\-+^~?\[\\:;(!{]")


def drop_marks(text: str) -> str:
    """Drop colours, fonts and anchors, and keep the text they are around."""
    return _DROPPED.sub("", text) if "{" in text else text


def protect(text: str, shelf: Shelf) -> str:
    """Put away what must not be read as emphasis: escaped characters, images, links and addresses."""
    if "\\" in text:
        text = _BREAK.sub("\n", text)
        text = _ESCAPE.sub(lambda found: shelf.piece(_escaped(found[1])), text)
    if "!" in text:
        text = _IMAGE.sub(lambda found: shelf.piece(_shown(found["url"])), text)
    if "[" in text:
        text = _LINK.sub(lambda found: _linked(found, shelf), text)
    if "://" in text:
        text = _URL.sub(lambda found: shelf.piece(found[0]), text)
    return text


def style(text: str) -> str:
    """Write faces and emphasis the Markdown way; `_x_` is italics in both."""
    if not _SPECIAL.search(text):
        return text
    if "(" in text or ":" in text or ";" in text:
        text = _FACES.sub(_face, text)
    if "{" in text:
        text = _BRACED.sub(_unbraced, text)
    if "*" in text:
        text = _BOLD.sub(r"**\1**", text)
    if "-" in text:
        text = _DELETED.sub(r"~~\1~~", text)
    if "+" in text:
        text = _INSERTED.sub(r"\1", text)
    if "^" in text:
        text = _SUPER.sub(r"\1", text)
    if "~" in text:
        text = _SUB.sub(r"\1", text)
    if "??" in text:
        text = _CITE.sub(r"_\1_", text)
    return text


def inline(text: str, shelf: Shelf) -> str:
    """Convert the lines of one paragraph."""
    return style(protect(text, shelf)) if _SPECIAL.search(text) else text


def _face(found: re.Match[str]) -> str:
    plain = found[0] if found[0][0] == "(" else found[0].replace("-", "")
    return EMOTICONS.get(plain, found[0])


def _escaped(character: str) -> str:
    return "\\" + character if character in "*_" else character


def _unbraced(found: re.Match[str]) -> str:
    mark = _BRACED_MARK.get(found[1], "")
    return f"{mark}{found[2].strip()}{mark}" if found[2].strip() else found[2]


def _shown(url: str) -> str:
    return image(url.rpartition("/")[2] or url, url) if "://" in url else image(url)


def _linked(found: re.Match[str], shelf: Shelf) -> str:
    """Convert what square brackets hold; what only looks like a link stays as it is."""
    text, bar, rest = found[1].partition("|")
    text, url = text.strip(), rest.partition("|")[0].strip()
    if not bar:
        return _sole(text, found, shelf) or found[0]
    if text.startswith("~") and " " not in text:
        return _mention(text, found, shelf)
    if url.startswith("~"):
        return f"{text} {_mention(url, found, shelf)}"
    if not (url.startswith(("#", "^")) or _IS_URL.match(url) or _FILE.fullmatch(url)):
        return found[0]
    if text in (url, ""):
        return shelf.piece(url)
    return shelf.piece("[") + text + shelf.piece(f"]({target(url.removeprefix('^'))})")


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
