"""Finds credentials written into URLs."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

CREDENTIALS: Final = "<CREDENTIALS>"
NOBODY: Final = frozenset({"git", "hg", "svn", "_HOST"})  # stands before the @ of a repository or a service

_URL: Final = re.compile(r"://([^\s:@/<>\"'`?#()\[\]{}|\\]{0,256})(?::([^\s/<>\"'`|\\]{0,256}))?@(?=[\w\[.%-])")
# There, and only there, a secret holds slashes.
_S3: Final = re.compile(r"(s3[an]?://)(<KEY>|[^\s:@/<>\"']{1,256}):([^\s:@<>\"']{1,256})@")
_ORACLE: Final = re.compile(
    r"(jdbc:oracle:\w{1,8}:|\bsqlplus(?: -\w{1,8}){0,3} )([\w$#.]{1,64})/([^\s@/\"']{1,64})(?=@)"
)
# Elsewhere a name without a password is a part of a system: `akka.tcp://driver@host:7077`.
_SCHEMES_OF_PEOPLE: Final = ("http", "https", "ftp", "ssh", "smb", "sftp", "mailto")
_STANDS_FOR: Final = ("$", "{", "*", "%s", "xxx")


HINTS: Final = (r"://[^\s@]*@", ":oracle:", "sqlplus")


def redact(text: str, counts: Counter[str]) -> str:
    """The text with `scheme://<CREDENTIALS>@host`; adds their number to `counts`."""

    def mark(match: re.Match[str]) -> str:
        user, secret = match.groups()
        if not secret and (not user or user in NOBODY or not _is_of_people(match)):
            return match[0]
        if secret and secret.startswith(_STANDS_FOR):
            return match[0]
        counts["credentials"] += 1
        return f"://{CREDENTIALS}@"

    found = 0
    if "s3" in text:
        text, found = _S3.subn(rf"\1{CREDENTIALS}@", text)
    if "sqlplus" in text or ":oracle:" in text:
        text, more = _ORACLE.subn(rf"\1{CREDENTIALS}", text)
        found += more
    if found:
        counts["credentials"] += found
    return _URL.sub(mark, text)


def _is_of_people(match: re.Match[str]) -> bool:
    return match.string.endswith(_SCHEMES_OF_PEOPLE, max(match.start() - 8, 0), match.start())
