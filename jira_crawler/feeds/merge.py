"""Makes `<PROJECT>.jsonl` out of the shards that workers have written, wherever these lie."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, cast

from tenacity import Retrying, retry_if_exception_type, retry_if_result, stop_after_attempt

from jira_crawler.exceptions import Refused
from jira_crawler.feeds import files, rejects, shards
from jira_crawler.feeds.clusters import Judgement, called_canned, canned_of, rejudged, said
from jira_crawler.feeds.known_people import named
from jira_crawler.feeds.sources import Sources
from jira_crawler.feeds.spans import digest, holds, lines_of
from jira_crawler.feeds.target import target
from jira_crawler.items import cluster_name
from jira_crawler.store.conflicts import chunks
from jira_crawler.store.rows import Row
from jira_crawler.store.snapshot import FeedEntry, Need, Snapshot, snapshot
from jira_crawler.store.store import Store

Remake = Callable[[Sequence[Row]], Sequence[bytes]]
AHEAD = 400  # issues whose lines are read, or made again, before the first of them is written
ATTEMPTS = 3  # workers that end rewrite their shards, and lines are somewhere else then than a moment ago


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge has made: issues by project. Where anything is `missing`, it has made nothing."""

    issues: Mapping[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    remade: int = 0
    near_duplicates: Mapping[str, int] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Says what is missing and what to do; "" if nothing is."""
        if not self.missing:
            return ""
        return f"{'; '.join(self.missing)}. Name their folders with --from, or make their lines again with --remake."


class Damaged(Refused):
    """Lines of a feed are not those that the store knows."""


def merge(store: Store, sources: Sequence[str | Path], to: str | Path, remake: Remake | None = None) -> Merged:
    """Writes every issue once, in its newest version, to one file a project, ordered by number; and rejects.jsonl.

    `sources` and `to` are folders or URLs that fsspec knows. The clusters of near-duplicates are judged over all there
    is. Either all files are replaced or none. Where lines are missing or damaged, `remake` makes them again from the
    stored issues, payloads compressed; without it nothing is written. Workers may go on meanwhile: what they commit is
    in the next merge.
    """
    places = [str(source) for source in sources]
    if lost := ", ".join(store.lost_feeds()):
        raise Refused(f"The lines that were lost with {lost} are not made again yet: the next crawl does it.")
    with target(store, str(to), places) as stage:

        def once() -> Merged:
            with TemporaryDirectory(prefix="jira-merge-") as near:
                return _merge(store, Sources(places, Path(near)), stage.clear(), remake)

        # Where lines are not found they may have moved, not been lost: once more from a later moment.
        attempts = Retrying(
            retry=retry_if_exception_type(Damaged) | retry_if_result(lambda merged: bool(merged.missing)),
            stop=stop_after_attempt(ATTEMPTS),
            retry_error_callback=lambda last: last.outcome and last.outcome.result(),
        )
        return cast(Merged, attempts(store.writer.retry, once))


def _merge(store: Store, sources: Sources, stage: Path, remake: Remake | None) -> Merged:
    with snapshot(store.engine) as seen:
        needs, swaps = seen.needs(), seen.feeds()
        found = {feed: _find(feed, need, sources, swapping=swaps[feed]) for feed, need in needs.items()}
        missing = tuple(_missing(feed, needs[feed], sources) for feed in sorted(found) if found[feed] is None)
        if missing and not remake:
            return Merged(missing=missing)
        judged = _Judged(seen)
        reader = _Reader(store, {feed: path for feed, path in found.items() if path}, remake)
        issues = dict.fromkeys(sorted({shards.project(feed) for feed in swaps}), 0)
        for project in issues:
            (stage / shards.feed(project)).touch()
        for project, listed in groupby(seen.entries(), key=lambda each: each.project):
            with files.synced(stage / shards.feed(project)) as file, reader:
                for some in chunks(listed, AHEAD):
                    for each, lines in zip(some, reader.read(some), strict=True):
                        file.write(judged.lines(each, lines))
                    issues[project] += len(some)
        rejects.replace(stage, seen.rejects())
    return Merged(issues, (), reader.remade, judged.near_duplicates)


def _find(feed: str, need: Need, sources: Sources, *, swapping: bool) -> Path | None:
    names = (f"{feed}.new", feed) if swapping else (feed,)
    return sources.find(names, need.length, lambda path: holds(path, need.last))


def _missing(feed: str, need: Need, sources: Sources) -> str:
    return f"{feed}, with {need.issues} issues in {need.length} bytes, is not whole in {sources}"


class _Judged:
    """Which issue represents each, which comments are canned, and whom each names, seen over all feeds."""

    def __init__(self, seen: Snapshot):
        from jira_crawler.text.clusters import clusters  # only a merge that has something to do is to pay for numpy

        self.first = clusters(seen.minhashes())
        canned = canned_of(seen.openings())
        self.canned = {at: found for at, each in enumerate(seen.openings()) if (found := called_canned(each, canned))}
        self.people = named(seen.people(), seen.mentions())
        others = Counter(first for at, first in enumerate(self.first) if at != first)
        self.names = {at: cluster_name(*name) for at, name in enumerate(seen.names()) if at in others}
        self.near_duplicates = {"clusters": len(others), "issues": len(others) + others.total()} if others else {}

    def lines(self, issue: FeedEntry, lines: bytes) -> bytes:
        """An issue's lines as they read beside all others."""
        first = self.first[issue.at]
        right = "" if first == issue.at else self.names[first]
        judgement = Judgement(right, self.canned.get(issue.at, ""), self.people.get(issue.at, ""))
        return lines if said(issue.span) == judgement else rejudged(lines, issue.span, judgement)[0]


class _Reader:
    """Reads lines out of the shards that were found; those of one project are open at a time."""

    def __init__(self, store: Store, paths: Mapping[str, Path], remake: Remake | None):
        self.store, self.paths, self.remake = store, paths, remake
        self.remade = 0
        self._open: dict[str, IO[bytes]] = {}

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        while self._open:
            self._open.popitem()[1].close()

    def read(self, issues: Sequence[FeedEntry]) -> list[bytes]:
        """Gives lines that are whole and each issue's own; raises Damaged where there are none."""
        found = {issue.at: self._read(issue) for issue in issues}
        lost = [issue for issue in issues if found[issue.at] is None]
        if lost and not self.remake:
            span, key = lost[0].span, lost[0].key
            raise Damaged(
                f"{span.feed} is damaged at byte {span.offset}: what is there is not {key}. "
                "Make its lines again with --remake."
            )
        if lost and self.remake:
            found |= dict(zip((issue.at for issue in lost), self._made_again(lost, self.remake), strict=True))
        return [found[issue.at] or b"" for issue in issues]

    def _read(self, issue: FeedEntry) -> bytes | None:
        feed = issue.span.feed
        return lines_of(self._file(feed), issue) if feed in self.paths else None

    def _file(self, feed: str) -> IO[bytes]:
        if feed not in self._open:
            try:
                self._open[feed] = self.paths[feed].open("rb")
            except OSError as error:
                raise Damaged(f"{self.paths[feed]} cannot be read: {error.strerror}.") from error
        return self._open[feed]

    def _made_again(self, issues: Sequence[FeedEntry], remake: Remake) -> Iterator[bytes]:
        rows = self.store.rows([(issue.span.site, issue.span.id) for issue in issues])
        there = [row for row in rows.values() if row.payload]
        made = dict(zip((row.identity for row in there), remake(there), strict=True))
        for issue in issues:
            span = issue.span
            lines = made.get((span.site, span.id), b"")
            again, replaced = rejudged(lines, replace(span, cluster="", canned="", replaced=b""), said(span))
            if digest(lines) != issue.lines or replaced != span.replaced:
                raise Damaged(
                    f"The lines of {issue.key} were lost with {span.feed}, and are made otherwise by now: "
                    f"scrapy crawl replay -a projects={issue.project} makes them all anew."
                )
            self.remade += 1
            yield again
