"""What was behind a log: where a report shows one, the issue was solved, and somebody told the cause.

Shown is the title and the log alone, as one has it who only knows that something broke. The answer is the paragraph of
a comment that names the cause; of several comments that of whoever resolved the issue counts most, then the last one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from jira_crawler.items import Comment, Example, Issue
from jira_crawler.tasks.answers import is_answer
from jira_crawler.tasks.instructions import example
from jira_crawler.tasks.leak import Law
from jira_crawler.tasks.prompts import LIMIT, cut, description, original
from jira_crawler.tasks.thread import said
from jira_crawler.tasks.timeline import last_change
from jira_crawler.text.fences import blocks, fenced, prose
from jira_crawler.text.logs import is_log
from jira_crawler.text.words import has_words

LAW: Final[Law] = "text"

LOG_LINES: Final = 3  # at least, of one block
CAUSE_WORDS: Final = 10
LONGEST_CAUSE: Final = 2_000  # characters of a paragraph

INSTRUCTIONS: Final = {
    "cause": (
        "This log comes from a problem that was solved. Tell what caused it.",
        "What is behind this log? Name the cause of the problem.",
        "Find the root cause of what this log shows, and explain it.",
        "Read this log and explain why it happened.",
        "Someone sends this log. Tell them what the cause is.",
        "Diagnose this failure from its log: what caused it?",
    ),
}

_SOLVED: Final = re.compile(r"fixed|done|complete|resolved|implemented|solved", re.IGNORECASE)
_NOT_SOLVED: Final = re.compile(r"\bnot\b|won'?t|\bin", re.IGNORECASE)
_MAY: Final = ("cause", "because", "due to", "turns out", "problem", "issue", "reason", "happen", "bug", "fail")
_TELLS: Final = re.compile(
    r"\broot cause\b|\b(?:is|was|are|were|been|being) caused by\b|\bturns out\b|\bthe culprit\b"
    r"|\bthe (?:\w+ )?(?:cause|problem|issue|reason|bug|failure|error|exception) (?:here )?"
    r"(?:is|was|comes?|came|occurs?|occurred|happens?|happened) (?:that|because|due|in|from|when|with|caused)\b"
    r"|\b(?:fails?|failed|happens?|happened|occurs?|occurred|crashe[sd]) (?:\w+ )?(?:because|due to|since|as)\b"
)
_UNSURE: Final = re.compile(r"\?|\b(?:maybe|perhaps|might|could be|probably|not sure|no idea|don'?t know|i guess)\b")


def examples(issue: Issue) -> Iterator[Example]:
    """One example where a solved issue shows a log and a comment of somebody else tells its cause in so many words."""
    if not _SOLVED.search(issue.resolution) or _NOT_SOLVED.search(issue.resolution):
        return
    logs = _logs(description(issue))
    if not logs:
        return
    told = [(comment, cause) for comment in said(issue) if (cause := _cause(issue, comment))]
    if told:
        comment, cause = max(told, key=lambda each: _resolves(issue, each[0]))
        shown = cut(f"# {original(issue).title}\n\n{logs}", LIMIT)
        ways = INSTRUCTIONS["cause"]
        yield example(issue, "root_cause", "cause", ways, shown=shown, answer=cause, suffix=comment.id)


def _logs(text: str) -> str:
    """The blocks of a text that are logs or stack traces, as they stand there."""
    if not fenced(text):
        return ""
    found = [lines for code, lines in blocks(text) if code and len(lines) >= LOG_LINES + 2]
    return "\n\n".join("\n".join(lines) for lines in found if is_log(lines[1:-1]))


def _cause(issue: Issue, comment: Comment) -> str:
    """The paragraph of a comment that tells the cause and does not guess; "" where there is none."""
    text = comment.body.source
    if comment.author is None or comment.author == issue.reporter or not any(word in text.lower() for word in _MAY):
        return ""
    if not is_answer(text):
        return ""
    for paragraph in re.split(r"\n\s*\n", prose(text)):
        lower = paragraph.lower()
        if _TELLS.search(lower) and not _UNSURE.search(lower) and not paragraph.lstrip().startswith(">"):
            fits = len(paragraph) <= LONGEST_CAUSE and has_words(paragraph, CAUSE_WORDS)
            return paragraph.strip() if fits and not is_log(paragraph.split("\n")) else ""
    return ""


def _resolves(issue: Issue, comment: Comment) -> tuple[bool, str]:
    """Orders comments by whether whoever resolved the issue made them, and then by time."""
    given = last_change(issue, "resolution")
    return bool(given and given.author == comment.author), comment.created.isoformat() if comment.created else ""
