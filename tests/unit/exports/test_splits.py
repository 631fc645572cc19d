"""What belongs together stays together, in every dataset that chance can make."""

from __future__ import annotations

import random
from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jira_crawler.exports.fields import about
from jira_crawler.exports.groups import Groups, by_hash, by_time
from jira_crawler.exports.source import Entry, Sample
from tests.unit.exports.conftest import issue

COUNT = 24
numbers = st.integers(1, COUNT)
shares = st.tuples(st.integers(1, 90), st.integers(0, 30), st.integers(0, 30))
ties = st.lists(st.tuples(st.sampled_from(["cluster", "related", "parent", "text", "pair"]), numbers, numbers))


def entry(lines) -> Entry:
    texts = ("id", "task_type", "instruction", "input", "output")
    samples = [
        Sample(example_type="v", size=1, **{name: line[name] for name in texts}, **_spoken(line["metadata"]))
        for line in lines
    ]
    return Entry(about(lines[0]["metadata"], "example", lines[0]["metadata"]["issue_id"]), samples)


def _spoken(metadata) -> dict[str, str]:
    return {name: metadata[name] for name in ("speaker", "said", "role")}


def entries(tied) -> list[Entry]:
    made = {number: issue(number, "ACME" if number % 2 else "OTHER") for number in range(1, COUNT + 1)}
    key = {number: lines[0]["metadata"]["issue_key"] for number, lines in made.items()}
    for how, one, other in tied:
        for line in made[one]:
            metadata = line["metadata"]
            if how == "cluster":
                metadata["cluster"] = made[other][0]["metadata"]["cluster"]
            elif how in ("related", "parent"):
                far = key[other] if how == "related" else f"EPIC-{other}"  # which is in no feed
                metadata["related"] = ", ".join(filter(None, (metadata["related"], far)))
            elif how == "text":
                line["input"] = line["input"] and f"the same text {other}"
        if how == "pair":
            made[one][0]["id"] += f"-{key[other]}"
    return [entry(lines) for lines in made.values()]


def grouped(several: list[Entry]) -> Groups:
    groups = Groups()
    for each in several:
        groups.add(each, int(each.about["issue_id"]))
    return groups


def assigned(several: list[Entry], parts, how: str) -> dict[str, int]:
    groups = grouped(several)
    roots, names = groups.roots(), np.frombuffer(groups.names, dtype=np.uint64)
    if how == "hash":
        splits = by_hash(roots, names, parts)
    else:
        created = np.array([int(each.about["created"][:4]) for each in several])
        splits = by_time(roots, names, parts, created, np.ones(len(several), dtype=np.bool_))
    return dict(zip([each.identity for each in several], splits.tolist(), strict=True))


@given(ties, shares, st.sampled_from(["hash", "time"]), st.randoms(use_true_random=False))
def test_no_tie_is_ever_cut_and_the_order_does_not_matter(tied, parts, how, chance: random.Random):
    several = entries(tied)
    splits = assigned(several, parts, how)
    for _, *shared in shared_things(several):
        assert len({splits[identity] for identity in shared[0]}) == 1
    chance.shuffle(several)
    assert assigned(several, parts, how) == splits


def shared_things(several: list[Entry]):
    """Everything that two issues may share, found the slow and plain way."""
    found = defaultdict(set)
    known = {each.about["issue_key"]: each.identity for each in several}
    for each in several:
        found["cluster", each.about["cluster"]] |= {each.identity}
        # A cluster is named after an issue, which may itself have gone to another one.
        found["cluster", each.identity] |= {each.identity}
        for key in filter(None, each.about["related"].split(", ")):
            found["key", key] |= {each.identity, *filter(None, [known.get(key)])}
        for sample in each.samples:
            if sample.prompt:
                found["text", sample.prompt].add(each.identity)
            if (other := "-".join(sample.id.split("-")[-2:])) in known:
                found["pair", sample.id] |= {each.identity, known[other]}
    return found.items()


@given(shares)
def test_shares_of_nothing_get_nothing(parts):
    splits = set(assigned(entries([]), parts, "hash").values())
    assert splits <= {at for at, share in enumerate(parts) if share}


def test_shares_are_about_what_was_asked_for():
    names = np.random.default_rng(1).integers(0, 2**64, 20_000, dtype=np.uint64)
    splits = by_hash(np.arange(20_000), names, (90, 5, 5))
    counted = np.bincount(splits) / 20_000
    assert np.allclose(counted, (0.9, 0.05, 0.05), atol=0.01)


def test_by_time_the_oldest_train_and_a_group_is_as_old_as_its_newest():
    several = entries([("cluster", 1, 24)])
    several = sorted(several, key=lambda each: each.about["issue_id"])
    groups = grouped(several)
    created = np.array([int(each.about["issue_id"]) for each in several])
    names = np.frombuffer(groups.names, dtype=np.uint64)
    splits = by_time(groups.roots(), names, (50, 25, 25), created, np.ones(COUNT, dtype=np.bool_))
    went = dict(zip(created.tolist(), splits.tolist(), strict=True))
    assert went[1] == went[24] == 2
    assert [went[number] for number in range(2, 24)] == sorted(went[number] for number in range(2, 24))
    assert 10 <= list(went.values()).count(0) <= 13


def test_a_group_is_named_after_its_oldest_issue_so_that_a_new_one_does_not_rename_it():
    before = assigned(entries([("related", 5, 9)])[:20], (50, 25, 25), "hash")
    after = assigned(entries([("related", 5, 9), ("related", 9, 24)]), (50, 25, 25), "hash")
    assert {identity: after[identity] for identity in before} == before
    assert after["example-24"] == before["example-5"]


def test_related_keys_are_those_of_the_same_site():
    here, there = entry(issue(1, related="ACME-2")), entry(issue(2, text="b", site="elsewhere"))
    assert len(set(grouped([here, there]).roots().tolist())) == 2
