"""Recorded issues as feeds in a folder, judged as at the end of a crawl, so that they can be exported.

python -m benchmarks.recorded_feeds TO FOLDER…
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path

from msgspec import structs

from benchmarks.recorded_issues import refined
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.items import Issue, ordinal
from jira_crawler.refine.outcome import Summary
from jira_crawler.refine.step import DropIssue
from jira_crawler.refine.write_feeds import lines
from jira_crawler.store.rows import Row

_BATCH = 200


def main() -> int:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("to", type=Path)
    parser.add_argument("folders", type=Path, nargs="+")
    options = parser.parse_args()
    written = write_feeds(options.to, refined(options.folders))
    print(f"{written:,} issues are in {options.to}")
    return 0


def write_feeds(folder: Path, issues: Iterable[Issue]) -> int:
    """Writes a dataset of refined issues; those without examples, and copies of others, are left out of it."""
    dataset = Dataset(folder)
    try:
        known = set[str]()
        for issue in issues:
            if issue.content in known:
                continue
            try:
                text, made, _, openings = lines(issue)
            except DropIssue:
                continue
            known.add(issue.content)
            dataset.record(_row(issue, dict(made), openings), text)
            if len(known) % _BATCH == 0:
                dataset.commit()
        dataset.commit()
        dataset.judge()
        dataset.compact()
        return len(known)
    finally:
        dataset.close()


def _row(issue: Issue, made: dict[str, int], openings: bytes) -> Row:
    about = structs.asdict(Summary.of(issue)) | {"openings": openings}
    return Row(
        site=issue.site,
        id=issue.id,
        number=ordinal(issue.id),
        crawled_project=issue.project,
        base_url=issue.raw.base_url,
        dialect=issue.raw.dialect,
        fetched_at=int(issue.raw.fetched_at.timestamp() * 1000),
        run=1,
        payload=issue.raw.payload,
        examples=sum(made.values()),
        tasks=",".join(f"{name}={n}" for name, n in sorted(made.items())),
        **about,
    )


if __name__ == "__main__":
    sys.exit(main())
