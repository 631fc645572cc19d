"""`scrapy deliveries`: what webhooks delivered, what became of it, and what none of them announced."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from scrapy.commands import ScrapyCommand

from jira_crawler.commands.checked import REFUSED, Silent, option, say
from jira_crawler.commands.export import sentence
from jira_crawler.configuration.kinds import Whole
from jira_crawler.exceptions import BadArgument, Refused, Unreadable
from jira_crawler.sentences import printable
from jira_crawler.spiders.arguments import moment
from jira_crawler.trackers.jira.webhooks import Event, read_event

if TYPE_CHECKING:
    from jira_crawler.store.deliveries import State
    from jira_crawler.store.delivery_audit import Entry, Missed
    from jira_crawler.store.store import Store

SHOWN = 100  # rows, unless another number is asked for
WIDE = 1_000  # characters of a line that nobody looks at in a terminal
_NUMBER = Whole(1, 10**12)


class Command(Silent, ScrapyCommand):
    """Status 0: it is shown, or done again; 2: nothing could be."""

    uses = ("OUTPUT_DIR", "STORE_URL")

    def syntax(self) -> str:
        return "[--missed|--failed] [--since 1h] [--limit N] [--show ID|--replay ID]"

    def short_desc(self) -> str:
        return "Show what webhooks delivered and what became of it, or do one again"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--missed", action="store_true", help="what polling found and no delivery had announced")
        what.add_argument("--failed", action="store_true", help="only deliveries that nothing came of")
        number = option(_NUMBER, int)
        what.add_argument("--show", type=number, metavar="ID", help="one delivery as it came, as JSON")
        what.add_argument("--replay", type=number, metavar="ID", help="let one be done again, by whoever is live")
        parser.add_argument("--since", type=_since, default=0, metavar="1h", help="30m, 1h, 2d, or a date; all")
        limit = option(Whole(1, 1_000_000), int)
        parser.add_argument("--limit", type=limit, default=SHOWN, metavar="N", help=f"rows, the newest ones ({SHOWN})")

    def run(self, args: list[str], opts: Namespace) -> None:
        # Scrapy imports every command whichever is run: only this one is to pay for the store.
        from sqlalchemy.exc import SQLAlchemyError

        assert self.settings  # noqa: S101 - Scrapy sets it before it calls
        try:
            if args:
                raise BadArgument(f"scrapy deliveries takes switches only, not {args[0]!r}.")
            with _opened(Path(self.settings["OUTPUT_DIR"]), self.settings["STORE_URL"]) as store:
                _do(store, opts)
        except (Refused, OSError, SQLAlchemyError) as error:
            say("deliveries", sentence(error, self.settings["STORE_URL"]))
            self.exitcode = REFUSED


@contextmanager
def _opened(output: Path, url: str) -> Iterator[Store]:
    from jira_crawler.store.database import connect, existing
    from jira_crawler.store.store import Store

    store = Store(connect(existing(output, url)))
    try:
        yield store
    finally:
        store.close()


def _do(store: Store, opts: Namespace) -> None:
    # In a file each delivery is one line, whatever the width of a terminal that is not there.
    width = None if sys.stdout.isatty() else WIDE
    console = Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)
    if opts.show is not None:
        print(_whole(store, opts.show))
    elif opts.replay is not None:
        number = replay(store, opts.replay, int(time.time() * 1000))
        print(f"Delivery {opts.replay} is to be done again, as {number}.")
    elif opts.missed:
        _show_missed(console, store.delivery_audit.missed(since=opts.since, limit=opts.limit))
    else:
        states: tuple[State, ...] = ("failed",) if opts.failed else ()
        _show(console, store.delivery_audit.entries(since=opts.since, states=states, limit=opts.limit))


def replay(store: Store, number: int, now: int) -> int:
    """Puts a delivery behind all that wait, as if it had come just now (ms), and gives its new number.

    It is read again, so that one which was not understood gets another chance. Raises BadArgument if it is not there.
    """
    from jira_crawler.store.deliveries import Delivery

    if (whole := store.delivery_audit.find(number)) is None:
        raise BadArgument(f"There is no delivery {number}, or not any more: AUDIT_DAYS says how long they are kept.")
    try:
        event = read_event(whole.body, longest=len(whole.body))
    except Unreadable as error:
        event = Event("", ignored=str(error))
    if event.ignored:
        raise BadArgument(f"Delivery {number} concerns nothing that could be done again: {event.ignored}.")
    again = Delivery(
        site=whole.entry.site,
        identity=f"again:{number}:{token_hex(8)}",
        event=event.name,
        received=now,
        at=event.at,
        issues=event.issues,
        deleted=event.deleted,
        refresh=event.refresh,
        headers=whole.headers,
        body=whole.body,
    )
    return int(store.deliveries.receive([again])[0] or 0)


def _whole(store: Store, number: int) -> str:
    """Gives a delivery as one JSON object, its body as text."""
    if (whole := store.delivery_audit.find(number)) is None:
        raise BadArgument(f"There is no delivery {number}, or not any more: AUDIT_DAYS says how long they are kept.")
    entry = {name: getattr(whole.entry, name) for name in whole.entry.__dataclass_fields__}
    body = whole.body.decode("utf-8", "backslashreplace")
    told = entry | {"identity": whole.identity, "headers": whole.headers, "body": body}
    return json.dumps(told, ensure_ascii=True, indent=2)


def _show(console: Console, entries: Sequence[Entry]) -> None:
    """Prints deliveries, the newest first; of what was done how many seconds after it came."""
    table = _table(("id", "received", "event", "issues", "state", "fetched", "stored", "in tables", "why"), {5, 6, 7})
    for each in entries:
        table.add_row(
            str(each.number),
            _time(each.received),
            printable(each.event, 60),
            ", ".join(key or id_ for id_, key in each.issues),
            each.state,
            *(_after(each.received, at) for at in (each.fetched, each.stored, each.tabled)),
            printable(each.reason, 200),
        )
    console.print(table if entries else "No deliveries.")


def _show_missed(console: Console, found: Sequence[Missed]) -> None:
    table = _table(("issue", "id", "updated", "found"), {1})
    for each in found:
        table.add_row(each.key, each.id, _time(each.updated), _time(each.found))
    console.print(table if found else "Nothing that polling found was not announced.")


def _table(headings: Sequence[str], numbers: set[int]) -> Table:
    table = Table(box=box.SIMPLE)
    for place, heading in enumerate(headings):
        table.add_column(heading, justify="right" if place in numbers else "left", no_wrap=place == 0)
    return table


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _after(received: int, at: int | None) -> str:
    return "" if at is None else f"+{max(0, at - received) / 1000:.1f} s"


def _since(text: str) -> int:
    try:
        return max(0, int(moment(text.strip(), datetime.now(UTC)).timestamp() * 1000))
    except BadArgument as error:
        raise ArgumentTypeError(str(error)) from error
