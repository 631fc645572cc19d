"""What is said of a reference by the words before it: that it is fixed, that it is not, or how else it is meant."""

from __future__ import annotations

import re
from typing import Final, Literal

Meaning = Literal["closes", "denies", "part", "follow_up", "backport", "reverts", "relates", "fixed_by", "mentions"]

_GAP: Final = r"[\s:;,*_`\[({<\"'-]{0,8}"  # between words and the reference
_ISSUE: Final = (
    r"(?:(?:the |this |that |our )?(?:issues?|bugs?|tickets?|jiras?|problems?|tasks?|defects?|in|of|for"
    r"|from|with)\s+){0,2}"
)
_FIX: Final = r"(?:close[sd]?|fix(?:e[sd])?|fixup|resolve[sd]?|implement(?:s|ed)?|address(?:es|ed)?|solve[sd]?)"
_FIXING: Final = r"(?:closing|fixing|resolving|implementing|addressing|solving)"
_NOT: Final = (
    r"(?:\b(?:not|never|cannot|without|unable to|nor|neither|no longer|instead of|rather than|fails? to|failed to"
    r"|by no means|in no way|hardly|barely)"
    r"|n['’]t)\b(?!\s+(?:only|just|merely|simply)\b)"
)
_HARDLY: Final = r"(?:\s+(?!(?:and|but|which|that|also|then|so)\b)[\w'’-]+){0,3}?"  # words of the same clause
# Tried in this order, on what stands before a reference; the first that ends there says what is meant.
_BEFORE: Final[tuple[tuple[Meaning, str], ...]] = (
    (
        "denies",
        rf"{_NOT}{_HARDLY}\s+(?:a |an |the )?(?:complete |full |real |actual |proper )?"
        rf"(?:{_FIX}|{_FIXING}|solution|resolution|duplicate)\s*(?:for |of |to )?{_ISSUE}",
    ),
    (
        "denies",
        rf"(?:unrelated to|not related to|nothing to do with|n['’]t related to|different from"
        rf"|distinct from)\s+{_ISSUE}",
    ),
    (
        "part",
        rf"(?:partial(?:ly)?|partly|in part|first (?:part|step)|part \d+|step)\s+(?:{_FIX}|fix|of|for|towards?|to)\s*"
        rf"(?:of |for |to )?{_ISSUE}",
    ),
    (
        "part",
        rf"(?:part of|towards?|prepar(?:es|ation|ing|atory work) (?:for|to)|work(?:s|ing)? towards?|groundwork for"
        rf"|contributes to|helps? with|progress on)\s*{_ISSUE}",
    ),
    (
        "follow_up",
        rf"(?:follow(?:s|ing|ed)?[- ]?(?:up)?(?:\s+(?:fix|change|patch|pr|work|commit))?(?:\s+(?:to|of|for|on"
        rf"|from|after|in))"
        rf"|followup|addendum (?:to|for)|amends|on top of|continu(?:es|ation of|ing))\s*{_ISSUE}(?:PR\s*)?",
    ),
    (
        "backport",
        rf"(?:back-?port(?:s|ed|ing)?(?:\s+(?:of|from|for|pr|fix))*|cherry[- ]?pick(?:s|ed|ing)?(?:\s+(?:of"
        rf"|from|commit|pr))*"
        rf"|forward-?port(?:s|ed|ing)?(?:\s+of)?|port(?:s|ed)? of)\s*(?:PR\s*|pull request\s*|commit\s*)?{_ISSUE}",
    ),
    (
        "reverts",
        rf"(?:revert(?:s|ed|ing)?|back(?:s|ed|ing)? out|roll(?:s|ed|ing)? back)(?:\s+(?:commit|pr|pull request"
        rf"|of))*\s*{_ISSUE}",
    ),
    (
        "relates",
        r"\b(?:see(?: also)?|related(?: to)?|relates? to|refs?|references?|cf\.?|like|similar to|same as|as in"
        r"|depends on|dependent on|requires|blocked by|blocks|needs|after|before|since|because of|due to|caused by"
        r"|introduced (?:in|by|with|from)|regress(?:ed|ion)? (?:in|by|from|of|since|caused by|introduced by)"
        r"|broken (?:by|in|since)|split (?:from|off|out of)|extracted from|based on|inspired by|found (?:in"
        r"|while|during)"
        r"|discovered (?:in|while|during)|discussed in|discussion in|mentioned in|supersedes|replaces|alternative to"
        r"|duplicates?(?: of)?|dup(?:licate)? of|tracked (?:in|by)|continued in|moved to|up in|on"
        rf"|filed(?: as)?|opened|created|compare)\s*(?:PR\s*|pull request\s*)?{_ISSUE}",
    ),
    (
        "relates",  # perhaps, or another time
        r"\b(?:may|might|could|perhaps|possibly|i['’]ll|we['’]ll|(?:am|are|is) going to)\b"
        rf"(?:\s+(?!(?:and|but|so)\b)[\w'’-]+){{0,3}}?\s+(?:{_FIX}|{_FIXING})\s*{_ISSUE}",
    ),
    (
        "relates",  # of something else, or nobody is sure
        r"\b(?:might|may|could|would|will|should|probably|possibly|perhaps|maybe|hopefully|presumably|apparently|likely"
        rf"|which|that|it's|dupe? of #?\d+)\b(?:\s+[\w'’]+){{0,3}}?\s+(?:fixed|closed|resolved|addressed|solved)"
        rf"\s+(?:in|by|via|with)\s*(?:PR\s*|pull request\s*|commit\s*)?{_ISSUE}",
    ),
    (
        "fixed_by",
        r"(?:fixed|closed|resolved|addressed|solved|implemented|merged|landed|done)\s+(?:in|by|via|with"
        r"|through|as|as part of)"
        rf"\s*(?:PR\s*|pull request\s*|commit\s*)?{_ISSUE}",
    ),
    ("closes", rf"\b{_FIX}\s*(?:for |of )?{_ISSUE}"),
    ("closes", rf"^\W*{_FIXING}\s*{_ISSUE}"),  # `it helps with fixing` is not said of what was done
    ("closes", rf"\b(?:a |the )?(?:bug)?fix (?:for|of|to)\s*{_ISSUE}"),
    ("closes", r"^(?:\W{0,4}(?:jira|issue|ticket|bug)(?: (?:issue|link|ticket|url|key|id))?\s*[:=-])\s*"),
)
_MEANINGS: Final = tuple(
    (meaning, re.compile(rf"(?:{pattern}){_GAP}$", re.IGNORECASE | re.MULTILINE)) for meaning, pattern in _BEFORE
)
_WINDOW: Final = 90  # characters that are looked at
_WORDS: Final = re.compile(r"[a-z]", re.IGNORECASE)
# What goes on a list: `fixes #1, #2 and #3`.
_AND: Final = re.compile(r"\s{0,3}(?:,|;|&|\+|/|and|,\s*and|or)\s{0,3}(?:[\[(*`_]{0,3})$", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"[.!?]\s+(?=[A-Z\"'(\[])|\n\s*\n|\n\s*[-*+]\s|\n(?=[A-Z#])")


def meaning(before: str) -> Meaning:
    """Says how a reference is meant by what stands before it in its sentence: only words that reach up to it count."""
    said = _last_sentence(before[-_WINDOW:])
    if not _WORDS.search(said):
        return "mentions"
    return next((meaning for meaning, pattern in _MEANINGS if pattern.search(said)), "mentions")


def goes_on(between: str) -> bool:
    """Tells whether a reference stands in one list with the one before, by what is between them."""
    return len(between) <= 16 and _AND.fullmatch(between.rstrip("[(*`_")) is not None


def _last_sentence(text: str) -> str:
    end = 0
    for found in _SENTENCE.finditer(text):
        end = found.end()
    return text[end:]
