"""Finds passwords by the words they stand behind, and tells them from code and prose about passwords."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

PASSWORD: Final = "<PASSWORD>"  # noqa: S105 - the mark, not a password

_WORD: Final = r"[pP](?:[aA][sS][sS](?:[wW][oO][rR][dD]|[wW][dD]|[pP][hH][rR][aA][sS][eE]|[cC][oO][dD][eE])|[wW][dD])"
_HINTS: Final = ("passw", "passp", "passc", "pwd")

_ASSIGNED: Final = re.compile(
    rf"(?P<before>{_WORD}\d?\\?[\"']?(?:\*\*)?(?P<sign>[ \t]{{0,3}}(?:=>|:=|=(?!=)|:(?!:))(?:\*\*)?[ \t]{{0,3}}))"
    r"(?:(?P<quote>\\?[\"'])(?P<quoted>[^\"'\\\s]+)(?=[\"'\\])|(?P<bare>[^\s\"'`<>,;&|(){}\[\]\\]+))"
    r"(?=(?P<after>[ \t]*[^\s]?))"
)
_TAGGED: Final = re.compile(
    rf"(?P<before>{_WORD}\d?>[ \t]{{0,3}}|{_WORD}</name>\s{{0,40}}<value>[ \t]{{0,3}})(?P<bare>[^\s<>]+)(?=[ \t]*</)"
)
_OPTION: Final = re.compile(
    rf"(?P<before>(?<![\w-])--?[\w.-]{{0,20}}?{_WORD}[ \t]{{1,3}})(?P<bare>[^\s\"'`<>,;&|(){{}}\[\]\\-][^\s\"'`<>]*)"
    r"(?=(?P<after>[ \t]*[^\s]?))"
)

_CALLED: Final = re.compile(
    rf"(?P<before>(?:[sS]et|[wW]ith)[A-Za-z]{{0,20}}?{_WORD}\(\s{{0,3}})(?P<quote>[\"'])(?P<quoted>[^\"'\s]+)(?=[\"'])"
)

_NOT_SECRET: Final = re.compile(
    # what a form or a document says in place of a password
    "password|passwd|passphrase|passcode|pwd|pass|secret|user|username|login|prompt|input|field|value|type|name|env"
    "|null|nil|none|undefined|empty|blank|unset|default|true|false|yes|no|not|new|this|self|request|config|options"
    "|required|optional|invalid|wrong|missing|incorrect|encrypted|hidden|masked|redacted|removed|changed|changeme"
    # types
    "|string|str|text|char|varchar|bytes|bool|boolean|int|integer|number|object|any|params|args|argument|property"
    # words that go on with a sentence
    "|option|flag|parameter|file|and|or|is|are|was|the|an|a|for|in|to|of|on|with|as|if|when|that|which|should|must"
)
_STANDS_FOR = ("$", "%", "*", "{", "<", "#", "@", "?", "=", ":", "...", "xxx", "…", "/", "~", "\\")
_NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z_$]*(?:(?:\.|->|::)[A-Za-z_$][\w$]*)*")
_DOTTED: Final = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|->|::)[A-Za-z_$][\w$]*)+")
_POSITION: Final = re.compile(r"\d+(?::\d+)?")


def redact_passwords(text: str, counts: Counter[str]) -> str:
    """The text with `<PASSWORD>` for each password behind its word; adds their number to `counts`."""
    lower = text.lower()
    if not any(hint in lower for hint in _HINTS):
        return text

    def mark(match: re.Match[str]) -> str:
        if not _is_secret(match):
            return match[0]
        counts["password"] += 1
        groups = match.groupdict()
        return f"{groups['before']}{groups.get('quote') or ''}{PASSWORD}"

    text = _ASSIGNED.sub(mark, text)
    if "(" in text:
        text = _CALLED.sub(mark, text)
    if "-" in text:
        text = _OPTION.sub(mark, text)
    return _TAGGED.sub(mark, text) if "</" in text else text


def _is_secret(match: re.Match[str]) -> bool:
    groups = match.groupdict()
    value = groups.get("quoted") or groups["bare"]
    plain = value.rstrip(".,:;!?*_").casefold()
    if len(plain) < 3 or _NOT_SECRET.fullmatch(plain) or value.casefold().startswith(_STANDS_FOR):
        return False
    if groups.get("quoted") or match.re is _TAGGED:
        return True
    if match.re is _OPTION:
        return not _NAME.fullmatch(value) or groups["after"].strip() in ("", "-")
    return _is_bare_secret(value, groups["sign"], groups["after"])


def _is_bare_secret(value: str, sign: str, after: str) -> bool:
    """Tells `password=hunter` from `password = getPassword()`, `Password: enter it` and `resetPassword:12:3`."""
    following = after.strip()
    if following[:1] in ("(", "[") or _DOTTED.fullmatch(value):
        return False
    if ":" in sign:
        if sign == ":" and _POSITION.fullmatch(value):
            return False
        return not _NAME.fullmatch(value) or not following
    spaced = sign.strip() != sign
    return not (spaced and _NAME.fullmatch(value) and following)
