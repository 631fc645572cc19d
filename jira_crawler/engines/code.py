"""Which code works: what it made stays right as long as that, and what it stands on, are the same."""

from __future__ import annotations

import hashlib
import sys
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import jira_crawler
from jira_crawler.policy import STEPS, Policy

ROOMS = "converters", "redaction", "refine", "tasks", "text", "trackers"
# What rows of tables are made by, and how they are written and packed; what is read from a store is held against it.
MONTH_ROOMS = "converters", "engines", "redaction", "tables", "text", "trackers"
# What examples are read, chosen, formatted and counted by.
EXPORT_ROOMS = "engines", "exports", "redaction", "tasks", "text"
WORDS = "exceptions.py", "items.py", "policy.py", "sentences.py"
# Another version of one of these may make another text, hash or sketch of the same issue.
LIBRARIES = "fasttext-predict", "google-re2", "lxml", "msgspec", "numpy", "orjson", "rensa"
EXPORT_LIBRARIES = "google-re2", "msgspec", "numpy", "orjson", "pyarrow", "tokenizers"
MONTH_LIBRARIES = "google-re2", "lxml", "msgspec", "numpy", "orjson", "pyarrow"


def code_hash(policy: Policy) -> str:
    """Sums up the code that a policy lets refine; of a step of somebody else its module and what stands beside it.

    A step that stands by itself at the top has nothing beside it that is its own.
    """
    return _hash(ROOMS, LIBRARIES, tuple(path.rpartition(".")[0] for path in policy.steps if path not in STEPS))


def month_code() -> str:
    """Sums up the code that makes a month of tables."""
    return _hash(MONTH_ROOMS, MONTH_LIBRARIES, ())


def export_code() -> str:
    """Sums up the code that makes an export of feeds."""
    return _hash(EXPORT_ROOMS, EXPORT_LIBRARIES, ())


@lru_cache(maxsize=4)
def _hash(rooms: tuple[str, ...], libraries: tuple[str, ...], modules: tuple[str, ...]) -> str:
    home = Path(jira_crawler.__file__).parent
    told = hashlib.sha256(f"{sys.version_info[:2]} {[_version(name) for name in libraries]}\n".encode())
    files = [path for room in rooms for path in (home / room).rglob("*") if path.is_file()]
    for path in sorted([*files, *(home / name for name in WORDS)]):
        if path.suffix != ".pyc":
            _add(told, path.relative_to(home).as_posix(), path)
    for module in sorted(set(modules)):
        spec = find_spec(module)
        origin = Path(spec.origin) if spec and spec.origin else None
        beside = sorted(origin.parent.glob("*.py")) if origin and "." in module else filter(None, [origin])
        for path in beside:
            _add(told, f"{module} {path.name}", path)
    return told.hexdigest()


def _add(told: hashlib._Hash, name: str, path: Path) -> None:
    told.update(f"{name} {path.stat().st_size}\n".encode())
    told.update(path.read_bytes())


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
