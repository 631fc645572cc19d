"""Finds keys and tokens: of any issuer by their shapes, and of any shape by the names they stand behind."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Final

from jira_crawler.redaction.placeholders import KEY
from jira_crawler.redaction.rules import Near, Rule
from jira_crawler.redaction.shapes import HEADED, TOKENS, WEBHOOK

_TOKEN: Final = re.compile(
    r"(?:(?<![A-Za-z0-9_])|(?<=/bot)|(?<=\\[nrt])|(?<=%[0-9A-F]{2})|(?<=u00[0-9a-f]{2}))"
    rf"(?:{'|'.join(shape.pattern for shape in TOKENS)})",
    re.ASCII,
)
_HOOK: Final = re.compile(WEBHOOK.pattern)
# Amazon's secret is 40 letters of anything, and mostly stands behind the id.
_PAIRED: Final = re.compile(
    rf"({KEY}[\s\"',:;&/|]{{1,6}}(?:[\w .-]{{1,40}}[=:]\s{{0,3}})?[\"']?)"
    r"(?=[A-Za-z/+]*\d)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+])"
)

_ISSUED_HINTS: Final = tuple(dict.fromkeys(shape.hint for shape in (*TOKENS, WEBHOOK)))
_WORDS: Final = Near(_ISSUED_HINTS, words=True)

_LONG_SOON: Final = r"[^\n]*(?:\n[^\n]*)?(?:[a-z0-9+/_%~-]{8}[0-9]|[0-9][a-z0-9+/_%~-]{8})"
_NAMED_HINTS: Final = (
    r"(?:(?:api|access|secret|account|auth|private|client|encryption|shared|signing|master|licen[sc]e|service|app"
    r"|integration|routing|subscription|functions|application|admin|write|storage|consumer|hmac|ssh|deploy|webhook|bot|oauth"
    r"|server|personal|project|host|site|session|instrumentation|amz)[._ -]?(?:access[._ -]?)?(?:key|code|signature)"
    r"|token|secret|credential|rememberme|\bpat\b|sonar\.login|vault login|oauth_|[._\"']auth|sess(?:ion)?[._-]?id"
    r"|\bsess"
    r"|\bsi[dg]\b|[?&](?:signature|key|code|auth|sas)|cookie|bearer|signature=)" + _LONG_SOON,
    *("authorization", r"1drv\.ms/", r"secret:[0-9a-f]{2} [0-9a-f]{2} "),
    "digest .*response=",
    "(?:licen[sc]e|serial|product|activation)[ _-]?(?:key|number|code)",
)
_LINES: Final = Near(_NAMED_HINTS, after=1)
_HEADED: Final = tuple((shape.hint.split("|"), re.compile(shape.pattern)) for shape in HEADED)
_COOKIE: Final = re.compile(r"\b(?:set-)?cookie2?\\?[\"']?[ \t]{0,3}[:=][^\n]*", re.IGNORECASE)
_BISCUIT: Final = re.compile(r"(=\"?)(?!/)(?=[A-Za-z%+/_.~:|*!-]*\d)[A-Za-z0-9%+/_.~:|*!-]{16,}=*")

# `secret.key = …`, `"api_key": "…"`, `oauth_token_secret=…`: long, and letters and digits mixed. The value is looked
# for first and its name behind it, since values of that shape are rare.
_VALUE: Final = re.compile(
    r"(?P<sign>[:=]>?\*{0,2}\s{0,3}(?:base64:)?|->[ \t]{0,2}|\|[ \t]{0,3}|>[ \t]{0,3}|\(\s{0,3}|,[ \t]{0,3}"
    r"|[ ](?:is |was )?)"
    r"\\?[\"'`]{0,2}"
    r"(?P<value>(?=[A-Za-z+/_%-]*[0-9])(?=[0-9+/_%-]*[A-Za-z])[A-Za-z0-9+/_%~-]{16,}"
    r"(?:\.[\w-]{16,}){0,2}=*)"
)
_NAMES: Final = (
    r"(?P<option>--?[\w-]{0,30})?(?:(?:api|access|secret|account|auth|private|client|encryption|shared|signing|master"
    r"|licen[sc]e|service|integration|routing|subscription|functions|app|application|admin|write|storage|consumer|hmac"
    r"|ssh|deploy|webhook|server|bot|oauth|personal|project|host|site|session|instrumentation)[._ -]?(?:access[._ -]?)?"
    r"key(?:[._ -]?(?:id|data))?(?:\.[\w-]{1,40}){0,6}|(?<!public[ _.-]key[ _.-])(?<!public[ _-]key)(?<!publickey)"
    r"(?<!next)(?<!next[_ -])(?<!page)(?<!page[_ -])"
    r"(?<!continuation)(?<!continuation[_ -])token|secret(?:[._-]key[._-]base)?|credential|rememberme"
    r"|(?<![a-z])pat|access[._ -]code|auth[._ -]?code|sonar\.login|vault login|authorization|oauth_signature"
    r"|(?<=[._\"'])auth|(?P<session>(?<![a-z])sess(?:ion)?(?:[._ -]?(?:id|key|cookie))?)"
    r"|(?:j|php|net_)sess(?:ion)?id|(?<![a-z])(?:sid|sig)|amz-signature|[?&](?:signature|key|code|auth|access_code|sas))s?"
    r"(?:[._-](?:production|development|staging|testing|test|prod|dev|live))?"
)
_TAIL: Final = (
    r"\\?[\"'`*_]{0,3}(?:</(?:name|key)>\s{0,20}<(?:value|string)|[\"']\s{1,3}value|[\"']\s{1,3}type=\"\w{1,10}\"|\s{1,20}[\"']?value[\"']?"
    r"|[\"'],\s{0,3}[\"']value[\"']|[ ]\[[^\]\n]{0,30}\])?[ \t]{0,3}\Z"
)
_NAME: Final = re.compile(_NAMES + _TAIL, re.IGNORECASE)
_FAR_NAME: Final = re.compile(_NAMES + r"(?: [\w.-]{1,20}){1,5}" + _TAIL, re.IGNORECASE)
# What is left of a value that goes on behind a sign that few values have.
_LEFT: Final = re.compile(rf"{KEY}(?:%[0-9A-Fa-f]{{2}}|\.(?=[\w%+/~-]{{0,60}}\d)(?=[\w%+/~-]{{6}}))[\w.%+/~=-]*")
_LONG: Final = re.compile(r"[A-Za-z0-9+/_%~.-]{14}")
_LONGEST_NAME: Final = 60
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WRITTEN: Final = re.compile("%(?:20|0[aAdD])")  # a blank or the end of a line: somebody wrote that
_PIECE: Final = re.compile(r"[A-Za-z]*\d[A-Za-z0-9]*")


def _redact_issued(text: str, counts: Counter[str]) -> str:
    before = text.count(KEY)
    text = _WORDS.change(text, lambda word: _TOKEN.sub(KEY, word))
    if KEY in text:
        text = _PAIRED.sub(rf"\1{KEY}", text)
    if "hook" in text:
        text = _HOOK.sub(rf"\1{KEY}", text)
    if found := text.count(KEY) - before:
        counts["key"] += found
    return text


def _redact_named(text: str, counts: Counter[str]) -> str:
    before = text.count(KEY)
    text = _LINES.change(text, _redact_lines)
    if found := text.count(KEY) - before:
        counts["key"] += found
    return text


ISSUED: Final = Rule("issued_keys", _ISSUED_HINTS, _redact_issued)
NAMED: Final = Rule("named_keys", _NAMED_HINTS, _redact_named)


def _redact_lines(text: str) -> str:
    if not _LONG.search(text) and "uthorization" not in text.lower():
        return text
    lower = text.lower()
    for hints, pattern in _HEADED:
        if any(hint in lower for hint in hints):
            text = pattern.sub(rf"\1{KEY}", text)
    if "cookie" in lower:
        text = _COOKIE.sub(lambda header: _BISCUIT.sub(rf"\1{KEY}", header[0]), text)
    text = _VALUE.sub(_mark, text)
    return _LEFT.sub(KEY, text) if f"{KEY}%" in text or f"{KEY}." in text else text


def _mark(match: re.Match[str]) -> str:
    """Marks the value if a name stands before it, and it looks like chance and not like a path or a sentence."""
    value = match["value"]
    if not _is_chance(value):
        return match[0]
    before = match.string[max(match.start() - _LONGEST_NAME, 0) : match.start()]
    name = _NAME.search(before)
    if not (name and _belongs(name, match["sign"].strip(), value)) and not _is_told(match, before):
        return match[0]
    return match[0][: match.start("value") - match.start()] + KEY


def _belongs(name: re.Match[str], sign: str, value: str) -> bool:
    """Sessions of servers have ids that open no door, nor has a program in `?code=`; bare ones have to be long."""
    if name["session"] and (value.startswith("0x") or _UUID.fullmatch(value)):
        return False
    if name[0].lower().endswith("code") and _WRITTEN.search(value):
        return False
    return bool(sign not in ("", "(", ",") or name["option"] or (len(value) >= 20 and not name["session"]))


def _is_told(match: re.Match[str], before: str) -> bool:
    """True for `the API key of the staging server is: …`."""
    if match["sign"].strip() not in (":", "is", "was") or not _is_random(match["value"]):
        return False
    return _FAR_NAME.search(before) is not None


def _is_random(value: str) -> bool:
    """True for letters of both cases and digits in such disorder as no word, hash or number has."""
    classes = "".join("d" if c.isdigit() else "u" if c.isupper() else "l" for c in value if c.isalnum())
    turns = sum(one != other for one, other in pairwise(classes))
    return len(set(classes)) == 3 and turns * 4 >= len(classes)


def _is_chance(value: str) -> bool:
    if any(len(piece) >= 8 for piece in _PIECE.findall(value)):
        return True
    return len(value) >= 20 and not (value.islower() or value.isupper() or "-" in value or "_" in value)
