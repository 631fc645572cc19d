"""What sites.toml says of tables: columns that custom fields fill, and which statuses count as started and done."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from jira_crawler.exceptions import BadArgument
from jira_crawler.sites import Site
from jira_crawler.tables.context import Flow, OwnColumn
from jira_crawler.tables.schemas import COLUMN_TYPES, Column, is_taken

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")
_FIELD: Final = re.compile(r"customfield_[0-9]{1,18}")


def own_columns(sites: Iterable[Site]) -> dict[str, tuple[OwnColumn, ...]]:
    """Reads the columns of each site that has some; one whose name `issues` has already gets `cf_` before it.

    Raises BadArgument for what is none, and for a name that has two types.
    """
    found: dict[str, tuple[OwnColumn, ...]] = {}
    types: dict[str, str] = {}
    for site in sites:
        made = tuple(_column(site.name, name, told) for name, told in sorted(site.columns.items()))
        names = [own.column.name for own in made]
        if twice := next((name for name in names if names.count(name) > 1), ""):
            raise BadArgument(f"sites.toml: the column {twice} of {site.name} is there twice: give one another name.")
        for own in made:
            if types.setdefault(own.column.name, own.column.type) != own.column.type:
                raise BadArgument(
                    f"sites.toml: the column {own.column.name} is {types[own.column.name]} on one site and "
                    f"{own.column.type} on {site.name}: a column has one type."
                )
        if made:
            found[site.name] = made
    return found


def _column(site: str, name: str, told: Any) -> OwnColumn:
    field, kind = (told.get("field"), told.get("type", "text")) if isinstance(told, Mapping) else (told, "text")
    if not _NAME.fullmatch(name):
        raise BadArgument(f"sites.toml: {name!r:.80} of {site} is no name of a column: lower case, digits and _ are.")
    if not isinstance(field, str) or not _FIELD.fullmatch(field):
        raise BadArgument(f"sites.toml: the column {name} of {site} names no field, such as customfield_10016.")
    if kind not in COLUMN_TYPES:
        raise BadArgument(f"sites.toml: the column {name} of {site} is of one of the types {', '.join(COLUMN_TYPES)}.")
    return OwnColumn(Column(f"cf_{name}" if is_taken(name) else name, kind), field)


def flows(sites: Iterable[Site]) -> dict[str, Flow]:
    """Reads which statuses count, of each site that says so; raises BadArgument for what is no list of names."""
    found = {}
    for site in sites:
        for name, listed in site.flow.items():
            names = isinstance(listed, list) and all(isinstance(each, str) for each in listed)
            if name not in ("started", "done") or not names:
                raise BadArgument(f"sites.toml: [{site.name}.flow] has started and done, lists of names of statuses.")
        if site.flow:
            found[site.name] = Flow(_folded(site.flow.get("started", [])), _folded(site.flow.get("done", [])))
    return found


def _folded(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.casefold() for name in names)
