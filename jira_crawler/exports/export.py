"""The feeds become a dataset: surveyed, written, read again, described, and put in its place when all is well."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path, PurePosixPath

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.exports.audit import Overlap, overlap
from jira_crawler.exports.card import card
from jira_crawler.exports.destination import CARD, destination
from jira_crawler.exports.mixture import AXOLOTL, TRL, axolotl, trl, weights
from jira_crawler.exports.options import ExportOptions
from jira_crawler.exports.reading import Here, Progress, Reader
from jira_crawler.exports.readings import RENDERED
from jira_crawler.exports.result import ExportResult
from jira_crawler.exports.shards import Split
from jira_crawler.exports.source import Source
from jira_crawler.exports.survey import Survey, canned, measured


class Leaking(Refused):
    """Splits share what they must not: nothing was put in its place."""


def export(
    source: Source,
    options: ExportOptions,
    progress: Progress = lambda _: None,
    read: Reader | None = None,
) -> ExportResult:
    """Makes a dataset of what an order asks for, from the certain lines of the feeds.

    Raises BadArgument if that cannot be done, and Leaking if splits overlap; either way the destination is as before.
    `progress` is told of each byte of the feeds as often as `options.readings` says. Who reads
    them is `read`, or this process.
    """
    if unknown := set(options.choice.projects) - set(source.projects()):
        there = ", ".join(source.projects()) or "none"
        raise BadArgument(f"The feeds hold no project {min(unknown)}: there are {there}.")
    read = read or Here(source, progress)
    with destination(options.to, source.folder, force=options.force) as stage:
        if options.format == "preference":
            options = replace(options, canned=canned(read, options))
        diet = measured(read, options) if options.measures else None
        survey = Survey(read, options, diet)
        groups, largest = survey.group_sizes()
        result = ExportResult(
            options=options,
            fetched=source.fetched(),
            passed=survey.funnel.passed,
            groups=groups,
            largest=largest,
            diet=diet,
            until=survey.until,
            later=survey.later,
            pairs=survey.pairs,
        )
        (stage / "data").mkdir()
        _write(read, survey, result, stage)
        result.overlap = overlap(result.files, options.kind, survey.until)
        if result.overlap.leaks:
            raise Leaking(f"{_found(result.overlap)}: nothing was exported. Please report it.")
        _mix(result, stage)
        (stage / CARD).write_text(card(result), "utf-8")
    return result


def _found(shared: Overlap) -> str:
    late = f", and {shared.late} rows know what came after their split" if shared.late else ""
    return f"{shared.groups} groups and {shared.inputs} inputs are in more than one split{late}"


def _write(read: Reader, survey: Survey, result: ExportResult, stage: Path) -> None:
    """Has the feeds read once more, and writes what the survey let through."""
    options = result.options
    totals = survey.totals_by_task() if options.by_task else survey.totals()
    with ExitStack() as stack:
        splits = {
            (name, task): stack.enter_context(
                Split(stage, f"{name}-{task}" if task else name, *total, options.kind, options.layout)
            )
            for (name, task), total in totals.items()
        }
        for found in read(RENDERED, survey.wanted, survey.decided):
            for name, task, rows in found.rows:
                splits[name, task].take(rows)
            result.add(found.counts)
    for (name, task), split in splits.items():
        result.files.setdefault(name, []).extend(split.paths)
        if task:
            result.parts.setdefault(task, []).append(name)


def _mix(result: ExportResult, stage: Path) -> None:
    """Writes the recommended mixture beside the files, for those who train on messages."""
    if result.options.mixes:
        split = next(iter(result.files))
        folder = PurePosixPath(result.options.to.rstrip("/")).name
        result.weights = weights(result.words) if result.parts else {}
        shown = {task: weight for task, weight in result.weights.items() if split in result.parts[task]}
        for name, write in ((TRL, trl), (AXOLOTL, axolotl)):
            (stage / name).write_text(write(folder, split, shown or {"default": 100}), "utf-8")
