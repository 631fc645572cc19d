"""The page for searching shows what others chose as text, and leads to what can be asked next."""

from __future__ import annotations

from typing import Any

from jira_crawler.search.asking import Results
from jira_crawler.search.question import read
from jira_crawler.serve.find_page import LAST, POLICY, Page, page

TAG = "<script>alert(1)</script>"


def hit(**more: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "issue_key": "ACME-1",
        "title": "a lease",
        "title_marked": "a <mark>lease</mark>",
        "snippet": "the <mark>lease</mark> is late",
        "url": "https://jira.example.org/browse/ACME-1",
        "issue_type": TAG,
        "status": "Open",
        "labels": [TAG],
        "updated": "2026-03-04T09:00:00.000Z",
        "seen": "2026-03-04T09:00:02.120Z",
        "quality": 0.5,
        "quality_reasons": {"length": 0.25, TAG: 1.0},
        "near_duplicates": ["ACME-2"],
    }
    return said | more


def results(*hits: dict[str, Any], **more: Any) -> Results:
    return Results(**{"total": len(hits), "hits": [*hits], **more})


def test_what_others_chose_is_text():
    found = page(Page(question=f'"{TAG}"', min_quality=TAG, results=results(hit()), trouble=TAG))
    assert "<script" not in found
    assert "&lt;script&gt;" in found
    assert "<mark>lease</mark>" in found
    assert "<script" not in page(Page(wrong=TAG))
    assert "script-src" not in POLICY


def test_an_address_that_is_none_is_no_link():
    assert "javascript:" not in page(Page(question="a", results=results(hit(url="javascript:alert(1)"))))
    assert 'href="https://jira.example.org/browse/ACME-1"' in page(Page(question="a", results=results(hit())))


def test_a_hit_says_what_it_is_worth_and_why():
    found = page(Page(question="a", results=results(hit())))
    for said in ("quality 0.50", "length 0.25", "Seen 2026-03-04 09:00 UTC", "Nearly the same: ACME-2", "1 issue in"):
        assert said in found


def test_counts_lead_to_narrower_questions_that_can_be_read():
    facets = {
        "status": {"In Progress": 2, 'Won"t \\ fix': 1},
        "month": {"2026-03": 2, "2026-02": 1},
        "type": {"Bug": 3},
    }
    found = page(Page(question="a OR b", min_quality="0.5", results=results(hit(), facets=facets)))
    assert "find?q=%28a+OR+b%29+AND+status%3A%22In+Progress%22&amp;min_quality=0.5" in found
    assert "AND+month%3A2026-03" in found
    assert "type%3A" not in found  # all are of one
    read('(a OR b) AND status:"Won\\"t \\\\ fix"')


def test_pages_end_where_they_have_to():
    assert 'rel="next"' in page(Page(question="a", results=results(hit(), more=True)))
    last = page(Page(question="a", number=LAST, results=results(hit(), more=True)))
    assert 'rel="next"' not in last
    assert 'rel="prev"' in last
    assert f'start="{(LAST - 1) * 20 + 1}"' in last


def test_nothing_found_says_what_finds_more():
    assert "Fewer words, or OR between them" in page(Page(question="a b", results=results()))
