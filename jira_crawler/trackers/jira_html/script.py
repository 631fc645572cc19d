r"""HTML that a page keeps as a string in a script, until a browser shows it.

Jira 7 and later send the activity of an issue so: `WRM._unparsedData["activity-panel-pipe-id"]="\"\n\u003cdiv …\""`,
which is HTML as JSON as JavaScript. Nothing is run: string literals are found and unescaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

# A literal that is not closed ends with its line, so that each sign is looked at once.
_LITERAL: Final = re.compile(
    r'"((?>(?:[^"\\\n]+|\\(?s:.))*))"?|' + r"'((?>(?:[^'\\\n]+|\\(?s:.))*))'?",
)
_ESCAPE: Final = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|(?s:.)))")
_LETTERS: Final = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_CONTINUED: Final = {"\n", "\r", "\r\n", "\u2028", "\u2029"}
_SAYS_SO: Final = re.compile(r"issue_actions_container|activity.{1,6}comment|issue.{1,6}data.{1,6}block")
_DEEPEST: Final = 3


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
