"""`scrapy forget`: takes issues out of all that was made of them, and sees to it that they do not come back."""

from __future__ import annotations

import re
import shlex
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand

from jira_crawler.commands.checked import REFUSED, Silent, say
from jira_crawler.commands.export import sentence
from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.sentences import masked
from jira_crawler.settings import secret
from jira_crawler.trackers.github.names import ID, REPOSITORY

if TYPE_CHECKING:
    from jira_crawler.feeds.dataset import Dataset
    from jira_crawler.search.run import Place
    from jira_crawler.store.erasure import Found
    from jira_crawler.store.store import Store

LEFT = 1
_NAME = re.compile(
    r"[A-Za-z][A-Za-z0-9_]{0,99}-[0-9]{1,18}|[0-9]{1,18}|unreadable-[0-9a-f]{1,64}"
    rf"|{REPOSITORY.pattern}#[0-9]{{1,9}}|{ID.pattern}"  # of GitHub
)
Places = dict[str, int]  # where something of an issue was, and how much


class Command(Silent, ScrapyCommand):
    """Status 0: nothing of the issues is left; 1: something could not be taken out; 2: nothing was done."""

    uses = ("OUTPUT_DIR", "STORE_URL", "TABLES_URL", "SEARCH_URL", "ENGINE_FOLDER")

    def syntax(self) -> str:
        return "KEY|ID [KEY|ID …] [--site NAME] [--undo]"

    def short_desc(self) -> str:
        return "Take issues out of store, feeds, tables, index and deliveries for good, and say where they were"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--site", default="", metavar="NAME", help="of which site, where several have such an issue"
        )
        parser.add_argument("--undo", action="store_true", help="let issues that were forgotten come again")

    def run(self, args: list[str], opts: Namespace) -> None:
        # Scrapy imports every command whichever is run: only this one is to pay for the store.
        from sqlalchemy.exc import SQLAlchemyError

        assert self.settings  # noqa: S101 - Scrapy sets it before it calls
        url = self.settings["STORE_URL"]
        try:
            if not args:
                raise BadArgument("Say which issues to forget: scrapy forget KAFKA-123, or by id.")
            if wrong := next((name for name in args if not _NAME.fullmatch(name)), ""):
                raise BadArgument(f"{wrong[:100]!r} is neither a key such as KAFKA-123 or apache/kafka#123 nor an id.")
            with _opened(Path(self.settings["OUTPUT_DIR"]), url) as dataset:
                issues = _named(dataset.store, args, opts.site)
                if opts.undo:
                    _undo(dataset.store, issues)
                else:
                    self._forget(
                        _Erasing(
                            dataset, url, self.settings["TABLES_URL"], self._place(), self.settings["ENGINE_FOLDER"]
                        ),
                        issues,
                    )
        except (Refused, OSError, SQLAlchemyError) as error:
            say("forget", sentence(error, url))
            self.exitcode = REFUSED

    def _place(self) -> Place:
        from jira_crawler.policy import Policy
        from jira_crawler.search.run import Place

        assert self.settings  # noqa: S101
        return Place(
            output=Path(self.settings["OUTPUT_DIR"]),
            store_url=self.settings["STORE_URL"],
            server=self.settings["SEARCH_URL"],
            secret=secret,
            policy=Policy.of(self.settings),
        )

    def _forget(self, erasing: _Erasing, issues: Sequence[Found]) -> None:
        from sqlalchemy.exc import SQLAlchemyError

        left: list[str] = []
        try:
            left += erasing.run(issues)
        except (Refused, OSError, SQLAlchemyError) as error:  # what is done stays done
            left.append(f"{sentence(error, erasing.url)} Run the same command again.")
        for why in left:
            say("forget", masked(why, erasing.url))
        self.exitcode = LEFT if left else 0


@contextmanager
def _opened(output: Path, url: str) -> Iterator[Dataset]:
    """Opens a dataset for nobody else; where workers have written it, their shards stay as they are until compacted."""
    from jira_crawler.feeds import locks, shards
    from jira_crawler.feeds.dataset import Dataset
    from jira_crawler.store.database import connect, existing
    from jira_crawler.store.store import Store

    there = existing(output, url)
    if locks.is_taken(output):
        raise BadArgument(f"A crawl is writing to {output}: stop it, and try again.")
    store = Store(connect(there))
    try:
        single = all(map(shards.is_of, store.feed_index.holding()))
    finally:
        store.close()
    dataset = Dataset(output, url, writing=single)
    try:
        yield dataset
    finally:
        dataset.close()


def _named(store: Store, names: Sequence[str], site: str) -> list[Found]:
    """Finds what is meant; raises BadArgument, before anything is done, where that is nothing or more than one."""
    issues: dict[tuple[str, str], Found] = {}
    for name in names:
        found = store.erasure.find(name, site)
        if not found:
            raise BadArgument(f"There is no issue {name} here{f' of {site}' if site else ''}: nothing was done.")
        if len(found) > 1:
            meant = ", ".join(f"{each.id} of {each.site}" for each in found)
            raise BadArgument(f"{name} is more than one issue ({meant}): name one by its id, and its --site.")
        issues[found[0].identity] = found[0]
    return list(issues.values())


def _undo(store: Store, issues: Sequence[Found]) -> None:
    for found in issues:
        if store.erasure.lift(found):
            print(f"{_name(found)} may come again: the next crawl with -a full=true brings it, if not one before.")
        else:
            print(f"{_name(found)} was not forgotten.")


