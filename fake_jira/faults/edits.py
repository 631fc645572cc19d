"""One thing that people do to a tracker, chosen from a seed or by name: to fields, parts, links, whole issues."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from itertools import chain
from random import Random

import orjson

from fake_jira.data.changes import Json
from fake_jira.data.part_changes import attachments, other_end
from fake_jira.data.shelving import unshelve
from fake_jira.data.stored import Stored
from fake_jira.faults.mutations import Doer, Mutation, Mutations
from fake_jira.kinds import EDIT_KINDS, EDIT_WEIGHTS
from fake_server import BadOption

_TRIES = 50


class Edits:
    """Adds its kinds to those of `Mutations`, which keeps the log. Other than mutations they keep an issue's links and
    family whole: what is deleted leaves no link behind, and a parent goes only after its sub-tasks."""

    def __init__(self, mutations: Mutations, kinds: tuple[str, ...], seed: int) -> None:
        self.mutations, self.corpus, self.changes = mutations, mutations.corpus, mutations.changes
        self.kinds = [kind for kind in EDIT_KINDS if kind in kinds]
        self.chance = Random(f"edits of {seed}")  # noqa: S311 - repeatable on purpose
        for kind, change in (
            ("summary", self.changes.retitle),
            ("description", self.changes.rewrite),
            ("transition", self.changes.transition),
            ("priority", self.changes.prioritise),
            ("assign", self.changes.assign),
            ("label", self.changes.label),
            ("comment_edit", self.changes.edit_comment),
            ("comment_delete", self.changes.delete_comment),
            ("worklog", self.changes.log_work),
            ("worklog_edit", self.changes.edit_work),
            ("worklog_delete", self.changes.delete_work),
            ("attach", self.changes.attach),
            ("detach", self.changes.detach),
        ):
            mutations.doers[kind] = self._changing(change)
        mutations.doers |= {"link": self._link, "unlink": self._unlink}

    def one(self, kind: str = "", issue: int | str | None = None, project: str = "") -> Mutation:
        """Exactly one edit, now; what is not named is drawn. Raises BadOption for what cannot be done."""
        with self.corpus.lock:
            if kind and kind not in self.mutations.doers and kind != "create":
                raise BadOption(f"There is no edit called {kind!r}; there are {', '.join(EDIT_KINDS)}.")
            stored = self.corpus.find(str(issue)) if issue is not None else None
            if issue is not None and not stored:
                raise BadOption(f"There is no issue {issue} to edit.")
            if not kind:
                kind, stored = self._drawn(stored)
            elif kind == "create":
                stored = stored or self.mutations.ledger.anyone()
            elif not stored:
                stored = self._fitting(kind)
            if kind == "delete" and stored:
                self._let_go(stored)
            if stored and not self._can(kind, stored):
                raise BadOption(f"{stored.key} has nothing for {kind} to do.")
            return self.mutations.apply(kind, stored.id if stored else None, project=project)

    def _drawn(self, stored: Stored | None) -> tuple[str, Stored | None]:
        for _ in range(_TRIES):
            kind = self.chance.choices(self.kinds, [EDIT_WEIGHTS[kind] for kind in self.kinds])[0]
            issue = stored or self.mutations.ledger.anyone()
            if issue is None and "create" in self.kinds:
                return "create", None
            if (
                issue
                and self._can(kind, issue)
                and (stored or not _has_family(issue) or kind not in ("delete", "move"))
            ):
                return kind, issue
        raise BadOption("No issue of this sandbox has anything left to edit.")

    def _fitting(self, kind: str) -> Stored:
        """Any issue by chance, and where few have what it takes, the first that has."""
        drawn = (self.mutations.ledger.anyone() for _ in range(_TRIES))
        standing = (self.corpus.by_id[id_] for id_ in sorted(self.corpus.by_id))
        for issue in chain(filter(None, drawn), filter(self.mutations.ledger.stands, standing)):
            if self._can(kind, issue) and not (kind in ("delete", "move") and _has_family(issue)):
                return issue
        raise BadOption(f"No issue of this sandbox has anything for {kind} to do.")

    def _can(self, kind: str, issue: Stored) -> bool:
        """Whether an issue has the part that is to be changed, or a partner that it needs."""
        match kind:
            case "comment_edit" | "comment_delete":
                return bool(issue.comment_ids)
            case "worklog_edit" | "worklog_delete":
                return bool(issue.worklogs)
            case "detach":
                return bool(attachments(orjson.loads(issue.fields)))
            case "unlink":
                return bool(self._links(issue))
            case "link":
                return len(self.corpus) > 1 and bool(self.corpus.vocabulary.listed("issueLinkType"))
            case "move":
                return len(self.mutations.ledger.projects) > 1
            case "transition":
                return len(self.corpus.vocabulary.listed("status")) > 1
            case "priority":
                return len(self.corpus.vocabulary.listed("priority")) > 1
            case "assign":
                return any(orjson.loads(issue.fields).get(role) for role in ("assignee", "reporter", "creator"))
        return True

    def _changing(self, change: Callable[[Json, int], None]) -> Doer:
        return lambda issue, project: self.mutations.changed(issue, change)

    def _link(self, issue: Stored, project: str) -> Stored:
        """Both ends are changed before anybody is told of either."""
        near = (self.mutations.ledger.anyone() for _ in range(_TRIES))
        other = next((one for one in near if one and one.id != issue.id), None)
        if not other:
            raise BadOption(f"There is no other issue to link {issue.key} to.")
        there = unshelve(other)

        def both(here: Json, now: int) -> None:
            self.changes.link(here, there, now)
            self.mutations.changed(other, lambda whole, _: whole.update(there), watched=False)

        after = self.mutations.changed(issue, both)
        self.mutations.log.append(Mutation("link", str(other.id), other.key, other.key))
        return after

    def _unlink(self, issue: Stored, project: str) -> Stored:
        link = self.chance.choice(self._links(issue))
        self._unlink_there(link)
        return self.mutations.changed(issue, lambda whole, now: self.changes.unlink(whole, str(link["id"]), now))

    def _let_go(self, issue: Stored) -> None:
        """What still leans on an issue that is about to be deleted."""
        fields = orjson.loads(issue.fields)
        if fields.get("subtasks"):
            raise BadOption(f"{issue.key} has sub-tasks, which go first.")
        for link in self._links(issue):
            self._unlink_there(link)
        parent = self.corpus.find(str((fields.get("parent") or {}).get("id")))
        if parent:
            self.mutations.changed(parent, lambda whole, now: _drop_child(whole, str(issue.id)), watched=False)

    def _unlink_there(self, link: Json) -> None:
        other = self.corpus.find(str(other_end(link).get("id")))
        if other and any(str(one.get("id")) == str(link["id"]) for one in self._links(other)):
            after = self.mutations.changed(
                other, lambda whole, now: self.changes.unlink(whole, str(link["id"]), now), watched=False
            )
            self.mutations.log.append(Mutation("unlink", str(other.id), other.key, after.key))

    def _links(self, issue: Stored) -> list[Json]:
        links = orjson.loads(issue.fields).get("issuelinks") or []
        return [link for link in links if isinstance(link, dict) and link.get("id") and other_end(link)]


def _has_family(issue: Stored) -> bool:
    fields = orjson.loads(issue.fields)
    return bool(fields.get("subtasks") or fields.get("parent"))


def _drop_child(parent: Json, child: str) -> None:
    fields = parent["fields"]
    fields["subtasks"] = [one for one in fields["subtasks"] if str(one.get("id")) != child]


async def edit_steadily(edits: Edits, per_second: float) -> None:
    """Goes on until it is cancelled; where it falls behind it catches up."""
    now = asyncio.get_running_loop().time
    begun, done = now(), 0
    while True:
        done += 1
        await asyncio.sleep(max(0.0, begun + done / per_second - now()))
        with suppress(BadOption):
            edits.one()
