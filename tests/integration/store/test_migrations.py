"""A store of any earlier version becomes one of the present: nothing is lost, and it is done once."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, Table, create_engine, inspect, select, text

import jira_crawler
from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.store import migrations
from jira_crawler.store.database import connect
from jira_crawler.store.migrations import upgrading
from jira_crawler.store.migrations.versions import r0001_tables
from jira_crawler.store.store import Store
from jira_crawler.store.tables import metadata
from tests.unit.feeds.made import row

# Written before versions were counted, from the embedded Jira: issues in a feed, stored ones, and a removed one.
BEFORE = Path(__file__).parent.parent.parent / "fixtures" / "store" / "before_migrations.sqlite"
NOW = {"walk": "crawled_project", "sketch": "minhash", "walks": "listing_progress", "walked": "watermark"}
ADDED = {"issues": ("verified", "sketch", "cluster"), "identities": ("home", "place")}  # by versions before that one


@pytest.fixture
def before() -> Iterator[dict[str, list[dict[str, Any]]]]:
    """All rows of all tables of the old store."""
    engine = create_engine(f"sqlite:///file:{BEFORE}?mode=ro&uri=true")
    with engine.connect() as connection:
        yield rows_of(connection, r0001_tables.metadata)
    engine.dispose()


@pytest.fixture
def old(url: str, before: dict[str, list[dict[str, Any]]]) -> Iterator[Engine]:
    """The old store, to be changed further, in a file or on a server."""
    if url.startswith("sqlite"):
        shutil.copy(BEFORE, url.removeprefix("sqlite:///"))
    engine = create_engine(url)
    if not url.startswith("sqlite"):
        with engine.begin() as connection:
            r0001_tables.metadata.create_all(connection)
            for table in r0001_tables.metadata.sorted_tables:
                connection.execute(table.insert(), before[table.name])
    yield engine
    engine.dispose()


def rows_of(connection: Connection, tables: MetaData) -> dict[str, list[dict[str, Any]]]:
    def ordered(table: Table) -> list[dict[str, Any]]:
        found = connection.execute(select(table).order_by(*table.primary_key))
        return [dict(each._mapping) for each in found]

    return {table.name: ordered(table) for table in tables.sorted_tables}


def kept(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """All that the old store knew, as it is told now, by its old names."""

    def ordered(old: Table) -> list[dict[str, Any]]:
        table = metadata.tables[NOW.get(old.name, old.name)]
        columns = [table.c[NOW.get(column.name, column.name)].label(column.name) for column in old.columns]
        found = connection.execute(select(*columns).order_by(*table.primary_key))
        return [dict(each._mapping) for each in found]

    return {table.name: ordered(table) for table in r0001_tables.metadata.sorted_tables}


def shape(engine: Engine) -> dict[str, Any]:
    """Tables, columns and indexes as the database tells of them."""
    seen = inspect(engine)
    return {
        name: (
            sorted((c["name"], repr(c["type"]), c["nullable"], c["default"]) for c in seen.get_columns(name)),
            seen.get_pk_constraint(name)["constrained_columns"],
            sorted((i["name"], i["column_names"], bool(i["unique"])) for i in seen.get_indexes(name)),
        )
        for name in seen.get_table_names()
    }


def version_of(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


def test_a_store_of_the_version_before_is_upgraded_and_everything_kept(old, url, before):
    assert {each["stage"] for each in before["issues"]} == {"", "Keep", "Removed"}
    store = Store(connect(url))
    with store.engine.connect() as connection:
        assert kept(connection) == before
    assert version_of(store.engine) == [migrations.PRESENT]
    assert store.changes(0, 10) == []
    store.save([row(1, "text")], {})
    assert [change.id for change in store.changes(0, 10)] == ["1"]
    store.close()


def test_an_upgrade_writes_no_issue_anew(old, url):
    """A row of SQLite is written with its payload, so that a large store would need its size once more."""
    connect(url).dispose()
    with old.connect() as connection:
        assert set(connection.execute(text("SELECT since FROM issues")).scalars()) == {0}


def test_a_store_that_lacks_columns_and_a_table_gets_them(old, url, before):
    with old.begin() as connection:
        for table, columns in ADDED.items():
            for column in columns:
                connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
        connection.execute(text("DROP TABLE walks"))
        connection.execute(text("DROP INDEX issues_walk"))
        if "postgres" in url:
            connection.execute(text('ALTER TABLE issues ALTER COLUMN id TYPE TEXT COLLATE "default"'))
    connect(url).dispose()
    with old.connect() as connection:
        found = kept(connection)
    fresh = {"verified": 0, "sketch": b"", "cluster": None, "home": None, "place": None}
    lost = {column: fresh[column] for columns in ADDED.values() for column in columns}
    wanted = [each | {name: lost[name] for name in ADDED["issues"]} for each in before["issues"]]
    assert [
        each | {"sketch": each["sketch"] or b""} for each in found["issues"]
    ] == wanted  # SQLite gives an empty text
    assert found["feeds"] == before["feeds"]
    assert found["identities"] == [each | {"home": None, "place": None} for each in before["identities"]]
    assert found["walks"] == []
    if "postgres" in url:
        collation = (
            "SELECT collation_name FROM information_schema.columns WHERE table_name = 'issues' AND column_name = "
        )
        with old.connect() as connection:
            assert connection.execute(text(f"{collation}'id'")).scalars().all() == ["C"]


def test_a_store_that_went_through_all_versions_is_like_a_new_one(old, url, tmp_path):
    connect(url).dispose()
    upgraded, new = shape(old), connect(another(url, tmp_path))
    assert upgraded == shape(new)
    assert set(upgraded) == {*metadata.tables, "alembic_version"}
    with new.connect() as connection:
        # What is in tables.py and in no version would be told here.
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert version_of(new) == [migrations.PRESENT]
    new.dispose()


def another(url: str, folder: Path) -> str:
    from tests.servers.postgres import shared

    return shared().create() if "postgres" in url else f"sqlite:///{folder / 'other.sqlite'}"


def test_versions_follow_one_another_and_are_called_after_their_modules():
    modules = [import_module(f"jira_crawler.store.migrations.versions.{name}") for name in migrations.VERSIONS]
    assert [module.revision for module in modules] == list(migrations.VERSIONS)
    assert [module.down_revision for module in modules] == [None, *migrations.VERSIONS[:-1]]
    folder = Path(jira_crawler.__file__).parent / "store" / "migrations" / "versions"
    assert sorted(path.stem for path in folder.glob("r*.py")) == list(migrations.VERSIONS)


def test_a_store_of_a_later_version_is_one_sentence(url):
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9999_unheard_of'"))
    engine.dispose()
    with pytest.raises(
        BadArgument, match="cannot be opened: it is of a later version of jira_crawler, which"
    ) as caught:
        connect(url)
    assert "\n" not in str(caught.value)


def test_several_that_open_an_earlier_store_at_once_upgrade_it_once(old, url, monkeypatch):
    upgraded: list[Connection] = []
    upgrade = upgrading.upgrade

    def counted(connection: Connection, versions: Sequence[str]) -> None:
        upgraded.append(connection)
        upgrade(connection, versions)

    monkeypatch.setattr(upgrading, "upgrade", counted)
    failed: list[BaseException] = []

    def opens() -> None:
        try:
            connect(url).dispose()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=opens) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert not failed
    assert len(upgraded) == 1
    assert version_of(old) == [migrations.PRESENT]


def test_an_upgrade_that_fails_half_way_leaves_the_store_as_it_was(old, url, before, monkeypatch):
    earlier = shape(old)
    last = import_module(f"jira_crawler.store.migrations.versions.{migrations.PRESENT}")
    upgrade = last.upgrade

    def breaks(op: Operations) -> None:
        upgrade(op)
        raise OSError("the disk is full")

    monkeypatch.setattr(last, "upgrade", breaks)
    with pytest.raises(BadArgument, match="the disk is full"):
        connect(url)
    assert shape(old) == earlier
    monkeypatch.undo()
    connect(url).dispose()
    with old.connect() as connection:
        assert kept(connection) == before


def test_alembic_says_nothing_and_leaves_logging_alone(old, url, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    handlers, level = list(logging.getLogger().handlers), logging.getLogger("scrapy").level
    connect(url).dispose()
    assert [(each.name, each.getMessage()) for each in caplog.records] == [
        (upgrading.__name__, "The store was of an earlier version, and is brought up to this one")
    ]
    assert capfd.readouterr() == ("", "")
    assert (logging.getLogger().handlers, logging.getLogger("scrapy").level) == (handlers, level)


def test_a_store_of_the_present_version_is_opened_without_alembic(tmp_path):
    script = (
        "import sys; from jira_crawler.store.database import connect\n"
        f"for _ in range(2): connect('sqlite:///{tmp_path / 'store.sqlite'}').dispose()\n"
        "assert not any(name.split('.')[0] in ('alembic', 'mako') for name in sys.modules)"
    )
    run(script, Path(jira_crawler.__file__).parent.parent)


def test_a_package_in_a_zip_file_upgrades_a_store(tmp_path):
    package = Path(jira_crawler.__file__).parent
    with zipfile.ZipFile(tmp_path / "it.egg", "w") as egg:
        for path in package.rglob("*.py"):
            egg.write(path, path.relative_to(package.parent))
    shutil.copy(BEFORE, tmp_path / "store.sqlite")
    script = (
        "import jira_crawler; assert 'it.egg' in jira_crawler.__file__\n"
        "from jira_crawler.store.database import connect\n"
        f"connect('sqlite:///{tmp_path / 'store.sqlite'}').dispose()"
    )
    run(script, tmp_path / "it.egg")
    engine = create_engine(f"sqlite:///{tmp_path / 'store.sqlite'}")
    assert version_of(engine) == [migrations.PRESENT]
    engine.dispose()


def run(script: str, path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        env={"PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_who_only_reads_an_earlier_store_is_served_as_ever(tmp_path, before):
    shutil.copy(BEFORE, tmp_path / "store.sqlite")
    engine = create_engine(f"sqlite:///{tmp_path / 'store.sqlite'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE identities SET home = NULL"))  # nobody has noted the folder yet
    engine.dispose()
    with pytest.raises(BadArgument, match=r"DEMO\.jsonl is gone, or is not as it was written"):
        Dataset(tmp_path, writing=False)
    dataset = Dataset(tmp_path)  # a crawl finds the feed lost, as it would without an upgrade, and makes it again
    held = [each["id"] for each in before["issues"] if each["feed"]]
    assert [each.id for each in dataset.lost()] == held
    assert [(each.id, each.kind) for each in dataset.store.changes(0, 10)] == [(id_, "refined") for id_ in held]
    dataset.close()
    Dataset(tmp_path, writing=False).close()
