"""Finds e-mail addresses, and credentials written into URLs."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

EMAIL: Final = "<EMAIL>"
CREDENTIALS: Final = "<CREDENTIALS>"

_URL: Final = re.compile(r"://([^\s:@/<>\"'`?#()\[\]{}|\\]{1,256})(?::([^\s/<>\"'`|\\]{0,256}))?@(?=[\w\[.%-])")
# There, and only there, a secret holds slashes.
_S3: Final = re.compile(r"(s3[an]?://)([^\s:@/<>\"']{1,256}):([^\s:@<>\"']{1,256})@")
# Elsewhere a name without a password is a part of a system: `akka.tcp://driver@host:7077`.
_SCHEMES_OF_PEOPLE: Final = ("http", "https", "ftp", "ssh", "smb", "mailto")
_STANDS_FOR: Final = ("$", "{", "*", "%s", "xxx")

# Matched from the @ on, and looked back from there: text without an @ costs nothing.
_DOMAIN: Final = re.compile(r"@((?:[A-Za-z0-9\u00c0-\u024f-]{1,63}\.)+([a-z]{2,24}|[A-Z]{2,24}))(?!-?[A-Za-z0-9])")
_LOCAL: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.!#_%+'-" + "".join(
    map(chr, range(0xC0, 0x250))
)
_NOT_FIRST: Final = ".!#%+'-"
_LONGEST_LOCAL: Final = 320  # 64 by the book, but return paths of mailing lists hold other addresses

# What stands before the @ of a repository or a service, not of a person.
_NOBODY: Final = frozenset({"git", "hg", "svn", "_HOST"})
# What ends in these is a file, not a domain.
_FILES: Final = re.compile(
    "aar|bmp|class|conf|css|csv|dll|dylib|exe|gif|gz|html|ico|jar|java|jpeg|jpg|js|json|jsx|kt|less|log|map|pdf|php"
    "|plist|png|properties|scala|scss|svg|swift|tar|tgz|tif|tiff|toml|tpl|ts|tss|tsx|txt|vue|war|webp|xml|yaml|yml",
    re.IGNORECASE,
)
_NOT_A_HOST: Final = re.compile(r"v?\d+(?:\.\d+)+|\d+x\.|(?=[a-f]*\d)[0-9a-f]{5,8}\.")


def redact_addresses(text: str, counts: Counter[str]) -> str:
    """The text with `scheme://<CREDENTIALS>@host` and `<EMAIL>`; adds their number to `counts`."""
    if "@" not in text:
        return text
    if "://" in text:
        text = _redact_urls(text, counts)
    return _redact_emails(text, counts)


def _redact_urls(text: str, counts: Counter[str]) -> str:
    def mark(match: re.Match[str]) -> str:
        user, secret = match.groups()
        if not secret and (user in _NOBODY or not _is_of_people(match)):
            return match[0]
        if secret and secret.startswith(_STANDS_FOR):
            return match[0]
        counts["credentials"] += 1
        return f"://{CREDENTIALS}@"

    if "s3" in text:
        text, found = _S3.subn(rf"\1{CREDENTIALS}@", text)
        if found:
            counts["credentials"] += found
    return _URL.sub(mark, text)


def _is_of_people(match: re.Match[str]) -> bool:
    return match.string.endswith(_SCHEMES_OF_PEOPLE, max(match.start() - 8, 0), match.start())


def _redact_emails(text: str, counts: Counter[str]) -> str:
    parts = []
    done = 0
    for match in _DOMAIN.finditer(text):
        start = _start(text, done, match)
        if start < match.start():
            parts += [text[done:start], EMAIL]
            done = match.end()
    counts.update({"email": len(parts) // 2} if parts else {})
    return "".join(parts) + text[done:] if parts else text


def _start(text: str, done: int, domain: re.Match[str]) -> int:
    """Where the address of that domain begins; its @ if it is none."""
    at = domain.start()
    before = text[max(done, at - _LONGEST_LOCAL) : at]
    rest = before.rstrip(_LOCAL)
    if len(before) - len(rest) == _LONGEST_LOCAL:
        return at
    local = before[len(rest) :].lstrip(_NOT_FIRST)
    if rest.endswith("://") or local in _NOBODY or _FILES.fullmatch(domain[2]) or _NOT_A_HOST.match(domain[1]):
        return at
    return at - len(local)
