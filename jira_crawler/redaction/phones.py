"""Finds telephone numbers, and tells them from versions, ids, dates and the numbers of logs.

A number counts by its shape alone where no other number is written so: with the sign of a country and in groups, or in
the groups of America with brackets, a slash or hyphens. Any other needs a word such as `phone:` before it.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from jira_crawler.redaction.placeholders import PHONE
from jira_crawler.redaction.rules import Near, Rule

_FEWEST: Final = 7  # digits; with the sign of a country one more
_MOST: Final = 15
_JOINT: Final = r"(?:[ .\u00a0-]{1,2}| ?[-/] ?)"
_AREA: Final = r"[2-9]\d{2}"  # in America neither area nor exchange begins with 0 or 1
# Nothing of a longer number, name, path or version may stand beside it.
_ALONE: Final = r"(?<![\w.,:/=&?#%@+*<>$-])"
_OVER: Final = r"(?![\w/=%@*]|[-.,:]\d|\.[A-Za-z]|-[A-Za-z])"
_SHAPES: Final = re.compile(
    rf"{_ALONE}(?:"
    rf"(?P<abroad>\(?\+(?!1\D{{0,3}}[01])[1-9]\d{{0,2}}\)?{_JOINT}?(?:\(0?\d{{0,4}}\){_JOINT}?)?\d{{1,5}}(?:{_JOINT}\d{{2,7}}){{1,4}})"
    rf"|(?:\+?1{_JOINT})?(?:\({_AREA}\) ?{_AREA}[ .-]\d{{4}}|{_AREA}/{_AREA}[-.]\d{{4}}|{_AREA}-{_AREA}-\d{{4}})"
    rf"){_OVER}"
)
_WORD: Final = (
    r"(?:(?:tele|mobile |cell |office |work |home )?phone(?: ?(?:number|no|nr))?|tel(?:efon)?|fax|mobile|mob|cell"
    r"|whats ?app|direct|hotline|(?:call|reach) (?:(?:me|us)(?: (?:at|on))?|at|on))"
)
_TOLD: Final = re.compile(
    rf"(?P<before>\b(?:{_WORD})(?: (?:is|at|on))?[*_]{{0,2}} ?[.:#]{{0,2}}[*_]{{0,2}}[ \t]{{0,3}})"
    r"(?P<number>\(?\+?\(?\d[\d ()/.\u00a0-]{5,22}\d)" + _OVER,
    re.IGNORECASE,
)
_SIGNED: Final = re.compile(
    r"(?P<before>(?:\A|\n)[ \t>*_]*(?:[TMPFDO]|Ph|Tel|Mob)[*_]{0,2}[.:][*_]{0,2}[ \t]{1,3})"
    r"(?P<number>\(?\+?\(?\d[\d ()/.\u00a0-]{5,22}\d)(?=[ \t*_|]*(?:\n|\Z|\|))"
)
_VERSION: Final = re.compile(rf"(?!{_AREA}\.{_AREA}\.\d{{4}}\Z)\(?\d{{1,4}}(?:\.\d{{1,6}}){{1,4}}\)?")
_DATE: Final = re.compile(r"(?:19|20)\d\d[-/. ]\d{1,2}[-/. ]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d.*")
_MADE_UP: Final = re.compile(r"(\d)\1{6,}|1?1234567\d*|0123456\d*")

_HINTS: Final = (
    r"\+[1-9][0-9 ().\x{a0}/-]{8}",
    r"[2-9][0-9]{2}[)/-] ?[2-9][0-9]{2}[ .-][0-9]{4}",
    r"(?:phone|tel|telefon|fax|mobile|mob|cell|whats ?app|direct|hotline|call|reach)[a-z .:#*_]{0,24}\(?\+?\(?[0-9]",
    r"(?m:^)[ \t>*_]*(?:[tmpfdo]|ph|tel|mob)[*_]{0,2}[.:]",
)
_LINES: Final = Near(_HINTS)


def _redact(text: str, counts: Counter[str]) -> str:
    """The text with `<PHONE>` for each number; adds their number to `counts`."""

    def mark(match: re.Match[str]) -> str:
        number = match.groupdict().get("number") or match[0]
        fewest = _FEWEST if "number" in match.groupdict() else _FEWEST + 1
        if not _is_phone(number, fewest):
            return match[0]
        counts["phone"] += 1
        return match.groupdict().get("before", "") + PHONE

    def replace(lines: str) -> str:
        return _SHAPES.sub(mark, _SIGNED.sub(mark, _TOLD.sub(mark, lines)))

    return _LINES.change(text, replace)


RULE: Final = Rule("phones", _HINTS, _redact)


def _is_phone(number: str, fewest: int) -> bool:
    digits = "".join(filter(str.isdigit, number))
    if not fewest <= len(digits) <= _MOST or _VERSION.fullmatch(number) or _DATE.fullmatch(number):
        return False
    return number.count("(") == number.count(")") and not _MADE_UP.fullmatch(digits)
