"""Whom recorded issues name whom only other issues know: who is found, who is left, each with what stands around it.

python -m benchmarks.project_names FOLDER [FOLDER ...]

Each folder is a set of its own, with issues as `benchmarks.recorded_issues` reads them. What is left is looked for by
other means than the program's: any two words that are somebody's first and last name, near each other and in whatever
case, and any login that is longer than three letters. Much of that is nobody; it has to be read.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import NamedTuple

from benchmarks.recorded_issues import issues
from jira_crawler.feeds.known_people import named
from jira_crawler.items import Issue, Person
from jira_crawler.redaction.names import ORDINARY, fold, logins_of, name_parts
from jira_crawler.redaction.other_people import digests_of
from jira_crawler.redaction.project_names import SIZE, mentions
from jira_crawler.refine.clean import clean
from jira_crawler.refine.redact import every_text, people_of, redact_issue
from jira_crawler.text.bots import is_bot

_WORD = re.compile(r"[^\W\d_][\w'-]*")
_TOKEN = re.compile(r"[^\W_][\w.-]*[^\W_]")
_NEAR, _AROUND = 40, 40  # characters


class Read(NamedTuple):
    """An issue: its people, its safe texts and its two sketches."""

    key: str
    people: list[Person]
    text: str
    known: bytes
    called: bytes


def main() -> int:
    if len(sys.argv) < 2 or not all(Path(folder).is_dir() for folder in sys.argv[1:]):
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    for folder in map(Path, sys.argv[1:]):
        counts: Counter[str] = Counter()
        began = process_time()
        every = [read(issue) for issue in issues([folder])]
        took = process_time() - began
        for what, key, around in looked_through(every):
            counts[what] += 1
            print(what, key, around, sep=" | ")
        sizes = [sum(len(getattr(each, name)) for each in every) / SIZE / len(every) for name in ("known", "called")]
        told = ", ".join(f"{what} {n}" for what, n in sorted(counts.items()))
        print(
            f"{folder.name}: {len(every):,} issues; {told}; digests an issue: {sizes[0]:.1f} of people, {sizes[1]:.1f}"
        )
        print(f"{took / len(every) * 1e6:,.0f} µs of CPU an issue, reading and cleaning included", file=sys.stderr)
    return 0


def read(issue: Issue) -> Read:
    cleaned = clean(issue)
    safe, _ = redact_issue(cleaned, sketched=True)
    people = [person for person in people_of(cleaned) if not is_bot(person)]
    return Read(issue.key, people, "\n\n".join(dict.fromkeys(every_text(safe))), safe.people, safe.mentions)


def looked_through(every: list[Read]) -> Iterator[tuple[str, str, str]]:
    """Gives what is found and what is left, by `name` and `login`, with the issue and what stands around it."""
    pairs = {pair for each in every for person in each.people if len(pair := _pair(person)) == 2}
    logins = {fold(login) for each in every for person in each.people for login in logins_of(person)}
    by_place = named((each.known for each in every), (each.called for each in every))
    for at, each in enumerate(every):
        wanted, data = digests_of(by_place.get(at, "")), each.text.encode("utf-8", "replace")
        found = {fold(data[one.start : one.end].decode()) for one in mentions(data) if one.digest in wanted}
        for kind, start, end, words in _left(fold(each.text), pairs, logins):
            there = any(all(word in one for word in words) for one in found)
            around = each.text[max(start - _AROUND, 0) : end + _AROUND].replace("\n", " ")
            yield f"{kind} {'found' if there else 'left'}", each.key, around


def _left(text: str, pairs: set[frozenset[str]], logins: set[str]) -> Iterator[tuple[str, int, int, frozenset[str]]]:
    seen: set[frozenset[str]] = set()
    words = [(word[0], word.start(), word.end()) for word in _WORD.finditer(text)]
    for at, (word, start, _) in enumerate(words):
        for other, begins, end in words[at + 1 : at + 3]:
            both = frozenset((word, other))
            if both in pairs and both not in seen and begins - start < _NEAR:
                seen.add(both)
                yield "name", start, end, both
    for token in _TOKEN.finditer(text):
        for login in dict.fromkeys((token[0], *token[0].split("."))):
            one = frozenset((login,))
            if login in logins and len(login) > 3 and login not in ORDINARY and one not in seen:
                seen.add(one)
                yield "login", token.start(), token.end(), one


def _pair(person: Person) -> frozenset[str]:
    parts = [fold(part) for part in name_parts(person.name)]
    return frozenset((parts[0], parts[-1])) if len(parts) > 1 else frozenset()


if __name__ == "__main__":
    raise SystemExit(main())
