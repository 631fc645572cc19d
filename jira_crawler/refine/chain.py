"""THE chain: the steps that a policy names, one after the other, for whoever refines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pkgutil import resolve_name

import msgspec

from jira_crawler.exceptions import BadArgument
from jira_crawler.items import Issue, RawIssue
from jira_crawler.policy import STEPS, Policy
from jira_crawler.refine.outcome import Outcome, Rejected, Summary
from jira_crawler.refine.step import Draft, DropIssue, PipelineStep, Step, parts

FAULT = "pipelines"  # the stage of an issue that a step failed at, or dropped without a stage
# Bytes of issues that take each step together. What a step needs, its code and its tables of patterns, is fetched from
# memory anew where all other steps come in between: one issue after the other takes a fifth longer.
TOGETHER = 2**20
_SCRAPYS_DROP = "scrapy.exceptions.DropItem"


def refine(raw: RawIssue, policy: Policy) -> Outcome:
    """Sends an issue through the chain; a step that raises what it should not costs this issue alone.

    Raises BadArgument where the steps cannot be made: that is no fault of any issue.
    """
    return _together([raw], policy)[0]


def refine_all(issues: Iterable[RawIssue], policy: Policy) -> Iterator[Outcome]:
    """Does the same with several issues, and gives what becomes of each, in their order.

    Some of them, at most TOGETHER bytes and one more issue, take each step together before the next one.
    """
    some, size = list[RawIssue](), 0
    for raw in issues:
        some.append(raw)
        size += len(raw.payload)
        if size >= TOGETHER:
            yield from _together(some, policy)
            some, size = [], 0
    yield from _together(some, policy)


def _together(issues: Sequence[RawIssue], policy: Policy) -> list[Outcome]:
    at: list[Draft | Rejected] = [Draft(raw) for raw in issues]
    for part in [part for step in chain(policy) for part in parts(step)]:
        at = [_next(part, draft) if isinstance(draft, Draft) else draft for draft in at]
    return [_outcome(raw, draft) if isinstance(draft, Draft) else draft for raw, draft in zip(issues, at, strict=True)]


def _next(step: Step, draft: Draft) -> Draft | Rejected:
    try:
        return step.apply(draft)
    except Exception as error:
        return _rejected(draft, error)


def _outcome(raw: RawIssue, draft: Draft) -> Outcome:
    try:
        refined, last = draft.refined(), draft.issue.raw
        return msgspec.structs.replace(refined, raw=last) if last is not raw else refined
    except Exception as error:
        return _rejected(draft, error)


def _rejected(draft: Draft, error: Exception) -> Rejected:
    return msgspec.structs.replace(rejection(error), counts=dict(draft.counts), as_duplicate=draft.as_duplicate)


@lru_cache(maxsize=4)
def chain(policy: Policy) -> Sequence[Step]:
    """Makes the steps that a policy names, once a process: some may have much to load. Raises BadArgument."""
    return tuple(_step(path, policy) for path in policy.steps)


def check(policy: Policy) -> None:
    """Makes the steps of somebody else once, where those of the project are not needed; raises BadArgument."""
    for path in policy.steps:
        if path not in STEPS:
            _step(path, policy)


def _step(path: str, policy: Policy) -> Step:
    try:
        kind = resolve_name(path)
        made = kind.from_policy(policy) if hasattr(kind, "from_policy") else kind()
    except Exception as error:
        raise BadArgument(f"ITEM_PIPELINES: {path} cannot be made: {type(error).__name__}: {error}.") from error
    step: Step = made if hasattr(made, "apply") else PipelineStep(made)
    return step


def rejection(error: BaseException) -> Rejected:
    """Says what becomes of an issue for which a step raised this: it was dropped with a reason, or it met a fault.

    A pipeline's DropItem is known by its name: only who raises it needs Scrapy.
    """
    if isinstance(error, DropIssue):
        read = Summary.of(error.issue) if isinstance(error.issue, Issue) else None
        return Rejected(error.stage, _whole(error.reason), read)
    names = {f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__}
    said = _whole(_said(error))
    return Rejected(FAULT, said if _SCRAPYS_DROP in names else f"{type(error).__name__}: {said}")


def _said(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as worse:  # somebody's exception may not be able to say what it is
        return repr(worse)


def _whole(reason: str) -> str:
    """Halves of characters go into no store and to no other process."""
    return reason.encode("utf-8", "replace").decode()
