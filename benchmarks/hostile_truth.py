"""Spoils the answers of an honest tracker as a case says, and knows what the crawl could have known.

An issue counts if it is there. Where the tracker told a lie that nothing contradicts (an empty page that looks like
an end), only those count that an honest answer told of. A single issue that was last answered for with `not there`
or `not for you` is gone. An alarm is false where the last answer to every question was an honest one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from random import Random
from threading import Lock
from typing import Any

from benchmarks import hostile_tracker as tracker
from benchmarks.hostile_cases import LIMIT, Case
from benchmarks.hostile_mutations import Harm, Scene
from tests.servers.hostile import Answer, Asked, Hostile

BOUND = 500  # requests that a crawl may make
_GONE = (401, 403, 404, 410)


class Truth:
    """The rule of one case's tracker, with all that was asked of it and said by it."""

    def __init__(self, case: Case, stranger: str) -> None:
        self.case, self.stranger = case, stranger
        self.issues = tracker.made(case.count, case.dialect)
        shown = [each for each in self.issues if not (case.forgets and each["key"] == f"{tracker.PROJECT}-2")]
        self.shy = Hostile(shown, lambda _: None, case.dialect, case.page_cap)
        self.whole = Hostile(self.issues, lambda _: None, case.dialect, case.page_cap)
        self.asked = 0
        self.struck = 0
        self.lied = False
        self._honest: dict[Any, bool] = {}
        self._told: set[str] = set()
        self._gone: set[str] = set()
        self._times = [0] * len(case.plagues)
        self._chances = [Random(f"{case.seed} {n}") for n in range(len(case.plagues))]
        self._memories: list[dict[str, Any]] = [{} for _ in case.plagues]
        self._lock = Lock()

    def __call__(self, asked: Asked) -> Answer | bytes:
        with self._lock:
            self.asked += 1
            if self.asked > BOUND:
                return b""
            where = tracker.place(asked)
            honest = tracker.honest(self.shy if where == "page" else self.whole, asked)
            answer, harm = self._spoiled(honest, asked, where)
            self._note(asked, where, answer, harm)
            return answer

    def counted(self) -> set[str]:
        """Gives the ids of the issues that a crawl which calls itself complete must hold."""
        wanted = tracker.oldest(self.issues, LIMIT) if self._limited else self.issues
        ids = {each["id"] for each in wanted} - self._gone
        return ids & self._told if self.lied else ids

    def answered(self) -> bool:
        """Tells whether the last answer to every question was an honest one."""
        return all(self._honest.values()) and self.asked <= BOUND

    @property
    def _limited(self) -> bool:
        return self.case.mode == "limit" and self.case.spider == "jira"

    def _spoiled(self, honest: Answer, asked: Asked, where: str) -> tuple[Answer | bytes, set[Harm]]:
        answer: Answer | bytes = honest
        harm: set[Harm] = set()
        for n, plague in enumerate(self.case.plagues):
            if plague.place != where or not isinstance(answer, Answer) or not self._about(plague.key, asked, honest):
                continue
            comes = plague.comes(self._times[n], self._chances[n])
            self._times[n] += 1
            if comes:
                chance = self._chances[n] if plague.when == "at random" else Random(f"{self.case.seed} always {n}")
                before = answer
                answer = attempted(
                    plague.mutation.change, before, Scene(asked, chance, self.stranger, self._memories[n])
                )
                if answer != before:
                    self.struck += 1
                    harm.add(plague.mutation.harm)
        return answer, harm

    def _about(self, key: str, asked: Asked, honest: Answer) -> bool:
        """Whether an answer is about the one issue that a plague comes over."""
        if not key:
            return True
        each = next(each for each in self.issues if each["key"] == key)
        return asked.path.split("/")[-2:][0] == each["id"] or any(
            name.encode() in honest.body for name in (f'"{key}"', f">{key}<", tracker.mark(each))
        )

    def _note(self, asked: Asked, where: str, answer: Answer | bytes, harm: set[Harm]) -> None:
        clean = harm <= {Harm.NONE}
        self._honest[asked.method, asked.path, tuple(sorted(asked.params.items()))] = clean
        self.lied = self.lied or Harm.HIDES in harm
        if clean and where == "count":
            self._told |= ids(self.whole.found(asked.jql))
        if clean and where in ("page", "ids") and isinstance(answer, Answer):
            self._told |= ids(json.loads(answer.body)["issues"] if answer.status == 200 else ())
        name = asked.path.rpartition("/")[2]
        for each in self.issues if where in ("issue", "browse") else ():
            if name in (each["id"], each["key"]):
                gone = where == "issue" and isinstance(answer, Answer) and answer.status in _GONE
                (self._gone.add if gone else self._gone.discard)(each["id"])
                self._told |= {each["id"]} if clean else set()


def attempted(change: Callable[[Answer, Scene], Answer | bytes], answer: Answer, scene: Scene) -> Answer | bytes:
    """Applies a change where the answer is of a kind that it knows, and else gives the answer."""
    try:
        return change(answer, scene)
    except (LookupError, TypeError, ValueError, AttributeError):
        return answer


def ids(issues: Iterable[dict[str, Any]]) -> set[str]:
    return {each["id"] for each in issues}
