"""What the release notes say of an issue, where the tracker has a field for that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from jira_crawler.items import Example, Issue
from jira_crawler.tasks.instructions import example
from jira_crawler.tasks.labels import is_choice
from jira_crawler.tasks.leak import Law
from jira_crawler.tasks.thread import conversation, said
from jira_crawler.tasks.timeline import known, resolved_at
from jira_crawler.text.words import has_words

LAW: Final[Law] = "text"
NOTE_WORDS: Final = 4  # `Not needed`, `Reviewed` and the like are no notes
LONGEST_NOTE: Final = 8_000  # characters

INSTRUCTIONS: Final = {
    "note": (
        "Write the release note for this issue.",
        "This issue goes into a release. Write what the release notes say about it.",
        "Tell users in a release note what this issue changes for them.",
        "Write the entry for this issue in the release notes.",
        "Turn this issue and its discussion into a release note.",
        "What should the release notes say about this issue? Write the note.",
    ),
}


def examples(issue: Issue) -> Iterator[Example]:
    """The note, from the report and what was said until the issue was resolved."""
    note = issue.release_note.source.strip() if issue.release_note else ""
    if not is_choice(note) or len(note) > LONGEST_NOTE or not has_words(note, NOTE_WORDS):
        return
    moment, thread = resolved_at(issue), said(issue)
    shown = conversation(issue, known(thread, moment) if moment else thread)
    yield example(issue, "release_notes", "note", INSTRUCTIONS["note"], shown=shown, answer=note)
