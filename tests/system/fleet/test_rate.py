"""One pace for all: a limit that one worker has met is kept by the whole fleet."""

from __future__ import annotations

from redis import Redis

from fake_jira import running

WORKERS = 4


def test_a_limit_that_one_worker_meets_is_the_pace_of_four(workers):
    """Seen from the site's log and from Redis; that the pace is right is shown in virtual time, in test_lessons.py."""
    with running(issues=72, page_cap=3, seed=7, rate_limit=(12, 1.0), latency=0.05) as sandbox:
        fleet = workers(sandbox)
        for name in ("first", "second", "third", "fourth")[:WORKERS]:
            fleet.start(name, projects="DEMO,TOOLS")
        fleet.finish()
    statuses = [status for *_, status in sandbox.requests]
    assert len(statuses) > 60
    # Under way when the first is refused is at most what the workers have slots for. Whoever ignored the limit would be
    # refused to the end: the sandbox keeps it. Headers may teach it before anybody is.
    assert statuses.count(429) <= WORKERS * 4
    with Redis.from_url(fleet.redis_url, decode_responses=True) as redis:
        (name,) = redis.keys("pace:*:line")
        told = float(redis.hget(name, "told") or 0)
    # 12 in a second, with a tenth to spare, in ms; on a busy machine four workers may be too slow to hear of it.
    assert 80 < told < 100 or (told == 0 and 429 not in statuses)
