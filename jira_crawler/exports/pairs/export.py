"""Pairs of the store become a dataset of examples: split by what is one fix first, then made, written and described."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.destination import CARD, destination
from jira_crawler.exports.fields import TEXT, Field
from jira_crawler.exports.groups import Shares
from jira_crawler.exports.pairs.card import card
from jira_crawler.exports.pairs.families import Families
from jira_crawler.exports.pairs.negatives import Negatives
from jira_crawler.exports.shards import Layout
from jira_crawler.exports.spool import Spool
from jira_crawler.exports.swe.columns import LIST, Columns
from jira_crawler.exports.swe.splitting import split
from jira_crawler.links.index import Identity
from jira_crawler.links.judging import Pair
from jira_crawler.store.store import Store

COLUMNS: Final = (
    Field("id", TEXT, "unique, the same on every run"),
    Field("task_type", TEXT, "the task"),
    Field("instruction", TEXT, "what to do, in one sentence"),
    Field("input", TEXT, "Markdown to do it with"),
    Field("output", TEXT, "the answer"),
    Field("repo", TEXT, "the repository of the change"),
    Field("issue_key", TEXT, "the issue that is shown; empty where none is"),
    Field("change", TEXT, "key of the pull request"),
    Field("grade", TEXT, "of the pair that it was made of, `A` or `B`"),
    Field("evidence", LIST, "the kinds of signs of that pair"),
    Field("landed_how", TEXT, "how the change came into its branch"),
    Field("landed_at", TEXT, "when, UTC"),
    Field("fix_group", TEXT, "the same for all that is one fix; never in two splits"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairsOptions:
    """`projects` are repositories in lower case, all where empty."""

    to: str
    grades: frozenset[str] = frozenset({"A", "B"})
    projects: frozenset[str] = frozenset()
    held_out: tuple[str, ...] = ()
    layout: Layout = field(default_factory=Layout)
    split_by: str = "time"
    shares: Shares = (90.0, 5.0, 5.0)
    force: bool = False


@dataclass(slots=True)
class PairsResult:
    """Examples by split, and by task and answer; what made none, by reason."""

    options: PairsOptions
    rows: Counter[str] = field(default_factory=Counter)
    tasks: Counter[tuple[str, str]] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    files: dict[str, list[Path]] = field(default_factory=dict)


def export(store: Store, near: Path, options: PairsOptions) -> PairsResult:
    """Makes a dataset; raises BadArgument if that cannot be done, and then the destination is as before."""
    result = PairsResult(options)
    with destination(options.to, near, force=options.force) as stage, Spool(stage) as spool:
        pairs = [each for each in store.links.all_pairs() if each.landed_how and each.other_id]
        families, names = _families(store, pairs)
        pairs = [each for each in pairs if each.grade in options.grades]
        about = [_about(each, names[each.other_site, each.other_id]) for each in pairs]
        wanted = [not options.projects or each["repo"].lower() in options.projects for each in about]
        splits = split(about, options.split_by, options.shares, options.held_out)
        others: dict[Identity, str] = {}
        for pair, name in zip(pairs, splits, strict=True):
            others.setdefault((pair.site, pair.id), name)
        of: list[str] = []
        for pair, name, is_wanted in zip(pairs, splits, wanted, strict=True):
            for record in families.of(pair, others, name) if is_wanted else ():
                spool.add({"id": f"{record['task_type']}-{len(of)}"} | record)
                short = record["output"] if record["output"] in ("yes", "no") else "files"
                result.tasks[record["task_type"], short] += 1
                of.append(name)
        if not of:
            raise BadArgument("There is no pair to make examples of: crawl a GitHub, then scrapy link finds pairs.")
        for name, paths, rows in spool.write(of, stage, Columns(COLUMNS), options.layout):
            result.files[name], result.rows[name] = paths, rows
        result.left = +families.left
        (stage / CARD).write_text(card(result, COLUMNS), "utf-8")
    return result


def _families(store: Store, pairs: list[Pair]) -> tuple[Families, dict[Identity, str]]:
    """Makes what makes examples, and the names of the repositories of all changes."""
    facts = {
        (each.facts.site, each.facts.id): each.facts for each in store.links.objects() if each.facts.what == "issue"
    }
    links = (((each.site, each.id), (each.other_site, each.other_id)) for each in store.links.all_links())
    backported = frozenset(pair.fix_group for pair in pairs if pair.landed_how == "backport")
    known = store.links.names({(each.other_site, each.other_id) for each in pairs})
    names = {(each.other_site, each.other_id): "" for each in pairs}
    names |= {identity: name.project for identity, name in known.items()}
    projects = frozenset(each.project.upper() for each in facts.values() if "/" not in each.project)
    return Families(store, facts, Negatives(facts.values(), links), backported, projects), names


def _about(pair: Pair, repository: str) -> dict[str, str]:
    landed = datetime.fromtimestamp((pair.landed_at or 0) / 1000, UTC)
    return {"fix_group": pair.fix_group, "repo": repository, "landed_at": f"{landed:%Y-%m-%dT%H:%M:%SZ}"}
