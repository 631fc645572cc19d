"""Service levels of what is open: asked for in bulk, put into what we hold where something moved, and nothing else."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import orjson
import pytest

from fake_jira.data.catalogue import FIRST_RESPONSE, SLA
from fake_jira.exchange import Request
from fake_jira.faults.switches import Fault
from jira_crawler.crawl import service_levels
from jira_crawler.crawl.engine import CrawlEngine, jira_engine
from jira_crawler.crawl.reply import Failure, Reply
from jira_crawler.crawl.service_levels import SIZE
from jira_crawler.crawl.task import Task
from jira_crawler.crawl.tasks import AskServiceLevels, FetchPage, PollServiceLevels
from jira_crawler.extensions.issue_rows import row as as_row
from jira_crawler.items import RawIssue
from jira_crawler.refine.outcome import Rejected
from jira_crawler.store.catalogue import SERVICE_LEVEL, Entry
from jira_crawler.text.fingerprint import version_hash
from jira_crawler.trackers import tracker as speaker
from jira_crawler.trackers.contract import Cursor, Query, Window
from jira_crawler.trackers.jira.page_size import PageSize
from jira_crawler.trackers.jira.service_levels import OVERLAID
from tests.unit.crawl.driver import CLOCK, NOW, URL, Run, Tracker

AGENTS = {"server": "Bearer agent", "cloud": "Basic " + b64encode(b"b@example.org:agent").decode()}
GATEWAY = "https://api.example.net/ex/jira/7"
FIELDS = (FIRST_RESPONSE, SLA)


@dataclass
class Clock:
    """The sandbox's, which a test moves."""

    now: float = field(default_factory=CLOCK)

    def __call__(self) -> float:
        return self.now

    __hash__ = object.__hash__


class Desk(Tracker):
    """A service desk, of which an agent sees service levels; `who` asks where no task says who."""

    def __init__(self, dialect: str = "server", who: str = "agent", **options: Any) -> None:
        self.clock, self.dialect, self.log = Clock(), dialect, list[str]()
        agent = "agent" if dialect == "server" else "b@example.org:agent"
        chosen = {"issues": 60, "dialect": dialect, "service_desk": ("DEMO",), "agent": agent, "clock": self.clock}
        super().__init__(**chosen | options)
        self.who = {"agent": AGENTS[dialect], "visitor": ""}
        self.default = who

    def ask(self, query: Query, account: str) -> Reply:
        self.log.append(query.address)
        gateway = query.url.startswith(GATEWAY)
        assert gateway == (account == "sla")
        direct = replace(query, url=query.url.replace(GATEWAY, URL))
        self.authorization = self.who["agent"] if gateway else self.who[self.default]
        return self(direct)

    def __call__(self, query: Query) -> Reply:
        parts = urlsplit(query.address)
        asked = parse_qs(parts.query, keep_blank_values=True)
        request = Request(query.method, unquote(parts.path), asked, query.body, headers=dict(query.headers))
        found = self.application._answer(request, Fault("none"), self.authorization)
        headers = {name.lower(): value for name, value in found.headers.items()}
        return Reply(status=found.status, body=found.body, headers=headers, seconds=0.2)

    def change(self, id_: str, **fields: Any) -> None:
        issue = self.jira.corpus.by_id[int(id_)]
        self.jira.corpus.put(replace(issue, fields=orjson.dumps(orjson.loads(issue.fields) | fields)))

    def plan(self, id_: str) -> Any:
        return orjson.loads(self.jira.corpus.by_id[int(id_)].fields)[SLA]


