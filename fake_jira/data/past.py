"""What an issue was before it became as it is: its changes, made backwards, so that undoing them gives the first state.

Fields change one after the other, or several at once; a status that is done has a resolution, and no other has one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fake_jira.data import wiki
from fake_jira.data.blocks import Block, Paragraph
from fake_jira.data.fixtures import Fixtures
from fake_jira.data.phrases import COMPONENTS, LABELS
from fake_jira.data.plan import Plan
from fake_jira.data.prose import Writer

Json = dict[str, Any]
Undo = Callable[[], list[Json]]
_SUBTASK = 4


class Past:
    """Goes back in one issue's life; `fields` and `text` say how it is now, `people` who may have had it."""

    def __init__(
        self, plan: Plan, fields: Json, text: list[Block], writer: Writer, fixtures: Fixtures, people: Sequence[Json]
    ) -> None:
        self.plan, self.writer, self.fixtures, self.people = plan, writer, fixtures, people
        self.now, self.text, self.steps = dict(fields), text, 0

    def changes(self, count: int) -> list[list[Json]]:
        """The items of `count` changes, oldest first; the last one is a step to the present status."""
        if not count:
            return []
        kinds = [self._status, *(self._kind() for _ in range(count - 1))]
        self.steps = kinds.count(self._status)
        return [self._undone(undo) for undo in kinds][::-1]

    def _kind(self) -> Undo:
        drawn = self.writer.chance.random()
        kinds: tuple[tuple[float, Undo], ...] = (
            (0.22, self._status),
            (0.36, self._priority),
            (0.58, self._assignee),
            (0.72, self._description),
            (0.80, self._summary),
            (0.88, self._labels),
            (0.94, self._component),
        )
        return next((undo for limit, undo in kinds if drawn < limit), self._type)

    def _undone(self, undo: Undo) -> list[Json]:
        items = undo()
        if self.writer.below(10) == 0 and undo != self._assignee:
            items += self._assignee()
        return items

    def _status(self) -> list[Json]:
        after, first = self.now["status"], self.fixtures.statuses[0]
        before = self.writer.pick([one for one in self.fixtures.statuses if one is not after])
        self.steps -= 1
        before = self.now["status"] = first if not self.steps and after is not first else before
        items = [_step("status", before, after)]
        if _done(before) != _done(after):
            resolution = self.now["resolution"] or self.writer.pick(self.fixtures.resolutions)
            ends = (None, resolution) if _done(after) else (resolution, None)
            items.append(_step("resolution", *ends))
            self.now["resolution"] = ends[0]
        return items

    def _priority(self) -> list[Json]:
        after = self.now["priority"]
        before = self.writer.pick([one for one in self.fixtures.priorities if one is not after])
        self.now["priority"] = before
        return [_step("priority", before, after)]

    def _assignee(self) -> list[Json]:
        after = self.now["assignee"]
        nobody = after is not None and self.writer.below(3) == 0
        before = None if nobody else self.writer.pick([one for one in self.people if one is not after])
        self.now["assignee"] = before
        return [_item("assignee", _known_as(before), _titled(before), _known_as(after), _titled(after))]

    def _description(self) -> list[Json]:
        """History keeps wiki markup, in Cloud as well."""
        after, self.text = self.text, self._draft()
        return [_item("description", None, wiki.write(self.text) or None, None, wiki.write(after) or None)]

    def _draft(self) -> list[Block]:
        """A text before something was added to it, or its first paragraph was written anew."""
        if len(self.text) > 1 and self.writer.below(3):
            return self.text[:-1]
        return [Paragraph((self.writer.text(1 + self.writer.below(3)),)), *self.text[1:]]

    def _summary(self) -> list[Json]:
        after = self.now["summary"]
        shorter = " ".join(after.split()[:-2])
        before = self.now["summary"] = shorter if shorter.count(" ") > 1 else self.writer.title()
        return [_item("summary", None, before, None, after)]

    def _labels(self) -> list[Json]:
        after = self.now["labels"]
        fewer = after and (len(after) > 1 or self.writer.below(2))
        before = after[:-1] if fewer else [self.writer.pick([one for one in LABELS if one not in after])]
        self.now["labels"] = before
        return [_item("labels", None, " ".join(before), None, " ".join(after))]

    def _component(self) -> list[Json]:
        """An entry is one component that came, or one that went."""
        after = self.now["components"]
        if after:
            self.now["components"], came = after[:-1], after[-1]
            return [_step("Component", None, came)]
        went = self.fixtures.component(self.plan, self.writer.pick(COMPONENTS))
        self.now["components"] = [went]
        return [_step("Component", went, None)]

    def _type(self) -> list[Json]:
        after = self.now["issuetype"]
        if after["subtask"]:
            return self._priority()
        before = self.writer.pick([one for one in self.fixtures.types[:_SUBTASK] if one is not after])
        self.now["issuetype"] = before
        return [_step("issuetype", before, after)]


def _done(status: Json) -> bool:
    return bool(status["statusCategory"]["key"] == "done")


def _known_as(user: Json | None) -> str | None:
    return (user.get("key") or user["accountId"]) if user else None


def _titled(user: Json | None) -> str | None:
    return user["displayName"] if user else None


def _step(field: str, before: Json | None, after: Json | None) -> Json:
    """From one thing that has an id and a name to another, or from or to nothing."""
    old, new = before or {}, after or {}
    return _item(field, old.get("id"), old.get("name"), new.get("id"), new.get("name"))


def _item(field: str, old: str | None, before: str | None, new: str | None, after: str | None) -> Json:
    ends = {"from": old, "fromString": before, "to": new, "toString": after}
    return {"field": field, "fieldtype": "jira", **ends}
