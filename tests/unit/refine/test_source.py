"""Ranges hold every issue once, and end where their ids say, so that what comes changes no range but its own."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.items import RawIssue
from jira_crawler.refine.source import StoredIssue, cut


def issue(number: int, site: str = "example", fetched: int = 0, payload: bytes = b"") -> StoredIssue:
    id_ = f"{number:06d}"
    raw = RawIssue(
        site=site,
        base_url="https://example.org",
        dialect="server",
        project="A",
        id=id_,
        key=f"A-{number}",
        payload=payload,
        fetched_at=datetime.fromtimestamp(fetched, UTC),
    )
    return StoredIssue(id_, raw)


@given(st.sets(st.integers(0, 3_000)), st.sets(st.integers(0, 3_000), max_size=90), st.integers(1, 60))
def test_every_issue_is_in_one_range_in_order(one: set[int], other: set[int], size: int) -> None:
    issues = [issue(n, "a") for n in sorted(one)] + [issue(n, "b") for n in sorted(other)]

    ranges = list(cut(issues, size))

    assert sum(each.count for each in ranges) == len(issues)
    held = [[one for one in issues if (each.site, each.first) <= (one.raw.site, one.id) <= (each.site, each.last)]
            for each in ranges]  # fmt: skip
    assert [len(each) for each in held] == [each.count for each in ranges]
    assert [one for each in held for one in each] == issues
    assert all(each.count <= 2 * size for each in ranges)


def test_an_issue_that_comes_changes_its_own_range_alone() -> None:
    before = list(cut((issue(n) for n in range(0, 4_000, 2)), 100))
    after = list(cut((issue(n) for n in sorted({*range(0, 4_000, 2), 2_001})), 100))

    assert 10 < len(before) < 40
    assert 1 <= len({*after} - {*before}) <= 2  # where it makes one end, the next begins elsewhere


def test_a_fingerprint_tells_what_was_fetched_again_and_knows_no_payload() -> None:
    plain = list(cut([issue(1), issue(2)], 100))

    assert list(cut([issue(1, payload=b"{}"), issue(2, payload=b"[]")], 100)) == plain
    assert list(cut([issue(1), issue(2, fetched=5)], 100)) != plain
