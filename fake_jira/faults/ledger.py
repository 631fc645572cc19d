"""Which issues still stand for something to happen to them, and which ids and keys were ever given."""

from __future__ import annotations

from random import Random

from fake_jira.data.corpus import Corpus
from fake_jira.data.stored import PRESENT, Stored
from fake_server import BadOption


class Ledger:
    """Nothing happens by chance where anonymous visitors do not see it: `projects` are those they see."""

    def __init__(self, corpus: Corpus, chance: Random) -> None:
        self.corpus, self.chance = corpus, chance
        self.projects = tuple(project for project in corpus.projects if project not in corpus.hidden)
        self._standing = sorted(corpus.by_id)
        self._last_id = max(corpus.by_id, default=10_000)
        self._last_number = dict.fromkeys(corpus.projects, 0)
        for key in (*corpus.by_key, *corpus.moved):
            project, _, number = key.rpartition("-")
            self._last_number[project] = max(self._last_number.get(project, 0), int(number))

    def anyone(self) -> Stored | None:
        """Any issue that search can see; those that it no longer sees leave the list when they are met."""
        while self._standing:
            at = int(self.chance.random() * len(self._standing))
            issue = self.corpus.by_id.get(self._standing[at])
            if issue and self.stands(issue):
                return issue
            self._standing[at] = self._standing[-1]
            self._standing.pop()
        return None

    def stands(self, issue: Stored) -> bool:
        return issue.state == PRESENT and issue.project in self.projects

    def elsewhere(self, project: str) -> str:
        """Another project, or none at all."""
        others = [one for one in self.projects if one != project]
        return others[int(self.chance.random() * len(others))] if others else ""

    def new_id(self) -> int:
        self._last_id += 1
        self._standing.append(self._last_id)
        return self._last_id

    def new_key(self, project: str) -> str:
        """No key is given twice, not even that of an issue which is gone."""
        if project not in self.corpus.projects:
            raise BadOption(f"There is no project {project or 'to go to'} in this sandbox.")
        self._last_number[project] += 1
        return f"{project}-{self._last_number[project]}"
