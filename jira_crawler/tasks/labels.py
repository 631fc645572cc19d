"""Which labels are worth asking for."""

from __future__ import annotations

import re
from typing import Final

# What trackers write where nobody has chosen.
_PLACEHOLDER: Final = re.compile(
    r"(?:none|n/?a|nil|null|-+|\?+|unset|not (?:set|prioriti[sz]ed|specified|evaluated)|no (?:priority|component)"
    r"|undefined|unspecified|unprioriti[sz]ed|unresolved|unassigned|unknown|tbd|to be (?:determined|decided|reviewed))",
    re.IGNORECASE,
)
# A sub-task is a place in a tree and no kind of issue.
_PLACE: Final = re.compile(r"(?:technical |dev(?:elopment)? )?sub[- ]?task|technical task", re.IGNORECASE)
# Labels that tell of a pull request, an import, the calendar or a release, not of the issue; programs give most.
_NOT_OF_THE_ISSUE: Final = re.compile(
    r"(?:pull-requests?-available|patch-available|github-import|bulk-closed|migrated|imported|stale|(?:auto|stale)-.+"
    r"|jira-import.*|.*\d\.\d.*)",
    re.IGNORECASE,
)


def is_choice(label: str) -> bool:
    """True if somebody chose the label: it is not empty and does not say that it is."""
    return bool(label.strip()) and _PLACEHOLDER.fullmatch(label.strip()) is None


def is_kind(issue_type: str) -> bool:
    """True if an issue type tells what an issue is, not where it hangs."""
    return is_choice(issue_type) and _PLACE.fullmatch(issue_type.strip()) is None


def chosen(names: tuple[str, ...]) -> list[str]:
    """The names that people chose for what the issue is, each once, sorted."""
    kept = {name.strip() for name in names if is_choice(name)}
    return sorted(name for name in kept if _NOT_OF_THE_ISSUE.fullmatch(name) is None)
