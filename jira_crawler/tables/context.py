"""What tables say besides an issue's own words: names, categories of statuses, which of them count, columns of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from jira_crawler.store.catalogue import Entry
from jira_crawler.tables.schemas import Column


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """A custom field, by its id, that fills a column of `issues`."""

    column: Column
    field_id: str


@dataclass(frozen=True, slots=True)
class Flow:
    """Which statuses count as started and as done, by name in lower case; where none is named, by their category."""

    started: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Status:
    id: str
    name: str
    category: str  # "new", "indeterminate", "done", or "" where nobody has said it

    @property
    def is_known_by_name(self) -> bool:
        """Whether nobody has said an id: the name stands for it."""
        return self.id.startswith("=")


@dataclass(slots=True)
class SiteContext:
    """What is known of one site."""

    fields: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, Status] = field(default_factory=dict)
    by_name: dict[str, Status] = field(default_factory=dict)
    columns: tuple[OwnColumn, ...] = ()
    flow: Flow = Flow()

    def status(self, id_: str | None, name: str | None) -> Status:
        """Finds a status by its id, or by its name where a history tells no more."""
        found = self.statuses.get(id_ or "") or self.by_name.get((name or "").casefold())
        return Status(
            id_ or (found.id if found else ""), name or (found.name if found else ""), found.category if found else ""
        )

    def is_started(self, status: Status) -> bool:
        if self.flow.started:
            return status.name.casefold() in self.flow.started
        return status.category == "indeterminate" and not self.is_done(status)

    def is_done(self, status: Status) -> bool:
        return status.name.casefold() in self.flow.done if self.flow.done else status.category == "done"


@dataclass(slots=True)
class Context:
    """What is known of all sites; `redacted` is whether people and secrets are to go."""

    sites: dict[str, SiteContext] = field(default_factory=dict)
    redacted: bool = False

    def of(self, site: str) -> SiteContext:
        return self.sites.setdefault(site, SiteContext())

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of all sites, each once, in the order of their names."""
        found = {own.column.name: own.column for each in self.sites.values() for own in each.columns}
        return tuple(found[name] for name in sorted(found))

    @classmethod
    def made(
        cls,
        entries: Iterable[Entry],
        columns: Mapping[str, tuple[OwnColumn, ...]],
        flows: Mapping[str, Flow],
        *,
        redacted: bool = False,
    ) -> Context:
        """Puts together what the catalogue holds and what is said of sites."""
        context = cls(redacted=redacted)
        for site in {*columns, *flows}:
            context.of(site).columns = columns.get(site, ())
            context.of(site).flow = flows.get(site, Flow())
        for entry in entries:
            site_ = context.of(entry.site)
            if entry.kind == "field":
                site_.fields[entry.id] = entry.name
            elif entry.kind == "status":
                status = Status(entry.id, entry.name, entry.detail)
                site_.statuses[entry.id] = status
                # Of two with one name that of the lower id counts; a name that stands for an id is the last resort.
                if entry.name.casefold() not in site_.by_name:
                    site_.by_name[entry.name.casefold()] = status
        return context
