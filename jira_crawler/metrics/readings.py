"""Every metric with its readings: what each is a figure of, in one sentence, and what is counted in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SECONDS: Final = "seconds"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand a metric; `meaning` is the sentence that stands beside its figures.

    `of_everything` is whether there is a figure of everything, beside those of its parts.
    """

    name: str
    unit: str
    meaning: str
    of_everything: bool = True


@dataclass(frozen=True, slots=True)
class Metric:
    """A question, and the readings that answer it."""

    name: str
    question: str
    readings: tuple[Reading, ...]

    def reading(self, name: str) -> Reading:
        return next(each for each in self.readings if each.name == name)


OPEN_TIME: Final = Metric(
    "open_time",
    "How long pull requests stay open",
    (
        Reading("closed", SECONDS, "From creation to the last closing, of those that are closed, merged or not."),
        Reading("merged", SECONDS, "From creation to the merge, of those that were merged."),
        Reading(
            "landed",
            SECONDS,
            "From creation to the moment at which the change was in the repository, of those of which `scrapy link` "
            "says so; unknown are those that landed nobody knows when.",
        ),
        Reading(
            "without_reopened_gaps",
            SECONDS,
            "As closed, less the time between a closing and a reopening; unknown are those whose history is not known.",
        ),
        Reading(
            "with_still_open",
            SECONDS,
            "From creation to the last closing, or to the end of the day of the figures for those that are open.",
        ),
        Reading("still_open", SECONDS, "The age of those that are open, at the end of the day of the figures."),
    ),
)
ISSUE_TO_MERGE: Final = Metric(
    "issue_to_merge",
    "How long it takes from an issue's creation to the merge of the change that closes it",
    (
        Reading(
            "closer",
            SECONDS,
            "To the merge of the pull request that the event of closing names, or whose merge commit it names; one for "
            "each pair. Unknown are pull requests that are not in the tables.",
        ),
        Reading(
            "reference",
            SECONDS,
            "To the merge of a pull request that says that it closes the issue, or was linked by hand; one for each "
            "pair. Unknown are those of which one end is not in the tables.",
        ),
        Reading("reference_first", SECONDS, "As reference, to the first merge of each issue."),
        Reading(
            "landed_a",
            SECONDS,
            "To the first landing of a change that `scrapy link` pairs with a GitHub issue by evidence of grade A, and "
            "that was not reverted; unknown are issues whose changes landed nobody knows when.",
        ),
        Reading("landed_b", SECONDS, "As landed_a, by evidence of grade B."),
        Reading("jira_landed_a", SECONDS, "As landed_a, from the creation of a Jira issue."),
        Reading("jira_landed_b", SECONDS, "As landed_b, from the creation of a Jira issue."),
    ),
)
LABELS: Final = Metric(
    "labels",
    "Which labels pull requests have",
    (
        Reading(
            "without_label",
            "pull requests",
            "Of all pull requests (n), those that have no label at all (sum); the mean is the share.",
        ),
        Reading("labels_each", "labels", "How many labels a pull request has, of all, those without included."),
        Reading(
            "share_of_pull_requests",
            "pull requests",
            "Of all pull requests of the repository (n), those that have the label (sum); the mean is the share.",
            of_everything=False,
        ),
        Reading(
            "share_of_assignments",
            "assignments",
            "Of all labels that pull requests of the repository have, each counted where it is (n), those that are "
            "this one (sum); the mean is the share.",
            of_everything=False,
        ),
    ),
)
LINES: Final = Metric(
    "lines",
    "How many lines pull requests change, by milestone",
    (
        Reading(
            "all",
            "lines",
            "Additions and deletions together, of all pull requests, open, closed or merged; unknown are those whose "
            "size nobody told.",
        ),
        Reading("merged", "lines", "As all, of those that were merged."),
    ),
)
METRICS: Final = {metric.name: metric for metric in (OPEN_TIME, ISSUE_TO_MERGE, LABELS, LINES)}
# What a figure is of: everything, a repository or Jira project, and within that a label or a milestone.
ALL, PROJECT, LABEL, MILESTONE = "all", "project", "label", "milestone"
LEVELS: Final = (ALL, PROJECT, LABEL, MILESTONE)
