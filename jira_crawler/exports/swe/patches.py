"""A diff is parted by path, into what changes the program and what tests it, and held against a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_FILE: Final = re.compile(r"^diff --git ", re.MULTILINE)
_HEAD: Final = re.compile(r'diff --git ("?)a/(?P<old>.*?)\1 ("?)b/(?P<new>.*?)\3$')
_FOLDER: Final = re.compile(
    r"(?i)^_{0,2}(?:tests?|testing|e2e|specs?|testsuite|testdata|it|\w+[-_]tests?|tests?[-_]\w+)_{0,2}$"
)
_NAME: Final = re.compile(
    r"(?i)^(?:test_.*|.*_test|.*_tests|.*[._-]spec|.*[._-]test|.*_spec|conftest)\.\w{1,10}$"
    r"|^(?-i:.*[A-Za-z0-9](?:Test|Tests|TestCase)|.*[a-z0-9](?:IT|ITCase|Spec|Suite)|Test[A-Z].*)\.\w{1,10}$"
)
_BRIEF: Final = 8  # characters of a line of code, below which it says nothing


@dataclass(frozen=True, slots=True)
class Parted:
    """Two diffs, each of which `git apply` takes on the base, and the paths of both."""

    patch: str
    test_patch: str
    files: tuple[str, ...]
    test_files: tuple[str, ...]


def parted(diff: str) -> Parted:
    """Parts a diff of git, file by file."""
    parts: dict[bool, list[str]] = {False: [], True: []}
    paths: dict[bool, list[str]] = {False: [], True: []}
    for path, text in _files(diff):
        tests = is_test(path)
        parts[tests].append(text)
        paths[tests].append(path)
    return Parted("".join(parts[False]), "".join(parts[True]), tuple(paths[False]), tuple(paths[True]))


def _files(diff: str) -> Iterator[tuple[str, str]]:
    starts = [found.start() for found in _FILE.finditer(diff)]
    for start, end in zip(starts, [*starts, len(diff)][1:], strict=True):
        text = diff[start:end]
        head = _HEAD.match(text.partition("\n")[0])
        yield (head["new"] if head else text.partition("\n")[0].rpartition(" b/")[2]), text


def is_test(path: str) -> bool:
    """Tells by its path whether a file tests."""
    *folders, name = path.split("/")
    return any(_FOLDER.match(folder) for folder in folders) or _NAME.match(name) is not None


def leaked_share(diff: str, text: str) -> float:
    """Gives the share of the lines of code that a diff adds which stand in a text; 0 where it adds none."""
    added = {" ".join(line[1:].split()) for line in diff.split("\n") if line.startswith("+") and line[:4] != "+++ "}
    code = [line for line in added if len(line) >= _BRIEF and re.search(r"\w{3}", line)]
    said = " ".join(text.split())
    return round(sum(line in said for line in code) / len(code), 4) if code else 0.0
