"""Rows of the tables `links` and `pairs`: who fixed what, by the numbers and keys that other tables have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from jira_crawler.links.judging import Link, Pair
from jira_crawler.store.changes import Identity
from jira_crawler.store.links import Name
from jira_crawler.store.store import Store
from jira_crawler.tables.facts import Row


def linked(store: Store, *, redacted: bool) -> dict[str, list[Row]]:
    """Gives the rows of both tables. Redacted ones say neither what was written nor who did something."""
    links, pairs = list(store.links.all_links()), list(store.links.all_pairs())
    ends = [*map(_ends, links), *map(_ends, pairs)]
    names = store.links.names({identity for each in ends for identity in each})
    return {
        "links": _ordered(_link(each, names, redacted=redacted) for each in links),
        "pairs": _ordered(_pair(each, names) for each in pairs),
    }


def _ends(each: Link | Pair) -> Iterator[Identity]:
    yield each.site, each.id
    if each.other_id:
        yield each.other_site, each.other_id


def _ordered(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["issue_id"] or 0, row["site"]))  # what is equal stays in its order


def _head(each: Link | Pair, names: dict[Identity, Name]) -> Row:
    issue, other = names.get((each.site, each.id)), names.get((each.other_site, each.other_id))
    return {
        "site": each.site,
        "issue_id": issue.number if issue else None,
        "issue_key": issue.key if issue else None,
        "project": issue.project if issue else None,
        "other_site": each.other_site,
        "other_id": other.number if other else None,
        "other_key": other.key if other else None,
        "other_project": other.project if other else None,
        "commit": each.commit or None,
    }


def _link(link: Link, names: dict[Identity, Name], *, redacted: bool) -> Row:
    return _head(link, names) | {
        "kind": link.kind,
        "place": link.place,
        "quoted": None if redacted else link.quoted or None,
        "actor": None if redacted else link.actor or None,
        "at": _time(link.at),
        "source_id": link.source_id or None,
        "weight": link.weight,
    }


def _pair(pair: Pair, names: dict[Identity, Name]) -> Row:
    return _head(pair, names) | {
        "grade": pair.grade,
        "landed_how": pair.landed_how or None,
        "landed_commit": pair.landed_commit or None,
        "landed_at": _time(pair.landed_at),
        "fix_group": pair.fix_group,
        "reverted_by": pair.reverted_by or None,
        "kinds": list(pair.kinds),
        "confidence": pair.confidence,
    }


def _time(ms: int | None) -> datetime | None:
    return None if ms is None else datetime.fromtimestamp(ms / 1000, UTC)
