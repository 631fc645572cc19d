"""What a folder of tables holds: every file with its rows and its hash, and up to which change of which store."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec
import orjson

from jira_crawler.exceptions import BadArgument
from jira_crawler.feeds import files
from jira_crawler.tables.parquet import Written, sha256_of

NAME: Final = "_manifest.json"
FORMAT: Final = 1
# Whoever copied a manifest need not have written it: no name in it leads out of the folder.
_TABLE: Final = re.compile(r"[a-z][a-z_]{0,62}")
_FILE: Final = re.compile(r"(?:(?:19[7-9]|[2-9][0-9]{2})[0-9]-(?:0[1-9]|1[0-2])|undated|all|none)\.parquet")


class _File(msgspec.Struct):
    rows: int
    bytes: int
    sha256: str


class _Manifest(msgspec.Struct):
    format: int
    store: str
    through: int
    schema_version: int
    columns: dict[str, str]
    flow: dict[str, Any]
    redacted: bool
    catalogue: dict[str, dict[str, dict[str, list[str]]]]
    tables: dict[str, dict[str, _File]]
    redaction: int = 0


Files = dict[str, dict[str, Written]]  # by table and name of the file


@dataclass(slots=True)
class Manifest:
    """What the files say together; `through` is the last change of the store with this identity that is in them.

    `columns` are the types of the columns that sites add to `issues`, `flow` is which statuses count, `catalogue` what
    things were called (by site, kind and id): where one of these differs, rows do. `redaction` is the version of the
    rules by which people were numbered, 0 where they were not.
    """

    store: str
    through: int
    schema_version: int
    columns: dict[str, str] = field(default_factory=dict)
    flow: dict[str, Any] = field(default_factory=dict)
    redacted: bool = False
    catalogue: dict[str, dict[str, dict[str, list[str]]]] = field(default_factory=dict)
    tables: Files = field(default_factory=dict)
    redaction: int = 0

    def encoded(self) -> bytes:
        """Gives the bytes, the same for the same."""
        told = {"format": FORMAT} | {name: getattr(self, name) for name in self.__slots__}
        if not self.redaction:
            del told["redaction"]
        return orjson.dumps(told, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)

    def write(self, folder: Path) -> None:
        with files.published(folder / NAME) as file:
            file.write(self.encoded())


def read(folder: Path) -> Manifest | None:
    """Reads the manifest of a folder, None where there is none; raises BadArgument for one that cannot be read."""
    try:
        content = (folder / NAME).read_bytes()
    except FileNotFoundError:
        return None
    return decoded(content, str(folder / NAME))


def decoded(content: bytes, path: str) -> Manifest:
    """Reads a manifest; raises BadArgument for what is none."""
    try:
        told = msgspec.json.decode(content, type=_Manifest)
        for table, by_name in told.tables.items():
            if not all(is_name(table, name) for name in by_name):
                raise ValueError(table)
    except (ValueError, RecursionError):
        raise BadArgument(
            f"{path} is no manifest of tables, or a broken one: scrapy tables --rebuild makes all anew."
        ) from None
    if told.format > FORMAT:
        raise BadArgument(f"{path} is of a later version of jira_crawler, which is to be installed to go on with it.")
    listed = {
        table: {name: Written(each.rows, each.bytes, each.sha256) for name, each in by_name.items()}
        for table, by_name in told.tables.items()
    }
    names = ("store", "through", "schema_version", "columns", "flow", "redacted", "redaction", "catalogue")
    return Manifest(**{name: getattr(told, name) for name in names}, tables=listed)


def is_name(table: str, name: str) -> bool:
    """Tells whether a file of ours may be called so."""
    return bool(_TABLE.fullmatch(table) and _FILE.fullmatch(name))


def wrong_files(folder: Path, tables: Files) -> list[tuple[str, str, str]]:
    """Holds files against what a manifest says: gives table, name and what is wrong of each that is not so."""
    found = []
    for table, by_name in sorted(tables.items()):
        for name, written in sorted(by_name.items()):
            if why := wrong_file(folder / table / name, written):
                found.append((table, name, why))
    return found


def wrong_file(path: Path, written: Written) -> str:
    """Says what is wrong with a file that is to be so; "" where nothing is."""
    try:
        if path.is_symlink() or not path.is_file():
            return "is not there"
        if path.stat().st_size != written.bytes:
            return f"has {path.stat().st_size:,} bytes instead of {written.bytes:,}"
        return "" if sha256_of(path) == written.sha256 else "has another content"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
