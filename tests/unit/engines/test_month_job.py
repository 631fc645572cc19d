"""A month's shard is called by all that its files are made of, and knows whom it may hold."""

from __future__ import annotations

import msgspec
import pytest

from jira_crawler.engines.job import Job
from jira_crawler.engines.month_job import MonthJob, MonthSidecar
from jira_crawler.policy import DEFAULTS
from jira_crawler.refine.source import Range

JOB = MonthJob("sqlite:///a", "2024-01", b"context", b"said", "fingerprint", "code", "/shards")
SIDECAR = MonthSidecar(
    rows=3, bytes=9, sha256="s", code="c", month="2024-01", fingerprint="f", numbers={"acme": (10, 20), "hub": (0, 0)}
)


def test_only_what_makes_another_file_makes_another_name() -> None:
    others = {"month": "2024-02", "context": b"another", "fingerprint": "another", "code": "another"}
    named = {msgspec.structs.replace(JOB, **{name: value}).name for name, value in others.items()}

    assert len({JOB.name, *named}) == 5
    assert msgspec.structs.replace(JOB, source="elsewhere", said=b"", shards="there").name == JOB.name


def test_a_worker_tells_the_two_kinds_of_jobs_from_each_other() -> None:
    part = Job("sqlite:///a", (), Range("acme", "1", "9", 2, "f"), DEFAULTS, "code", "/shards")
    decoder = msgspec.msgpack.Decoder(Job | MonthJob)

    assert [decoder.decode(msgspec.msgpack.encode(job)) for job in (part, JOB)] == [part, JOB]


@pytest.mark.parametrize(
    ("site", "id_", "may"),
    [
        ("acme", "10", True),
        ("acme", "20", True),
        ("acme", "9", False),
        ("acme", "100", False),
        ("acme", "no number", False),
        ("hub", "no number", True),
        ("other", "10", False),
    ],
)
def test_it_knows_in_which_months_an_issue_may_be(site: str, id_: str, may: bool) -> None:
    assert SIDECAR.holds(site, id_) is may
