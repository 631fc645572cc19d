"""Finds keys and tokens: by the shapes that their issuers gave them, and by the words they stand behind."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

KEY: Final = "<KEY>"

# (what must be in the text, the whole token). Each shape starts where no word goes on, so no text is read twice.
_SHAPES: Final = tuple(
    (hints, re.compile(rf"(?<![A-Za-z0-9_]){shape}", re.ASCII))
    for hints, shape in (
        (("AKIA", "ASIA", "AROA", "AIDA"), r"A(?:KIA|SIA|ROA|IDA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
        (("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), r"gh[pousr]_[A-Za-z0-9]{20,}"),
        (("github_pat_",), r"github_pat_[A-Za-z0-9_]{20,}"),
        (("glpat-", "gldt-", "glrt-", "glptt-"), r"gl(?:pat|dt|rt|ptt)-[\w-]{20,}"),
        (
            ("xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xoxe.", "xapp-"),
            r"(?:xox[abeprs]|xapp)[-.][\w.-]{10,}",
        ),
        (("AIza",), r"AIza[\w-]{30,}"),
        (("ya29.",), r"ya29\.[\w-]{20,}"),
        (("GOCSPX-",), r"GOCSPX-[\w-]{20,}"),
        (("_live_", "_test_"), r"[sr]k_(?:live|test)_[A-Za-z0-9]{10,}"),
        (("whsec_",), r"whsec_[A-Za-z0-9+/=]{20,}"),
        (("npm_",), r"npm_[A-Za-z0-9]{30,}"),
        (("pypi-AgE",), r"pypi-AgE[\w-]{20,}"),
        (("hf_",), r"hf_[A-Za-z0-9]{30,}"),
        (("sk-",), r"sk-(?:[a-z]+-)?(?=[\w-]*\d)[\w-]{32,}"),
        (("SG.",), r"SG\.[\w-]{16,}\.[\w-]{16,}"),
        (("dop_v1_",), r"dop_v1_[0-9a-f]{40,}"),
        (("eyJ",), r"(?<!-)eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"),
        (("ATATT", "ATCTT", "ATBB"), r"AT(?:ATT|CTT|BB)[\w=-]{20,}"),
    )
)

_SLACK_HOOK: Final = re.compile(r"(hooks\.slack\.com/services/)[A-Za-z0-9/]{20,}")

# A block whose end was cut off still gives away its lines of base64.
_PRIVATE_KEY: Final = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:(?:[^-]|-(?!----))*+-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
    r"|(?:(?:\s|\\[nr]|>)*[A-Za-z0-9+/=]{40,})+)"
)

_AUTHORIZATION: Final = re.compile(
    r"(\bauthorization\\?[\"']?[ \t]{0,3}[:=,][ \t]{0,3}\\?[\"']?(?:bearer|basic|token|digest|negotiate)[ \t]{1,3})"
    r"[\w.~+/-]{6,}=*",
    re.IGNORECASE | re.ASCII,
)
_BEARER: Final = re.compile(r"(\bbearer[ \t]{1,3})(?=[\w.~+/-]*\d)[\w.~+/-]{20,}=*", re.IGNORECASE | re.ASCII)

# `secret.key = …`, `"api_key": "…"`, `oauth_token_secret=…`: long, and letters and digits mixed.
_NAMED: Final = re.compile(
    r"((?:(?:api|access|secret|account|auth|private|client|encryption|shared)[._ -]?(?:access[._-]?)?key|token|secret)"
    r"\\?[\"']?[ \t]{0,3}(?:=>|[:=])[ \t]{0,3}\\?[\"']?)"
    r"(?=[A-Za-z+/_=%-]*[0-9])(?=[0-9+/_=%-]*[A-Za-z])[A-Za-z0-9+/_=%-]{16,}",
    re.IGNORECASE,
)
_NAMED_WORDS: Final = ("key", "token", "secret")


def redact_keys(text: str, counts: Counter[str]) -> str:
    """The text with `<KEY>` for each key, token and private key block; adds their number to `counts`."""
    for pattern, mark in _likely(text):
        text, found = pattern.subn(mark, text)
        if found:
            counts["key"] += found
    return text


def _likely(text: str) -> list[tuple[re.Pattern[str], str]]:
    likely = [(shape, KEY) for hints, shape in _SHAPES if any(hint in text for hint in hints)]
    if "PRIVATE KEY" in text:
        likely.insert(0, (_PRIVATE_KEY, KEY))
    if "hooks.slack.com" in text:
        likely.append((_SLACK_HOOK, rf"\1{KEY}"))
    lower = text.lower()
    if "authorization" in lower:
        likely.append((_AUTHORIZATION, rf"\1{KEY}"))
    if "bearer" in lower:
        likely.append((_BEARER, rf"\1{KEY}"))
    if any(word in lower for word in _NAMED_WORDS):
        likely.append((_NAMED, rf"\1{KEY}"))
    return likely
