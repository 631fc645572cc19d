"""Reads ITEM_PIPELINES: which steps an issue goes through, whoever refines it, and which part cannot be one.

A part of ours names the step that it brings to Scrapy as its `step`; None is a part that only a crawl has. A class of
somebody else is a step itself. What cannot be run in another process is refused: a step that a crawl took and a replay
left out would let each undo what the other one did.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import Parameter, getattr_static, iscoroutinefunction, signature
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from jira_crawler.exceptions import BadArgument

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy.settings import BaseSettings

NEEDED = {
    "jira_crawler.refine.validate.Validate": "jira_crawler.pipelines.validate.Validate",
    "jira_crawler.refine.write_feeds.WriteFeeds": "jira_crawler.pipelines.write_feeds.WriteFeeds",
}
_OURS = re.compile(
    r"jira_crawler\.pipelines\.(clean\.Clean|deduplicate\.Deduplicate|redact\.Redact|score\.Score|validate\.Validate|"
    r"write_feeds\.WriteFeeds)"
)
_OF_THE_PROJECT = 20  # Scrapy's priority of a settings module


def steps(settings: BaseSettings) -> tuple[str, ...]:
    """Names the classes of all steps, in order; raises BadArgument for a part that can be none."""
    try:
        parts = _parts(settings)
        ordered = sorted(parts, key=lambda part: float(str(parts[part])))
        found = tuple(path for part in ordered if (path := _named(part) or _step(_class(part))))
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise BadArgument(f"ITEM_PIPELINES cannot be read: {error}.") from error
    for step, part in NEEDED.items():
        if step not in found:
            raise BadArgument(f"ITEM_PIPELINES lacks {part}, without which nothing comes of any issue.")
    return found


def _parts(settings: BaseSettings) -> dict[Any, object]:
    """Reads which parts there are, with their places. Scrapy loads them all for that, which only classes need."""
    chosen = settings["ITEM_PIPELINES"]
    if not chosen or not all(isinstance(part, str) for part in chosen) or settings["ITEM_PIPELINES_BASE"]:
        return dict(settings.get_component_priority_dict_with_base("ITEM_PIPELINES").items())
    return {part: place for part, place in chosen.items() if place is not None}


def own_settings(settings: BaseSettings) -> tuple[tuple[str, str | int | float | bool | None], ...]:
    """Gives the plain settings that are neither ours nor Scrapy's: somebody's step may read them."""
    from scrapy.settings import default_settings  # only who reads settings is to pay for it

    from jira_crawler import settings as ours

    names = [name for name in settings if name.isupper() and (settings.getpriority(name) or 0) >= _OF_THE_PROJECT]
    foreign = sorted(name for name in names if not hasattr(ours, name) and not hasattr(default_settings, name))
    plain = [(name, settings[name]) for name in foreign]
    return tuple((name, value) for name, value in plain if value is None or isinstance(value, (str, int, float, bool)))


def _named(part: object) -> str:
    """Names the step of a part of ours by that part's own name, so that who refines elsewhere need not load it."""
    found = _OURS.fullmatch(part) if isinstance(part, str) else None
    return f"jira_crawler.refine.{found[1]}" if found else ""


def _class(part: object) -> type:
    found = resolve_name(part) if isinstance(part, str) else part
    if not isinstance(found, type):
        raise TypeError(f"{part} is no class")
    return found


def _step(kind: type) -> str:
    """Names the step that a part stands for, "" if it is for a crawl alone."""
    step = getattr(kind, "step", kind)
    if step is None:
        return ""
    if wrong := _unsaid(kind) or next(_obstacles(step), ""):
        raise BadArgument(
            f"ITEM_PIPELINES: {_path(kind)} cannot be run wherever issues are refined: {wrong}. "
            "docs/adding-a-part.md says what a pipeline step is."
        )
    return _path(step)


def _unsaid(kind: type) -> str:
    """Says what is wrong with a part that does nothing in a crawl, or inherits its step and does more than that."""
    if not hasattr(kind, "process_item"):
        return "it has no process_item"
    owner = next((each for each in kind.__mro__ if "step" in vars(each)), kind)
    names = "process_item", "apply"
    changed = any(getattr_static(kind, name, None) is not getattr_static(owner, name, None) for name in names)
    return f"it changes what {_path(owner)} does and names no step of its own" if changed else ""


def _path(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _obstacles(kind: type) -> Iterator[str]:
    """Says what stands in the way of making one in another process, and of calling it for one issue after the other."""
    name = "apply" if hasattr(kind, "apply") else "process_item"
    process = getattr(kind, name, None)
    if process is None:
        yield "it has no process_item"
        return
    if iscoroutinefunction(process):
        yield f"its {name} has to be awaited"
    if _asks(process, 2):
        yield f"its {name} asks for more than the item"
    if hasattr(kind, "open_spider") or hasattr(kind, "close_spider"):
        yield "it is opened and closed with a spider"
    if not hasattr(kind, "from_policy"):
        if hasattr(kind, "from_crawler"):
            yield "it is made by from_crawler and has no from_policy"
        elif kind.__init__ is not object.__init__ and _asks(kind.__init__, 1):  # type: ignore[misc]
            yield "it cannot be made without arguments and has no from_policy"
    try:
        importable = resolve_name(_path(kind)) is kind
    except (ImportError, AttributeError, ValueError):
        importable = False
    if not importable:
        yield "another process cannot import it"


def _asks(function: Callable[..., object], given: int) -> bool:
    """Whether a function has to be given more than so many arguments."""
    each = signature(function).parameters.values()
    fixed = [one for one in each if one.kind not in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)]
    return sum(one.default is Parameter.empty for one in fixed) > given
