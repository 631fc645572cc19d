"""Takes out of a text what nobody should learn: secrets, mailboxes, hosts and homes, each replaced by a typed mark.

Every rule is tried only where a cheap look says that it may apply, and none looks back further than a name is long,
so ordinary text passes at the speed of a substring search and hostile text in linear time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from jira_crawler.redaction import (
    credentials,
    emails,
    home_paths,
    keys,
    networks,
    passwords,
    passwords_in_prose,
    passwords_in_settings,
    phones,
    phones_in_context,
    private_keys,
)
from jira_crawler.redaction.rules import Hints, Rule
from jira_crawler.text.fences import BETWEEN_TEXTS

Change = Callable[[str], tuple[str, Counter[str]]]

# Credentials before addresses: `user:pass@host.org` is not an e-mail address, nor is a password that holds an @.
RULES: Final[tuple[Rule, ...]] = (
    private_keys.RULE,
    keys.ISSUED,
    keys.NAMED,
    passwords.ON_COMMAND_LINE,
    passwords_in_settings.RULE,
    passwords.BEHIND_WORD,
    passwords_in_prose.RULE,
    passwords.IN_TABLE,
    credentials.RULE,
    emails.PLAIN,
    emails.OBFUSCATED,
    phones.RULE,
    phones.IN_TABLE,
    phones_in_context.RULE,
    networks.RULE,
    home_paths.RULE,
)
# Hints of keys count letters.
_ALONE: Final = ((keys.ISSUED,), (keys.NAMED,))
_TOGETHER: Final = tuple(rule for rule in RULES if (rule,) not in _ALONE)
_HINTED: Final = tuple((rules, Hints([rule.hints for rule in rules])) for rules in (*_ALONE, _TOGETHER))


def rules_for(text: str) -> tuple[Rule, ...]:
    """The rules that may find something in `text`."""
    lower = text.lower().encode("utf-8", "replace")
    wanted = {rules[number].id for rules, hints in _HINTED for number in hints.groups_in(lower)}
    return tuple(rule for rule in RULES if rule.id in wanted) if wanted else ()


def redact(text: str) -> tuple[str, Counter[str]]:
    """The text with typed marks such as `<KEY>` and `<EMAIL>` in place of secrets, and how many of each.

    Counts are by type: `private_key`, `key`, `password`, `credentials`, `email`, `phone`, `ip`, `home`. Redacting twice
    changes nothing.
    """
    counts: Counter[str] = Counter()
    for rule in rules_for(text):
        text = rule.redact(text, counts)
    return text, counts


def redact_batch(texts: Sequence[str], change: Change) -> tuple[list[str], Counter[str]]:
    """Changes many short texts as one, for most rules have nothing to do and each costs a call.

    Gives what `change` makes of each text, and its counts for all; one by one where they could not be told apart.
    """
    # No rule looks across a NUL, and normalised text holds none.
    if "\0" not in "".join(texts):
        changed, counts = change(BETWEEN_TEXTS.join(texts))
        parts = changed.split(BETWEEN_TEXTS)
        if len(parts) == len(texts):
            return parts, counts
    alone = [change(text) for text in texts]
    return [text for text, _ in alone], sum((counts for _, counts in alone), Counter())
