"""What may stand in a sentence of ours, on the screen, in the log and in the report: what others said, and no password.

A server chooses its words, its headers, its titles and the addresses that it redirects to. None of them may move the
cursor, turn the order of what follows, begin a line of its own in a log, or push our own words off the screen.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

LONGEST_QUOTE: Final = 300  # characters of what somebody else said
LONGEST_SENTENCE: Final = 2_000  # of ours, which may name many projects

# Colours, cursor moves, titles and links of a terminal; one that is cut off takes only its beginning with it.
_TERMINAL: Final = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*.?"
)
_READ: Final = 8  # times as many characters are looked at as are kept, for most may be invisible

# No password is said: what a person reads of a URL, or of a library's error, goes through `masked`.
MASK = "***"
_NAMED = r"[\w.-]*(?:passw(?:or)?d|passwd|pwd|secret|token|credential|api_?key)[\w.-]*"
# A secret key of S3 may hold a slash, and a password an @: what ends it is the last @ before a blank. That may be
# too much of a URL with a port and an @ in its path, which is better than too little.
_USER = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)([^\s/?#:@'\"]*)(:[^\s'\"]*)?@", re.ASCII)
_PARAMETER = re.compile(rf"(?i)(\b{_NAMED}|[?&;](?:key|sig|signature|accountkey)|sharedaccesskey)(\s*=\s*)[^\s&;'\"]+")


def quoted(said: str) -> str:
    """The beginning of what somebody else said, on one line and without anything that does not show."""
    return printable(said, LONGEST_QUOTE)


def printable(sentence: str, longest: int = LONGEST_SENTENCE) -> str:
    """A sentence on one line, without terminal codes, controls and marks that turn the order of writing."""
    if len(sentence) <= longest and sentence.isprintable() and "  " not in sentence:
        return sentence
    shown = _TERMINAL.sub("", sentence[: _READ * longest])
    shown = "".join(letter if letter.isprintable() else " " * letter.isspace() for letter in shown)
    shown = " ".join(shown.split())
    whole = len(shown) <= longest and len(sentence) <= _READ * longest
    return shown if whole else shown[: longest - 1].rstrip() + "…"


def masked(text: object, *urls: str) -> str:
    """Gives a text without the passwords of the URLs in it, and without those of other URLs that it may quote."""
    said = str(text)
    for secret in sorted({each for url in urls for each in _secrets(url)}, key=len, reverse=True):
        said = said.replace(secret, MASK)
    return _PARAMETER.sub(rf"\1\2{MASK}", _USER.sub(_without_password, said))


def _without_password(found: re.Match[str]) -> str:
    scheme, user, password = found.groups()
    return f"{scheme}{user}:{MASK}@" if password else f"{scheme}{MASK}@"


def _secrets(url: str) -> set[str]:
    """Finds what is secret in a URL, as it stands there and as it is read."""
    found = {match[3].removeprefix(":") for match in _USER.finditer(url) if match[3]}
    try:
        pairs = parse_qsl(urlsplit(url).query)
    except ValueError:
        pairs = []
    found |= {value for name, value in pairs if re.fullmatch(_NAMED, name, re.IGNORECASE)}
    return {form for each in found for form in (each, unquote(each)) if form and form != MASK}
