"""When each consumer was heard of last, and up to which number changes are pruned."""

from __future__ import annotations

import time

from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, bindparam, text

revision = "r0009_consumers"
down_revision = "r0008_forgotten"


def upgrade(op: Operations) -> None:
    """Gives every consumer its days from now on; nobody has a number yet that was pruned."""
    op.add_column("consumers", Column("seen", BigInteger, nullable=False, server_default="0"))
    op.add_column("last_change", Column("pruned", BigInteger, nullable=False, server_default="0"))
    now = bindparam("now", int(time.time() * 1000), BigInteger)
    op.execute(text("UPDATE consumers SET seen = :now").bindparams(now))
