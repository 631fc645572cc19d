"""What was merged for a milestone, and the notes of the release that it became."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from jira_crawler.exports.pairs.texts import LEFT_OUT, blinded, safe_text, utc
from jira_crawler.items import Issue, Person
from jira_crawler.links.facts import Facts
from jira_crawler.links.github import title_as_of
from jira_crawler.links.index import Identity
from jira_crawler.store.linking import read_row
from jira_crawler.store.store import Store
from jira_crawler.text.words import has_words, words
from jira_crawler.trackers.github.people import People
from jira_crawler.trackers.github.shapes import UserIn
from jira_crawler.trackers.moments import milliseconds

Record = dict[str, Any]
TASK: Final = "milestone_notes"
INSTRUCTION: Final = "These changes were merged for a milestone. Write the notes of its release."
FEWEST, MOST = 3, 300  # changes
_SAYS: Final = 12  # words of notes
_LONGEST: Final = 20_000  # characters of them
_REPEATED: Final = 0.5  # share of lines that only repeat a title: a program wrote them
_VERSION: Final = re.compile(
    r"(?<![0-9A-Za-z.])v?(\d{1,9}(?:[._]\d{1,9}){0,4})(?:[._-]?(alpha|beta|rc|cr|m|milestone|pre|preview|dev|final|ga)"
    r"[._-]?(\d{0,4}))?(?![0-9A-Za-z]|[._-][0-9A-Za-z])",
    re.IGNORECASE,
)
_FINAL: Final = ("final", "ga", "")
# What leads to a change and says nothing of it: `(#12)`, `by @ann in https://…`, the line with all of them.
_LEADS: Final = re.compile(
    r"[ \t]{0,9}\bby @[\w-]{1,40}(?:\[bot\])?(?: in)?(?=[ \t]{0,9}(?:https?://|#\d|$))"
    r"|[ \t]{0,9}\(?\[(?:[\w.-]{1,100}/[\w.-]{1,100})?#\d{1,12}\]\([^)\s]{1,400}\)\)?"
    r"|[ \t]{0,9}\((?:(?:[\w.-]{1,100}/[\w.-]{1,100})?#\d{1,12}(?:,[ \t]{0,9})?){1,10}\)"
    r"|^\W{0,8}full changelog\W.*$",
    re.IGNORECASE | re.MULTILINE,
)


class _Release(msgspec.Struct):
    tag_name: str | None = None
    name: str | None = None
    body: str | None = None
    published_at: str | None = None
    author: UserIn | None = None


@dataclass(frozen=True, slots=True)
class Released:
    """A release of which notes were published at a moment (ms), and what was merged for its milestone until then."""

    site: str
    repository: str
    tag: str
    at: int
    notes: str
    author: Person | None
    changes: tuple[Identity, ...]

    @property
    def about(self) -> dict[str, str]:
        """By what an example of it goes into a split."""
        group = f"{self.site}-{self.repository}@{self.tag}"
        return {"fix_group": group, "repo": self.repository, "landed_at": utc(self.at)}


@dataclass(slots=True)
class Notes:
    """Makes examples of releases; `left` counts by reason what made none."""

    store: Store
    pulls: Mapping[Identity, Facts]
    projects: Collection[str]
    left: Counter[str] = field(default_factory=Counter)

    def released(self) -> list[Released]:
        """Gives every release that is the only one of its version, as its milestone is."""
        found: list[Released] = []
        for site, repository, name, _ in self.store.items_due.repositories():
            payloads = self.store.items_due.releases(site, repository)
            if payloads:
                found += self._of(site, name, list(self._read_all(payloads)))
        return found

    def _read_all(self, payloads: Iterable[bytes]) -> Iterator[_Release]:
        for payload in payloads:
            try:
                yield msgspec.json.decode(payload, type=_Release)
            except (ValueError, RecursionError):
                self.left["cannot be read"] += 1

    def _of(self, site: str, name: str, releases: list[_Release]) -> Iterator[Released]:
        milestones = self._milestones(site, name)
        versions = [version(each.tag_name or "") for each in releases]
        for each, told in zip(releases, versions, strict=True):
            at = milliseconds(each.published_at)
            if told and versions.count(told) == 1 and at and each.tag_name and each.body:
                merged = tuple(of for when, of in sorted(milestones.get(told, ())) if when <= at)
                by = People(None).rest(each.author)
                yield Released(site, name, each.tag_name, at, each.body, by, merged)

    def _milestones(self, site: str, name: str) -> dict[str, list[tuple[int, Identity]]]:
        """Gives what was merged for each milestone, by its version; milestones of one version mean nothing."""
        titles: dict[str, set[str]] = defaultdict(set)
        merged: dict[str, list[tuple[int, Identity]]] = defaultdict(list)
        for identity, facts in self.pulls.items():
            if facts.site != site or facts.project != name or facts.merged is None:
                continue
            issue = self._read(identity)
            if issue and (told := version(issue.milestone)):
                titles[told].add(issue.milestone)
                merged[told].append((facts.merged, identity))
        return {told: these for told, these in merged.items() if len(titles[told]) == 1}

    def of(self, release: Released) -> Iterator[Record]:
        """Gives the example of a release."""
        if not FEWEST <= len(release.changes) <= MOST:
            self.left["a release of too few changes, or too many"] += 1
            return
        if len(release.notes) > 4 * _LONGEST:
            self.left["notes that say little, or too much"] += 1
            return
        changes = [issue for identity in release.changes if (issue := self._read(identity))]
        titles = [self._title(each) for each in changes]
        notes = self._notes(release, changes)
        if not has_words(notes, _SAYS) or len(notes) > _LONGEST:
            self.left["notes that say little, or too much"] += 1
        elif _repeated(notes, titles) > _REPEATED:
            self.left["notes that only repeat titles"] += 1
        else:
            yield {
                "task_type": TASK,
                "instruction": INSTRUCTION,
                "input": "\n".join(f"- {title}" for title in titles if title),
                "output": notes,
                "issue_key": "",
                "change": f"{release.repository}@{release.tag}",
                "grade": "",
                "evidence": [],
                "landed_how": "",
            } | release.about

    def _title(self, change: Issue) -> str:
        title, _ = title_as_of(change.title, change.changes, change.pull.merged if change.pull else None)
        return _bare(blinded(safe_text(title, [change.reporter, change.assignee], change), self.projects)).strip()

    def _notes(self, release: Released, changes: list[Issue]) -> str:
        people = [release.author, *(each.reporter for each in changes)]
        text = safe_text(_LEADS.sub("", release.notes), people, changes[0])
        return "\n".join(map(_bare, blinded(text, self.projects).splitlines())).strip()

    def _read(self, identity: Identity) -> Issue | None:
        row = self.store.row(*identity)
        return read_row(row) if row and row.payload else None


def version(text: str) -> str:
    """Gives the one version that a milestone or a tag names, without zeros behind it; "" where there is none.

    `v1.4.0` and `Kettle 1.4` are one; `1.4-rc1` is another.
    """
    found = list(_VERSION.finditer(text[:300]))
    if len(found) != 1:
        return ""
    parts = re.split(r"[._]", found[0][1])
    while len(parts) > 1 and int(parts[-1]) == 0:
        parts.pop()
    numbers = ".".join(str(int(part)) for part in parts)
    stage = (found[0][2] or "").lower()
    return numbers if stage in _FINAL else f"{numbers}-{stage}{found[0][3]}"


def _bare(line: str) -> str:
    """Leaves out what was left out, and the brackets around it."""
    line = re.sub(rf"[ \t]{{0,9}}[(\[]{{0,9}}{re.escape(LEFT_OUT)}[)\]]*", "", line)
    return line.rstrip()


def _repeated(notes: str, titles: Iterable[str]) -> float:
    """Says how large a share of the entries of notes are titles and no more."""
    known = {words(title) for title in titles} - {""}
    entries = [words(line) for line in notes.splitlines() if re.match(r"\s*[-*+]\s", line)]
    return sum(each in known for each in entries) / len(entries) if entries else 0.0
