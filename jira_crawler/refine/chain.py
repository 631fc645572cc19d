"""THE chain: the steps that a policy names, one after the other, for whoever refines."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pkgutil import resolve_name

import msgspec

from jira_crawler.exceptions import BadArgument
from jira_crawler.items import Issue, RawIssue
from jira_crawler.policy import STEPS, Policy
from jira_crawler.refine.outcome import Outcome, Rejected, Summary
from jira_crawler.refine.step import Draft, DropIssue, PipelineStep, Step

FAULT = "pipelines"  # the stage of an issue that a step failed at, or dropped without a stage
_SCRAPYS_DROP = "scrapy.exceptions.DropItem"


def refine(raw: RawIssue, policy: Policy) -> Outcome:
    """Sends an issue through the chain; a step that raises what it should not costs this issue alone.

    Raises BadArgument where the steps cannot be made: that is no fault of any issue.
    """
    steps, draft = chain(policy), Draft(raw)
    try:
        for step in steps:
            draft = step.apply(draft)
        refined = draft.refined()
        changed = draft.issue.raw is not raw
        return msgspec.structs.replace(refined, raw=draft.issue.raw) if changed else refined
    except Exception as error:
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
