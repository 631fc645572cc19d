"""Runs the versions that a store has not been through, with alembic, in the transaction of whoever opens it."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, cast

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import Script
from alembic.script.revision import RevisionMap
from sqlalchemy import Connection

logger = logging.getLogger(__name__)
logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells which dialect it met, to whoever reads a crawl's log


def upgrade(connection: Connection, versions: Sequence[str]) -> None:
    """Brings an earlier store to the last of the versions; either all of it is done, or nothing.

    `versions` are the names of modules in versions/, oldest first.
    """

    def steps(heads: tuple[str, ...], _context: MigrationContext) -> list[RevisionStep]:
        known = RevisionMap(lambda: _scripts(versions))
        lacking = list(known.iterate_revisions("heads", heads, implicit_base=True))
        return [RevisionStep(known, cast(Script, script), is_upgrade=True) for script in reversed(lacking)]

    context = MigrationContext.configure(connection, opts={"fn": steps})
    context.run_migrations(op=Operations(context))  # and not by alembic's `op`, which all threads would share
    logger.info("The store was of an earlier version, and is brought up to this one")


def _scripts(versions: Sequence[str]) -> Iterator[Script]:
    for name in versions:
        module: Any = import_module(f"{__package__}.versions.{name}")
        yield Script(module, name, name)
