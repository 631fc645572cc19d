"""Finds credentials written into URLs."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from jira_crawler.redaction.placeholders import ADDRESS_BEGINNINGS, CREDENTIALS, IN_ADDRESSES
from jira_crawler.redaction.rules import Near, Rule

NOBODY: Final = frozenset({"git", "hg", "svn", "_HOST"})  # stands before the @ of a repository or a service

_URL: Final = re.compile(
    r"(?P<mark>(?:(?<=[\s\"'=])|:)\\?/\\?/)(?P<user>[^\s:@/<>\"'`?#()\[\]{}|\\]{0,256})(?::(?P<secret>[^\s/<>\"'`|\\]{0,256}))?@(?=[\w\[.%-])"
)
_ESCAPED: Final = re.compile(r"(?i:(%3A%2F%2F))[\w.+-]{1,64}(?i:%3A)(?:[\w.~!*-]|%(?!40|2F)){1,128}(?=%40)")
# `name:secret@tcp(host)` of a driver, and `name:secret@host:3128` of a proxy
_DRIVER: Final = re.compile(
    r"(?<![\w/.:+-])(?!(?:mailto|sips?|xmpp|acct|from|to|cc|jid|scm|e-?mail):)[\w.+-]{1,64}:[^\s:@/<>\"'`$*{}]{3,128}"
    r"@(?=tcp\(|unix\(|[\w.-]{1,128}:\d{2,5}\b)",
    re.IGNORECASE,
)
# There, and only there, a secret holds slashes.
_S3: Final = re.compile(r"(s3[an]?://)(<KEY>|[^\s:@/<>\"']{1,256}):([^\s:@<>\"']{1,256})@")
_ORACLE: Final = re.compile(
    r"(jdbc:oracle:\w{1,8}:|\b(?:sqlplus|sqlldr|expd?p?|impd?p?|rman target)(?: -\w{1,8}){0,3} [\"']?"
    r"|(?:\A|\n|SQL> ?)(?:conn|connect|CONN|CONNECT)[ ](?=\S*[\d$#!]))"
    r"([\w$#.]{1,64})/((?=[^\s@]{0,60}[\d$#!])[^\s@/\"']{1,64}(?=\"?(?:@|\s|\Z))|[^\s@/\"']{1,64}(?=@))"
)
# Elsewhere a name without a password is a part of a system: `akka.tcp://driver@host:7077`.
_SCHEMES_OF_PEOPLE: Final = ("http", "https", "ftp", "ssh", "smb", "sftp", "mailto")


_HINTS: Final = (
    *(
        r"[:\s\"'=]\\?/\\?/[^\s@]*@",
        ":oracle:",
        r"(?:sqlplus|sqlldr|expd?p?|impd?p?|rman target) .*\S/",
        r"\bconn(?:ect)? [a-z0-9_$#.]+/[^\s@/]+@",
        "%3a%2f%2f[a-z0-9_.+-]+%3a",
    ),
    r"[^\s:@/]@(?:tcp\(|unix\(|[a-z0-9_.-]+:[0-9]{2})",
)


_LINES: Final = Near(_HINTS)


def _redact(text: str, counts: Counter[str]) -> str:
    """The text with `scheme://<CREDENTIALS>@host`; adds their number to `counts`."""

    def mark(match: re.Match[str]) -> str:
        user, secret = match["user"], match["secret"]
        if not secret and (not user or user in NOBODY or not _is_of_people(match)):
            return match[0]
        if secret and (secret.startswith(ADDRESS_BEGINNINGS) or IN_ADDRESSES.fullmatch(f"{user}:{secret}")):
            return match[0]
        return f"{match['mark']}{CREDENTIALS}@"

    def replace(lines: str) -> str:
        before = lines.count(CREDENTIALS)
        if "s3" in lines:
            lines = _S3.sub(rf"\1{CREDENTIALS}@", lines)
        if "/" in lines:
            lines = _ORACLE.sub(rf"\1{CREDENTIALS}", lines)
        lines = _DRIVER.sub(f"{CREDENTIALS}@", _URL.sub(mark, _ESCAPED.sub(rf"\1{CREDENTIALS}", lines)))
        if found := lines.count(CREDENTIALS) - before:
            counts["credentials"] += found
        return lines

    return _LINES.change(text, replace)


RULE: Final = Rule("credentials", _HINTS, _redact)


def _is_of_people(match: re.Match[str]) -> bool:
    return match.string.endswith(_SCHEMES_OF_PEOPLE, max(match.start() - 8, 0), match.start())
