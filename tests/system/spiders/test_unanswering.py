"""A Jira that ignores what it is asked costs a few questions, and the run says that it is incomplete."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from itertools import count
from threading import Event
from typing import Any

import pytest

from tests.conftest import Crawled
from tests.rounds import thorough
from tests.servers.hostile import FIRST, Answer, Asked, as_json, hostile, issue, stamp
from tests.system.spiders.test_jira import payloads

SAME = [issue(n) for n in range(1, 6)]


def asked_most(jira: Any) -> int:
    """How often the question that was asked most often was asked."""
    return max(Counter((each.path, tuple(sorted(each.params.items()))) for each in jira.requests).values())


def ever_new() -> Callable[[Asked], Answer]:
    """Each page has issues that were never seen, and promises as many again."""
    number = count(1)

    def answer(asked: Asked) -> Answer:
        found = [issue(n, created=stamp(FIRST + 10**10 + n * 60_000)) for _, n in zip(range(50), number, strict=False)]
        return as_json({"issues": found, "total": 10**6, "nextPageToken": str(next(number))})

    return answer


def ever_new_tokens() -> Callable[[Asked], Answer]:
    tokens = count()
    return lambda asked: as_json({"issues": [], "total": 30, "nextPageToken": str(next(tokens))})


DIALECTS = ("server", "cloud")
RULES: dict[str, Callable[[], Callable[[Asked], Answer]]] = {
    "the same page": lambda: lambda asked: as_json({"issues": SAME, "total": 30, "nextPageToken": "more"}),
    "empty pages": ever_new_tokens,
    "ever more": ever_new,
    "strangers": lambda: (
        lambda asked: as_json({"issues": [issue(n, project=f"X{n}") for n in range(1, 301)], "total": 300})
    ),
}


PAIRS = [(way, DIALECTS[number % 2]) for number, way in enumerate(RULES)]
OTHERS = [(way, DIALECTS[1 - number % 2]) for number, way in enumerate(RULES)]


@pytest.mark.parametrize(("way", "dialect"), [*PAIRS, *thorough(*OTHERS)])
def test_pages_that_ignore_the_question_end_the_walk(crawl, way, dialect):
    answer = RULES[way]()
    with hostile(30, lambda asked: answer(asked) if asked.is_page else None, dialect=dialect) as jira:
        done: Crawled = crawl(jira.url, projects="ACME", COMMIT_SECONDS=0.1)
        requests, most = len(jira.requests), asked_most(jira)
    assert done.status == 1
    assert any("A part of ACME was not listed" in said for said in done.report["missing"])
    assert most <= 3 and requests < 40
    assert done.feeds.keys() <= {"ACME"}


def test_an_id_listing_that_ignores_the_question_removes_nothing(crawl):
    with hostile(12) as jira:
        first = crawl(jira.url, projects="ACME")
        before = len(jira.requests)
        jira.rule = lambda asked: as_json({"issues": SAME, "total": 90}) if asked.is_listing else None
        done = crawl(jira.url, projects="ACME", verify="true")
        requests = jira.requests[before:]
    assert (first.status, done.status) == (0, 1)
    assert any("The ids of ACME were not listed to the end" in said for said in done.report["missing"])
    assert len(requests) < 30 and not [each for each in requests if "/issue/" in each.path]
    assert done.sorted_feeds() == first.sorted_feeds()


def test_a_listing_of_keys_that_ignores_the_question_ends(crawl):
    rule = lambda asked: as_json({"issues": SAME, "total": 90}) if asked.is_listing else None  # noqa: E731
    with hostile(12, rule) as jira:
        done = crawl(jira.url, spider="jira_pages", projects="ACME", browser="never", ROBOTSTXT_OBEY="false")
        listings = [each for each in jira.requests if each.is_listing]
    assert done.status == 1
    assert any("The keys of ACME were not listed to the end" in said for said in done.report["missing"])
    assert len(listings) <= 5


def test_an_answer_about_another_issue_is_none(crawl):
    with hostile(12) as jira:
        crawl(jira.url, projects="ACME")
        gone = jira.issues.pop(6)
        other = jira.issues[2]
        jira.rule = lambda asked: as_json(other) if asked.path.endswith(f"/issue/{gone['id']}") else None
        done = crawl(jira.url, projects="ACME", verify="true")
        asked = [each for each in jira.requests if each.path.endswith(f"/issue/{gone['id']}")]
    assert done.status == 1
    assert len(asked) == 3
    assert any(f"gives the issue {other['id']} instead" in said for said in done.report["missing"])
    assert gone["id"] in done.ids


ODD_TOTALS = [b"1e308", b"-4", b"2.5", b"9" * 23, b'"7"']


def with_totals(at_its_own_address: bool) -> Callable[[Asked], Answer | None]:
    """Five issues have a work log whose total is nonsense; its own address says the same, or the truth."""

    def rule(asked: Asked) -> Answer | None:
        if asked.is_page:
            found = [issue(n, worklog={"worklogs": [{"id": "5"}], "total": f"ODD{n}"}) for n in range(1, 6)]
            body = json.dumps({"issues": found, "total": 5}).encode()
            for n, total in enumerate(ODD_TOTALS, 1):
                body = body.replace(b'"ODD%d"' % n, total)
            return Answer(body)
        if number := re.search(r"/issue/100(\d)/worklog", asked.path):
            total = b"1" if at_its_own_address else ODD_TOTALS[int(number[1]) - 1]
            return Answer(b'{"worklogs": [{"id": "5"}], "total": %b}' % total)
        return None

    return rule


@pytest.mark.parametrize("honest", [True, False])
def test_a_total_that_is_none_is_settled_by_its_own_address_or_told(crawl, honest):
    with hostile(5, with_totals(honest)) as jira:
        done = crawl(jira.url, projects="ACME")
        most = asked_most(jira)
    assert done.status == (0 if honest else 1), done.out
    assert most <= 3
    assert done.ids == {str(1000 + n) for n in range(1, 6)}
    assert done.report["cut"] == ({} if honest else {"worklog": 5})
    assert {len(each["fields"]["worklog"]["worklogs"]) for each in payloads(done.folder).values()} == {1}


HUGE, NEGATIVE, LONG, NESTED = b"1e308", b"-1", b"9" * 23, b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize(
    ("dialect", "count_"),
    [
        *(("server", HUGE), ("cloud", NEGATIVE), ("server", LONG), ("cloud", NESTED)),
        *thorough(("cloud", HUGE), ("server", NEGATIVE), ("cloud", LONG), ("server", NESTED)),
    ],
    ids=lambda given: str(given[:10]),
)
def test_a_count_that_is_none_is_a_sentence(crawl, dialect, count_):
    body = b'{"count": %b, "total": %b, "issues": []}' % (count_, count_)
    with hostile(5, lambda asked: Answer(body) if asked.is_count else None, dialect=dialect) as jira:
        done = crawl(jira.url, projects="ACME")
    assert done.status == 1
    assert any("does not count its issues" in said for said in done.report["missing"])


# --- what is malformed


def page_with(*odd: bytes) -> Callable[[Asked], Answer | None]:
    """A page of ten issues, in place of the first of them whatever a test puts there."""
    others = [json.dumps(issue(n)).encode() for n in range(1 + len(odd), 11)]
    body = b'{"total": 10, "issues": [%b]}' % b",".join([*odd, *others])
    return lambda asked: Answer(body) if asked.is_page and "updated" not in asked.jql else None


ONE = json.dumps(issue(1)).encode()
CHANGES = [
    (b'"%d"', b"%d"),
    (b'"%d"', '"%d²"'.encode()),
    (b'"%d"', b'"%d' + b"1" * 30 + b'"'),
    (b'"ACME-', b'"ACME-\xff'),
    (b'"ACME-', b'"ACME-' + b"1" * 5000),
    (b'"created": "2', b'"created": "x'),
    (b'"updated"', b'"customfield_1": ' + b"9" * 5000 + b', "updated"'),
    (b'"summary": "', b'"summary": "\xff'),
]


def spoilt(number: int, old: bytes, new: bytes) -> bytes:
    """An issue with something else in it; `%d` is its id."""
    old, new = (each.replace(b"%d", b"%d" % (1000 + number)) for each in (old, new))
    return json.dumps(issue(number)).encode().replace(old, new, 1)


ODD = [spoilt(number, *change) for number, change in enumerate(CHANGES, 1)]


def test_what_is_malformed_is_a_reject_and_the_others_live(crawl):
    with hostile(10, page_with(*ODD)) as jira:
        done = crawl(jira.url, projects="ACME", COMMIT_SECONDS=0.1)
        rejects, written = done.rejects, {line["metadata"]["issue_id"] for line in done.examples}
        again = crawl(jira.url, projects="ACME", verify="true")
    assert {each["stage"] for each in rejects} == {"Validate"}
    assert len(rejects) == len(ODD)
    assert written == {"1009", "1010"}
    # What is listed under an id that we do not hold is asked for by it, and came; the others stay what they are.
    assert again.status == 0, again.out
    assert {each["stage"] for each in again.rejects} == {"Validate"}
    assert again.ids == {each["id"] for each in rejects if each["key"] == ""} | {str(1000 + n) for n in range(1, 11)}


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_the_first_and_the_last_day_there_is(crawl, dialect):
    odd = ["0001-01-01T00:00:00.000+0000", "1969-12-31T23:59:59.999+0000", "9999-12-31T23:59:59.999+0000"]
    with hostile([issue(n, created=when) for n, when in enumerate(odd, 1)] + [issue(9)], dialect=dialect) as jira:
        done = crawl(jira.url, projects="ACME")
    assert done.status == 0, done.out
    assert done.ids == {"1001", "1002", "1003", "1009"}


def test_verifying_does_not_forget_what_it_cannot_read(crawl):
    malformed = ONE.replace(b'"1001"', b"1001")

    def listed(asked: Asked) -> Answer | None:
        if asked.is_listing:
            return as_json({"total": 9, "issues": [issue(n) for n in range(2, 11)]})
        return page_with(malformed)(asked)

    with hostile(10, listed) as jira:
        first = crawl(jira.url, projects="ACME")
        done = crawl(jira.url, projects="ACME", verify="true")
    (before,), (after,) = first.rejects, done.rejects
    assert after["payload"] == before["payload"] != ""
    assert done.report["verified"]["ACME"]["unreadable"] == 1


# --- what it says


def test_a_wrong_query_is_told_as_one(crawl):
    said = "Field 'ACME' does not exist or you do not have permission to view it."
    wrong = lambda asked: as_json({"errorMessages": [said]}, 400) if asked.is_count else None  # noqa: E731
    with hostile(5, wrong) as jira:
        done = crawl(jira.url, projects="ACME", jql="ACME = 1")
    assert done.status == 1
    assert f"refuses to search ACME (status 400): {said}" in done.report["missing"][0]


@pytest.mark.parametrize("what", ["serverInfo", "search"])
def test_an_answer_nested_without_end_is_a_sentence(crawl, what):
    nested = b'{"version": "9", "errorMessages": ["No."], "x": %b}' % (b"[" * 100_000 + b"]" * 100_000)
    rule = lambda asked: Answer(nested, 200 if what == "serverInfo" else 400) if what in asked.path else None  # noqa: E731
    with hostile(5, rule) as jira:
        done = crawl(jira.url, projects="ACME")
    assert done.status == 1
    assert len(done.report["missing"]) == 1


# --- pages of people


def keys_of(answers: dict[str, Answer]) -> Callable[[Asked], Answer | None]:
    def rule(asked: Asked) -> Answer | None:
        if asked.path.startswith("/browse/"):
            return answers.get(asked.path.rpartition("/")[2], Answer(b"", 404))
        if asked.path == "/robots.txt":
            return Answer(b"", 404)
        return None

    return rule


def to(key: str) -> Answer:
    return Answer(b"", 302, {"Location": f"/browse/{key}"})


def test_a_project_that_is_not_there_is_told(crawl):
    unknown = as_json({"errorMessages": ["The value 'NOPE' does not exist for the field 'project'."]}, 400)
    with hostile(5, lambda asked: unknown if asked.jql else None) as jira:
        done = crawl(jira.url, spider="jira_pages", projects="NOPE")
    assert done.status == 1
    assert "has no project NOPE" in done.report["missing"][0]


def test_a_project_of_which_no_key_leads_anywhere_is_told(crawl):
    closed = lambda asked: Answer(b"", 404)  # noqa: E731
    with hostile(5, closed) as jira:
        done = crawl(jira.url, spider="jira_pages", projects="NOPE", MISSING_KEYS=5)
        assert len(jira.requests) < 12
    assert done.status == 1
    assert "shows no issue of NOPE, or has no such project" in done.report["missing"][0]


def test_keys_that_lead_in_a_circle_are_told(crawl):
    circle = {"ACME-1": to("ACME-2"), "ACME-2": to("ACME-1"), "ACME-3": to("ACME-3")}
    with hostile(5, keys_of(circle)) as jira:
        done = crawl(jira.url, spider="jira_pages", projects="", keys="ACME-1,ACME-3")
        assert len([each for each in jira.requests if "/browse/" in each.path]) <= 4
    assert done.status == 1
    assert len([said for said in done.report["missing"] if "leads on and on" in said]) == 2


def test_keys_that_all_lead_somewhere_else_end(crawl):
    """Whatever key is tried, a login form comes."""

    def rule(asked: Asked) -> Answer | None:
        login = Answer(b"", 302, {"Location": "/login.jsp"})
        return login if asked.path.startswith("/browse/") else Answer(b"", 404)

    with hostile(5, rule) as jira:
        done = crawl(jira.url, spider="jira_pages", projects="ACME", MISSING_KEYS=2)
        assert len(jira.requests) < 40
    assert done.status == 1
    assert any("lead to no issue that can be read" in said for said in done.report["missing"])


@pytest.mark.parametrize("dialect", ["server", "cloud"])
def test_keys_that_a_search_does_not_name_are_missed(crawl, dialect):
    """A listing that ends early, as if that were all: the count does not agree."""

    def rule(asked: Asked) -> Answer | None:
        if not asked.is_listing:
            return None
        few = [each for each in jira.found(asked.jql) if int(each["id"]) <= 1003]
        return as_json({"issues": few} if dialect == "cloud" else {"issues": few, "total": len(few)})

    with hostile(10, rule, dialect=dialect) as jira:
        done = crawl(jira.url, spider="jira_pages", projects="ACME", browser="never", RETRY_TIMES=0)
    assert done.status == 1
    assert "The search names 3 of the 10 issues of ACME that it counts." in done.out


def test_a_page_that_is_cut_short_and_fails_is_asked_for_in_smaller_ones(crawl):
    """What the tracker gives at most was learned meanwhile, and half of what was asked for is still more than that."""
    learned = Event()

    def rule(asked: Asked) -> Answer | None:
        if asked.is_page and "ACME" in asked.jql and "created >=" in asked.jql:
            learned.set()  # the second page: the first one was read
        if asked.is_page and "OTHER" in asked.jql and int(asked.params["maxResults"]) > 10:
            assert learned.wait(600)
            return Answer(b"", 500)
        return None

    found = [*(issue(n) for n in range(1, 31)), *(issue(n, project="OTHER") for n in range(41, 71))]
    with hostile(found, rule, page_cap=10) as jira:
        done = crawl(jira.url, projects="ACME,OTHER", limit=100, RETRY_TIMES=0)
    assert done.status == 0, done.out
    assert done.ids == {each["id"] for each in found}
