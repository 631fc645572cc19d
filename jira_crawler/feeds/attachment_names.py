"""What a file of an issue is called on disk: nothing that a tracker says leads anywhere else."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category, normalize

from jira_crawler.trackers.jira.decode import KEY

_LONGEST: Final = 120  # bytes of a name, with its ending; a folder takes 255, and others have a say in the whole path
_ENDING: Final = 16  # bytes of an ending that is kept when a name is cut
_UNSAFE: Final = re.compile(r'[\\/:*?"<>|%\s_]+')
_NOTHING: Final = "file"


def folder_of(key: str, issue: str) -> str:
    """Gives the folder of an issue's files: its key, or its id where the key is none."""
    return key.upper() if KEY.fullmatch(key) else f"issue-{int(issue)}"


def name_of(id_: str, name: str) -> str:
    """Gives `<id>_<safe name>`: one step of a path on every system, the same for the same file, and its own.

    The id before it makes every name another one, whatever the case of letters, and none of those that some systems
    keep for devices.
    """
    return f"{int(id_)}_{_safe(name)}"


def _safe(name: str) -> str:
    # What looks like a dot or a slash becomes one first, and then goes with them.
    plain = normalize("NFC", normalize("NFKC", name))
    shown = "".join("_" if category(letter)[0] in "CZ" else letter for letter in plain)
    kept = _UNSAFE.sub("_", shown).strip("._ ") or _NOTHING
    stem, dot, ending = kept.rpartition(".")
    if not dot or len(ending.encode()) > _ENDING:
        return _cut(kept, _LONGEST)
    return f"{_cut(stem, _LONGEST - len(ending.encode()) - 1)}.{ending}"


def _cut(text: str, size: int) -> str:
    """Gives as many whole characters as take at most so many bytes."""
    return text.encode()[:size].decode("utf-8", "ignore").rstrip("._ ") or _NOTHING
