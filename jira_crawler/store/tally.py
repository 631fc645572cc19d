"""Counts what a dataset holds, from the store alone: what was tried and taken back does not count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from sqlalchemy import ColumnElement, Engine, and_, func, literal_column, or_, select

from jira_crawler.store.tables import issues


def by_project(engine: Engine) -> dict[str, dict[str, int]]:
    """Counts what is in each project's feed, what is in the rejects, and the examples."""
    rejected_ = (issues.c.stage != literal_column("''")).label("rejected")  # which Postgres knows again in both places
    query = select(issues.c.project, rejected_, func.count(), func.sum(issues.c.examples))
    query = query.group_by(issues.c.project, rejected_)
    projects: dict[str, dict[str, int]] = {}
    with engine.connect() as connection:
        for project, rejected, count, examples in connection.execute(query.order_by(issues.c.project)):
            entry = projects.setdefault(project, {"in_feed": 0, "rejected": 0, "examples": 0})
            entry["rejected" if rejected else "in_feed"] += count
            entry["examples"] += int(examples)
    return projects


def of_run(engine: Engine, run: int) -> tuple[int, Counter[str], Counter[str]]:
    """Counts what became of the issues that a run listed: those in a feed, the rest by reason, examples by task."""
    return _became(engine, issues.c.run == run)


def since(engine: Engine, run: int) -> tuple[int, Counter[str], Counter[str]]:
    """Counts the same of all issues that a run listed, or any that began after it."""
    return _became(engine, issues.c.run >= run)


def of_projects(engine: Engine, projects: Collection[str]) -> tuple[int, Counter[str], Counter[str]]:
    """Counts the same of all issues of some projects, or of the whole store."""
    return _became(engine, holds(projects))


def near_duplicates(engine: Engine) -> dict[str, int]:
    """Counts the clusters of near-duplicates, and the issues in them."""
    others = issues.c.cluster.is_not(None) & (issues.c.cluster != "")
    query = select(func.count(issues.c.cluster.distinct()), func.count()).where(others)
    with engine.connect() as connection:
        clusters, without_representatives = connection.execute(query).one()
    return {"clusters": clusters, "issues": clusters + without_representatives} if clusters else {}


def held(engine: Engine, projects: Collection[str]) -> dict[str, int]:
    """Counts the issues that can be refined again, by project."""
    query = select(issues.c.project, func.count().label("number")).where(holds(projects)).group_by(issues.c.project)
    with engine.connect() as connection:
        return {row.project: row.number for row in connection.execute(query)}


def holds(projects: Collection[str]) -> ColumnElement[bool]:
    """The condition that an issue's payload is here, and that it belongs to one of some projects, or to any."""
    there = func.length(issues.c.payload) > 0
    return (
        and_(there, or_(issues.c.project.in_(projects), issues.c.crawled_project.in_(projects))) if projects else there
    )


def kind_of(reason: str) -> str:
    """Gives the part of a reason that is the same for many issues."""
    return reason.split(":")[0].split(" of ")[0]


def _became(engine: Engine, chosen: ColumnElement[bool]) -> tuple[int, Counter[str], Counter[str]]:
    query = select(issues.c.stage, issues.c.reason, issues.c.tasks).where(chosen)
    written, dropped, tasks = 0, Counter[str](), Counter[str]()
    with engine.connect() as connection:
        for stage, reason, made in connection.execution_options(yield_per=1_000).execute(query):
            if stage:
                dropped[f"{stage}/{kind_of(reason)}"] += 1
                continue
            written += 1
            for name, _, number in (part.partition("=") for part in made.split(",") if part):
                tasks[name] += int(number)
    return written, dropped, tasks
