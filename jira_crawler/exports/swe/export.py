"""Pairs of the store become a dataset of instances: chosen, made, split, written, and put in its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.clone import as_today
from jira_crawler.exports.destination import CARD, destination
from jira_crawler.exports.spool import Spool
from jira_crawler.exports.swe.card import card
from jira_crawler.exports.swe.choosing import chosen
from jira_crawler.exports.swe.columns import COLUMNS, Columns
from jira_crawler.exports.swe.instances import Instances
from jira_crawler.exports.swe.result import SweOptions, SweResult
from jira_crawler.exports.swe.splitting import split
from jira_crawler.store.store import Store


def export(
    store: Store, near: Path, options: SweOptions, progress: Callable[[int], None] = lambda _: None
) -> SweResult:
    """Makes a dataset; raises BadArgument if that cannot be done, and then the destination is as before."""
    result = SweResult(options)
    with destination(options.to, near, force=options.force) as stage:
        changes, left = chosen(store.links.all_pairs(), options.grades)
        clones = as_today(options.clones, store.links.former_names())
        instances = Instances(store, clones, options.excluded, options.needs_tests, Counter(left))
        with Spool(stage) as spool:
            about = [
                _keep(each, spool, result)
                for each in instances.of(changes, progress)
                if _is_wanted(each, options, instances.left)
            ]
            if not about:
                reasons = ", ".join(f"{n:,} {why}" for why, n in instances.left.most_common(3)) or "nothing was linked"
                raise BadArgument(f"There is no instance to export ({reasons}): scrapy link finds pairs.")
            names = split(about, options.split_by, options.shares, options.held_out)
            for name, paths, rows in spool.write(names, stage, Columns(COLUMNS), options.layout):
                result.files[name], result.rows[name] = paths, rows
        result.left = +instances.left
        (stage / CARD).write_text(card(result), "utf-8")
    return result


def _is_wanted(record: Mapping[str, Any], options: SweOptions, left: Counter[str]) -> bool:
    names = {record["repo"].lower(), *(key.rpartition("-")[0].lower() for key in record["issue_keys"])}
    if options.projects and not names & options.projects:
        left["of other projects"] += 1
        return False
    return True


def _keep(record: Mapping[str, Any], spool: Spool, result: SweResult) -> dict[str, Any]:
    """Puts an instance aside, and gives what splits are made by."""
    spool.add(record)
    result.repositories[record["repo"]] += 1
    result.leaking += record["leaked_share"] > 0
    return {name: record[name] for name in ("fix_group", "repo", "landed_at")}
