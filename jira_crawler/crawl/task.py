"""What every task is: one question to a tracker as plain data, which a frontier keeps until it is dealt with."""

from __future__ import annotations

from typing import Annotated, ClassVar, NamedTuple, TypeAlias

import msgspec

FIRST = 10  # of a task that finishes what is begun: before what is not, so that what is half done does not pile up
# Others may have written a task: what is read back is a number that ours could have.
Times: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=1_000)]


class Watermark(NamedTuple):
    """As long as a task waits, its project is listed only before this creation time (epoch ms)."""

    project: str
    created: int


class Task(msgspec.Struct, frozen=True, tag=True, kw_only=True, omit_defaults=True):
    """One question, written down as tagged JSON; what becomes of its answer is the handler's of its type to say.

    `retries` is how often it is asked again at most where it fails in passing; None leaves that to the settings.
    `attempt` counts the times that it was asked already, where its answers were bad in a way that may pass.
    """

    project: str = ""
    retries: Times | None = None
    attempt: Times = 0

    # It can be asked in smaller parts, and so need not be tried often.
    divisible: ClassVar[bool] = False
    # If it takes too long, it does so the next time.
    once: ClassVar[bool] = False
    # A tracker is asked; else its handler goes through what we hold.
    asks: ClassVar[bool] = True

    @property
    def priority(self) -> int:
        """The higher is asked first; a type that always has the same says so by a class variable."""
        return 0

    @property
    def account(self) -> str:
        """Which account asks it; "" for the crawl's own."""
        return ""

    @property
    def identity(self) -> str | None:
        """What makes this the same question as another one; None for what every run asks anew and nothing keeps."""
        return None

    @property
    def watermark(self) -> Watermark | None:
        """Before which creation time its project is listed once this is done, for a task that lists."""
        return None


class RestTask(Task, frozen=True, kw_only=True):
    """A question in one dialect of the REST API."""

    dialect: str = ""


def plain(value: object) -> str:
    """Writes a value down for an identity: equal values are written alike."""
    return msgspec.json.encode(value).decode()
