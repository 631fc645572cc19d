"""Holds the law that the answer is never inside the input.

Each family says as its LAW how its answers are looked for. A text (a title, a reply) leaks when it stands in the
input whole, whatever the case, spacing, punctuation and markup, or when the bulk of a long one does, as in a quoted
reply. A label leaks when it stands in the input as words of its own: `Bug` is in "a bug", not in "debug" or "bugs";
`Won't Fix` is in "wontfix". It also leaks when the input lists the field that is asked for, with whatever value:
`Priority: P1` tells what the reporter thought of it. A set of labels of which one leaks gives no example at all:
leaving out that one label would teach that a component named in the text is not the one concerned.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

from jira_crawler.items import Example
from jira_crawler.text.words import is_unspaced, letters, words

Law = Literal["text", "label", "set", "none"]
SEPARATOR: Final = ", "

GRAM: Final = 8  # words
LONG: Final = 12  # words, from which the bulk is looked at
BULK: Final = 0.6  # share of the answer's grams
# A first look takes a few grams and goes on if enough of them are there: the cost has a bound.
_FIRST_LOOK: Final = 8
_SUSPECT: Final = 0.3
_SECOND_LOOK: Final = 256
# Fields of an issue that a text lists with a value, as in `Priority: Critical` or `|Status|Open|`.
_RANKS: Final = (
    r"blocker|critical|major|minor|trivial|highest|high|medium|normal|moderate|low|lowest|urgent|[ps][- ]?[0-5]\b"
)
_STATES: Final = (
    r"(?:re)?open(?:ed)?|resolved|closed|done|to ?do|new|verified|unresolved|(?:in|under|patch|ready|waiting)[ _-]\w+"
    r"|fixed|won'?t ?(?:fix|do)|invalid|incomplete|duplicate|cannot reproduce|works for me|not a (?:bug|problem)"
    r"|implemented|later|abandoned"
)
_TYPES: Final = (
    r"bug|defect|improvement|enhancement|new feature|feature(?: request)?|task|sub-?task|story|epic|wish|test|question"
    r"|documentation|support"
)
_FIELDS: Final = {
    "priority": (r"priority|severity", _RANKS),
    "status": (r"(?:current |issue )?status|state|resolution", _STATES),
    "type": (r"(?:issue |ticket )?type|tracker", _TYPES),
    "project": (r"project(?: name| key)?", r"\w+"),
    "components": (r"components?(?:/s|\(s\))?", r"\w+"),
    "labels": (r"labels?|tags?", r"\w+"),
}
_ASKED: Final = {
    "priority": "priority",
    "issue_type": "type",
    "status": "status",
    "resolution": "status",
    "project": "project",
    "components": "components",
    "labels": "labels",
}
# A field stands at the start of its line, behind a bullet, a quote mark or the bar of a table at most. The pattern
# begins with a line break, and the text is in lower case already, because a search for that is ten times as fast.
_LINE: Final = re.compile(
    r"\n[ \t>*_|•·+#-]{0,12}(?=[prscitl])(?:"  # the first letters of all names: a quick look
    + "|".join(
        rf"(?P<{field}>(?:{names})[ \t*_]{{0,4}}(?:[:=|]|->|→)[ \t*_|:`\"'\[({{]{{0,8}}(?:{values})\b)"
        for field, (names, values) in _FIELDS.items()
    )
    + ")"
)


def leaks(example: Example, law: Law) -> bool:
    """True if the input gives the output away."""
    if law == "none":
        return False
    if law == "text":
        return _text_leaks(example.output, example.input)
    labels = example.output.split(SEPARATOR) if law == "set" else [example.output]
    if any(_label_leaks(label, example.input) for label in labels):
        return True
    return is_listed(example.variant, example.input)


def _text_leaks(answer: str, shown: str) -> bool:
    # Without the spaces, so that `HiveServer 2` is `HiveServer2`.
    if letters(answer) in letters(shown):
        return bool(letters(answer)) or answer.strip() in shown
    return _bulk_leaks(words(answer).split(" "), letters(shown))


def _bulk_leaks(said: list[str], shown: str) -> bool:
    if len(said) < LONG:
        return False
    return _holds(said, shown, _FIRST_LOOK, _SUSPECT) and _holds(said, shown, _SECOND_LOOK, BULK)


def _holds(said: list[str], shown: str, looks: int, share: float) -> bool:
    """True if this share of some grams is in the text; stops looking when so many were missed that it cannot be."""
    starts = range(0, len(said) - GRAM + 1, max(1, (len(said) - GRAM + 1) // looks))
    missed = 0
    for start in starts:
        if "".join(said[start : start + GRAM]) not in shown:
            missed += 1
            if (len(starts) - missed) / len(starts) < share:
                return False
    return True


def _label_leaks(label: str, shown: str) -> bool:
    named = letters(label)
    if not named:
        return label in shown
    if named not in letters(shown):
        return False
    return is_unspaced(named) or _standing(named).search(f" {words(shown)} ") is not None


@lru_cache(maxsize=512)
def _standing(named: str) -> re.Pattern[str]:
    """Finds a label as whole words, wherever these are written apart: `sub-task`, `Subtask`, `sub task`.

    Every word has a space before and behind it: a pattern that begins with what is there is found ten times as fast.
    """
    return re.compile(f" {' ?'.join(map(re.escape, named))} ")


def is_listed(variant: str, text: str) -> bool:
    """True if `text` lists the field that a variant such as `status_after_discussion` asks for."""
    asked = _ASKED.get(variant.removesuffix("_after_discussion"))
    return asked is not None and asked in listed(text)


@lru_cache(maxsize=16)
def listed(text: str) -> frozenset[str]:
    """The fields that `text` lists with a value that such a field has."""
    return frozenset(found.lastgroup for found in _LINE.finditer("\n" + text.lower()) if found.lastgroup)
