"""Takes out of a text what nobody wrote for this issue, and leaves every word that somebody did."""

from __future__ import annotations

import re
from typing import Final

from jira_crawler.text.generated import without_generated
from jira_crawler.text.mail import without_footer, without_quoted_letter
from jira_crawler.text.tidy import tidy

_RULE: Final = re.compile(r"\s*(?:-{2,}|\*{3,})?\s*")


def without_boilerplate(text: str) -> str:
    """A report without signature, device and disclaimer; one that is nothing else stays."""
    return without_footer(text) or text


def own_words(text: str) -> str:
    """A comment without what a mail program added, the letter it answers and what programs wrote; "" if that is all."""
    own = without_generated(text)
    if own is not text:
        own = tidy(_unframed(own))
    return without_footer(without_quoted_letter(own)) if own else ""


def _unframed(text: str) -> str:
    """Rules at the edges framed what is gone."""
    lines = text.split("\n")
    full = [at for at, line in enumerate(lines) if not _RULE.fullmatch(line)]
    return "\n".join(lines[full[0] : full[-1] + 1]) if full else ""