class Followed(Run):
    """A crawl that is followed: its store holds whole payloads, and passes are made one after the other."""

    def __init__(self, desk: Desk, folder: Path, overlay: str | None = None):
        self.desk, self.overlay = desk, overlay
        super().__init__(lambda query: desk.ask(query, ""), folder)
        self.engine = self.engine_of(overlay)
        entries = [Entry(self.session.site.name, SERVICE_LEVEL, name, name, "", 0) for name in FIELDS]
        self.dataset.store.catalogue.learn(entries)

    def engine_of(self, overlay: str | None) -> CrawlEngine:
        sizes = PageSize(self.page, 1_000.0, 2**30)
        return jira_engine(self.session, sizes, window_issues=self.window_issues, refines=False, overlay=overlay)

    def crawl(self, most: int = 5_000) -> Followed:
        for task in self.engine.start():
            self.push(task)
        while self._go_on(most):
            pass
        self.session.state.dialect = self.desk.dialect
        return self

    def pass_over(self) -> list[RawIssue]:
        """Makes a pass over service levels, and gives the issues that it brought."""
        self.came.clear()
        following = self.engine.following
        assert following
        for task in following.begin("levels"):
            self.push(task)
        while self._heap or self._go_on(10_000):
            self._go_on(10_000)
        return list(self.came)

    def _deal_with(self, task: Task) -> None:
        self.asked.append(task)
        for effect in self.engine.handle(task, self.desk.ask(self.engine.query(task), task.account)):
            if isinstance(effect, Task):
                self.push(effect)
            elif isinstance(effect, RawIssue):
                self.keep(effect)

    def keep(self, raw: RawIssue) -> None:
        self.came.append(raw)
        head = speaker(raw.dialect, URL).read_head(raw)
        assert head
        row = as_row(raw, self.state.run, Rejected("Score", "not looked at"))
        version = version_hash(orjson.loads(raw.payload))
        self.dataset.record(replace(row, created=head.created, updated=head.updated, version=version))

    @property
    def levels(self) -> Any:
        assert self.engine.following
        return self.engine.following.levels

    def held(self, id_: str) -> dict[str, Any]:
        (raw,) = self.dataset.store.raw_issues(self.session.site.name, [id_])
        return dict(orjson.loads(raw.payload))

    def open_ones(self) -> list[str]:
        """Issues that are open and whose first clock runs."""
        return [
            raw.id
            for raw in self.dataset.store.raw_issues(
                self.session.site.name, [str(issue.id) for issue in self.desk.issues()]
            )
            if (fields := orjson.loads(raw.payload)["fields"])["resolution"] is None
            and ((self.desk.plan(raw.id) or {}).get("@sla") or [{"stop": 1}])[-1]["stop"] is None
            and not self.desk.plan(raw.id)["@sla"][-1]["paused"]
            and fields["status"]
        ]


Follow = Callable[..., Followed]


@pytest.fixture
def follow(tmp_path: Path) -> Iterator[Follow]:
    made: list[Followed] = []

    def begin(desk: Desk, overlay: str | None = None) -> Followed:
        made.append(Followed(desk, tmp_path / f"a{len(made)}", overlay))
        return made[-1].crawl()

    yield begin
    for each in made:
        each.dataset.close()


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_where_only_the_clock_ran_nothing_changes(follow, dialect):
    run = follow(Desk(dialect))
    seq = run.dataset.store.changes.latest()
    assert run.pass_over() == []
    run.desk.clock.now += 4 * 3600  # some are late by now
    assert run.pass_over() == []
    assert run.dataset.store.changes.latest() == seq
    assert run.levels.over() == {"issue": int(NOW.timestamp() * 1000)}
    assert run.missing == []


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_what_moved_is_put_into_the_issue_and_nothing_else_of_it_changes(follow, dialect):
    run = follow(Desk(dialect))
    id_ = run.open_ones()[0]
    before, cycles = run.held(id_), run.desk.plan(id_)["@sla"]
    run.desk.change(id_, **{SLA: {"@sla": [*cycles[:-1], cycles[-1] | {"paused": cycles[-1]["start"] + 1}]}})
    assert [raw.id for raw in run.pass_over()] == [id_]
    after = run.held(id_)
    assert after["fields"][SLA]["ongoingCycle"]["paused"] is True
    assert after["fields"].pop(SLA) != before["fields"].pop(SLA)
    assert after == before
    assert run.dataset.store.row(run.session.site.name, id_).fetched_at == int(NOW.timestamp() * 1000)
    assert run.pass_over() == []
    assert run.levels.healed == []


