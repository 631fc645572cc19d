"""Which lines of the feeds name another cluster of near-duplicates than they should, and how they read then."""

from __future__ import annotations

import orjson

from jira_crawler.items import cluster_name
from jira_crawler.store.clusters import Clusters, IssueSpan


def misjudged(store: Clusters) -> list[tuple[IssueSpan, str]]:
    """Finds the issues whose lines name the wrong cluster, each with the right one, "" for its own."""
    from jira_crawler.text.clusters import clusters  # only a run that brought something is to pay for numpy

    first = clusters(store.minhashes())
    needed = {representative for at, representative in enumerate(first) if at != representative}
    names: dict[int, str] = {}
    wrong = []
    for at, span in enumerate(store.spans()):
        if at in needed:
            names[at] = cluster_name(span.site, span.id)
        right = "" if first[at] == at else names[first[at]]  # the first stands before all others of its cluster
        if span.cluster != right:
            wrong.append((span, right))
    return wrong


def relabelled(lines: bytes, span: IssueSpan, cluster: str) -> bytes:
    """An issue's lines with another cluster in their metadata, "" for its own; nothing else in them changes."""
    return b"".join(_line(orjson.loads(line), span, cluster) for line in lines.splitlines())


def _line(example: dict[str, dict[str, object]], span: IssueSpan, cluster: str) -> bytes:
    example["metadata"]["cluster"] = cluster or cluster_name(span.site, span.id)
    example["metadata"]["representative"] = not cluster
    return orjson.dumps(example) + b"\n"
