"""A search index that is late: what was changed, made or deleted is found as it was, until it is told."""

from __future__ import annotations

import math

import pytest

from fake_jira.data.timeline import Timeline
from tests.unit.fake_jira.moving import tracker

DEMO = frozenset({"DEMO"})
BOTH = frozenset({"DEMO", "TOOLS"})


@pytest.fixture
def corpus():
    jira = tracker(stale_searches=math.inf)
    jira.jira.corpus.jira = jira
    return jira.jira.corpus


def found(corpus, order="updated", projects=BOTH):
    return {issue.id: issue for issue in corpus.timeline(projects, order).issues}


@pytest.mark.parametrize("seen_before", [True, False])
def test_search_holds_on_to_what_it_knew(corpus, seen_before):
    start = dict(corpus.by_id)
    if seen_before:
        found(corpus)
    edits = corpus.jira.edits
    edited, made, gone, moved = (edits.one(kind) for kind in ("summary", "create", "delete", "move"))
    assert found(corpus) == start
    assert int(made.id) not in found(corpus) and int(gone.id) in found(corpus)
    assert corpus.by_id[int(edited.id)] != start[int(edited.id)]
    assert corpus.indexed(int(made.id)) is None and corpus.indexed(int(gone.id)) == start[int(gone.id)]
    assert found(corpus)[int(moved.id)].key == moved.before
    corpus.catch_up([int(made.id)])
    assert int(made.id) in found(corpus) and int(gone.id) in found(corpus)
    corpus.catch_up()
    assert found(corpus) == corpus.by_id


def test_after_so_many_searches(corpus):
    corpus.stale_searches = 2
    edited = corpus.jira.edits.one("summary")
    old = corpus.indexed(int(edited.id))
    for _ in range(2):
        corpus.searched()
        assert corpus.indexed(int(edited.id)) is old
    corpus.searched()
    assert corpus.indexed(int(edited.id)) is corpus.by_id[int(edited.id)] is not old


def test_timelines_are_as_if_it_had_never_been_late():
    jira = tracker(stale_searches=3)
    corpus = jira.jira.corpus
    for order in ("created", "updated", "key"):
        corpus.timeline(BOTH, order), corpus.timeline(DEMO, order)
    for step in range(300):
        jira.edits.one()
        if step % 3:
            corpus.searched()
        if step % 50 == 49:
            corpus.stale_searches = 0 if corpus.stale_searches else 3
    corpus.catch_up()
    for (projects, order), kept in corpus._timelines.items():
        seen = (one for one in corpus.by_id.values() if one.project in projects and one.state == "present")
        assert kept == Timeline.of(order, seen)
