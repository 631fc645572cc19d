"""Finds e-mail addresses."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Final

from jira_crawler.text.redaction.credentials import NOBODY

EMAIL: Final = "<EMAIL>"

# Matched from the @ on, and looked back from there: text without an @ costs nothing.
HOST: Final = r"((?:[A-Za-z0-9\u00c0-\u024f-]{1,63}\.)+([a-z]{2,24}|[A-Z]{2,24}))(?!-?[A-Za-z0-9])"
_DOMAIN: Final = re.compile("@" + HOST)
_ASCII_LOCAL: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#_%+'-"
_LOCAL: Final = _ASCII_LOCAL + "".join(map(chr, range(0xC0, 0x250)))
_NOT_FIRST: Final = ".!#%+'-"
_LONGEST_LOCAL: Final = 320  # 64 by the book, but return paths of mailing lists hold other addresses
# An escaped blank, colon or slash before a name is no part of it.
_ESCAPED_FIRST: Final = re.compile(r"%(?:20|22|27|2C|2F|3A|3B|3C|3D|3F|26|5B)", re.IGNORECASE)

# What ends in these is a file, not a domain.
_FILES: Final = re.compile(
    "local|localdomain|internal|lan|intranet|svc"  # or a machine that nobody outside can write to
    "|aar|bmp|class|conf|css|csv|dll|dylib|exe|gif|gz|html|ico|jar|java|jpeg|jpg|js|json|jsx|kt|less|log|map|pdf|php"
    "|plist|png|properties|scala|scss|svg|swift|tar|tgz|tif|tiff|toml|tpl|ts|tss|tsx|txt|vue|war|webp|xml|yaml|yml",
    re.IGNORECASE,
)
_NOT_A_HOST: Final = re.compile(r"v?\d+(?:\.\d+)+|\d+x\.|(?=[a-f]*\d)[0-9a-f]{5,8}\.")


HINTS: Final = ("@",)


def redact(text: str, counts: Counter[str]) -> str:
    """The text with `<EMAIL>` for each address; adds their number to `counts`."""
    if "@" in text:
        text = replace_addresses(text, _DOMAIN, start_of_address, counts)
    return text


def replace_addresses(
    text: str, domain: re.Pattern[str], start_of: Callable[[str, int, re.Match[str]], int], counts: Counter[str]
) -> str:
    parts = []
    done = 0
    for match in domain.finditer(text):
        start = start_of(text, done, match)
        if start < match.start():
            parts += [text[done:start], EMAIL]
            done = match.end()
    if parts:
        counts["email"] += len(parts) // 2
    return "".join(parts) + text[done:] if parts else text


def start_of_address(text: str, done: int, domain: re.Match[str]) -> int:
    """Where the address of that domain begins; its @ if it is none."""
    at = domain.start()
    before = text[max(done, at - _LONGEST_LOCAL) : at]
    rest = before.rstrip(_ASCII_LOCAL if before.isascii() else _LOCAL)
    if len(before) - len(rest) == _LONGEST_LOCAL:
        return at
    local = before[len(rest) :].lstrip(_NOT_FIRST)
    if rest.endswith("/") and domain[1].isupper():  # Kerberos: `hive/host@REALM.ORG`
        return at
    if rest.endswith("://") or local in NOBODY or _FILES.fullmatch(domain[2]) or _NOT_A_HOST.match(domain[1]):
        return at
    if "%" in before:
        for escape in _ESCAPED_FIRST.finditer(before, len(before) - len(local) - 1):
            local = before[escape.end() :]
    return at - len(local)
