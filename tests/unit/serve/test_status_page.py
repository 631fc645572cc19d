"""The page says what is asked of it, without eyes and colours too, and nothing that others chose is HTML."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from lxml import html

from jira_crawler.serve.health import BEHIND
from jira_crawler.serve.status import Asking, Levels, Project, Status, Step, Tables
from jira_crawler.serve.status_page import PARTS, POLICY, chart, page, parts
from tests.servers.looking import NOW, TAG, delivery, status

BARE = Status(now=NOW, began=NOW - 1, site="made-up", url="https://jira.example.org", phase="crawling")


def text(shown: Status, part: str) -> str:
    return html.fromstring(parts(shown)[part]).text_content()


@pytest.mark.parametrize("shown", [status(), BARE], ids=["all", "bare"])
def test_it_is_a_document_with_everything_at_its_place(shown):
    document = html.document_fromstring(page(shown))
    assert [each.get("id") for each in document.xpath("//*[@id]") if each.get("id") in PARTS] == [*PARTS]
    ids = document.xpath("//@id")
    assert len(ids) == len({*ids})
    assert [len(document.xpath(f"//{name}")) for name in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
    assert {*document.xpath("//@aria-labelledby")} <= {*ids}
    assert document.xpath("/html/@lang") == ["en"]
    assert document.xpath("//a[@class='skip']/@href") == ["#main"]


def test_nothing_comes_from_elsewhere_and_only_our_own_script_and_style_may_act():
    said = page(status())
    document = html.document_fromstring(said)
    assert not document.xpath("//@src | //@style | //@*[starts-with(name(), 'on')]")
    assert {*document.xpath("//link/@href")} == {"data:,"}
    for name in ("script", "style"):
        (inside,) = re.findall(f"<{name}>(.*?)</{name}>", said, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in POLICY
    assert "unsafe" not in POLICY


def test_what_others_chose_is_text_wherever_it_stands():
    said = page(status())
    assert said.count("<script>") == 1
    shown = html.document_fromstring(said)
    assert shown.text_content().count(TAG) == repr(status()).count(TAG)


def test_every_table_says_what_it_is_and_a_keyboard_reaches_it():
    tables = html.document_fromstring(page(status())).xpath("//table")
    assert len(tables) == 5
    for table in tables:
        assert table.xpath("caption")[0].text_content()
        assert all(head.get("scope") == "col" for head in table.xpath("thead//th"))
        assert all(row.xpath("th[@scope='row']") for row in table.xpath("tbody/tr"))
        (box,) = table.xpath("..")
        assert (box.get("role"), box.get("tabindex"), bool(box.get("aria-label"))) == ("region", "0", True)


def test_only_the_state_is_read_aloud_and_nothing_in_it_changes_by_itself():
    document = html.document_fromstring(page(status()))
    connection, state = sorted(document.xpath("//*[@role='status' or @aria-live]"), key=lambda each: each.text or "")
    assert (state.getparent().get("id"), connection.get("id")) == ("state", "connection")
    aloud = "//*[@id='state']//*[@role='status']/text()"
    told = [page(status(now=NOW + n, problems=(f"A delivery has waited for {n} seconds.",))) for n in (300, 305)]
    assert [html.document_fromstring(each).xpath(aloud) for each in told] == [["✗ Not all is well: 1 trouble."]] * 2


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({}, "✓ All is well. What changes in DEMO and TOOLS is followed."),
        ({"followed": ("A", "B", "C")}, "✓ All is well. What changes in A, B and C is followed."),
        ({"phase": "crawling"}, "✓ All is well: what is missing is crawled first, then the tracker is followed."),
        ({"phase": "stopping"}, "It is stopping: what came is kept, and nothing is asked any more."),
        (
            {"problems": ("The store cannot be written.", "It is full.")},
            "✗ Not all is well: 2 troubles.The store cannot be written.It is full.",
        ),
    ],
)
def test_the_state(other, said):
    assert text(status(**other), "state") == said


def test_how_far_behind_is_what_is_usual_or_what_waits_longer():
    said = [each.text_content() for each in html.fromstring(parts(status())["behind"]).xpath(".//li")]
    assert said == [
        "Last webhook4 s ago22 deliveries in 30 minutes",
        "Fetched1.1 sthe slowest 2 s; none waiting",
        "Stored1.5 sthe slowest 2.2 s; 1 waiting",
        "In tables2.5 sthe slowest 5.1 s; 3 waiting",
    ]
    late = Step(name="stored", waiting=1, oldest=NOW - BEHIND - 60, usual=1.0, slowest=1.0)
    assert "Stored✗ 6 min" in text(status(steps=(late,)), "behind")


def test_passes_say_when_and_how():
    said = [[cell.text_content() for cell in row] for row in html.fromstring(parts(status())["behind"]).xpath(".//tr")]
    assert said[1:] == [
        ["Poll", "20 s ago", "✓ 2 issues changed", "in 40 s", "0.3 s"],
        ["Trailing pass", "15 min ago", "✗ It was away.", "in 9 s", "4.2 s"],
        ["Census", "never", "–", "under way", "–"],
    ]


def test_a_crawl_that_is_not_followed_yet_says_how_far_it_is():
    assert "120 of 4,000 issues are listed." in text(status(phase="crawling", listed=120, to_list=4_000), "behind")


def test_a_proof_with_a_gap_is_marked_by_more_than_a_colour():
    shown = status(
        projects=(Project(name="A", counted=5, held=3), Project(name="B", counted=5, held=6), Project(name="C"))
    )
    rows = html.fromstring(parts(shown)["projects"]).xpath(".//tbody/tr")
    assert [row[6].text_content() for row in rows] == ["✗ 3 of 5", "✓ 6 of 5", "–"]


def test_of_many_issues_the_first_are_named():
    shown = status(came=(delivery(1, issues=("A-1", "A-2", "A-3", "A-4", "A-5")), delivery(2, issues=())))
    rows = html.fromstring(parts(shown)["came"]).xpath(".//tbody/tr")
    assert [row[1].text_content() for row in rows] == ["A-1, A-2, A-3 and 2 more", "–"]


def test_bars_say_in_words_what_they_show():
    drawn = html.fromstring(f"<div>{chart((0, 4, 2), NOW)}</div>")
    assert drawn.xpath("//svg/@aria-label") == ["6 deliveries in 3 minutes, at most 4 in one"]
    assert [float(high) for high in drawn.xpath("//rect/@height")] == [0, 70, 35]
    assert drawn.xpath("//rect/title/text()") == ["14:11: 0", "14:12: 4", "14:13: 2"]


@pytest.mark.parametrize(
    ("other", "part", "said"),
    [
        ({"receiving": False}, "missed", "No webhooks are received, so none can be missed."),
        ({"missed_today": 0, "missed": ()}, "missed", "Nothing in 24 hours"),
        ({"failed_today": 0, "failed": (), "findings": ()}, "failed", "Nothing in 24 hours."),
        ({"tables": Tables()}, "tables", "none are written (TABLES)"),
        ({"tables": Tables(is_on=True, trouble="disk full")}, "tables", "✗ disk full"),
        ({"levels": Levels()}, "levels", "None are known of this tracker."),
        ({"levels": Levels(asked={"issue": NOW - 60})}, "levels", "open cycles0"),
        ({"levels": Levels(open=1_350, missed=2, soon=3)}, "levels", "open cycles1,350goal missed✗ 2"),
        ({"levels": Levels(open=9, soon=3, paused=4)}, "levels", "missed within an hour3clock paused4askednot yet"),
        ({"levels": Levels(asked={"overlay": NOW - 90})}, "levels", "asked by the second account1 min ago"),
        ({"asking": Asking(pause=30.0)}, "asking", "pausedfor 30 s now"),
        ({"asking": Asking(budget=10)}, "asking", "budget leftnot known"),
        ({"asking": Asking()}, "asking", "budget leftno budget is set"),
        ({"memory": None}, "asking", "memory of this processnot known"),
        ({"came": (), "minutes": (0, 0)}, "came", "No delivery has come yet."),
        ({"projects": ()}, "projects", "Nothing is counted yet."),
    ],
)
def test_what_there_is_none_of_is_said(other, part, said):
    assert said in text(status(**other), part)
