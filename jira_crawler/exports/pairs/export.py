"""Pairs of the store become a dataset of examples: split by what is one fix first, then made, written and described."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.destination import CARD, destination
from jira_crawler.exports.fields import TEXT, Field
from jira_crawler.exports.pairs.card import card
from jira_crawler.exports.pairs.notes import TASK as NOTES
from jira_crawler.exports.pairs.result import PairsOptions, PairsResult
from jira_crawler.exports.pairs.sources import Record, Sources
from jira_crawler.exports.spool import Spool
from jira_crawler.exports.swe.columns import LIST, Columns
from jira_crawler.exports.swe.splitting import split
from jira_crawler.store.store import Store

COLUMNS: Final = (
    Field("id", TEXT, "unique, the same on every run"),
    Field("task_type", TEXT, "the task"),
    Field("instruction", TEXT, "what to do, in one sentence"),
    Field("input", TEXT, "Markdown to do it with"),
    Field("output", TEXT, "the answer"),
    Field("repo", TEXT, "the repository of the change"),
    Field("issue_key", TEXT, "the issue that is shown; empty where none is"),
    Field("change", TEXT, "key of the pull request, or repository and tag of a release"),
    Field("grade", TEXT, "of the pair that it was made of, `A` or `B`; empty where it was made of none"),
    Field("evidence", LIST, "the kinds of signs of that pair, or of what joins two changes"),
    Field("landed_how", TEXT, "how the change came into its branch"),
    Field("landed_at", TEXT, "when, or when the release was published, UTC"),
    Field("fix_group", TEXT, "the same for all that is one fix; never in two splits"),
)


def export(store: Store, near: Path, options: PairsOptions) -> PairsResult:
    """Makes a dataset; raises BadArgument if that cannot be done, and then the destination is as before."""
    result = PairsResult(options)
    with destination(options.to, near, force=options.force) as stage, Spool(stage) as spool:
        sources = Sources.of(store, options.grades)
        about = sources.about()
        splits = split(about, options.split_by, options.shares, options.held_out)
        of: list[str] = []
        for told, (name, records) in zip(about, sources.records(splits), strict=True):
            if options.projects and told["repo"].lower() not in options.projects:
                continue
            for record in records:
                spool.add({"id": f"{record['task_type']}-{len(of)}"} | record)
                result.tasks[record["task_type"], _short(record)] += 1
                of.append(name)
        if not of:
            raise BadArgument("There is no pair to make examples of: crawl a GitHub, then scrapy link finds pairs.")
        for name, paths, rows in spool.write(of, stage, Columns(COLUMNS), options.layout):
            result.files[name], result.rows[name] = paths, rows
        result.left = sources.left()
        (stage / CARD).write_text(card(result, COLUMNS), "utf-8")
    return result


def _short(record: Record) -> str:
    """Says what kind of answer an example has."""
    if record["output"] in ("yes", "no"):
        return str(record["output"])
    return {"fix_localisation": "files", NOTES: "notes"}.get(record["task_type"], "one of several")
