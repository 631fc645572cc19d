"""What hangs on issues, in whole crawls without a network: which questions are asked, and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from jira_crawler.crawl import attachments, remote_links
from jira_crawler.crawl.attached_tasks import FetchAttachment, FetchRemoteLinks, ListAttachments, ListUnlinked
from jira_crawler.crawl.attachments import FileLimits
from jira_crawler.crawl.reply import Failure, FileOutcome, Reply
from jira_crawler.crawl.scope import CrawlScope
from jira_crawler.crawl.task import Task
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.store.attached import HeldFile
from jira_crawler.trackers.contract import Query
from tests.unit.crawl import driver
from tests.unit.crawl.driver import DEMO, NOBODY, URL, Tracker

SITE = URL.removeprefix("http://")
Run = partial(driver.Run, payloads=True)


class WithFiles(Tracker):
    """Gives out files as the way to the disk does: a reply says what became of each."""

    def __init__(self, folder: Path, **options: Any) -> None:
        super().__init__(**{"issues": 60, "file_bytes": 1_000} | options)
        self.folder, self.odd = folder, {}
        self.sizes = {str(id_): size for issue in self.issues() for id_, size in issue.files}

    def __call__(self, query: Query) -> Reply:
        if "/attachment/" not in query.address:
            return super().__call__(query)
        id_ = next(part for part in query.address.split("/") if part in self.sizes)
        if id_ in self.odd:
            return self.odd[id_]
        path = self.folder / "attachments" / "DEMO-1" / f"{id_}_file"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(bytes(self.sizes[id_]))
        digest = sha256(path.read_bytes()).hexdigest()
        return Reply(
            file=FileOutcome("stored", size=self.sizes[id_], sha256=digest, path=f"attachments/DEMO-1/{id_}_file")
        )


def asked(run: driver.Run, kind: type) -> list[str]:
    return [task.id for task in run.asked if isinstance(task, kind)]


def held(folder: Path) -> dict[str, HeldFile]:
    dataset = Dataset(folder)
    issues = [row.identity for rows in dataset.store.chunks(1_000) for row in rows]
    found = {id_: file for files in dataset.store.attached.files(issues).values() for id_, file in files.items()}
    dataset.close()
    return found


def links(folder: Path) -> dict[str, bytes]:
    dataset = Dataset(folder)
    issues = [row.identity for rows in dataset.store.chunks(1_000) for row in rows]
    found = {id_: each for (_, id_), each in dataset.store.attached.links(issues).items()}
    dataset.close()
    return found


# --- links


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_each_issue_is_asked_for_its_links_once(tmp_path, dialect):
    tracker = Tracker(issues=60, dialect=dialect)
    run = Run(tracker, tmp_path, links=True).crawl()
    issues = tracker.issues()
    assert run.missing == []
    assert sorted(asked(run, FetchRemoteLinks)) == sorted(str(issue.id) for issue in issues)
    truth = {str(issue.id): len(issue.remote_links) for issue in issues}
    assert {id_: each.count(b'"object":') for id_, each in links(tmp_path).items()} == truth
    assert sum(truth.values())


def test_a_crawl_that_does_not_want_links_asks_for_none(tmp_path):
    run = Run(Tracker(issues=20), tmp_path).crawl()
    assert {"ListUnlinked", "FetchRemoteLinks", "ListAttachments", "FetchAttachment"}.isdisjoint(run.kinds)


def test_who_wants_links_later_gets_those_of_all_issues(tmp_path):
    tracker = Tracker(issues=60)
    Run(tracker, tmp_path).crawl()
    second = Run(tracker, tmp_path, links=True, hour=1).crawl()
    assert len(asked(second, FetchRemoteLinks)) == len(tracker.issues())
    full = Run(tracker, tmp_path, links=True, full=True, hour=2).crawl()
    assert len(asked(full, FetchRemoteLinks)) == len(tracker.issues())


def test_what_changed_is_asked_for_again_and_a_crawl_that_wants_none_loses_none(tmp_path):
    tracker = Tracker(issues=60)
    Run(tracker, tmp_path, links=True).crawl()
    before, edited = links(tmp_path), tracker.issues()[5]
    tracker.application.mutations.apply("edit", edited.id)
    without = Run(tracker, tmp_path, hour=1).crawl()
    assert str(edited.id) in {raw.id for raw in without.came}
    assert links(tmp_path) == before
    again = Run(tracker, tmp_path, links=True, hour=2).crawl()
    assert asked(again, FetchRemoteLinks) == [str(edited.id)]


def failing(tracker: Tracker, wrong: Reply, *ids: str) -> Callable[[Query], Reply]:
    def answer(query: Query) -> Reply:
        is_theirs = query.address.endswith("/remotelink") and (not ids or query.address.split("/")[-2] in ids)
        return wrong if is_theirs else tracker(query)

    return answer


@pytest.mark.parametrize("wrong", [NOBODY, Reply(body=b'{"a": 1}'), Reply(status=403, body=b"{}"), Reply(body=b"[1]")])
def test_links_that_do_not_come_are_told_and_asked_for_again(tmp_path, wrong):
    tracker = Tracker(issues=30)
    bad = tracker.issues()[3]
    run = Run(failing(tracker, wrong, str(bad.id)), tmp_path, links=True).crawl()
    assert len(run.missing) == 1 and f"The remote links of {bad.key} did not come: " in run.missing[0]
    assert [task.id for task, _ in run.failed] == [str(bad.id)]
    again = run.resumed(answer=tracker).crawl()
    assert again.missing == []
    assert asked(again, FetchRemoteLinks) == [str(bad.id)]
    assert len(links(tmp_path)) == len(tracker.issues())


def test_many_that_do_not_come_are_few_sentences(tmp_path):
    tracker = Tracker(issues=60)
    run = Run(failing(tracker, Reply(status=403, body=b"{}")), tmp_path, links=True).crawl()
    assert len(run.failed) == len(tracker.issues()) > 21
    assert len(run.missing) == 21
    assert "The remote links of more issues did not come: status 403." in run.missing


def test_an_issue_that_goes_meanwhile_is_no_gap(tmp_path):
    tracker = Tracker(issues=30)
    gone = str(tracker.issues()[3].id)
    run = Run(failing(tracker, Reply(status=404, body=b"{}"), gone), tmp_path, links=True).crawl()
    assert run.missing == []


def test_a_question_that_vanishes_is_missed(tmp_path, monkeypatch):
    tracker = Tracker(issues=30)
    run = Run(tracker, tmp_path, links=True)
    push = run.push
    lost = str(tracker.issues()[4].id)
    monkeypatch.setattr(run, "push", lambda task: None if getattr(task, "id", "") == lost else push(task))
    run.crawl()
    assert run.missing == ["The remote links of 1 issues were not asked for."]


def test_a_crawl_that_is_killed_asks_for_the_rest(tmp_path):
    tracker = Tracker(issues=60)
    first = Run(tracker, tmp_path, links=True).crawl(most=30)
    some = asked(first, FetchRemoteLinks)
    second = first.resumed().crawl()
    assert some and second.missing == []
    assert len({*some, *asked(second, FetchRemoteLinks)}) == len(tracker.issues())
    assert len(some) + len(asked(second, FetchRemoteLinks)) == len(tracker.issues())


def test_of_a_part_of_a_project_only_that_part_is_asked_for(tmp_path):
    tracker = Tracker(issues=60)
    Run(tracker, tmp_path).crawl()
    part = Run(tracker, tmp_path, links=True, scope=CrawlScope(("DEMO",), limit=5), hour=1).crawl()
    assert len(asked(part, FetchRemoteLinks)) == 5


# --- files


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_each_file_is_asked_for_once_and_in_the_next_run_not_at_all(tmp_path, dialect):
    tracker = WithFiles(tmp_path, dialect=dialect)
    run = Run(tracker, tmp_path, files=FileLimits()).crawl()
    assert run.missing == []
    assert sorted(asked(run, FetchAttachment)) == sorted(tracker.sizes)
    assert {id_: file.size for id_, file in held(tmp_path).items()} == tracker.sizes
    again = Run(tracker, tmp_path, files=FileLimits(), hour=1).crawl()
    assert (again.missing, asked(again, FetchAttachment)) == ([], [])
    lost = next(iter(held(tmp_path).values()))
    (tmp_path / lost.path).unlink()
    assert asked(Run(tracker, tmp_path, files=FileLimits(), hour=2).crawl(), FetchAttachment) == [lost.attachment]


def test_what_is_not_wanted_is_not_asked_for(tmp_path):
    tracker = WithFiles(tmp_path)
    middle = sorted(tracker.sizes.values())[len(tracker.sizes) // 2]
    run = Run(tracker, tmp_path, files=FileLimits(file=middle)).crawl()
    small = {id_ for id_, size in tracker.sizes.items() if size <= middle}
    assert set(asked(run, FetchAttachment)) == small < set(tracker.sizes)
    states = {id_: file.state for id_, file in held(tmp_path).items()}
    assert states == {id_: "stored" if id_ in small else "too_big" for id_ in tracker.sizes}
    assert run.missing == []
    more = Run(tracker, tmp_path, files=FileLimits(), hour=1).crawl()
    assert set(asked(more, FetchAttachment)) == set(tracker.sizes) - small


def test_types_and_budgets_leave_files_out(tmp_path):
    tracker = WithFiles(tmp_path)
    Run(tracker, tmp_path, files=FileLimits(types=("image/*",))).crawl()
    states = {file.state for file in held(tmp_path).values()}
    assert states == {"stored", "type"}
    taken = FileLimits(types=("image/*", "text/plain"))
    assert taken.takes("IMAGE/PNG") and taken.takes("text/plain; charset=utf-8")
    assert not taken.takes("text/html") and not taken.takes("") and not taken.takes("imagex/png")
    assert FileLimits().takes("")


def test_a_run_takes_no_more_than_its_budget_and_the_next_one_goes_on(tmp_path):
    tracker = WithFiles(tmp_path)
    budget = sum(tracker.sizes.values()) // 3
    runs = [Run(tracker, tmp_path, files=FileLimits(run=budget), hour=hour).crawl() for hour in range(1)]
    stored = [file for file in held(tmp_path).values() if file.state == "stored"]
    assert 0 < sum(file.size for file in stored) <= budget
    assert {file.state for file in held(tmp_path).values()} == {"stored", "over_budget"}
    assert runs[0].missing == []
    Run(tracker, tmp_path, files=FileLimits(run=budget), hour=1).crawl()
    assert len([file for file in held(tmp_path).values() if file.state == "stored"]) > len(stored)


def test_an_issue_takes_no_more_than_its_budget_whenever_they_came(tmp_path):
    tracker = WithFiles(tmp_path)
    most = 900
    for hour in range(2):
        Run(tracker, tmp_path, files=FileLimits(issue=most), hour=hour).crawl()
        sizes: dict[str, int] = {}
        for file in held(tmp_path).values():
            sizes[file.id] = sizes.get(file.id, 0) + (file.size if file.state == "stored" else 0)
        assert max(sizes.values()) <= most
    assert "over_budget" in {file.state for file in held(tmp_path).values()}


@pytest.mark.parametrize(
    ("reply", "state", "is_told"),
    [
        (Reply(status=403), "forbidden", False),
        (Reply(status=401), "forbidden", False),
        (Reply(status=404), "gone", False),
        (Reply(status=410), "gone", False),
        (Reply(status=500), "failed", True),
        (Reply(status=599, failure=Failure("nobody listens there")), "failed", True),
        (Reply(file=FileOutcome("too_big", size=10**9)), "too_big", False),
        (Reply(file=FileOutcome("forbidden")), "forbidden", False),
        (Reply(file=FileOutcome("failed", why="it leads to somewhere else")), "failed", True),
        (Reply(file=FileOutcome("failed", why="3 bytes came, and it has 4", again=True)), "failed", True),
    ],
)
def test_what_became_of_a_file_is_kept(tmp_path, reply, state, is_told):
    tracker = WithFiles(tmp_path)
    odd = next(iter(tracker.sizes))
    tracker.odd[odd] = reply
    run = Run(tracker, tmp_path, files=FileLimits()).crawl()
    assert held(tmp_path)[odd].state == state
    assert [f"The attachment {odd} of DEMO-" in each for each in run.missing] == [True] * is_told
    tries = 3 if reply.file and reply.file.again else 1
    assert asked(run, FetchAttachment).count(odd) == tries
    tracker.odd.clear()
    again = (run.resumed() if is_told else Run(tracker, tmp_path, files=FileLimits(), hour=1)).crawl()
    expected = "too_big" if state == "too_big" else "stored"  # more came than is wanted, which is known now
    assert (held(tmp_path)[odd].state, again.missing) == (expected, [])


def test_a_file_that_is_not_there_any_more_leaves(tmp_path):
    tracker = WithFiles(tmp_path)
    Run(tracker, tmp_path, files=FileLimits()).crawl()
    issue = next(each for each in tracker.issues() if each.files)
    ids = {str(id_) for id_, _ in issue.files}
    paths = [tmp_path / file.path for id_, file in held(tmp_path).items() if id_ in ids]
    dataset = Dataset(tmp_path)
    row = dataset.store.row(SITE, str(issue.id))
    assert row
    dataset.record(replace(row, payload=b'{"fields":{}}', version="other", feed=None, offset=None, length=None))
    dataset.commit()
    dataset.close()
    assert all(path.exists() for path in paths)
    run = Run(tracker, tmp_path, files=FileLimits(), hour=1).crawl()
    assert run.missing == []
    assert ids.isdisjoint(held(tmp_path))
    Run(tracker, tmp_path, files=FileLimits(), hour=2).crawl()
    assert not any(path.exists() for path in paths)


def test_a_file_that_nobody_asked_for_is_missed(tmp_path, monkeypatch):
    tracker = WithFiles(tmp_path)
    run = Run(tracker, tmp_path, files=FileLimits())
    push, lost = run.push, next(iter(tracker.sizes))
    monkeypatch.setattr(run, "push", lambda task: None if getattr(task, "id", "") == lost else push(task))
    run.crawl()
    assert run.missing == ["What became of 1 attachments is not known."]


def test_a_crawl_of_files_that_is_killed_asks_for_the_rest(tmp_path):
    tracker = WithFiles(tmp_path)
    first = Run(tracker, tmp_path, files=FileLimits(), scope=DEMO).crawl(most=10)
    second = first.resumed().crawl()
    both = asked(first, FetchAttachment) + asked(second, FetchAttachment)
    assert asked(first, FetchAttachment) and sorted(both) == sorted(tracker.sizes)
    assert {file.state for file in held(tmp_path).values()} == {"stored"}


def test_of_a_large_tracker_not_all_waits_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(remote_links, "AT_ONCE", 5)
    monkeypatch.setattr(attachments, "AT_ONCE", 5)
    tracker = WithFiles(tmp_path)
    run = Run(tracker, tmp_path, links=True, files=FileLimits())
    push, most = run.push, []

    def pushed(task: Task) -> None:
        push(task)
        most.append(sum(b"FetchRemoteLinks" in data or b"FetchAttachment" in data for _, _, data in run._heap))

    monkeypatch.setattr(run, "push", pushed)
    run.crawl()
    assert run.missing == [] and len(asked(run, FetchRemoteLinks)) == len(tracker.issues())
    assert 5 <= max(most) <= 15


def test_a_list_that_another_process_began_is_begun_again(tmp_path):
    tracker = WithFiles(tmp_path)
    first = Run(tracker, tmp_path, files=FileLimits())
    first.crawl(most=4)
    second = first.resumed()
    second.push(ListAttachments(proves=True, number=first.session.number))
    second.push(ListUnlinked(number=first.session.number))
    second.crawl()
    assert second.missing == []
    assert {file.state for file in held(tmp_path).values()} == {"stored"}
