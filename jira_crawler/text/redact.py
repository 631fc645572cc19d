"""Takes out of a text what nobody should learn: credentials and e-mail addresses, each replaced by a typed mark.

Every rule is tried only where a cheap look says that it may apply, and none looks back further than a name is long,
so ordinary text passes at the speed of a substring search and hostile text in linear time.
"""

from __future__ import annotations

from collections import Counter

from jira_crawler.text.addresses import redact_addresses
from jira_crawler.text.keys import redact_keys
from jira_crawler.text.passwords import redact_passwords

# Credentials before addresses: `user:pass@host.org` is not an e-mail address, nor is a password that holds an @.
_RULES = (redact_keys, redact_passwords, redact_addresses)


def redact(text: str) -> tuple[str, Counter[str]]:
    """The text with `<KEY>`, `<PASSWORD>`, `<CREDENTIALS>` and `<EMAIL>` in place of secrets, and how many of each.

    Counts are by type: `key`, `password`, `credentials`, `email`. Redacting twice changes nothing.
    """
    counts: Counter[str] = Counter()
    for rule in _RULES:
        text = rule(text, counts)
    return text, counts
