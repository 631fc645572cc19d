"""What is known of who fixed what: what each object says, which is read once, and what came of all of it together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec
import zstandard
from sqlalchemy import Connection, Table, and_, bindparam, delete, func, select

from jira_crawler.links.facts import Read
from jira_crawler.links.judging import Judged, Link, Pair
from jira_crawler.links.landing import Landing
from jira_crawler.store.changes import Identity, record
from jira_crawler.store.conflicts import chunks
from jira_crawler.store.exclusive_writer import ExclusiveWriter, retry_on_disconnect
from jira_crawler.store.link_tables import landings, links, pairs, signs
from jira_crawler.store.repository_tables import repositories
from jira_crawler.store.tables import ONE_OF_THESE, insert_of, issues, these

Values = tuple[Any, ...]
COMMIT: Final = "commit"
_SOME: Final = 5_000
_LINK: Final = tuple(column.name for column in links.columns)
_PAIR: Final = tuple(column.name for column in pairs.columns)
_SIGNS = and_(signs.c.site == bindparam("of"), signs.c.id.in_(bindparam("those", expanding=True)))


class Name(NamedTuple):
    """What an issue is called, beside its id."""

    number: int
    key: str
    project: str


class Links:
    """The part of the store that keeps signs, links, pairs and landings."""

    def __init__(self, writer: ExclusiveWriter):
        self.writer, self.engine = writer, writer.engine
        self._insert: Any = insert_of(self.engine.dialect.name)

    # --- what was read

    @retry_on_disconnect
    def read(self, objects: Collection[Read], gone: Collection[Identity] = ()) -> None:
        """Keeps what was read of some objects, in place of what was read of them before, and nothing of some others."""
        compressor = zstandard.ZstdCompressor(level=3)
        values = [
            {
                "site": each.facts.site,
                "id": each.facts.id,
                "what": each.facts.what,
                "project": each.facts.project,
                "place": each.facts.place,
                "said": compressor.compress(msgspec.json.encode(each)),
            }
            for each in objects
        ]
        with self.writer.begin() as connection:
            for some in these(gone):
                connection.execute(delete(signs).where(_SIGNS), some)
            if values:
                statement = self._insert(signs)
                new = {name: statement.excluded[name] for name in ("what", "project", "place", "said")}
                connection.execute(statement.on_conflict_do_update(index_elements=["site", "id"], set_=new), values)

    def objects(self) -> Iterator[Read]:
        """Gives all that was read, in a fixed order."""
        decode = msgspec.json.Decoder(Read).decode
        place = ("", "")
        while found := self._after(place):
            for _, _, said in found:
                yield decode(zstandard.decompress(said))
            place = found[-1][:2]

    @retry_on_disconnect
    def _after(self, place: Identity) -> list[tuple[str, str, bytes]]:
        site, id_ = place
        behind = (signs.c.site > site) | ((signs.c.site == site) & (signs.c.id > id_))
        query = select(signs.c.site, signs.c.id, signs.c.said).where(behind)
        with self.engine.connect() as connection:
            rows = connection.execute(query.order_by(signs.c.site, signs.c.id).limit(_SOME)).all()
        return [(row.site, row.id, row.said) for row in rows]

    @retry_on_disconnect
    def commits(self, site: str, repository: str) -> set[str]:
        """Gives the ids of the commits of a repository that were read so far."""
        here = (signs.c.site == site, signs.c.what == COMMIT)
        begins = signs.c.id.startswith(f"{repository.lower()}@", autoescape=True)
        with self.engine.connect() as connection:
            return set(connection.scalars(select(signs.c.id).where(*here, begins)))

    @retry_on_disconnect
    def repositories(self) -> list[tuple[str, str, str]]:
        """Gives site, name and `host/owner/name` of each repository of which a pull request was read."""
        columns = signs.c.site, signs.c.project, signs.c.place
        query = select(*columns).where(signs.c.what == "pull").distinct().order_by(*columns)
        with self.engine.connect() as connection:
            return [(row.site, row.project, row.place) for row in connection.execute(query)]

    @retry_on_disconnect
    def default_branches(self) -> dict[tuple[str, str], str]:
        """Gives the default branch of each repository that tells one, by site and name."""
        columns = repositories.c.site, repositories.c.name, repositories.c.detail
        with self.engine.connect() as connection:
            told = connection.execute(select(*columns)).all()
        branches = {(site, name): _detail(detail).default_branch for site, name, detail in told}
        return {of: branch for of, branch in branches.items() if branch}

    @retry_on_disconnect
    def former_names(self) -> dict[str, str]:
        """Gives what repositories were called once, in lower case, with their names of today.

        A name that another one has now, or that two have had, means none of them.
        """
        with self.engine.connect() as connection:
            told = connection.execute(select(repositories.c.name, repositories.c.detail)).all()
        today = {str(name).lower() for name, _ in told}
        found: dict[str, set[str]] = {}
        for name, detail in told:
            for former in _detail(detail).former:
                found.setdefault(former.lower(), set()).add(str(name))
        return {old: names.pop() for old, names in found.items() if len(names) == 1 and old not in today}

    @retry_on_disconnect
    def forget_former(self) -> None:
        """Forgets the commits of repositories that are called otherwise by now, or of which nothing is known."""
        of = signs.c.site, signs.c.place
        with self.writer.begin() as connection:
            there = set(connection.execute(select(*of).where(signs.c.what != COMMIT).distinct()).all())
            held = set(connection.execute(select(*of).where(signs.c.what == COMMIT).distinct()).all())
            for site, place in sorted(held - there):
                here = (signs.c.site == site, signs.c.place == place, signs.c.what == COMMIT)
                connection.execute(delete(signs).where(*here))

    @retry_on_disconnect
    def counts(self) -> dict[str, int]:
        """Counts what was read: issues, pull requests (`pull`) and commits."""
        with self.engine.connect() as connection:
            found = connection.execute(select(signs.c.what, func.count()).group_by(signs.c.what)).all()
        return {row[0]: int(row[1]) for row in found}

    @retry_on_disconnect
    def clear(self) -> None:
        """Forgets what was read of issues and pull requests; commits stay, as not every run is given them."""
        with self.writer.begin() as connection:
            connection.execute(delete(signs).where(signs.c.what != COMMIT))

    # --- what came of it

    def publish(self, judged: Judged) -> int:
        """Makes the tables say what was judged, in one transaction that changes only rows that differ.

        Pull requests that landed otherwise than the store said have changed; gives how many these are.
        """
        with self.writer.begin() as connection:
            self._become(connection, links, map(_link, judged.links))
            self._become(connection, pairs, map(_pair, judged.pairs))
            changed = self._become(connection, landings, map(_landing, judged.landings))
            told = {(str(row[0]), str(row[1])) for row in changed}
            record(connection, told)
        return len(told)

    def _become(self, connection: Connection, table: Table, rows: Iterable[Values]) -> set[Values]:
        """Makes a table hold these rows and no others; gives the keys of those that were written or taken out."""
        keys = [column.name for column in table.primary_key]
        names = [column.name for column in table.columns]
        wanted = {row[: len(keys)]: row for row in rows}
        old: set[Values] = set()
        query = select(table).execution_options(yield_per=_SOME)
        same: set[Values] = set()
        for row in connection.execute(query):
            key = tuple(row[: len(keys)])
            if key not in wanted:
                old.add(key)
            elif tuple(row) == wanted[key]:
                same.add(key)
        if old:
            this = and_(*(table.c[name] == bindparam(f"_{name}") for name in keys))
            gone = [{f"_{name}": value for name, value in zip(keys, key, strict=True)} for key in sorted(old)]
            connection.execute(delete(table).where(this), gone)
        fresh = [dict(zip(names, row, strict=True)) for key, row in sorted(wanted.items()) if key not in same]
        statement = self._insert(table)
        new = {name: statement.excluded[name] for name in names[len(keys) :]}
        for some in chunks(fresh, _SOME):
            connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=new), some)
        return old | {key for key in wanted if key not in same}

    @retry_on_disconnect
    def landings(self, identities: Collection[Identity]) -> dict[Identity, Landing]:
        """Gives how pull requests landed, for those that were linked."""
        here = and_(landings.c.site == bindparam("of"), landings.c.id.in_(bindparam("those", expanding=True)))
        found: dict[Identity, Landing] = {}
        with self.engine.connect() as connection:
            for some in these(identities):
                for row in connection.execute(select(landings).where(here), some):
                    found[row.site, row.id] = Landing(*row)
        return found

    @retry_on_disconnect
    def names(self, identities: Collection[Identity]) -> dict[Identity, Name]:
        """Gives number, key and project of issues and pull requests, for those that are stored."""
        of = issues.c
        query = select(of.site, of.id, of.number, of.key, of.project).where(ONE_OF_THESE)
        found: dict[Identity, Name] = {}
        with self.engine.connect() as connection:
            for some in these(identities):
                found |= {(site, id_): Name(*told) for site, id_, *told in connection.execute(query, some)}
        return found

    def all_links(self) -> Iterator[Link]:
        """Gives all links in a fixed order."""
        for row in self._all(links):
            yield Link(**dict(zip(_LINK, row, strict=True)))

    def all_pairs(self) -> Iterator[Pair]:
        """Gives all pairs in a fixed order."""
        for row in self._all(pairs):
            told = dict(zip(_PAIR, row, strict=True))
            yield Pair(**told | {"kinds": tuple(filter(None, told["kinds"].split(",")))})

    def _all(self, table: Table) -> Iterator[Sequence[Any]]:
        with self.engine.connect() as connection:
            query = select(table).order_by(*table.primary_key)
            yield from connection.execution_options(yield_per=_SOME).execute(query)


class _Detail(msgspec.Struct):
    default_branch: str = ""
    former: list[str] = []


def _detail(detail: str) -> _Detail:
    try:
        return msgspec.json.decode(detail, type=_Detail)
    except ValueError:
        return _Detail()


def _link(link: Link) -> Values:
    return tuple(getattr(link, name) for name in _LINK)


def _pair(pair: Pair) -> Values:
    told = tuple(getattr(pair, name) for name in _PAIR)
    return (*told[:-2], ",".join(pair.kinds), pair.confidence)


def _landing(landing: Landing) -> Values:
    return landing.site, landing.id, landing.how, landing.commit, landing.at, landing.reverted_by
