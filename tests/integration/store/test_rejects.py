"""What the store tells of issues that are in no feed, in as much memory as one of them needs."""

from __future__ import annotations

from sqlalchemy import event

from jira_crawler.store.rows import Row


def row(number: int, **chosen: object) -> Row:
    names = {"site": "tracker", "crawled_project": "DEMO", "project": "DEMO", "base_url": "https://tracker.example"}
    times = dict.fromkeys(("created", "updated", "fetched_at", "run"), 1_700_000_000_000)
    payload = b'{"number": %d}' % number
    own = {"id": str(number), "number": number, "key": f"DEMO-{number}", "version": "", "content": f"c{number}"}
    return Row(**{"dialect": "server", "payload": payload} | names | times | own | chosen)


def test_payloads_are_read_one_at_a_time_and_only_those_that_are_told(store):
    unreadable = [row(n, stage="Validate", reason="malformed", content="") for n in (3, 2, 1)]
    store.save([row(4, stage="Score", reason="too short"), *unreadable, row(5)], {})
    asked = []
    event.listen(store.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    told = []
    for each in store.rejects():
        told.append((each["id"], each.get("payload")))
        assert sum("payload" in statement for statement in asked) == sum(payload is not None for _, payload in told)
    assert told == [(str(n), f'{{"number": {n}}}') for n in (1, 2, 3)] + [("4", None)]
