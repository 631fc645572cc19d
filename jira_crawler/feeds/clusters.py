"""Which lines of the feeds say something else of their issue among all others than they should, and how they read then.

Three things are known of an issue only beside the others: the cluster of near-duplicates that it is in, which of its
comments are canned, as many issues have them, and whom it names whom only other issues know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final, NamedTuple

import orjson

from jira_crawler.exceptions import Refused
from jira_crawler.feeds.files import Anew
from jira_crawler.feeds.known_people import named
from jira_crawler.feeds.numbering import numbered, unnumbered
from jira_crawler.items import Example, cluster_name, replace
from jira_crawler.redaction.other_people import digests_of
from jira_crawler.store.clusters import Clusters, IssueSpan
from jira_crawler.tasks.canned import ANSWERS, MOST, apart, opening
from jira_crawler.tasks.leak import SEPARATOR
from jira_crawler.tasks.lines import told
from jira_crawler.tasks.value import CANNED, Value, as_canned, value

# Keys of a line, which no text in it can hold: a quotation mark in one has a backslash before it.
_CLUSTER: Final = b'"cluster":"'
_TASK: Final = b'"task_type":"'
_OUTPUT: Final = b'"output":"'
_METADATA: Final = b'","metadata":{'
_END: Final = b"}}\n"
_OF_ANSWERS: Final = tuple(_TASK + f'{task}"'.encode() for task in sorted(ANSWERS))
_MARKED: Final = told(as_canned(Value(0.0, ())).reasons)
_IS_MARKED: Final = f'"value_reasons":"{_MARKED}'.encode()


class Judgement(NamedTuple):
    """What an issue's lines are to say: the cluster, "" for its own; canned openings, and people to number, in hex."""

    cluster: str = ""
    canned: str = ""
    numbered: str = ""


def said(span: IssueSpan) -> Judgement:
    """What they say now."""
    return Judgement(span.cluster, span.canned, span.numbered)


def misjudged(store: Clusters) -> dict[str, list[tuple[IssueSpan, Judgement]]]:
    """Finds, by feed, the issues whose lines say something else than they should, each with what that is."""
    from jira_crawler.text.clusters import clusters  # only a run that brought something is to pay for numpy

    first = clusters(store.minhashes())
    needed = {representative for at, representative in enumerate(first) if at != representative}
    canned = canned_of(store.openings())
    people = named(store.people(), store.mentions())
    names: dict[int, str] = {}
    wrong: dict[str, list[tuple[IssueSpan, Judgement]]] = {}
    for at, (span, openings) in enumerate(zip(store.spans(), store.openings(), strict=True)):
        if at in needed:
            names[at] = cluster_name(span.site, span.id)
        right = "" if first[at] == at else names[first[at]]  # the first stands before all others of its cluster
        judgement = Judgement(right, called_canned(openings, canned), people.get(at, ""))
        if said(span) != judgement:
            wrong.setdefault(span.feed, []).append((span, judgement))
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


def as_made(lines: bytes, span: IssueSpan) -> bytes:
    """An issue's lines as they were made, when nobody had seen it beside others; raises ValueError for any others."""
    return rejudged(lines, span, Judgement())[0]


def righting(wrong: Iterable[tuple[IssueSpan, Judgement]], put_right: list[IssueSpan]) -> Anew:
    """What makes lines read as they should, issue by issue; what they say and how long they are then is `put_right`.

    It raises Refused for what is no line.
    """
    return {(span.site, span.id): partial(_righted, span, judgement, put_right) for span, judgement in wrong}


def _righted(span: IssueSpan, judgement: Judgement, put_right: list[IssueSpan], lines: bytes) -> bytes:
    try:
        lines, replaced = rejudged(lines, span, judgement)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(
            f"{span.feed} is damaged at byte {span.offset}: move it away, and scrapy crawl replay makes it again."
        ) from error
    put_right.append(replace(span, length=len(lines), replaced=replaced, **judgement._asdict()))
    return lines


def rejudged(lines: bytes, span: IssueSpan, judgement: Judgement) -> tuple[bytes, bytes]:
    """An issue's lines with another judgement, and what undoes its numbers."""
    lines = unnumbered(lines, span.replaced)
    if (judgement.cluster, judgement.canned) != (span.cluster, span.canned):
        lines = relabelled(lines, span, judgement.cluster, judgement.canned)
    return numbered(lines, digests_of(judgement.numbered))


def relabelled(lines: bytes, span: IssueSpan, cluster: str, canned: str = "") -> bytes:
    """An issue's lines with another cluster in their metadata, "" for its own, and the value of what is canned.

    Nothing else in them changes, and with neither they are as they were made. What a line says now is read in itself,
    as one that was made again says other than its span. Raises ValueError, KeyError, TypeError or AttributeError for
    what is no line.
    """
    if b"\0" in lines:  # no JSON holds one, and a file that lost a block does
        raise ValueError("not lines")
    called = frozenset(map(bytes.fromhex, canned.split()))
    named = {"cluster": cluster or cluster_name(span.site, span.id), "representative": not cluster}
    worth = bool(called or span.canned)
    says = orjson.dumps(named)[1:-1]
    return b"".join([_line(line, named, says, called, worth=worth) for line in lines.splitlines(keepends=True)])


def _line(line: bytes, named: Mapping[str, Any], says: bytes, canned: frozenset[bytes], *, worth: bool) -> bytes:
    """Reads no more of a line than its end, from the cluster on, and of an answer what is answered.

    Most lines say already what they are `named`, which is as JSON what one then `says`.
    """
    at = line.rfind(_CLUSTER)
    if at < 0 or not line.endswith(_END):
        return _decoded(line, named, canned, worth=worth)
    was = is_ = False
    if worth and line.startswith(_OF_ANSWERS, line.find(_TASK)):
        was, is_ = line.rfind(_IS_MARKED, at) > 0, _opens(line[:at], canned)
    if was and not is_:  # what it is worth by itself is not in it
        return _decoded(line, named, canned, worth=worth)
    if was == is_ and line.startswith(says, at):
        return line
    read: dict[str, Any] = orjson.loads(b"{" + line[at:-2]) | named
    if is_ and not was:
        read["value"] = min(read["value"], CANNED)
        read["value_reasons"] = SEPARATOR.join(filter(None, (_MARKED, read["value_reasons"])))
    return line[:at] + orjson.dumps(read)[1:] + _END[1:]


def _opens(head: bytes, canned: frozenset[bytes]) -> bool:
    """Whether what a line answers opens as something canned."""
    text = head[head.rindex(_OUTPUT) + len(_OUTPUT) - 1 : head.rindex(_METADATA) + 1]
    return opening(orjson.loads(text)) in canned


def _decoded(line: bytes, named: Mapping[str, Any], canned: frozenset[bytes], *, worth: bool) -> bytes:
    """Makes the same of a whole line, whatever it says by now."""
    read: dict[str, Any] = orjson.loads(line)
    metadata = read["metadata"]
    metadata |= named
    if worth and read.get("task_type") in ANSWERS:
        names = {name: read[name] for name in ("task_type", "instruction", "input", "output")}
        judged = value(Example(**names, variant=metadata["example_type"]))
        if opening(read["output"]) in canned:
            judged = as_canned(judged)
        metadata["value"], metadata["value_reasons"] = judged.score, told(judged.reasons)
    return orjson.dumps(read) + b"\n"
