"""What a snapshot holds: every file with its range, its rows and its hash, and up to which change of which store."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from jira_crawler.exceptions import BadArgument

NAME: Final = "_snapshot.json"
FILES: Final = "payloads"  # the folder below it
FORMAT: Final = 1
_SHORT: Final = 40  # characters of a site or an id in the name of a file
# Whoever copied a manifest need not have written it: no name in it leads out of the folder.
_FILE: Final = re.compile(r"(?:[A-Za-z0-9_]{1,40}-){3}[0-9a-f]{1,16}-[0-9a-f]{16}\.parquet")


class File(msgspec.Struct, frozen=True):
    """A file of issues of a `site` from the `first` id to the `last`, as it is to be.

    `state` tells whether the store holds another thing by now, `fingerprint` whether what is read is what was written;
    `projects` counts issues by project, `crawled_projects` are those that they were asked for by.
    """

    name: str
    site: str
    first: str
    last: str
    rows: int
    bytes: int
    sha256: str
    state: str
    fingerprint: str
    projects: dict[str, int]
    crawled_projects: list[str]


class Manifest(msgspec.Struct):
    """What the files say together; `through` is the last change of the store with this identity that is in them."""

    store: str
    through: int
    files: list[File]
    format: int = FORMAT

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    def encoded(self) -> bytes:
        """Gives the bytes, the same for the same."""
        return msgspec.json.format(msgspec.json.encode(self, order="sorted"), indent=1) + b"\n"


class _Versioned(msgspec.Struct):
    format: int


def decoded(content: bytes, where: str) -> Manifest:
    """Reads a manifest; raises BadArgument for what is none, or of another format."""
    try:
        told = msgspec.json.decode(content, type=_Versioned)
        if told.format == FORMAT:
            manifest = msgspec.json.decode(content, type=Manifest)
            if not all(is_name(file.name) for file in manifest.files) or not _is_in_order(manifest.files):
                raise ValueError(where)
            return manifest
    except (ValueError, RecursionError):
        raise BadArgument(f"{where} is no manifest of a snapshot, or a broken one.") from None
    raise BadArgument(
        f"{where} is of format {told.format}, and this version of jira_crawler knows {FORMAT}: write the snapshot anew "
        "to another place, or install the version that wrote it."
    )


def _is_in_order(files: list[File]) -> bool:
    """Whether no range begins before the one before it ends."""
    ends = [(file.site, end) for file in files for end in (file.first, file.last)]
    within = all(ends[at] <= ends[at + 1] for at in range(0, len(ends), 2))
    return within and all(ends[at] < ends[at + 1] for at in range(1, len(ends) - 1, 2))


def name_of(site: str, first: str, last: str, through: int, sha256: str) -> str:
    """Names a file after its range, the last change that it knows, and its content.

    So no file is ever replaced by another one, and a reader of the manifest before finds what that names, or nothing.
    """
    return f"{_plain(site)}-{_plain(first)}-{_plain(last)}-{through:x}-{sha256[:16]}.parquet"


def is_name(name: str) -> bool:
    """Tells whether a file of ours may be called so."""
    return bool(_FILE.fullmatch(name))


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", text)[:_SHORT] or "_"
