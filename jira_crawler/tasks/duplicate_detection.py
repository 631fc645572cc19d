"""Whether a report tells of the same problem as another issue, of which the title is known.

A link carries the other issue's title and nothing more of it. Issues that are linked as duplicates are the same;
issues that are linked in another way are hard to tell from them and are not. Such links are far more frequent, so
they are asked about in one issue of eight. Each link is seen from both ends, which are two questions; the ends belong
together when a dataset is split, see `others`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from jira_crawler.items import Example, Issue, Link
from jira_crawler.tasks.instructions import example, lot
from jira_crawler.tasks.leak import Law
from jira_crawler.tasks.prompts import REPORT_WORDS, report
from jira_crawler.text.words import has_words, letters

LAW: Final[Law] = "label"
TITLE_WORDS: Final = 2
MOST: Final = 3  # duplicates asked about an issue: the most frequent report has hundreds
ONE_OF: Final = 8

_ANSWERS: Final = "Answer with `duplicate` or `not a duplicate`."
INSTRUCTIONS: Final = {
    "pair": (
        f"Does this report tell of the same problem as the other issue? {_ANSWERS}",
        f"Judge whether this issue repeats the other one, of which only the title is given. {_ANSWERS}",
        f"Is this the same issue as the one with the other title? {_ANSWERS}",
        f"Compare this report with the title of the other issue: are they about one and the same thing? {_ANSWERS}",
        f"Should this report and the other issue be merged into one? {_ANSWERS}",
        f"Decide whether this report and the other issue are one and the same. {_ANSWERS}",
    ),
}

_SAME: Final = re.compile(r"dup(?:licat|e\b)", re.IGNORECASE)
# Neither the same nor different: a copy of the text, a part of it, its successor. And what plans write.
_UNCLEAR: Final = re.compile(r"clon|split|supersed|replac|copied|regress|gantt", re.IGNORECASE)
# A text that talks of duplicates tells, or misleads.
_SAYS_SO: Final = re.compile(r"\bdup(?:e|es|ed)?\b|duplicat|\bsame (?:issue|bug|problem|ticket)", re.IGNORECASE)
_MAY_SAY_SO: Final = ("dup", "same ")  # a quick look


def examples(issue: Issue) -> Iterator[Example]:
    """Up to three duplicates an issue, and in one of eight issues with other links one that is none."""
    asked = _asked(issue)
    shown = report(issue) if asked else ""
    if not has_words(shown, REPORT_WORDS) or says_so(shown):
        return
    for link in asked:
        if letters(link.key) not in letters(shown):
            yield example(
                issue,
                "duplicate_detection",
                "pair",
                INSTRUCTIONS["pair"],
                shown=f"{shown}\n\n# Other issue: {' '.join(link.title.split())}",
                answer="duplicate" if _is_same(link) else "not a duplicate",
                suffix=link.key,
            )


def others(issue: Issue) -> list[str]:
    """The keys of the issues whose titles may be shown with `issue`: they belong into the same split."""
    return [link.key for link in _asked(issue)]


def says_so(text: str) -> bool:
    """Whether a text talks of duplicates, and so tells or misleads."""
    folded = text.casefold()
    return any(map(folded.__contains__, _MAY_SAY_SO)) and _SAYS_SO.search(text) is not None


def _asked(issue: Issue) -> list[Link]:
    """The links that are asked about, one for each other issue."""
    if not issue.links:
        return []
    links = {link.key: link for link in sorted(issue.links, key=_is_same) if _is_clear(link)}
    order = sorted(links.values(), key=lambda link: lot(issue, "link", link.key))
    same = [link for link in order if _is_same(link)][:MOST]
    different = [link for link in order if not _is_same(link)][:1]
    return same + (different if lot(issue, "different") % ONE_OF == 0 else [])


def _is_same(link: Link) -> bool:
    return _SAME.search(f"{link.type} {link.relation}") is not None


def _is_clear(link: Link) -> bool:
    if not has_words(link.title, TITLE_WORDS) or says_so(link.title):
        return False
    return _is_same(link) or not _UNCLEAR.search(f"{link.type} {link.relation}")
