"""Plans → whole issues, in the words and shapes of either dialect; everything follows from the seed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from random import Random
from typing import Any

from fake_jira.data import adf, fixtures, wiki
from fake_jira.data.blocks import Address, Block, Paragraph
from fake_jira.data.catalogue import DEVELOPMENT, RELEASE_NOTE, SLA
from fake_jira.data.dates import stamp
from fake_jira.data.likeness import REWORDED, relate, reword
from fake_jira.data.past import Past
from fake_jira.data.people import BOTS, GITHUB_BOT, PEOPLE, Person, cloud_user, server_user
from fake_jira.data.phrases import COMPONENTS, LABELS
from fake_jira.data.phrases import RELEASE_NOTE as RELEASE_NOTES
from fake_jira.data.plan import Plan, plans
from fake_jira.data.prose import Writer

Json = dict[str, Any]
_HUB_EVERY = 997
"""One issue in so many has more comments and changes than Cloud embeds."""
_MINUTE, _DAY = 60_000, 86_400_000
_FIELD_IDS = {"Component": "components"}


class MadeUp:
    """A tracker made up from a seed. `moved` maps keys that issues left behind to their ids.

    Files have `file_bytes` at most; 0: tens of megabytes.
    """

    def __init__(
        self, count: int, seed: int, projects: tuple[str, ...], dialect: str, base: str, file_bytes: int = 0
    ) -> None:
        self.file_bytes = file_bytes
        chance = Random(seed)  # noqa: S311 - repeatable on purpose
        self.plans = plans(count, projects, chance)
        relate(self.plans)
        self.moved = {plan.moved_from: plan.id for plan in self.plans if plan.moved_from}
        self.base, self.cloud = base, dialect == "cloud"
        self.chance = Random(seed)  # noqa: S311 - repeatable on purpose
        self.writer = Writer(self.chance)
        self.body: Callable[[Iterable[Block]], Any] = adf.write if self.cloud else wiki.write
        user = cloud_user if self.cloud else server_user
        self.users = {person: user(person, base) for person in (*PEOPLE, *BOTS)}
        self.team = [self.users[person] for person in PEOPLE[:60]]
        self.fixtures = fixtures.Fixtures(base, "3" if self.cloud else "2", projects)
        self.next_id = 1_000_000

    def issues(self) -> Iterator[Json]:
        for place, plan in enumerate(self.plans):
            yield self._issue(plan, hub=place % _HUB_EVERY == 17)

    def _number(self) -> str:
        self.next_id += 1
        return str(self.next_id)

    def _rarely(self, rate: float) -> bool:
        return self.chance.random() < rate

    def _someone(self) -> Person:
        """A few people do most of the work."""
        return PEOPLE[int(self.chance.random() ** 2 * len(PEOPLE))]

    def _issue(self, plan: Plan, hub: bool) -> Json:
        self.chance.seed(plan.text_seed)
        text = [] if self._rarely(0.04) else self.writer.description()
        if plan.likeness:
            self.chance.seed(f"other words of {plan.id}")
            text = reword(text, self.writer) if plan.likeness == REWORDED else text
        environment = self.writer.sentence() if self._rarely(0.2) else None
        remarks = [self._remark() for _ in range(120 if hub else int(self.chance.random() ** 2.6 * 12.9))]
        self.chance.seed(plan.id)
        comments, latest = self._comments(plan, remarks)
        moments = self._moments(plan, 60 if hub else int(self.chance.random() ** 1.5 * 7), latest)
        if moments and (closing := self._closing(plan, comments)):
            moments = _until(plan.created, moments, latest)
        else:
            closing = None
        latest = max((latest, *moments))
        fields = self._fields(plan, latest)
        changes = Past(plan, fields, text, self.writer, self.fixtures, self.team).changes(len(moments))
        fields |= {
            "resolutiondate": self._resolution_date(fields, moments, changes),
            "description": self.body(text) if text else None,
            "environment": self.body([Paragraph((environment,))]) if environment else None,
            "comment": {"comments": comments},
            "worklog": {"worklogs": self._worklogs(plan)},
        }
        return {
            "id": str(plan.id),
            "key": plan.key,
            "fields": fields | self._release_note(fields),
            "changelog": {"histories": self._histories(moments, changes, closing)},
            "remotelinks": self._remote_links(plan),
            "copy_of": plan.original,
        }

    def _remark(self) -> tuple[Person, list[Block]]:
        if not self._rarely(0.08):
            return self._someone(), self.writer.comment()
        number = self.writer.below(9000)
        address = Address(f"pull request #{number}", f"https://git.example.org/pull/{number}")
        return GITHUB_BOT, [Paragraph((f"{self._someone().name} opened a new ", address, ": " + self.writer.title()))]

    def _comments(self, plan: Plan, remarks: list[tuple[Person, list[Block]]]) -> tuple[list[Json], int]:
        found, now = [], plan.created
        for person, blocks in remarks:
            now += int(self.chance.random() ** 3 * 20 * _DAY) + 7
            number = self._number()
            comment = {
                "self": f"{self.fixtures.api}/issue/{plan.id}/comment/{number}",
                "id": number,
                "author": self.users[person],
                "body": self.body(blocks),
                "updateAuthor": self.users[person],
                "created": stamp(now),
                "updated": stamp(now),
            }
            if self._rarely(0.01):
                del comment["author"], comment["updateAuthor"]
            found.append(comment)
        return found, now

    def _moments(self, plan: Plan, count: int, latest: int) -> list[int]:
        """When it changed, in epoch milliseconds."""
        found, now, span = [], plan.created, max(latest - plan.created, _DAY)
        for _ in range(count):
            now += int(self.chance.random() * 2 * span / count) + 11
            found.append(now)
        return found

    def _closing(self, plan: Plan, comments: list[Json]) -> Json | None:
        """The last comment, where it was written in the dialog that closed the issue."""
        said = comments[-1] if comments and plan.status >= 3 and self._rarely(0.4) else {}
        author = said.get("author")
        return said if author and author is not self.users[GITHUB_BOT] else None

    def _histories(self, moments: list[int], changes: list[list[Json]], closing: Json | None) -> list[Json]:
        found = []
        for when, items in zip(moments, changes, strict=True):
            named = [{**item, "fieldId": _FIELD_IDS.get(item["field"], item["field"])} for item in items]
            history = {
                "id": self._number(),
                "author": self.users[self._someone()],
                "created": stamp(when),
                "items": named if self.cloud else items,
            }
            if self._rarely(0.02):
                del history["author"]
            found.append(history)
        if closing:
            found[-1]["author"] = closing["author"]
        return found

    def _worklogs(self, plan: Plan) -> list[Json]:
        drawn = self.chance.random()
        count = 21 + self.writer.below(25) if drawn < 0.01 else self.writer.below(4) if drawn < 0.1 else 0
        return [self._worklog(plan, place) for place in range(count)]

    def _worklog(self, plan: Plan, place: int) -> Json:
        number, when = self._number(), stamp(plan.created + (place + 1) * 35 * _MINUTE)
        user = self.users[GITHUB_BOT]
        text = f"{self._someone().name} commented on pull request #{self.writer.below(9000)}"
        return {
            "self": f"{self.fixtures.api}/issue/{plan.id}/worklog/{number}",
            "author": user,
            "updateAuthor": user,
            "comment": self.body([Paragraph((text,))]),
            "created": when,
            "updated": when,
            "started": when,
            "timeSpent": "10m",
            "timeSpentSeconds": 600,
            "id": number,
            "issueId": str(plan.id),
        }

    def _resolution_date(self, fields: Json, moments: list[int], changes: list[list[Json]]) -> str | None:
        """When it got the resolution that it has."""
        steps = zip(moments, changes, strict=True)
        given = [when for when, items in steps if any(item["field"] == "resolution" for item in items)]
        return stamp(given[-1] // 1000 * 1000) if given and fields["resolution"] else fields["resolutiondate"]

    def _release_note(self, fields: Json) -> Json:
        """Some of what was fixed is told to users."""
        if (fields["resolution"] or {}).get("name") != "Fixed" or not self._rarely(0.24):
            return {}
        told = [self.writer.fill(self.writer.pick(RELEASE_NOTES)) for _ in range(1 + self.writer.below(2))]
        return {RELEASE_NOTE: self.body([Paragraph((" ".join(one[0].upper() + one[1:] for one in told),))])}

    def _remote_links(self, plan: Plan) -> list[Json]:
        return [self.fixtures.remote_link(plan, self._number(), self.writer.below(9000))] if self._rarely(0.15) else []

    def _fields(self, plan: Plan, latest: int) -> Json:
        fixtures, reporter = self.fixtures, self.users[self._someone()]
        closed, drawn = plan.status >= 3, self.writer.below(3)
        fields: Json = {
            **fixtures.bare_fields(plan),
            "summary": plan.summary,
            "created": stamp(plan.created),
            "updated": stamp((latest + 999) // 1000 * 1000),
            "priority": None if self._rarely(0.02) else fixtures.priorities[plan.priority],
            "resolution": fixtures.resolutions[2 if plan.likeness == REWORDED else drawn] if closed else None,
            "resolutiondate": stamp(latest // 1000 * 1000) if closed else None,
            "labels": [self.writer.pick(LABELS)] if self._rarely(0.4) else [],
            "components": self._parts(plan),
            "assignee": None if self._rarely(0.25) else self.users[self._someone()],
            "reporter": None if self._rarely(0.01) else reporter,
            "creator": reporter,
            "versions": [fixtures.version(plan, self.writer.below(5))] if self._rarely(0.6) else [],
            "fixVersions": [fixtures.version(plan, 5 + self.writer.below(4))] if closed else [],
            "attachment": [self._attachment(plan) for _ in range(self.writer.below(4) if self._rarely(0.12) else 0)],
            fixtures.custom[0]: self.writer.below(13) if self._rarely(0.1) else None,
        }
        if self._rarely(0.6):
            fields[DEVELOPMENT] = fixtures.development(self.writer.below(4))
        if self.cloud and self._rarely(0.15):
            fields[SLA] = fixtures.sla(plan)
        return fields

    def _parts(self, plan: Plan) -> list[Json]:
        names = {self.writer.pick(COMPONENTS) for _ in range(self.writer.below(3))}
        return [self.fixtures.component(plan, name) for name in sorted(names)]

    def _attachment(self, plan: Plan) -> Json:
        name = self.writer.pick(("trace [1].log", "screen shot.png", "fix.patch", "dump%2Fheap.txt", "конфиг.xml"))
        when, number, author = stamp(plan.created + 90_413), self._number(), self.users[self._someone()]
        size = self.writer.below(9**8)
        return self.fixtures.attachment(number, name, author, when, size % self.file_bytes if self.file_bytes else size)


def _until(first: int, moments: list[int], last: int) -> list[int]:
    """The same moments drawn out or pushed together, so that they end with `last`."""
    share = (last - first) / (moments[-1] - first)
    return [*(first + int((when - first) * share) for when in moments[:-1]), last]