class _Erasing:
    """Goes through all places; each step may be done twice, so that whoever is killed runs the same command again."""

    def __init__(self, dataset: Dataset, url: str, tables_url: str, place: Place, engine: str):
        self.dataset, self.store, self.folder = dataset, dataset.store, dataset.folder
        self.url, self.tables_url, self.place, self.engine = url, tables_url, place, engine

    def run(self, issues: Sequence[Found]) -> Iterator[str]:
        """Forgets issues and prints where they were; gives a sentence for each thing that could not be taken out."""
        from jira_crawler.feeds import erasure as of_feeds
        from jira_crawler.search import erasure as of_search
        from jira_crawler.tables import erasure as of_tables

        places = {found.identity: self._before(found) for found in issues}
        twins = {found.identity: self.store.erasure.same_text(found) for found in issues}
        for each, n in of_feeds.in_rejects(self.folder, places).items():
            places[each]["rejects.jsonl"] = n
        for found in issues:
            self._erase(found, places[found.identity])
        elsewhere = of_feeds.compact(self.dataset)
        for name, counted in of_feeds.sweep(self.dataset, places):
            for each, n in counted.items():
                places[each][name] = n
        self._shards(places)
        failed = self._tables()
        unsearchable = of_search.without(self.place, self.store)
        for found in issues:
            places[found.identity] |= {"attachments": n} if (n := self._attachments(found)) else {}
        scrubbed = self.store.erasure.scrub()
        for found in issues:
            _tell(found, places[found.identity], twins[found.identity])
        _name_exports(self.folder)
        _name_snapshots(self.folder)
        for feed in elsewhere:
            yield f"{feed} is not in {self.folder}, and may hold lines of it until whoever wrote it has compacted it."
        if failed:
            yield f"The tables are not brought up: {failed}"
        if unsearchable:
            yield f"The index is not brought up: {unsearchable}"
        for found in issues:
            if left := of_tables.rows_about(self.folder, *found.identity):
                yield f"{_name(found)} is still in the tables {', '.join(sorted(left))}: scrapy tables --rebuild."
        if scrubbed:
            yield f"The database keeps what was deleted until it writes its tables anew: {scrubbed}."

    def _before(self, found: Found) -> Places:
        from jira_crawler.feeds.erasure import lines_in_feed
        from jira_crawler.search.erasure import documents_about
        from jira_crawler.tables.erasure import rows_about

        feed, lines = lines_in_feed(self.dataset, found)
        rows = rows_about(self.folder, *found.identity)
        places = ({feed: lines} if feed else {}) | {f"tables/{table}": n for table, n in sorted(rows.items())}
        try:
            documents = documents_about(self.place, *found.identity)
        except Refused:  # an index that cannot be asked is made anew
            documents = 0
        return places | ({"search": documents} if documents else {})

    def _erase(self, found: Found, places: Places) -> None:
        missed = self.store.erasure.missed(found)
        counted = self.store.erasure.erase(found, int(time.time() * 1000))
        deliveries = self.store.delivery_audit.erase(found.site, [found.id])
        self.store.erasure.erase_missed(found)
        store = {f"store: {name}": n for name, n in counted.items()}
        store |= {"store: deliveries": deliveries, "store: changes that no delivery announced": missed}
        places |= {name: n for name, n in store.items() if n}

    def _shards(self, places: dict[tuple[str, str], Places]) -> None:
        from jira_crawler.engines import month_job, reading_job
        from jira_crawler.engines.shards import Shards, address

        of_months = month_job.MonthShards, month_job.PLACE
        of_exports = reading_job.ReadingShards, reading_job.PLACE
        for kind, place in (Shards, ""), of_months, of_exports:
            where = address(self.engine, self.folder, self.store.identity + place)
            if "://" in where or Path(where).is_dir():
                shards = kind(where)
                for identity, found in places.items():
                    if n := shards.forget(*identity):
                        found["shards of an engine"] = found.get("shards of an engine", 0) + n

    def _tables(self) -> str:
        from jira_crawler.tables.erasure import without

        try:
            return without(self.folder, self.url, self.store, self.tables_url, secret)
        except (Refused, OSError) as error:
            return str(error)

    def _attachments(self, found: Found) -> int:
        from jira_crawler.feeds.erasure import remove_attachments

        # A folder is called after a key, which an issue of another site may have as well.
        own = [key for key in found.keys if len(self.store.erasure.find(key)) == 1]
        return sum(remove_attachments(self.folder, own))


def _tell(found: Found, places: Places, twins: Sequence[str]) -> None:
    """Prints where an issue was, and how much, never what it said."""
    again = " again" if found.is_forgotten else ""
    print(f"{_name(found)} is forgotten{again}. It was in:" if places else f"{_name(found)} is forgotten{again}.")
    for place, n in places.items():
        print(f"  {place}  {n:,}")
    if twins:
        print(f"  The same text is in {', '.join(twins)}, and stays.")


def _name_exports(folder: Path) -> None:
    """Names what was exported into the folder, which is left as it is."""
    exported = [path.parent.name for path in sorted(folder.glob("*/README.md")) if (path.parent / "data").is_dir()]
    where = f" in {', '.join(exported)}" if exported else ""
    print(f"Exports{where} are not touched: make them anew.", file=sys.stdout)


def _name_snapshots(folder: Path) -> None:
    """Names where snapshots of the store were taken to: they hold what the tracker sent until they are taken anew."""
    from jira_crawler.snapshot.run import taken_to

    for address in taken_to(folder):
        print(f"The snapshot at {address} holds it until the next one: scrapy snapshot --to {shlex.quote(address)}")


def _name(found: Found) -> str:
    return f"{found.key} (id {found.id} of {found.site})" if found.key else f"{found.id} of {found.site}"