def test_a_thousand_tickets_are_a_few_questions(follow):
    run = follow(Desk(issues=450))
    before = len(run.desk.log)
    run.pass_over()
    asked = [address for address in run.desk.log[before:] if "search" in address]
    many = sum(orjson.loads(issue.fields)["resolution"] is None for issue in run.desk.issues())
    assert many > SIZE
    assert len(asked) <= -(-many // SIZE) + 1
    assert all("%2Aall" not in address for address in asked)


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_the_same_answers_show_what_changed_though_nobody_told(follow, dialect):
    run = follow(Desk(dialect))
    one, other = run.open_ones()[:2]
    status = orjson.loads(run.desk.jira.corpus.by_id[int(one)].fields)["status"]
    run.desk.change(one, status=status | {"id": "77", "name": "Waiting"})
    updated = run.held(other)["fields"]["updated"]
    run.desk.change(
        other,
        updated="2026-11-30" + updated[10:] if not updated.startswith("2026-11-30") else "2026-11-29" + updated[10:],
    )
    run.pass_over()
    assert one in run.levels.healed
    assert set(run.levels.healed) <= {one, other}


def test_an_index_that_is_late_changes_nothing(follow):
    run = follow(Desk())
    id_ = run.open_ones()[0]
    newer = run.held(id_)
    newer["fields"] |= {"updated": "2026-12-24T00:00:00.000+0000"}
    newer["fields"][SLA]["ongoingCycle"]["paused"] = True
    (raw,) = run.dataset.store.raw_issues(run.session.site.name, [id_])
    run.keep(replace(raw, payload=orjson.dumps(newer), fetched_at=NOW))
    run.dataset.commit()
    assert run.pass_over() == []
    assert run.levels.healed == []


def test_texts_in_lists_never_take_the_place_of_a_service_level(follow):
    run = follow(Desk())
    run.desk.jira.profile = replace(run.desk.jira.profile, sla_text=True)
    assert run.pass_over() == []
    held = {id_: run.held(id_)["fields"][SLA] for id_ in run.open_ones()}
    assert all(isinstance(level, dict) for level in held.values())
    run.came.clear()
    run._deal_with(next(task for task in run.asked if isinstance(task, FetchPage)))
    run.dataset.commit()
    assert {id_: run.held(id_)["fields"][SLA] for id_ in held} == held


def test_where_lists_tell_texts_the_issues_are_asked_for_singly_some_at_a_time(follow, monkeypatch):
    monkeypatch.setattr(service_levels, "SINGLY", 4)
    run = follow(Desk(sla_text=True))
    wanting = {id_ for id_ in run.open_ones() if isinstance(run.held(id_)["fields"][SLA], str)}
    assert len(wanting) > 4
    passes = 0
    while any(isinstance(run.held(id_)["fields"][SLA], str) for id_ in wanting):
        before = sum(isinstance(task, AskServiceLevels) for task in run.asked)
        came = run.pass_over()
        assert 0 < len(came) <= 4
        assert sum(isinstance(task, AskServiceLevels) for task in run.asked) - before == 4
        passes += 1
        assert passes < 40
    assert all(run.held(id_)["fields"][SLA]["ongoingCycle"] for id_ in wanting)


# --- a second account


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_what_only_a_second_account_sees_is_laid_over_and_stays(follow, dialect):
    run = follow(Desk(dialect, who="visitor"), GATEWAY)
    id_ = run.open_ones()[0]
    before = run.held(id_)
    assert before["fields"][SLA] is None
    assert id_ in {raw.id for raw in run.pass_over()}
    after = run.held(id_)
    level = after["fields"][SLA]
    assert level[OVERLAID] == {"fetched": int(NOW.timestamp() * 1000)}
    assert level["ongoingCycle"]["startTime"]
    assert {**after["fields"], SLA: 0, FIRST_RESPONSE: 0} == {**before["fields"], SLA: 0, FIRST_RESPONSE: 0}
    run.desk.clock.now += 3600
    assert run.pass_over() == []
    assert set(run.levels.over()) == {"issue", "overlay"}

    # Whoever fetches the whole issue again sees nothing there, and so takes nothing away.
    (raw,) = run.dataset.store.raw_issues(run.session.site.name, [id_])
    blank = replace(raw, payload=orjson.dumps(before))
    assert orjson.loads(run.levels.kept(blank).payload)["fields"][SLA] == level
    run.came.clear()
    run._deal_with(next(task for task in run.asked if isinstance(task, FetchPage)))
    run.dataset.commit()
    assert run.held(id_)["fields"][SLA] == level


def test_a_crawl_without_the_second_account_takes_nothing_away(follow, tmp_path):
    run = follow(Desk(who="visitor"), GATEWAY)
    run.pass_over()
    run.dataset.store.catalogue.polled(run.session.site.name, run.levels.over())
    seen = {id_: run.held(id_)["fields"][SLA] for id_ in run.open_ones()}
    assert all(OVERLAID in level for level in seen.values())
    run.dataset.store.catalogue.polled(run.session.site.name, {"issue": 2**50})  # another run, without it
    run.engine = run.engine_of(None)
    run.came.clear()
    run._deal_with(next(task for task in run.asked if isinstance(task, FetchPage)))
    run.dataset.commit()
    assert len(run.came) >= len(seen)
    assert {id_: run.held(id_)["fields"][SLA] for id_ in seen} == seen


def test_a_second_account_that_sees_nothing_erases_nothing(follow):
    run = follow(Desk(who="visitor"), GATEWAY)
    run.pass_over()
    seen = {id_: run.held(id_)["fields"][SLA] for id_ in run.open_ones()}
    run.desk.who["agent"] = ""  # as if the licence had gone
    assert run.pass_over() == []
    assert {id_: run.held(id_)["fields"][SLA] for id_ in run.open_ones()} == seen


def test_a_second_account_that_fails_leaves_its_values_as_they_are_and_stops_nothing(follow, monkeypatch):
    run = follow(Desk(who="visitor"), GATEWAY)
    run.pass_over()
    run.levels.over()
    seen = {id_: run.held(id_)["fields"][SLA] for id_ in run.open_ones()}
    honest = run.desk.ask

    def refused(query: Query, account: str) -> Reply:
        return Reply(status=599, failure=Failure("it is not accepted")) if account else honest(query, account)

    monkeypatch.setattr(run.desk, "ask", refused)
    assert run.pass_over() == []
    assert run.missing == []
    assert "issue" in run.levels.over()
    assert "it is not accepted" in run.levels.fetched["overlay"].trouble
    assert {id_: run.held(id_)["fields"][SLA] for id_ in run.open_ones()} == seen


def test_the_crawl_s_own_account_that_fails_makes_the_pass_incomplete(follow, monkeypatch):
    run = follow(Desk())
    monkeypatch.setattr(run.desk, "ask", lambda query, account: Reply(status=503, body=b"{}"))
    assert run.pass_over() == []
    assert run.missing == ["The service levels of DEMO did not come: " + run.missing[0].partition("come: ")[2]]
    assert run.levels.over() == {}


def test_a_project_without_a_service_desk_is_asked_seldom(follow):
    run = follow(Desk(service_desk=()))
    before = len([task for task in run.asked if isinstance(task, PollServiceLevels)])
    for _ in range(5):
        run.pass_over()
    asked = [task for task in run.asked if isinstance(task, PollServiceLevels)][before:]
    assert len({task.cursor for task in asked}) == len(asked)  # once, page by page


def test_a_question_of_a_second_account_that_is_not_there_is_refused(follow):
    run = follow(Desk())
    task = PollServiceLevels(
        project="DEMO", dialect="server", fields=FIELDS, window=Window("DEMO"), cursor=Cursor(), overlay=True
    )
    with pytest.raises(ValueError, match="there is no second account"):
        run.engine.query(task)
