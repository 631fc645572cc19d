"""Finds what a text refers to: keys of Jira, numbers and addresses of GitHub, commits.

A reference is written in one way, whatever the text did: `KAFKA-12`, `issues.example.org/jira/browse/KAFKA-12` where
an address was given, `github.com/owner/name#12`, `@` and a sha. Names of repositories are in lower case.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

KEY: Final = r"[A-Z][A-Z0-9_]{0,99}-[1-9][0-9]{0,17}"
_NAME: Final = r"[A-Za-z0-9_.-]{1,100}"
_HOST: Final = r"[A-Za-z0-9.-]{3,200}(?::\d{1,5})?"
# One look over a text finds all of them. An address comes first: what is inside of one is not found again.
_REFERENCE: Final = re.compile(
    rf"https?://(?P<jira>{_HOST}(?:/[A-Za-z0-9_.~-]{{1,60}}){{0,3}}?)/(?:browse|projects/\w{{1,100}}/issues)/(?P<key_at>{KEY})"
    r"(?![\w])[^\s)\]>|]{0,300}"
    rf"|https?://(?:www\.)?(?P<host>{_HOST})/(?P<at>{_NAME}/{_NAME})/(?P<what>issues|pull|commit)/"
    r"(?:(?P<number_at>\d{1,12})(?![\w])|(?P<sha_at>[0-9a-f]{7,40})(?![\w]))[^\s)\]>|]{0,300}"
    r"|https?://[^\s)\]>|]{1,2000}"  # of somewhere else: no key is looked for in it
    rf"|(?<![\w/#.&-])(?P<repository>{_NAME}/{_NAME})?#(?P<number>[1-9]\d{{0,11}})(?![\w-])"
    r"|(?<![\w/#.-])GH-(?P<gh>[1-9]\d{0,11})(?![\w-])"
    rf"|(?<![\w/.-])(?P<key>{KEY})(?![\w]|[.-]\d)"
    r"|(?<![\w/.-])(?P<sha>[0-9a-f]{40})(?![\w])"
)
_QUICK: Final = re.compile(r"[#-]\d|https?://|[0-9a-f]{40}")
_IN_BRANCH: Final = re.compile(r"(?<![A-Za-z0-9])([A-Za-z][A-Za-z0-9]{1,99})[-_]([1-9]\d{0,17})(?![0-9A-Za-z]|\.\d)")
# A tag at the head of a title, as people write it: `[io-279]`, `Collections-817:`, `[Codec 326]`.
_TAG: Final = re.compile(
    r"\s*(?:\[\s*([A-Za-z][A-Za-z0-9_]{1,99})[-_ ]([1-9]\d{0,17})\s*\]"
    r"|([A-Za-z][A-Za-z0-9_]{1,99})-([1-9]\d{0,17})(?=[:\s]))"
)
MOST: Final = 400  # that are read of one text: who names more has made a list


@dataclass(frozen=True, slots=True)
class Found:
    """A reference, and where in its text it stands; `is_address`: it was given as a URL."""

    refers: str
    start: int
    end: int
    is_address: bool = False


def find(text: str, repository: str = "") -> Iterator[Found]:
    """Finds what a text refers to, in its order; a bare `#12` is of `repository` (`host/owner/name`), or of nothing."""
    if not _QUICK.search(text):
        return
    host = repository.partition("/")[0]
    for many, found in enumerate(_REFERENCE.finditer(text)):
        if many == MOST:
            return
        if refers := _written(found, repository, host):
            yield Found(refers, found.start(), found.end(), found["jira"] is not None or found["host"] is not None)


def _written(found: re.Match[str], repository: str, host: str) -> str:
    if found["key"]:
        return found["key"]
    if found["key_at"]:
        return f"{found['jira'].lower()}/browse/{found['key_at']}"
    if found["number_at"] and found["what"] != "commit":
        return number(f"{found['host']}/{found['at']}", found["number_at"])
    if found["sha_at"] and found["what"] == "commit":
        return f"@{found['sha_at']}"
    if found["sha"]:
        return f"@{found['sha']}"
    bare = found["number"] or found["gh"]
    if bare and repository:
        return number(f"{host}/{found['repository']}" if found["repository"] else repository, bare)
    return ""


def in_branch(name: str) -> Iterator[str]:
    """Finds keys in the name of a branch, in whatever case: `fix/csv-328_quoted` names CSV-328."""
    for found in _IN_BRANCH.finditer(name):
        yield f"{found[1].upper()}-{found[2]}"


def tag(title: str) -> str:
    """Gives the key that a title begins with, in whatever case and with a blank; "" where there is none."""
    found = _TAG.match(title)
    return f"{(found[1] or found[3]).upper()}-{found[2] or found[4]}" if found else ""


def number(repository: str, of: str | int) -> str:
    """Writes the reference to an issue or pull request of a repository, which is `host/owner/name`."""
    return f"{repository.lower()}#{of}"


def key_of(refers: str) -> str:
    """Gives the key of Jira that a reference names, "" for one of something else."""
    return "" if "#" in refers or refers.startswith("@") else refers.rpartition("/")[2]
