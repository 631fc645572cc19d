"""Takes out of a text what nobody should learn: secrets, mailboxes, hosts and homes, each replaced by a typed mark.

Every rule is tried only where a cheap look says that it may apply, and none looks back further than a name is long,
so ordinary text passes at the speed of a substring search and hostile text in linear time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final, Protocol

from jira_crawler.text.redaction import (
    addresses,
    commands,
    credentials,
    disguised,
    homes,
    keys,
    named_keys,
    networks,
    passwords,
    private_keys,
    tabled,
    told,
)
from jira_crawler.text.redaction.hints import Hints


class Rule(Protocol):
    """A module that finds one thing; `HINTS` is what its finds always hold."""

    @property
    def HINTS(self) -> Sequence[str]: ...  # noqa: N802 - a constant of the module

    def redact(self, text: str, counts: Counter[str]) -> str: ...


# Credentials before addresses: `user:pass@host.org` is not an e-mail address, nor is a password that holds an @.
RULES: Final[tuple[Rule, ...]] = (
    private_keys,
    keys,
    named_keys,
    commands,
    passwords,
    told,
    tabled,
    credentials,
    addresses,
    disguised,
    networks,
    homes,
)
_HINTS: Final = Hints([rule.HINTS for rule in RULES])


def rules_for(text: str) -> tuple[Rule, ...]:
    """The rules that may find something in `text`."""
    groups = _HINTS.groups_in(text.lower())
    return tuple(RULES[number] for number in sorted(groups))


def redact(text: str) -> tuple[str, Counter[str]]:
    """The text with typed marks such as `<KEY>` and `<EMAIL>` in place of secrets, and how many of each.

    Counts are by type: `private_key`, `key`, `password`, `credentials`, `email`, `ip`, `home`. Redacting twice changes
    nothing.
    """
    counts: Counter[str] = Counter()
    for rule in rules_for(text):
        text = rule.redact(text, counts)
    return text, counts
