"""What a setting or an option may be: each kind knows a value that is one, and says in words what it takes.

A kind takes what Scrapy's `getint`, `getfloat` and `getbool` read, but for what a person may have meant otherwise.
Strings of `-s`, of the environment and of Scrapyd are read alike; a settings module may hold values.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,3})?")
_NAME = 255  # bytes of a name in a folder
_EXCERPT = 100  # characters of a value in a sentence


class Kind(Protocol):
    """`words` complete the sentences "it is …" and "it is not …"; a secret value stands in none of them."""

    @property
    def words(self) -> str: ...
    @property
    def secret(self) -> bool: ...
    def takes(self, value: object) -> bool: ...


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number, written as one: 1000 is, and 1e3, 1_000 and 1.0 are not."""

    least: int = 0
    most: int = 1_000_000_000
    secret = False

    @property
    def words(self) -> str:
        return f"a whole number from {self.least:,} to {self.most:,}"

    def takes(self, value: object) -> bool:
        number = int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else value
        return isinstance(number, int) and not isinstance(number, bool) and self.least <= number <= self.most


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number."""

    least: float = 0
    most: float = 1e9
    secret = False

    @property
    def words(self) -> str:
        return f"a number from {self.least:,} to {self.most:,}"

    def takes(self, value: object) -> bool:
        number = float(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else value
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            return False
        return isfinite(number) and self.least <= number <= self.most


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no, as Scrapy reads it."""

    words = "0 or 1, True or False"
    secret = False

    def takes(self, value: object) -> bool:
        return str(value) in ("0", "1", "True", "true", "False", "false")


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several words, as they are written."""

    choices: Collection[str]
    unset: bool = False  # whether an empty one is fine
    secret = False

    @property
    def words(self) -> str:
        return f"one of {', '.join(self.choices)}"

    def takes(self, value: object) -> bool:
        return value in self.choices or (value == "" and self.unset)


@dataclass(frozen=True, slots=True)
class Codes:
    """Some of several codes, with commas between them; none at all is fine."""

    choices: Collection[str]
    secret = False

    @property
    def words(self) -> str:
        return f"codes of {', '.join(self.choices)}, with commas between them"

    def takes(self, value: object) -> bool:
        codes = value.split(",") if isinstance(value, str) else value
        if not isinstance(codes, (list, tuple, set, frozenset)):
            return False
        return all(str(code).strip().lower() in ("", *self.choices) for code in codes)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text, of printable characters; an empty one is fine."""

    words = "a line of text of up to 200 characters"
    secret = False

    def takes(self, value: object) -> bool:
        return isinstance(value, str) and value.isprintable() and len(value) <= 200


@dataclass(frozen=True, slots=True)
class Host:
    """The name or the address of a machine, without a port."""

    words = "the name or the address of a machine, such as 127.0.0.1"
    secret = False

    def takes(self, value: object) -> bool:
        return isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9.:_-]{1,253}", value) is not None


@dataclass(frozen=True, slots=True)
class Folder:
    """The path of a folder, which need not be there yet."""

    unset: bool = False  # whether None says that there is none
    words = "the path of a folder"
    secret = False

    def takes(self, value: object) -> bool:
        path = _path(value)
        return (path is not None and (_is_folder(path) or not os.path.lexists(path))) or (value is None and self.unset)


@dataclass(frozen=True, slots=True)
class Program:
    """The path of a program; empty: whichever there is."""

    words = "the path of a program"
    secret = False

    def takes(self, value: object) -> bool:
        path = _path(value)
        return value == "" or (path is not None and not _is_folder(path))


@dataclass(frozen=True, slots=True)
class LogFile:
    """The path of a file that can be written to, in a folder that is there."""

    words = "the path of a file that can be written, in a folder that is there"
    secret = False

    def takes(self, value: object) -> bool:
        if value is None:
            return True
        path = _path(value)
        if path is None or _is_folder(path):
            return False
        return os.access(path if os.path.lexists(path) else path.parent, os.W_OK) and _is_folder(path.parent)


@dataclass(frozen=True, slots=True)
class StoreUrl:
    """The SQLAlchemy URL of a database that outlives the process; empty: the one in OUTPUT_DIR."""

    words = "sqlite:///PATH or postgresql+psycopg://…, the URL of a database that is kept"
    secret = True

    def takes(self, value: object) -> bool:
        if not isinstance(value, str):
            return False
        if not value:
            return True
        from sqlalchemy.engine import make_url  # only who names a database is to pay for it
        from sqlalchemy.exc import ArgumentError

        try:
            url = make_url(value)
        except (ArgumentError, ValueError):
            return False
        if url.drivername in ("postgresql", "postgresql+psycopg"):
            return True
        kept = url.database and ":memory:" not in url.database and url.query.get("mode") != "memory"
        return url.get_backend_name() == "sqlite" and bool(kept)


