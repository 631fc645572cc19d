"""Signs of all kinds, together: which pairs there are, how changes landed, and which of them are one fix."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.items import Closing, Person
from jira_crawler.links.judging import judge
from jira_crawler.links.kinds import KINDS
from jira_crawler.links.reading import read_commit, read_issue
from tests.unit.links.made import (
    ANN,
    REPOSITORY,
    closer,
    comment,
    commit,
    day,
    jira,
    judged,
    numbered,
    pairs,
    pull,
    renamed,
)

PULL = "https://github.com/acme/kettle/pull/{}"


def remote(number: int) -> bytes:
    return b'[{"id": 9, "object": {"url": "%s"}}]' % PULL.format(number).encode()


# --- grades


def test_both_sides_are_an_a_and_one_is_a_b():
    told = jira("K-1", said=(comment(f"ann opened a new pull request, #5:\nURL: {PULL.format(5)}"),))
    assert pairs(told, jira("K-2"), pull(5, "K-1: mend"), pull(6, "K-2: mend")) == {("1", "5"): "A", ("2", "6"): "B"}


@pytest.mark.parametrize(
    "body", ["K-1", "We looked at K-1.", "See K-1", "Depends on K-1.", "part of K-1", "follow-up to K-1"]
)
def test_what_is_only_named_is_no_pair(body):
    assert pairs(jira("K-1"), pull(5, "Mend", body)) == {}
    assert judged(jira("K-1"), pull(5, "Mend", body)).links != []


def test_a_closer_and_a_text_are_an_a_and_a_closer_alone_is_a_b():
    one, other = numbered(1, closings=(closer("acme/kettle#5"),)), numbered(2, closings=(closer("acme/kettle#6"),))
    assert pairs(one, other, pull(5, "x", "Fixes #1"), pull(6, "y")) == {("7-1", "5"): "A", ("7-2", "6"): "B"}


def test_a_remote_link_a_worklog_and_a_field_are_signs_of_the_jira():
    payload = b'{"fields": {"customfield_1": "%s", "customfield_2": null}}' % PULL.format(6).encode()
    reads = [read_issue(jira("K-1"), remote(5)), read_issue(jira("K-2", payload=payload))]
    found = judge([*reads, read_issue(pull(5, "x")), read_issue(pull(6, "y"))])
    assert [(each.id, each.kind, each.source_id) for each in found.links] == [
        ("1", "remote_link", "9"),
        ("2", "field", "customfield_1"),
    ]
    assert [each.grade for each in found.pairs] == ["B", "B"]


def test_a_mirrored_pull_request_is_the_first_that_a_program_names():
    said = f"ben commented on pull request #5:\nURL: {PULL.format(5)}#discussion\n\nlike {PULL.format(6)}, this is odd"
    found = judged(jira("K-1", said=(comment(said),)), pull(5, "x"), pull(6, "y"))
    assert [(each.other_id, each.kind) for each in found.links] == [("7-5", "bot_comment"), ("7-6", "issue_mention")]


def test_rows_say_who_said_what_where_and_when():
    [link] = judged(jira("K-1"), pull(5, "x", "It is odd.\n\nFixes K-1, I hope")).links
    assert (link.site, link.id, link.other_site, link.other_id) == ("jira", "1", "github", "7-5")
    assert (link.kind, link.place, link.actor, link.source_id) == ("body_closes", "body", "ann", "7-5")
    assert link.quoted == "It is odd. Fixes K-1, I hope"
    assert link.at == int(day(4).timestamp() * 1000)
    assert link.weight == KINDS["body_closes"].weight


def test_a_commit_that_closed_an_issue_is_of_the_pull_request_that_it_came_with():
    of_it = commit("a", "Let it go\n\nFixes #1")
    issue = numbered(1, closings=(closer(sha="a"),))
    assert pairs(issue, pull(5, "x", commits=(of_it,))) == {("7-1", "5"): "A"}
    assert pairs(issue, pull(5, "x", merge_commit="a".ljust(40, "0"))) == {("7-1", "5"): "B"}
    assert pairs(issue) == {("7-1", "a"): "B"}, "nobody has listed it, and GitHub says so all the same"


def test_a_program_that_names_the_commit_means_its_pull_request():
    said = comment(f"Commit {'a'.ljust(40, '0')} in kettle's branch refs/heads/main from Ann\n[ K-1: mend ]")
    assert pairs(jira("K-1", said=(said,)), pull(5, "x", merge_commit="a".ljust(40, "0"))) == {("1", "5"): "B"}
    assert pairs(jira("K-1", said=(said,)), pull(5, "x")) == {}


# --- what does not count


@pytest.mark.parametrize(
    "body",
    [
        "This is not a fix for #1.",
        "It does not fix #1 yet",
        "<!-- Fixes #1 -->",
        "> Fixes #1",
        "```\nFixes #1\n```",
        "`Fixes #1`",
        "<details><summary>Release notes</summary>\n* Fixes #1\n</details>",
        "Fixes someone/library#1",
    ],
)
def test_words_that_say_otherwise_are_no_fix(body):
    assert pairs(numbered(1), pull(5, "x", body)) == {}


def test_a_denial_outdoes_what_github_reads_into_it():
    linked = (Closing(kind="reference", other="acme/kettle#1"),)
    issue = numbered(1, closings=(closer("acme/kettle#5"),))
    assert pairs(issue, pull(5, "x", "This does not fix #1.", closings=linked)) == {}


def test_code_counts_where_it_is_told_to():
    reads = [read_issue(numbered(1)), read_issue(pull(5, "x", "```\nFixes #1\n```"), code=True)]
    assert len(judge(reads).pairs) == 1


def test_programs_that_bump_quote_the_notes_of_others():
    bumped = pull(5, "Bump x", "Fixes #1", reporter=Person("9", "", "dependabot[bot]"))
    assert pairs(numbered(1), bumped) == {}


def test_keys_of_unknown_projects_and_of_two_trackers_are_nothing():
    other = jira("K-1")
    twice = judge([read_issue(other), read_issue(jira("K-1", site="more")), read_issue(pull(5, "K-1: x UTF-8"))])
    assert twice.links == []
    assert pairs(other, pull(5, "SHA-256: x")) == {}


def test_an_address_tells_two_trackers_apart():
    one = jira("K-1")
    other = jira("K-1", site="more", url="https://more.example.org/jira/browse/K-1")
    found = judged(one, other, pull(5, "x", "Fixes https://more.example.org/jira/browse/K-1"))
    assert [each.site for each in found.pairs] == ["more"]


def test_a_list_of_many_is_a_list():
    issues = [jira(f"K-{n}") for n in range(1, 13)]
    body = "Fixes " + ", ".join(each.key for each in issues)
    assert pairs(*issues, pull(5, "Release", body)) == {}
    assert len(pairs(*issues, pull(5, "x", "Fixes K-1, K-2 and K-3"))) == 3


def test_the_title_of_the_merge_counts():
    late = pull(5, "K-2: mend", at=5, changes=(renamed("K-1: mend", "K-2: mend", 9),))
    early = pull(6, "K-2: mend", at=5, changes=(renamed("K-1: mend", "K-2: mend", 4.5),))
    found = judged(jira("K-1"), jira("K-2"), late, early)
    assert {(each.id, each.other_id, each.kind) for each in found.links} == {
        ("1", "7-5", "title_tag"),
        ("2", "7-5", "old_title"),
        ("2", "7-6", "title_tag"),
        ("1", "7-6", "old_title"),
    }


def test_a_moved_issue_is_known_by_its_old_key():
    from jira_crawler.items import Change

    moved = jira("NEW-1", changes=(Change(id="1", field="Key", before="OLD-7", after="NEW-1"),))
    assert pairs(moved, pull(5, "OLD-7: x")) == {("1", "5"): "B"}


# --- landing


def landings(*things):
    return {each.id.removeprefix("7-"): (each.how, each.commit.rstrip("0")) for each in judged(*things).landings}


def test_how_pull_requests_land():
    assert landings(
        pull(1, "a", merge_commit="a1".ljust(40, "0")),
        commit("a1", "Merge pull request #1 from ann/x\n\na", parents=("c", "d")),
        pull(2, "b", merge_commit="b1".ljust(40, "0")),
        commit("b1", "b (#2)"),
        pull(3, "K-3: c", state="closed"),
        commit("c1", "K-3: c\n\nCloses #3 from ann/topic."),
        pull(4, "d", base="1.x", merge_commit="d1".ljust(40, "0")),
        pull(5, "e", merge_commit="e1".ljust(40, "0")),
        commit("e1", "e, as it was pushed"),
        pull(6, "f", state="closed"),
        pull(7, "g", state="open"),
        pull(8, "h", base="1.x", state="closed", closings=(Closing(kind="referenced", commit="f" * 40, at=day(5)),)),
    ) == {
        "1": ("merge_commit", "a1"),
        "2": ("squash", "b1"),
        "3": ("script", "c1"),
        "4": ("other_branch", "d1"),
        "5": ("rebase", "e1"),
        "6": ("", ""),
        "7": ("", ""),
        "8": ("other_branch", "f" * 40),
    }


def test_a_commit_that_closes_several_lands_what_it_is_about():
    assert landings(
        *(pull(n, f"K-{n}: something {n}", state="closed") for n in (1, 2, 3, 4, 5)),
        commit("a", "[MINOR] Close old PRs\n\nCloses #1\nCloses #2"),
        commit("b", "K-3: something 3\n\nCloses #3\nCloses #4"),
        commit("c", "K-9: else\n\nClose acme/kettle#5 (unrelated, but forgot to close it)"),
    ) == {
        "1": ("bulk_close", ""),
        "2": ("bulk_close", ""),
        "3": ("keyword", "b"),
        "4": ("bulk_close", ""),
        "5": ("bulk_close", ""),
    }


def test_what_did_not_land_is_a_pair_that_says_so():
    [pair] = judged(jira("K-1"), pull(5, "K-1: x", state="closed")).pairs
    assert (pair.landed_how, pair.landed_commit, pair.landed_at) == ("", "", None)


def test_only_the_commit_of_the_script_may_name_the_issue():
    [pair] = judged(jira("K-1"), pull(5, "mend", state="closed"), commit("a", "K-1: x\n\nCloses #5 from ann/t.")).pairs
    assert (pair.other_id, pair.kinds, pair.landed_how) == ("7-5", ("landing_tag",), "script")


def test_a_commit_without_pull_request_is_a_change_by_itself():
    [pair] = judged(jira("K-1"), commit("a", "K-1: x")).pairs
    assert (pair.other_id, pair.commit, pair.landed_how) == ("", "a".ljust(40, "0"), "commit")


def test_commits_that_a_merge_brought_in_are_of_its_pull_request():
    things = (
        pull(5, "mend", merge_commit="c".ljust(40, "0")),
        commit("a", "begin", 1),
        commit("b", "K-1: x", 2, parents=("a",)),
        commit("c", "Merge pull request #5 from ann/x\n\nmend", 5, parents=("a", "b")),
    )
    [link] = judged(jira("K-1"), *things).links
    assert (link.other_id, link.kind, link.commit) == ("7-5", "commit_tag", "b".ljust(40, "0"))


# --- taken back


def reverted(*things):
    found = judged(jira("K-1"), *things)
    return {
        (each.other_id.removeprefix("7-") or each.commit.rstrip("0")): each.reverted_by.rstrip("0")
        for each in found.pairs
    }


def test_a_revert_names_its_commit_and_is_no_fix():
    assert reverted(
        pull(5, "K-1: x", merge_commit="a".ljust(40, "0")),
        commit("a", "K-1: x (#5)", 5),
        commit("b", 'Revert "K-1: x (#5)" (#6)', 6),
        pull(6, 'Revert "K-1: x"', "Reverts acme/kettle#5", at=6, merge_commit="b".ljust(40, "0")),
    ) == {"5": "b"}


def test_what_is_reverted_twice_stands():
    things = (
        commit("a", "K-1: x (#5)", 5),
        commit("b", 'Revert "K-1: x (#5)" (#6)', 6),
        commit("c", 'Revert "Revert "K-1: x (#5)" (#6)" (#7)', 7),
    )
    assert reverted(*things)["a"] == ""
    assert reverted(*things, commit("d", 'Revert "Reapply "K-1: x (#5)"" (#8)', 8))["a"] == ""
    thrice = commit("d", "Take it out for good\n\nThis reverts commit " + "c".ljust(40, "0"), 8)
    assert reverted(*things, thrice)["a"] == "b"


def test_a_revert_by_its_pull_request_alone():
    assert reverted(
        pull(5, "K-1: x", at=5, merge_commit="a".ljust(40, "0")),
        pull(6, 'Revert "K-1: x"', "Reverts acme/kettle#5", at=6, merge_commit="b".ljust(40, "0")),
    ) == {"5": "b"}


def test_a_revert_that_never_landed_takes_nothing_back():
    assert reverted(
        pull(5, "K-1: x", at=5), pull(6, 'Revert "K-1: x"', "Reverts acme/kettle#5", at=6, state="closed")
    ) == {"5": ""}


# --- one fix


def test_backports_and_follow_ups_are_of_one_group():
    found = judged(
        jira("K-1"),
        jira("K-2"),
        pull(5, "K-1: x", merge_commit="a".ljust(40, "0")),
        pull(6, "[1.x] x (backport #5)", "Fixes K-1", base="1.x"),
        pull(7, "More of it", "Follow-up to #5.\n\nFixes K-2"),
        pull(8, "K-3: apart"),
        jira("K-3"),
    )
    groups = {(each.id, each.other_id): each.fix_group for each in found.pairs}
    assert len({groups["1", "7-5"], groups["1", "7-6"], groups["2", "7-7"]}) == 1
    assert groups["3", "7-8"] != groups["1", "7-5"]
    assert {each.other_id: each.landed_how for each in found.pairs}["7-6"] == "backport"


# --- the same, whatever the order


def test_the_order_of_what_is_known_does_not_matter():
    things = [read_issue(jira(f"K-{n}"), remote(n)) for n in range(1, 8)]
    things += [read_issue(pull(n, f"K-{n % 5}: x", f"Fixes K-{n}, like #{n - 1}")) for n in range(1, 8)]
    things += [
        read_commit(commit(f"a{n}", f"K-{n}: x (#{n})", n), "github", REPOSITORY, "acme/kettle") for n in range(1, 8)
    ]
    first = judge(things)
    for seed in range(5):
        random.Random(seed).shuffle(things)
        assert judge([*things, *things[:3]]) == first


def test_a_person_who_commented_an_address_is_named():
    said = (comment(f"I have a fix: {PULL.format(5)}", ANN),)
    [link] = judged(jira("K-1", said=said), pull(5, "x")).links
    assert (link.kind, link.actor) == ("address", "ann")


def test_the_page_says_what_each_kind_weighs():
    page = (Path(__file__).parent.parent.parent.parent / "docs" / "links.md").read_text("utf-8")
    rows = [
        line.split(" | ") for line in page.splitlines() if line.startswith("| `") and re.search(r"\| 0\.\d\d \|", line)
    ]
    told = {name: float(row[1]) for row in rows for name in re.findall(r"`(\w+)`", row[0])}
    assert told == {kind.name: kind.weight for kind in KINDS.values() if kind.weight}


def test_the_default_branch_is_told_or_the_one_that_most_are_for():
    things = (
        pull(1, "a", base="2.x"),
        *(pull(n, "b", base="trunk", state="closed") for n in (2, 3)),
        pull(4, "c", base="trunk"),
    )
    assert {key: how for key, (how, _) in landings(*things).items()} == {
        "1": "other_branch",
        "2": "",
        "3": "",
        "4": "merged",
    }
    told = judge(map(read_issue, things), branches={("github", "acme/kettle"): "2.x"}).landings
    assert {each.id: each.how for each in told} == {"7-1": "merged", "7-2": "", "7-3": "", "7-4": "other_branch"}


def test_halves_of_characters_and_nuls_go_into_no_store():
    odd = pull(5, "K-1: \ud800 x\x00", "Fixes K-2 \udfff\x00", reporter=Person("", "a\ud800\x00", ""))
    found = judged(jira("K-1"), jira("K-2"), odd)
    for link in found.links:
        assert (link.quoted + link.actor).encode()
        assert "\x00" not in link.quoted + link.actor
    assert len(found.pairs) == 2


@given(st.lists(st.integers(0, 11), min_size=1, max_size=14))
def test_whatever_is_taken_back_and_put_back_in_turn(steps):
    """Each step takes back a fix that stands, or the last that was done to one, or lands something new."""
    subjects: list[str] = []
    takes: dict[int, int] = {}
    standing: set[int] = set()
    last: dict[int, int] = {}  # what was done last to each fix, by the first commit of it

    def first(at: int) -> int:
        return first(takes[at]) if at in takes else at

    def toggle(at: int, *, stands: bool) -> None:
        (standing.add if stands else standing.discard)(at)
        if at in takes:
            toggle(takes[at], stands=not stands)

    for step in steps:
        at = len(subjects)
        if step in standing and step in (first(step), last[first(step)]):
            takes[at] = step
            subjects.append(f'Revert "{subjects[step]}" (#{at + 1})')
        else:
            subjects.append(f"K-{at + 1}: fix number {at} (#{at + 1})")
        toggle(at, stands=True)
        last[first(at)] = at
    commits = [commit(f"{at + 1:x}a", subject, at) for at, subject in enumerate(subjects)]
    found = judged(*(jira(f"K-{at + 1}") for at in range(len(subjects))), *commits)
    fixes = {pair.commit.rstrip("0"): pair.reverted_by for pair in found.pairs}
    for at, subject in enumerate(subjects):
        if at not in takes:
            assert (fixes[f"{at + 1:x}a"] == "") is (at in standing), (subject, subjects)
