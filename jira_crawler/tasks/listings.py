"""Which fields of an issue a text lists with a value, as in `Priority: Critical` or `|Status|Open|`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

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


def is_listed(variant: str, text: str) -> bool:
    """True if `text` lists the field that a variant such as `status_after_discussion` asks for."""
    asked = _ASKED.get(variant.removesuffix("_after_discussion"))
    return asked is not None and asked in listed(text)


@lru_cache(maxsize=16)
def listed(text: str) -> frozenset[str]:
    """The fields that `text` lists with a value that such a field has."""
    return frozenset(found.lastgroup for found in _LINE.finditer("\n" + text.lower()) if found.lastgroup)
