"""The reports of several workers → one of what they did together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

ADDED = ("listed", "requests", "retries", "refused", "waited_seconds")  # each worker counts its own
COUNTED = ("redacted", "leaks", "cut")  # each worker counts its own, by name
FOUND = ("proof", "verified")  # by project, by whoever led


def joint(last: dict[str, Any], others: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Adds up what each worker counted; what the store says is in the last report already.

    `seconds` are those of the worker that was there longest.
    """
    everyone = [*others, last]
    report = dict(last)
    for name in ADDED:
        report[name] = round(sum(each.get(name, 0) for each in everyone), 1)
    for name in COUNTED:
        report[name] = dict(sum((Counter(each.get(name, {})) for each in everyone), Counter()))
    for name in FOUND:
        report[name] = {project: found for each in everyone for project, found in each.get(name, {}).items()}
    report["seconds"] = max(each.get("seconds", 0.0) for each in everyone)
    report["workers"] = len(everyone)
    requests, listed = report["requests"], report["listed"]
    report["requests_per_1000_issues"] = round(1000 * requests / listed, 1) if listed else None
    return report