@dataclass(frozen=True, slots=True)
class PostgresUrl:
    """The URL of a database in Postgres; empty: none."""

    words = "postgresql://USER:PASSWORD@HOST/DATABASE, the URL of a database in Postgres"
    secret = True

    def takes(self, value: object) -> bool:
        if not isinstance(value, str):
            return False
        return value == "" or (_is_url(value) and value.startswith(("postgresql://", "postgresql+psycopg://")))


@dataclass(frozen=True, slots=True)
class SparkUrl:
    """Where a Spark is asked over Spark Connect, with what belongs behind a semicolon; empty: nowhere."""

    words = "sc://HOST:PORT, where Spark Connect is"
    secret = True

    def takes(self, value: object) -> bool:
        if not isinstance(value, str):
            return False
        return value == "" or (_is_url(value) and value.startswith("sc://") and bool(urlsplit(value).hostname))


@dataclass(frozen=True, slots=True)
class RedisUrl:
    """The URL of a Redis; empty: none."""

    words = "redis://HOST:PORT/NUMBER, rediss://… or unix://PATH, the URL of a Redis"
    secret = True

    def takes(self, value: object) -> bool:
        if not isinstance(value, str):
            return False
        if not value:
            return True
        from redis.connection import parse_url  # only a fleet is to pay for it

        try:
            parts = urlsplit(value)
            parse_url(value)  # type: ignore[no-untyped-call]
            number = parse_qs(parts.query).get("db", ["0"])[0] if parts.scheme == "unix" else parts.path.strip("/")
            return bool(parts.hostname or parts.path) and re.fullmatch(r"[0-9]{0,5}", number) is not None
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class ObjectsUrl:
    """Where objects are to be put; empty: nowhere."""

    words = "s3://BUCKET/PATH, or gs:// or az://, the URL of an object store"
    secret = True

    def takes(self, value: object) -> bool:
        return isinstance(value, str) and re.fullmatch(r"|(?:s3|s3a|gs|az|abfs)://[^\s/]+[^\s]*", value) is not None


@dataclass(frozen=True, slots=True)
class SearchUrl:
    """The address of a server and a name there; empty: none. Who asks is said in the environment, and never here."""

    words = "https://HOST:PORT/NAME, the address of an OpenSearch or Elasticsearch, without a user or a password"
    secret = True

    def takes(self, value: object) -> bool:
        if not isinstance(value, str):
            return False
        found = re.fullmatch(r"|https?://[A-Za-z0-9.:_\[\]-]+(?:/[a-z0-9][a-z0-9._-]{0,200})?/?", value)
        return found is not None and _has_port(value)


@dataclass(frozen=True, slots=True)
class MediaTypes:
    """Some media types, with commas between them; none at all is fine."""

    words = "media types such as image/*,text/plain, with commas between them"
    secret = False

    def takes(self, value: object) -> bool:
        if not isinstance(value, str):
            return False
        return all(re.fullmatch(r"|[\w.+-]+/(?:[\w.+-]+|\*)", each.strip(), re.ASCII) for each in value.split(","))


@dataclass(frozen=True, slots=True)
class Addresses:
    """Some addresses of servers, with commas between them; none at all is fine."""

    words = "URLs such as https://media.example.org, with commas between them"
    secret = False

    def takes(self, value: object) -> bool:
        if not isinstance(value, str):
            return False
        return all(re.fullmatch(r"|https?://[^\s/@?#\\]+(?:/[^\s?#\\]*)?", each.strip()) for each in value.split(","))


def _has_port(url: str) -> bool:
    """Whether the port of a URL, if it has one, can be one, and its host is there."""
    try:
        return not url or ((urlsplit(url).port or 1) > 0 and bool(urlsplit(url).hostname))
    except ValueError:
        return False


def is_text(value: str) -> bool:
    """Tells whether a string can be written to a file or a terminal: bytes of an argument that are no UTF-8 cannot."""
    return not any(char == "\0" or "\ud800" <= char <= "\udfff" for char in value)


def excerpt(value: object) -> str:
    """Gives the beginning of what somebody wrote, without what a terminal would obey."""
    text = str(value)
    plain = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text[:_EXCERPT])
    return plain + ("…" if len(text) > _EXCERPT else "")


def _is_url(value: str) -> bool:
    try:
        _ = urlsplit(value).port
    except ValueError:
        return False
    return re.search(r"\s", value) is None


def _path(value: object) -> Path | None:
    """Reads a path; None if it can be none. What rights forbid is another matter, and said by whoever meets it."""
    if not isinstance(value, (str, os.PathLike)) or not str(value).strip() or not is_text(str(value)):
        return None
    return None if max(map(len, os.fsencode(value).split(b"/"))) > _NAME else Path(value)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False
