"""Emphasis in wiki markup, and the small pictures: what stands between two marks of a kind."""

from __future__ import annotations

import re

from jira_crawler.converters.emoticons import EMOTICONS

# Every pattern begins with a literal or a set, looking behind only then: the engine skips the text in between.
SPECIAL = re.compile(r"[*\-+^~?\[\\:;(!{]")

_BRACED = re.compile(r"\{([*_+^~-]|\?\?)\}([^{}]*)\{\1\}")
_BRACED_MARK = {"*": "**", "_": "_", "-": "~~", "??": "_"}
_NESTED = 3  # bold, italics and struck out at once
_ORDINAL = re.compile(r"(?:st|nd|rd|th|er|e)\b", re.IGNORECASE)


def _between(mark: str, first: str = r"[^\s\-+~^]") -> re.Pattern[str]:
    """Match words between two marks, a mark within a word being part of it; never looks at a character twice."""
    m = re.escape(mark)
    word = rf"(?:[^\W_]|[{m}])"
    return re.compile(
        rf"{m}(?<!{word}{m})(?<!\\{m})(?={first})((?>(?:[^\n{m}]|(?<=[^\W_]){m}(?=[^\W_]))+))(?<=\S){m}(?!{word})"
    )


_BOLD = _between("*", r"[^\s]")
_BOLD_LINE = re.compile(r"\*(?<=^\*)([^\s*][^*\n]*+)(?<=[ \t])\*(?=[ \t]*$)", re.MULTILINE)
_DELETED = _between("-")
_INSERTED = _between("+")
_SUPER = _between("^")
_SUB = _between("~")
_CITE = re.compile(r"\?\?(?<![\w?]\?\?)(?=[^\s?])([^\n?]++)(?<=\S)\?\?(?![\w?])")
_FACES = re.compile(
    r"[(:;](?<![\w(:;].)(?:(?<=\()(?:[/x!?yn*+-]|on|off|\*[rgby]|flag|flagoff)\)|(?<=[:;])-?[)(DP])(?![\w)])"
)


def style(text: str) -> str:
    """Write faces and emphasis the Markdown way; `_x_` is italics in both."""
    if not SPECIAL.search(text):
        return text
    if "(" in text or ":" in text or ";" in text:
        text = _FACES.sub(_face, text)
    if "{" in text:
        text = _without_braces(text)
    if "*" in text:
        text = _BOLD_LINE.sub(_trimmed_bold, _BOLD.sub(r"**\1**", text))
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


def _face(found: re.Match[str]) -> str:
    plain = found[0] if found[0][0] == "(" else found[0].replace("-", "")
    return EMOTICONS.get(plain, found[0])


def _trimmed_bold(found: re.Match[str]) -> str:
    return f"**{found[1].rstrip()}**"


def _without_braces(text: str) -> str:
    """Emphasis within a word is written `{*}x{*}`; the innermost comes first."""
    for _ in range(_NESTED):
        text, count = _BRACED.subn(_unbraced, text)
        if not count:
            break
    return text


def _unbraced(found: re.Match[str]) -> str:
    """Keep the marks where Markdown reads them as such; beside a word it does not if punctuation is inside."""
    inside, text = found[2].strip(), found.string
    before, after = text[max(found.start() - 1, 0) : found.start()], text[found.end() : found.end() + 1]
    if not inside or "\n\n" in inside:
        return found[2]
    if found[1] == "^":
        return _raised(found[2], before)
    mark = _BRACED_MARK.get(found[1], "")
    glued = (before.isalnum(), after.isalnum())
    if mark == "_" and any(glued):
        mark = "*"
    if (glued[0] and not inside[0].isalnum()) or (glued[1] and not inside[-1].isalnum()):
        mark = ""
    lead, trail = found[2][: len(found[2]) - len(found[2].lstrip())], found[2][len(found[2].rstrip()) :]
    return f"{lead}{mark}{inside}{mark}{trail}"


def _raised(inside: str, before: str) -> str:
    """A power keeps its mark, for 10 to the sixth is not 106; an ordinal does not need one."""
    if not before.isalnum() or (before.isdigit() and _ORDINAL.match(inside)):
        return inside
    return "^" + (inside if inside.isalnum() else f"({inside})")
