"""Changes that take back or bring on an earlier one become examples: which one is it, of several that look alike?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Final

from jira_crawler.exports.pairs.earlier import Earlier
from jira_crawler.exports.pairs.texts import LEFT_OUT, change_text, utc
from jira_crawler.items import Issue
from jira_crawler.links.index import Identity
from jira_crawler.links.judging import Join
from jira_crawler.links.messages import is_revert, plain
from jira_crawler.store.linking import read_row
from jira_crawler.store.store import Store
from jira_crawler.tasks.prompts import cut
from jira_crawler.text.words import has_words, words

Record = dict[str, Any]
JOINED: Final[Mapping[str, tuple[str, str]]] = {
    "reverts": (
        "reverted_change",
        "Which of these earlier changes does this change take back? Answer with its number.",
    ),
    "backport": (
        "backported_change",
        "Which of these earlier changes does this change bring to another branch? Answer with its number.",
    ),
}
OTHERS: Final = 3  # wrong answers, at most
_CHANGE: Final = 4_000  # characters of an earlier change
_SAYS: Final = 6  # words, beside which one it is about
# A line that only names the other change, in whatever words.
_NAMES_IT: Final = re.compile(
    r"\W*(?:this |manual |automatic |clean )?(?:revert|back-?port|cherry[- ]?pick|forward-?port)[^\n]{0,80}",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Joined:
    """Makes examples of what changes say of earlier ones; `left` counts by reason what made none."""

    store: Store
    earlier: Earlier
    projects: Collection[str]
    left: Counter[str] = field(default_factory=Counter)

    def of(self, join: Join, others: dict[Identity, str], split: str) -> Iterator[Record]:
        """Gives the example of a change; `others` are the splits of changes that were shown.

        Wrong answers are of the same split, or become so.
        """
        change, right = self._read(join.change), self._read(join.earlier)
        if change is None or right is None:
            self.left["cannot be read"] += 1
            return
        shown = [change_text(each, self.projects) for each in (change, right)]
        if not all(shown):
            self.left["a change whose text is not known"] += 1
            return
        said = without_answer(shown[0], shown[1], self.earlier.facts[join.earlier].title)
        if not has_words(said.replace(LEFT_OUT, ""), _SAYS):
            self.left["a change that only names the earlier one"] += 1
            return
        wrong: dict[str, str] = {}
        for other in self.earlier.others(join, 4 * OTHERS):
            if len(wrong) == OTHERS or others.setdefault((other.site, other.id), split) != split:
                continue
            issue = self._read((other.site, other.id))
            if issue and (text := change_text(issue, self.projects)) and text not in (*shown, *wrong.values()):
                wrong[other.id] = text
        if not wrong:
            self.left["no other change that looks alike"] += 1
            return
        yield self._example(join, change, said, wrong | {join.earlier[1]: shown[1]})

    def _example(self, join: Join, change: Issue, said: str, texts: Mapping[str, str]) -> Record:
        order = sorted(texts, key=lambda id_: blake2b(f"{join.change} {id_}".encode(), digest_size=8).digest())
        listed = "\n\n".join(f"### {at}\n\n{cut(texts[id_], _CHANGE)}" for at, id_ in enumerate(order, 1))
        task, instruction = JOINED[join.kind]
        landing = self.earlier.landings[join.change]
        return {
            "task_type": task,
            "instruction": instruction,
            "input": f"## Change\n\n{said}\n\n## Earlier changes\n\n{listed}",
            "output": str(order.index(join.earlier[1]) + 1),
            "repo": change.project,
            "issue_key": "",
            "change": change.key,
            "grade": "",
            "evidence": [join.kind],
            "landed_how": landing.how,
            "landed_at": utc(landing.at),
            "fix_group": join.fix_group,
        }

    def about(self, join: Join) -> dict[str, str]:
        """Says by what an example of it goes into a split."""
        facts, landing = self.earlier.facts[join.change], self.earlier.landings[join.change]
        return {"fix_group": join.fix_group, "repo": facts.project, "landed_at": utc(landing.at)}

    def _read(self, identity: Identity) -> Issue | None:
        row = self.store.row(*identity)
        return read_row(row) if row and row.payload else None


def wanted(joins: Collection[Join], earlier: Earlier) -> list[Join]:
    """Gives the joins that make a question: of a change that speaks of one other change in one way."""
    told = [each for each in joins if each.kind in JOINED and earlier.is_choice(each)]
    many = Counter((each.kind, each.change) for each in joins if each.kind in JOINED)
    return [each for each in told if many[each.kind, each.change] == 1]


def without_answer(said: str, earlier: str, title: str) -> str:
    """Leaves out of a change the lines that quote the earlier one's title or a line of its text, or only name it."""
    known = {words(line) for line in earlier.splitlines()} - {""}
    name = words(plain(title).replace(LEFT_OUT, ""))
    bare = words(earlier.partition("\n")[0].replace(LEFT_OUT, ""))
    kept = []
    for place, line in enumerate(said.splitlines()):
        spoken = words(line.replace(LEFT_OUT, ""))
        is_quoted = words(line) in known or any(each and each in spoken for each in (name, bare))
        if is_quoted or _NAMES_IT.fullmatch(line) or (place == 0 and is_revert(line)):
            continue
        kept.append(line)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
