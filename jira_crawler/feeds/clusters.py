"""Which lines of the feeds say something else of their issue among all others than they should, and how they read then.

Two things are known of an issue only beside the others: the cluster of near-duplicates that it is in, and which of its
comments are canned, as many issues have them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from jira_crawler.items import Example, cluster_name
from jira_crawler.store.clusters import Clusters, IssueSpan
from jira_crawler.tasks.canned import ANSWERS, MOST, apart, opening
from jira_crawler.tasks.lines import told
from jira_crawler.tasks.value import as_canned, value


def misjudged(store: Clusters) -> list[tuple[IssueSpan, str, str]]:
    """Finds the issues whose lines name the wrong cluster, or call the wrong comments canned.

    Each comes with the right cluster, "" for its own, and the openings that are canned.
    """
    from jira_crawler.text.clusters import clusters  # only a run that brought something is to pay for numpy

    first = clusters(store.minhashes())
    needed = {representative for at, representative in enumerate(first) if at != representative}
    canned = canned_of(store.openings())
    names: dict[int, str] = {}
    wrong = []
    for at, (span, openings) in enumerate(zip(store.spans(), store.openings(), strict=True)):
        if at in needed:
            names[at] = cluster_name(span.site, span.id)
        right = "" if first[at] == at else names[first[at]]  # the first stands before all others of its cluster
        called = called_canned(openings, canned)
        if span.cluster != right or span.canned != called:
            wrong.append((span, right, called))
    return wrong


def canned_of(openings: Iterable[bytes]) -> frozenset[bytes]:
    """The openings that many issues have; what each issue has is given as its openings one behind the other.

    Memory is eight bytes an opening.
    """
    import numpy as np

    joined = np.frombuffer(b"".join(openings), np.uint64)
    found, counts = np.unique(joined, return_counts=True)
    return frozenset(each.tobytes() for each in found[counts >= MOST])


def called_canned(openings: bytes, canned: frozenset[bytes]) -> str:
    """Those of an issue's openings that are canned, in hex, joined by blanks."""
    return " ".join(each.hex() for each in apart(openings) if each in canned) if canned else ""


def relabelled(lines: bytes, span: IssueSpan, cluster: str, canned: str = "") -> bytes:
    """An issue's lines with another cluster in their metadata, "" for its own, and the value of what is canned.

    Nothing else in them changes, and with neither they are as they were made.
    """
    called = frozenset(map(bytes.fromhex, canned.split()))
    worth = bool(called or span.canned)
    return b"".join(_line(orjson.loads(line), span, cluster, called, worth=worth) for line in lines.splitlines())


def _line(line: dict[str, Any], span: IssueSpan, cluster: str, canned: frozenset[bytes], *, worth: bool) -> bytes:
    metadata = line["metadata"]
    metadata["cluster"] = cluster or cluster_name(span.site, span.id)
    metadata["representative"] = not cluster
    if worth and line.get("task_type") in ANSWERS:
        names = {name: line[name] for name in ("task_type", "instruction", "input", "output")}
        judged = value(Example(**names, variant=metadata["example_type"]))
        if opening(line["output"]) in canned:
            judged = as_canned(judged)
        metadata["value"], metadata["value_reasons"] = judged.score, told(judged.reasons)
    return orjson.dumps(line) + b"\n"
