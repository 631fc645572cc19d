"""The feeds become a dataset: surveyed, written, read again, described, and put in its place when all is well."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path, PurePosixPath

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.exports.audit import Overlap, overlap
from jira_crawler.exports.card import card
from jira_crawler.exports.destination import CARD, destination
from jira_crawler.exports.groups import SPLITS
from jira_crawler.exports.mixture import AXOLOTL, TRL, axolotl, trl, weights
from jira_crawler.exports.options import ExportOptions
from jira_crawler.exports.result import ExportResult
from jira_crawler.exports.shards import Split
from jira_crawler.exports.source import Source
from jira_crawler.exports.survey import Progress, Survey, canned, measured


class Leaking(Refused):
    """Splits share what they must not: nothing was put in its place."""


def export(source: Source, options: ExportOptions, progress: Progress = lambda _: None) -> ExportResult:
    """Makes a dataset of what an order asks for, from the certain lines of the feeds.

    Raises BadArgument if that cannot be done, and Leaking if splits overlap; either way the destination is as before.
    `progress` is told of each byte of the feeds as often as `options.readings` says.
    """
    if unknown := set(options.choice.projects) - set(source.projects()):
        there = ", ".join(source.projects()) or "none"
        raise BadArgument(f"The feeds hold no project {min(unknown)}: there are {there}.")
    with destination(options.to, source.folder, force=options.force) as stage:
        if options.format == "preference":
            options = replace(options, canned=canned(source, progress))
        diet = measured(source, options, progress) if options.measures else None
        survey = Survey(source, options, progress, diet)
        result = ExportResult(options, source.fetched(), survey.funnel.passed, *survey.group_sizes(), diet)
        result.until, result.later, result.pairs = survey.until, survey.later, survey.pairs
        (stage / "data").mkdir()
        _write(source, options, survey, result, stage, progress)
        result.overlap = overlap(result.files, options.kind, survey.until)
        if result.overlap.leaks:
            raise Leaking(f"{_found(result.overlap)}: nothing was exported. Please report it.")
        _mix(result, stage)
        (stage / CARD).write_text(card(result), "utf-8")
    return result


def _found(shared: Overlap) -> str:
    late = f", and {shared.late} rows know what came after their split" if shared.late else ""
    return f"{shared.groups} groups and {shared.inputs} inputs are in more than one split{late}"


def _write(
    source: Source, options: ExportOptions, survey: Survey, result: ExportResult, stage: Path, progress: Progress
) -> None:
    """Reads the feeds once more, and writes what the survey let through."""
    kind = options.kind
    funnel = type(survey.funnel)(survey.funnel.filters)
    totals = survey.totals_by_task(source, progress) if options.by_task else _of_all(survey.totals())
    with ExitStack() as stack:
        splits = {
            (name, task): stack.enter_context(
                Split(stage, f"{name}-{task}" if task else name, *total, kind, options.layout)
            )
            for (name, task), total in totals.items()
        }
        for at, span in enumerate(source.spans()):
            if survey.rows[at]:
                entry = source.read(span)
                entry, samples = survey.cut(at, entry, funnel.take(entry))
                samples = survey.with_pairs(at, entry, samples)
                name = SPLITS[survey.splits[at]]
                size = sum(sample.size for sample in samples) // kind.rows(samples)
                for record in kind.records(entry, samples, survey.group(at)):
                    splits[name, record["task_type"] if options.by_task else ""].write(record, size)
                    result.rows[name] += 1
                result.count(name, entry, samples)
            progress(span.length)
    for (name, task), split in splits.items():
        result.files.setdefault(name, []).extend(split.paths)
        if task:
            result.parts.setdefault(task, []).append(name)


def _of_all(totals: dict[str, tuple[int, int]]) -> dict[tuple[str, str], tuple[int, int]]:
    return {(name, ""): total for name, total in totals.items()}


def _mix(result: ExportResult, stage: Path) -> None:
    """Writes the recommended mixture beside the files, for those who train on messages."""
    if result.options.mixes:
        split = next(iter(result.files))
        folder = PurePosixPath(result.options.to.rstrip("/")).name
        result.weights = weights(result.words) if result.parts else {}
        shown = {task: weight for task, weight in result.weights.items() if split in result.parts[task]}
        for name, write in ((TRL, trl), (AXOLOTL, axolotl)):
            (stage / name).write_text(write(folder, split, shown or {"default": 100}), "utf-8")
