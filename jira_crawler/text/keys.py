"""Finds keys and tokens: by the shapes that their issuers gave them, and by the words they stand behind."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

KEY: Final = "<KEY>"


def _shape(beginning: str, rest: str) -> re.Pattern[str]:
    """A token that starts where no word goes on; told after its first letters, which `re` finds fastest alone."""
    literal = re.escape(beginning)
    return re.compile(rf"{literal}(?<![A-Za-z0-9_]{literal}){rest}", re.ASCII)


_SHAPES: Final = tuple(
    _shape(beginning, rest)
    for beginning, rest in (
        ("AKIA", r"[A-Z0-9]{16}(?![A-Za-z0-9])"),  # Amazon
        ("ASIA", r"[A-Z0-9]{16}(?![A-Za-z0-9])"),
        ("AROA", r"[A-Z0-9]{16}(?![A-Za-z0-9])"),
        ("AIDA", r"[A-Z0-9]{16}(?![A-Za-z0-9])"),
        ("gh", r"[pousr]_[A-Za-z0-9]{20,}"),  # GitHub
        ("github_pat_", r"[A-Za-z0-9_]{20,}"),
        ("gl", r"(?:pat|dt|rt|ptt|cbt)-[\w-]{20,}"),  # GitLab
        ("xox", r"[abeprs][.-][\w.-]{10,}"),  # Slack
        ("xapp-", r"[\w-]{10,}"),
        ("AIza", r"[\w-]{30,}"),  # Google
        ("ya29.", r"[\w-]{20,}"),
        ("GOCSPX-", r"[\w-]{20,}"),
        ("sk_", r"(?:live|test)_[A-Za-z0-9]{10,}"),  # Stripe
        ("rk_", r"(?:live|test)_[A-Za-z0-9]{10,}"),
        ("whsec_", r"[A-Za-z0-9+/=]{20,}"),
        ("npm_", r"[A-Za-z0-9]{30,}"),
        ("pypi-AgE", r"[\w-]{20,}"),
        ("hf_", r"[A-Za-z0-9]{30,}"),  # Hugging Face
        ("sk-", r"(?:[a-z]+-)?(?=[\w-]{0,40}\d)[\w-]{32,}"),  # OpenAI, Anthropic
        ("SG.", r"[\w-]{16,}\.[\w-]{16,}"),  # SendGrid
        ("dop_v1_", r"[0-9a-f]{40,}"),  # DigitalOcean
        ("eyJ", r"(?<!-eyJ)[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"),  # JSON web tokens
        ("ATATT", r"[\w=-]{20,}"),  # Atlassian
        ("ATCTT", r"[\w=-]{20,}"),
        ("ATBB", r"[\w=-]{20,}"),
    )
)

_SLACK_HOOK: Final = re.compile(r"(hooks\.slack\.com/services/)[A-Za-z0-9/]{20,}")

# A block whose end was cut off still gives away its lines of base64.
_PRIVATE_KEY: Final = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:(?:[^-<]|-(?!----)|<(?!KEY>))*+-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
    r"|(?:(?:\s|\\[nr]|>)*[A-Za-z0-9+/=]{40,})+)"
)

_AUTHORIZATION: Final = re.compile(
    r"(\bauthorization\\?[\"']?[ \t]{0,3}[:=,][ \t]{0,3}\\?[\"']?(?:bearer|basic|token|digest|negotiate)[ \t]{1,3})"
    r"[\w.~+/-]{6,}=*",
    re.IGNORECASE | re.ASCII,
)
_BEARER: Final = re.compile(r"(\bbearer[ \t]{1,3})(?=[\w.~+/-]*\d)[\w.~+/-]{20,}=*", re.IGNORECASE | re.ASCII)

# `secret.key = …`, `"api_key": "…"`, `oauth_token_secret=…`: long, and letters and digits mixed. The value is looked
# for first and its name behind it, since values of that shape are rare.
_VALUE: Final = re.compile(
    r"[:=]>?[ \t]{0,3}\\?[\"']?((?=[A-Za-z+/_%-]*[0-9])(?=[0-9+/_%-]*[A-Za-z])[A-Za-z0-9+/_%-]{16,}=*)"
)
_NAME: Final = re.compile(
    r"(?:(?:api|access|secret|account|auth|private|client|encryption|shared)[._ -]?(?:access[._-]?)?key|token|secret)"
    r"\\?[\"']?[ \t]{0,3}\Z",
    re.IGNORECASE,
)
_LONGEST_NAME: Final = 40


def redact_keys(text: str, counts: Counter[str]) -> str:
    """The text with `<KEY>` for each key, token and private key block; adds their number to `counts`."""
    found = 0
    if "PRIVATE KEY" in text:
        text, found = _PRIVATE_KEY.subn(KEY, text)
    for shape in _SHAPES:
        if shape.search(text):
            text, more = shape.subn(KEY, text)
            found += more
    for pattern in _likely(text.lower()):
        text, more = pattern.subn(rf"\1{KEY}", text)
        found += more
    named = _VALUE.sub(_mark_named, text)
    found += named.count(KEY) - text.count(KEY)
    if found:
        counts["key"] += found
    return named


def _likely(lower: str) -> list[re.Pattern[str]]:
    words = (("hooks.slack.com", _SLACK_HOOK), ("authorization", _AUTHORIZATION), ("bearer", _BEARER))
    return [pattern for word, pattern in words if word in lower]


def _mark_named(match: re.Match[str]) -> str:
    before = match.string[max(match.start() - _LONGEST_NAME, 0) : match.start()]
    if not _NAME.search(before):
        return match[0]
    return match[0][: match.start(1) - match.start()] + KEY
