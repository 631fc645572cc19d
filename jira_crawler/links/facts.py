"""What has to be known of an issue, a pull request or a commit to judge what is said of it; small enough to keep."""

from __future__ import annotations

from typing import Literal

import msgspec

What = Literal["issue", "pull", "commit"]


class Sign(msgspec.Struct, frozen=True, array_like=True):
    """One thing that an issue, a pull request or a commit says of another.

    `refers` is as `references` writes it; `quoted` is the place in its own words, `source` the id of what says it (a
    comment, a link, a commit); `at` is epoch ms, None where nobody knows it.
    """

    kind: str
    refers: str
    place: str
    quoted: str = ""
    actor: str = ""
    at: int | None = None
    source: str = ""


class Facts(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One issue, pull request or commit. Times are epoch ms.

    `place` is where references to it begin: the address of its Jira, or `host/owner/name`. `names` are all references
    that mean it. `title` is that of the merge, and of a commit the first line of its message.
    """

    site: str
    id: str
    key: str
    project: str
    what: What
    place: str
    names: tuple[str, ...] = ()
    title: str = ""
    author: str = ""
    parts: tuple[str, ...] = ()  # components of an issue, or its labels
    created: int | None = None
    ended: int | None = None  # closed, resolved; committed
    merged: int | None = None
    base: str = ""
    commit: str = ""  # that merging made; of a commit its own
    closed_by: str = ""  # the commit whose message closed it
    closed_beside: str = ""  # a commit of another branch that names it, pushed when it was closed
    commits: tuple[str, ...] = ()  # of a pull request
    parents: tuple[str, ...] = ()  # of a commit
    lands: tuple[tuple[str, str, str], ...] = ()  # of a commit: reference to a pull request, how it says so, the note
    takes_back: str = ""  # of a commit: the sha, or the first line, of what it reverts; `Revert "…"` of a revert


class Read(msgspec.Struct, frozen=True):
    """What is known of one object, and what it says of others."""

    facts: Facts
    signs: tuple[Sign, ...] = ()
