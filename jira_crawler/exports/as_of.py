"""What of an issue was known at a date: later comments go, and labels that may have been given later.

An example is known since the comment that it teaches reads as it does. What shows and asks only the report as filed is
known since the issue is. Everything else (a label, a title as it is now) is as old as the last change of its issue: no
line tells when which field got its value, so that an issue that was changed later loses its labels.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from jira_crawler.exports.source import Entry, Sample
from jira_crawler.exports.turns import report, thread, without
from jira_crawler.tasks.speakers import EDITED, SEPARATOR, date

AS_FILED: Final = frozenset(("title_from_description", "summary"))


def as_of(entry: Entry, samples: list[Sample], until: str) -> tuple[Entry, list[Sample]]:
    """An issue, and those of its examples that were chosen, as they could be known at a date (RFC 3339, included)."""
    cut = {sample.id: sample for sample in _cut(entry, until)}
    there = {sample.id for sample in entry.samples}
    made = (sample for sample in samples if sample.id not in there)  # of several lines, by an export
    kept = {sample.id: sample for sample in made if sample.said and sample.said <= until} | cut
    return Entry(entry.about, list(cut.values())), [kept[sample.id] for sample in samples if sample.id in kept]


def _cut(entry: Entry, until: str) -> Iterator[Sample]:
    about = entry.about
    changed = about["updated"] > until
    for sample in entry.samples:
        if sample.is_text:
            if not changed or (shown := report(entry)):
                kept = (turn for turn in thread(sample).turns if (turn.known or about["updated"]) <= until)
                yield without(sample, kept, filed=shown if changed else "")
        elif known(sample.example_type, sample.said, about["created"], about["updated"]) <= until:
            yield sample


def known(variant: str, said: str, created: str, updated: str) -> str:
    """Since when an example, or the last comment of a thread, could be known; dates are RFC 3339."""
    moments = [each.rpartition(EDITED)[2] or updated for each in said.split(SEPARATOR)] if said else []
    return max(moments, default=created if variant in AS_FILED else updated)


def latest(record: dict[str, Any]) -> str:
    """Since when all that a record of an export teaches could be known."""
    created, updated = _date(record["created"]), _date(record["updated"])
    if "turns" in record:
        return str(max([created, *(turn["known"] for turn in record["turns"])]))
    if "anchor" in record:  # whose link may be as young as the last change
        return updated
    of_text = [known("summary", record["said"], created, updated)] if "text_content" in record else []
    each = record.get("tasks", [record] if "text_content" not in record else [])
    return max([created, *of_text, *(_taught(task, created, updated) for task in each)])


def _taught(task: dict[str, Any], created: str, updated: str) -> str:
    # A text to learn by heart is as old as its comments; where it has none it is the report as filed.
    variant = task.get("example_type", "summary")
    return known(variant, task["said"], created, updated)


def _date(value: str | datetime) -> str:
    return value if isinstance(value, str) else date(value.astimezone(UTC))
