"""Runs the versions that a store has not been through, with alembic, in the transaction of whoever opens it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from importlib import import_module
from typing import Any, cast

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import Script
from alembic.script.revision import RevisionMap
from sqlalchemy import Connection

from jira_crawler.store import migrations

logger = logging.getLogger(__name__)
logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells which dialect it met, to whoever reads a crawl's log


def upgrade(connection: Connection) -> None:
    """Brings an earlier store to the present version; either all of it is done, or nothing."""
    context = MigrationContext.configure(connection, opts={"fn": _steps})
    context.run_migrations(op=Operations(context))  # and not by alembic's `op`, which all threads would share
    logger.info("The store was of an earlier version, and is brought up to this one")


def _steps(heads: tuple[str, ...], _context: MigrationContext) -> list[RevisionStep]:
    known = RevisionMap(_scripts)
    lacking = list(known.iterate_revisions("heads", heads, implicit_base=True))
    return [RevisionStep(known, cast(Script, script), is_upgrade=True) for script in reversed(lacking)]


def _scripts() -> Iterator[Script]:
    for name in migrations.VERSIONS:
        module: Any = import_module(f"{migrations.__name__}.versions.{name}")
        yield Script(module, name, name)
