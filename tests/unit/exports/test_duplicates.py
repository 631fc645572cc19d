"""Duplicates are compared as whole reports, each beside one that only looks like one; and nothing crosses a split."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.compared import INSTRUCTIONS
from jira_crawler.exports.diet import LABELS
from jira_crawler.exports.duplicates import Pair, Reports
from jira_crawler.exports.groups import Groups
from jira_crawler.exports.options import Choice
from jira_crawler.items import Issue, Link
from tests.unit.exports.talk import entry, issue, lines
from tests.unit.exports.test_export import JSONL, rows, run
from tests.unit.tasks.conftest import NOON

TITLES = {
    1: "Pump stalls when the lease expires",
    2: "Lease expiry makes every pump stall forever",  # the same as 1
    3: "Lease expiry makes every pump leak oil",  # like 2, and another one
    4: "Turbine hums loudly in winter",
    5: "Valve closes before the pressure drops",
    6: "Gauge shows nothing after an upgrade",
}
FILL = tuple(f"Widget {name} of gadget {name} is off" for name in ("alpha", "beta", "gamma", "delta", "omega", "kappa"))


def made(number: int, title: str, *, duplicates: int = 0, components: tuple[str, ...] = ("core",), **more) -> Issue:
    links = ()
    if duplicates:
        to = TITLES.get(duplicates, "Some other thing broke")
        links = (Link(type="Duplicate", relation="duplicates", key=f"ABC-{duplicates}", outward=True, title=to),)
    known = {"id": str(number), "key": f"ABC-{number}", "title": title, "links": links, "components": components}
    told = f"It happened on host {number} and again on rack {number}."
    return replace(issue(description=more.pop("description", told), issue_type="Bug"), **known, **more)


def tracker(**more) -> list[Issue]:
    """Six issues, of which the second duplicates the first, and more that nobody links."""
    several = [made(number, title, duplicates=1 if number == 2 else 0) for number, title in TITLES.items()]
    several[1] = replace(several[1], **more)
    return several + [made(number, title) for number, title in enumerate(FILL, 10)]


def pairs(several: list[Issue], splits=None, until=None) -> list[tuple[str, str, str]]:
    reports, groups = Reports(), Groups()
    entries = [entry(each) for each in several]
    for each in entries:
        reports.add(each, int(each.about["issue_id"]), wanted=True)
        groups.add(each, int(each.about["issue_id"]))
    chosen = np.zeros(len(several), dtype=np.int8) if splits is None else np.array(splits, dtype=np.int8)
    found = reports.pairs(groups.roots(), chosen, until or {})
    return [
        tuple(several[at].key for at in (pair.anchor, pair.positive, pair.negative))
        for at in sorted(found)
        for pair in found[at]
    ]


FOUND = [("ABC-2", "ABC-1", "ABC-3")]


def test_a_duplicate_stands_beside_the_issue_that_looks_most_like_it():
    assert pairs(tracker()) == FOUND


def test_the_order_of_issues_does_not_matter():
    assert pairs(tracker()[::-1]) == FOUND


def test_two_ends_of_a_link_are_one_pair_and_the_later_report_is_compared():
    several = tracker()
    several[0] = made(1, TITLES[1], duplicates=2)
    assert pairs(several) == FOUND
    several[1] = replace(several[1], links=())
    assert pairs(several) == FOUND


def test_two_duplicates_of_one_issue_stand_beside_two_others():
    two = tuple(replace(tracker()[1].links[0], key=f"ABC-{at}", title=TITLES[at]) for at in (1, 4))
    several = [replace(each, links=()) for each in tracker()]
    several.append(replace(made(50, "Lease expiry makes every pump stall again"), links=two))
    assert pairs(several) == [("ABC-50", "ABC-1", "ABC-2"), ("ABC-50", "ABC-4", "ABC-3")]


@pytest.mark.parametrize(
    "why",
    [
        pytest.param({"components": ("other",)}, id="no other issue of its component"),
        pytest.param(
            {"description": replace(issue(description="See ABC-1 for it.").description)}, id="names the other"
        ),
        pytest.param({"description": issue(description="A dup of an old bug.").description}, id="says so"),
        pytest.param({"title": "Entirely unlike all of them"}, id="no title is like it"),
        pytest.param({"links": ()}, id="nobody linked it"),
    ],
)
def test_without_a_fair_question_there_is_no_pair(why):
    assert pairs(tracker(**why)) == []


def test_what_is_not_there_or_in_another_split_is_no_pair():
    several = tracker()
    assert pairs(several[1:]) == []
    assert pairs(several, splits=[1, *[0] * (len(several) - 1)]) == []
    assert pairs(several, splits=[0, 0, 1, *[0] * (len(several) - 3)]) == []


def test_an_issue_that_may_be_an_unlinked_duplicate_is_no_negative():
    several = tracker()
    several[2] = replace(several[2], title=TITLES[2].upper())
    assert pairs(several) == []


def test_texts_that_are_nearly_the_same_teach_nothing():
    reports = Reports()
    for each in (entry(made(1, TITLES[1])), entry(made(2, TITLES[2], duplicates=1)), entry(made(3, TITLES[3]))):
        each.about["cluster"] = "site-1"
        reports.add(each, 1, wanted=True)
    assert reports.pairs(np.arange(3), np.zeros(3, dtype=np.int8), {}) == {}


def test_a_link_that_may_be_of_later_is_not_known():
    late = "2024-05-17T11:59:59.999Z"  # everything was changed at noon
    assert pairs(tracker(), until={0: late}) == []
    assert pairs(tracker(), until={0: "2024-05-17T12:00:00.000Z"}) == FOUND


def test_an_issue_that_filters_left_out_is_in_no_pair():
    reports = Reports()
    for at, each in enumerate(tracker()):
        reports.add(entry(each), at, wanted=each.key != "ABC-3")
    assert Pair(1, 0, 2) not in reports.pairs(np.arange(12), np.zeros(12, dtype=np.int8), {}).get(1, [])


def test_an_export_of_triplets(feeds, tmp_path):
    made_ = run(feeds(*map(lines, tracker())), tmp_path / "out", "triplets", layout=JSONL, split_by="none")
    (row,) = rows(tmp_path / "out")
    told = [f"# {TITLES[at]}\n\nIt happened on host {at} and again on rack {at}." for at in (2, 1, 3)]
    assert [row["anchor"], row["positive"], row["negative"]] == told
    assert (row["issue_key"], row["positive_key"], row["negative_key"]) == FOUND[0]
    assert (made_.passed[-1].issues, made_.passed[-1].examples, made_.overlap.rows) == (1, 1, 1)
    with pytest.raises(BadArgument, match="no duplicate stands beside another report like it"):
        run(feeds(*map(lines, tracker(links=())), name="b"), tmp_path / "none", "triplets", split_by="none")


@pytest.mark.parametrize("kind", ["alpaca", "chat"])
def test_the_diet_asks_about_both_in_equal_number(feeds, tmp_path, kind):
    folder = feeds(*map(lines, tracker()))
    run(folder, tmp_path / "out", kind, layout=JSONL, split_by="none", choice=Choice(diet=True, min_value=0.0))
    asked = [row for row in rows(tmp_path / "out") if row["example_type"] == "reports"]
    texts = [row["messages"][0]["content"] if kind == "chat" else row["instruction"] + row["input"] for row in asked]
    answers = [row["messages"][1]["content"] if kind == "chat" else row["output"] for row in asked]
    assert answers == ["duplicate", "not a duplicate"]
    assert all(TITLES[2] in text and text.startswith(INSTRUCTIONS) for text in texts)
    assert f"# Other issue: {TITLES[1]}" in texts[0]
    assert f"# Other issue: {TITLES[3]}" in texts[1]
    run(folder, tmp_path / "all", kind, layout=JSONL, split_by="none")
    assert "reports" not in {row["example_type"] for row in rows(tmp_path / "all")}
    assert "duplicate_detection" in LABELS


@pytest.mark.parametrize("how", ["hash", "time"])
def test_pairs_are_audited_like_everything(feeds, tmp_path, how):
    several = []
    for block in range(8):
        begun = NOON.replace(year=2000 + block)
        for each in tracker():
            number, text = int(each.id) + 100 * block, f"{each.description.source} It was in year {block}."
            links = tuple(replace(link, key=f"ABC-{1 + 100 * block}") for link in each.links)
            known = {"id": str(number), "key": f"ABC-{number}", "title": f"{each.title} {block}", "links": links}
            body = replace(each.description, source=text)
            several.append(lines(replace(each, **known, description=body, created=begun, updated=begun)))
    switches = {"split_by": how, "shares": (60, 20, 20), "layout": JSONL}
    for kind, choice in (("triplets", Choice()), ("chat", Choice(diet=True, min_value=0.0))):
        made_ = run(feeds(*several, name=kind), tmp_path / f"{kind}-out", kind, choice=choice, **switches)
        assert not made_.overlap.leaks
        assert made_.pairs
        assert made_.rows.total() == made_.overlap.rows
