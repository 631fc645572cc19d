"""Each example once in an epoch, in the same order each time, whatever is killed, added, edited or taken away."""

from __future__ import annotations

import abc
import json
import pickle
import random
import sys
import types
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.groups import SPLITS
from jira_crawler.exports.options import Choice, ExportOptions
from jira_crawler.exports.reading import Here
from jira_crawler.exports.source import Source
from jira_crawler.exports.survey import Survey
from jira_crawler.stream import Samples, reading, spool, version
from tests.growing import TASKS, Growing


@pytest.fixture
def growing(tmp_path: Path) -> Iterator[Growing]:
    made = Growing(tmp_path / "output")
    yield made
    made.close()


def fill(growing: Growing, count: int, **about: Any) -> None:
    for number in range(1, count + 1):
        growing.put(number, f"The text of {number}.", commit=number == count, **about)


def ids(examples: Any) -> list[str]:
    return [example["id"] for example in examples]


def truth(growing: Growing) -> set[str]:
    return {line["id"] for lines in growing.there.values() for line in lines}


def copied(state: Any) -> Any:
    return json.loads(json.dumps(state))


# --- epochs


def test_each_comes_once_as_its_line_says_it(growing):
    fill(growing, 20)
    samples = Samples(growing.folder, split=None)
    given = list(samples)
    assert sorted(given, key=str) == sorted((line for lines in growing.there.values() for line in lines), key=str)
    assert samples.epoch == 0
    assert len(list(samples)) == len(given)
    assert samples.epoch == 1


def test_the_order_follows_from_seed_and_epoch_and_nothing_else(growing, tmp_path):
    fill(growing, 20)
    other = Growing(tmp_path / "other")
    for number in reversed(range(1, 21)):
        other.put(number, f"The text of {number}.")
    other.close()
    one = Samples(growing.folder, split=None)
    first, second = ids(one), ids(one)
    assert ids(Samples(tmp_path / "other", split=None)) == first != sorted(first)
    assert (sorted(second), second == first) == (sorted(first), False)
    assert ids(Samples(growing.folder, split=None, seed=1)) != first
    again = Samples(growing.folder, split=None)
    again.epoch = 1
    assert ids(again) == second


def test_who_is_killed_goes_on_behind_what_was_saved(growing):
    fill(growing, 15)
    whole = ids(Samples(growing.folder, split=None)) + ids(at_epoch(growing, 1))
    assert len(whole) == 90
    state, given, chance = None, [], random.Random(3)
    while len(given) < len(whole):
        samples = Samples(growing.folder, split=None)
        if state:
            samples.load_state_dict(state)
        for _ in range(2):  # the first may come to the end of an epoch, or be there already
            given += ids(islice(samples, chance.randint(1, 10)))
        state = copied(samples.state_dict())
        list(islice(samples, 4))  # is lost with the process
    assert given == whole


def at_epoch(growing: Growing, epoch: int) -> Samples:
    samples = Samples(growing.folder, split=None)
    samples.epoch = epoch
    return samples


def test_who_stops_in_the_middle_goes_on_there(growing):
    fill(growing, 10)
    samples = Samples(growing.folder, split=None)
    first = ids(islice(samples, 7))
    assert len(set(first + ids(samples))) == 30


def test_the_end_of_an_epoch_is_part_of_its_state(growing):
    fill(growing, 3)
    samples = Samples(growing.folder, split=None)
    list(samples)
    resumed = Samples(growing.folder, split=None)
    resumed.load_state_dict(copied(samples.state_dict()))
    assert [len(list(resumed)) for _ in range(3)] == [0, 9, 9]
    assert resumed.epoch == 2
    resumed.load_state_dict(copied(samples.state_dict()))
    iter(resumed)  # nobody asks it for anything, as a loader does that sees that its epoch is over
    assert len(list(resumed)) == 9


@pytest.fixture
def restless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets samples look for what is new each time that they are asked, however long the last look took."""
    monkeypatch.setattr(reading, "_SHARE", 0.0)


def test_what_changes_within_an_epoch_comes_as_it_is_then_and_none_twice(growing, restless):
    fill(growing, 30)
    samples = Samples(growing.folder, split=None, refresh=0.0)
    iterator, given = iter(samples), []
    for step in range(25):
        given.append(next(iterator))
        match step % 5:
            case 0:
                growing.remove(step + 2)
            case 1:
                growing.put(step + 2, f"edited {step}")
            case 2:
                growing.put(100 + step)
        there = truth(growing)
        following = next(iterator)
        assert following["id"] in there
        assert following in growing.there[following["metadata"]["issue_id"]]
        given.append(following)
    given += list(iterator)
    assert max(Counter(ids(given)).values()) == 1
    assert set(ids(given)) - truth(growing) == {each["id"] for each in given[:50]} - truth(growing)


# --- following


def followed(growing: Growing, **more: Any) -> Samples:
    return Samples(growing.folder, **{"split": None, "follow": True, "idle": 0.0, "refresh": 0.0, **more})


def versions(examples: Any) -> list[tuple[str, str]]:
    return [(example["id"], version(example)) for example in examples]


def test_who_follows_gets_what_comes_and_what_was_edited_and_nothing_else_again(growing):
    fill(growing, 3)
    samples = followed(growing)
    assert len(list(samples)) == 9
    growing.put(4)
    growing.put(2, "edited")
    growing.put(3, "The text of 3.", quality=0.9)  # a model would see the same
    growing.remove(1)
    came = list(samples)
    assert Counter(example["metadata"]["issue_id"] for example in came) == {"4": 3, "2": 3}
    growing.put(2, "The text of 2.")  # as it was once
    growing.put(1, "The text of 1.")
    assert list(samples) == []
    assert samples.epoch == 0


def test_who_has_no_time_to_wait_looks_once_in_any_case(growing):
    fill(growing, 3)
    samples = followed(growing, refresh=3_600.0)
    assert len(list(samples)) == 9
    growing.put(4)
    assert len(list(samples)) == 3


def test_what_is_edited_or_gone_before_its_turn_comes_in_its_last_version_or_not_at_all(growing):
    fill(growing, 5)
    samples = followed(growing)
    iterator = iter(samples)
    first = next(iterator)["metadata"]["issue_id"]
    one, other = [number for number in growing.there if number != first][:2]
    growing.put(int(one), "edited once")
    growing.put(int(one), "edited twice")
    growing.remove(int(other))
    rest = list(iterator)
    assert {line["output"] for line in rest if line["metadata"]["issue_id"] == one} >= {"Wait: edited twice"}
    assert not [line for line in rest if line["metadata"]["issue_id"] == other or "edited once" in line["output"]]


def test_killed_again_and_again_while_everything_moves_each_version_was_seen_once(growing):
    fill(growing, 10)
    chance, seen, state = random.Random(5), [], None
    for _ in range(25):
        samples = followed(growing)
        if state:
            samples.load_state_dict(state)
        batch = list(islice(samples, chance.randint(0, 12)))
        if chance.random() < 0.5:
            seen += versions(batch)
            state = copied(samples.state_dict())  # what was not saved is given again
        number = chance.randint(1, 14)
        if chance.random() < 0.3:
            growing.remove(number)
        else:
            growing.put(number, f"text {chance.randint(0, 3)} of {number}")
        samples.close()
    samples = followed(growing)
    samples.load_state_dict(state)
    seen += versions(samples)
    assert max(Counter(seen).values()) == 1
    assert {pair for lines in growing.there.values() for pair in versions(lines)} <= set(seen)


def test_a_state_grows_by_eight_bytes_a_version_and_only_at_its_end(growing):
    fill(growing, 700)
    samples = followed(growing)
    iterator = iter(samples)
    list(islice(iterator, 1_500))
    before = samples.state_dict()["given"]
    list(islice(iterator, 100))
    after = samples.state_dict()["given"]
    assert (before["0"], set(after) - set(before)) == (after["0"], set())
    assert len(json.dumps(after)) < 1_600 * 11 + 100


def test_a_cursor_that_went_stale_costs_a_new_reading_and_nothing_twice(growing):
    fill(growing, 5)
    samples = followed(growing)
    assert len(list(samples)) == 15
    consumers = growing.dataset.store.consumers
    consumers.expire(2**60)  # nobody was heard of for long
    consumers.advance("index", 0)
    growing.remove(1)
    growing.put(2, "edited")
    growing.put(9)
    consumers.advance("index", growing.dataset.store.changes.latest())
    growing.put(10)
    assert Counter(example["metadata"]["issue_id"] for example in samples) == {"2": 3, "9": 3, "10": 3}
    growing.put(3, "edited")
    assert len(list(samples)) == 3
    samples.close()
    assert consumers.expire(2**60) == ["index"]  # it has taken its own name back


def test_what_went_while_a_cursor_was_stale_is_not_given(growing):
    fill(growing, 5)
    samples = followed(growing)
    first = next(iter(samples))["metadata"]["issue_id"]
    consumers = growing.dataset.store.consumers
    consumers.expire(2**60)
    gone = next(number for number in growing.there if number != first)
    growing.remove(int(gone))
    consumers.advance("index", growing.dataset.store.changes.latest())
    growing.put(9)
    rest = {example["metadata"]["issue_id"] for example in samples}
    assert (gone in rest, "9" in rest, len(rest | {first})) == (False, True, 5)


# --- who shares the work


def test_workers_share_and_ranks_too(growing):
    fill(growing, 30)
    parts = [
        ids(Samples(growing.folder, split=None, part=(rank, 2), worker=lambda at=worker: (at, 3)))
        for rank in range(2)
        for worker in range(3)
    ]
    together = [each for part in parts for each in part]
    assert (set(together), len(together)) == (truth(growing), 90)
    assert all(len(part) > 5 for part in parts)


def test_a_state_belongs_to_its_worker(growing):
    fill(growing, 3)
    state = Samples(growing.folder, worker=lambda: (0, 2)).state_dict()
    with pytest.raises(BadArgument, match="number of workers"):
        Samples(growing.folder, worker=lambda: (0, 3)).load_state_dict(state)


def test_a_worker_of_a_loader_is_known_by_what_torch_says(growing, monkeypatch):
    fill(growing, 20)
    data = types.ModuleType("torch.utils.data")
    data.IterableDataset = abc.ABCMeta("IterableDataset", (), {})
    data.get_worker_info = lambda: types.SimpleNamespace(id=1, num_workers=2)
    monkeypatch.setitem(sys.modules, "torch.utils.data", data)
    samples = Samples(growing.folder, split=None)
    assert isinstance(samples, data.IterableDataset)
    assert ids(samples) == ids(Samples(growing.folder, split=None, worker=lambda: (1, 2)))


def test_samples_go_to_other_processes_with_their_state(growing):
    fill(growing, 10)
    samples = Samples(growing.folder, split=None)
    given = ids(islice(samples, 11))
    there = pickle.loads(pickle.dumps(samples))
    assert len(set(given + ids(there))) == 30


# --- what is chosen


def test_weights_hold_from_the_first_to_the_last_and_nothing_is_lost(growing):
    fill(growing, 40)
    weights = {TASKS[0]: 3.0, TASKS[1]: 1.0, TASKS[2]: 0.0}
    given = list(Samples(growing.folder, split=None, weights=weights))
    for at in range(4, 53, 4):
        assert Counter(each["task_type"] for each in given[:at])[TASKS[0]] == at * 3 / 4
    assert Counter(each["task_type"] for each in given) == {TASKS[0]: 40, TASKS[1]: 40}


def test_a_mixture_goes_on_where_it_was(growing):
    fill(growing, 12)
    weights = {TASKS[0]: 2.0, TASKS[1]: 1.0, TASKS[2]: 0.7}
    whole = ids(Samples(growing.folder, split=None, weights=weights))
    given, state = [], Samples(growing.folder, split=None, weights=weights).state_dict()
    while len(given) < len(whole):
        samples = Samples(growing.folder, split=None, weights=weights)
        samples.load_state_dict(copied(state))
        given += ids(islice(samples, 5))
        state = samples.state_dict()
    assert given == whole


def test_a_choice_of_quality_tasks_and_projects(growing):
    growing.put(1, quality=0.9)
    growing.put(2, quality=0.1)
    growing.put(3, project="OTHER", quality=0.9)
    for split in (None, "train"):
        chosen = {"min_quality": 0.5, "tasks": ["pretraining"], "projects": ["ACME"], "shares": (1, 0, 0)}
        assert ids(Samples(growing.folder, split=split, **chosen)) == ["example-1-pretraining-v"]


@pytest.mark.parametrize("seed", range(3))
def test_splits_are_those_of_an_export(growing, tmp_path, seed):
    """Whatever ties issues together, and though some are not chosen."""
    chance = random.Random(seed)
    for number in range(1, 61):
        about: dict[str, Any] = {"quality": chance.choice([0.2, 0.8])}
        if chance.random() < 0.3:
            about["related"] = f"{chance.choice(['ACME', 'OTHER'])}-{chance.randint(1, 60)}"
        text = f"the same text {number % 5}" if chance.random() < 0.1 else ""
        growing.put(number, text, project=chance.choice(["ACME", "OTHER"]), commit=False, **about)
        if chance.random() < 0.3:
            growing.dataset.commit()
    growing.dataset.commit()
    growing.close()
    shares = (60.0, 20.0, 20.0)
    exported = by_split(growing.folder, shares)
    streamed = {
        split: set(ids(Samples(growing.folder, split=split, shares=shares, min_quality=0.5))) for split in SPLITS
    }
    assert all(exported.values())
    assert streamed == exported


def by_split(folder: Path, shares: tuple[float, ...]) -> dict[str, set[str]]:
    """What the export puts into each split, by its own survey."""
    order = ExportOptions(format="issues", to="x", shares=shares, choice=Choice(min_quality=0.5))
    found: dict[str, set[str]] = {name: set() for name in SPLITS}
    with Source(folder) as source:
        survey = Survey(Here(source), order)
        for at, span in enumerate(source.spans()):
            if survey.rows[at]:
                found[SPLITS[survey.splits[at]]] |= {sample.id for sample in source.read(span).samples}
    return found


def test_an_issue_that_is_joined_to_one_of_another_split_is_not_given_any_more(growing, restless):
    """The group of both is named after the older one, and goes where that is."""
    fill(growing, 40)
    shares = (50.0, 25.0, 25.0)
    test = {each["metadata"]["issue_id"] for each in Samples(growing.folder, split="test", shares=shares)}
    train = {each["metadata"]["issue_id"] for each in Samples(growing.folder, split="train", shares=shares)}
    older = min(test, key=int)
    samples = Samples(growing.folder, split="train", shares=shares, refresh=0.0, tasks=["pretraining"])
    iterator = iter(samples)
    first = next(iterator)["metadata"]["issue_id"]
    newer = next(number for number in sorted(train, key=int) if int(number) > int(older) and number != first)
    growing.put(int(older), "edited", related=f"ACME-{newer}")
    rest = {each["metadata"]["issue_id"] for each in iterator}
    assert rest == train - {first, newer}


# --- what cannot be


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"split": "dev"}, "split is one of"),
        ({"shares": (1, 2)}, "shares are three"),
        ({"shares": (0, 1, 1)}, "shares are three"),
        ({"weights": {"a": -1}}, "weights are"),
        ({"weights": {"a": 0}}, "weights are"),
        ({"weights": {"a": float("nan")}}, "weights are"),
        ({"min_quality": 7}, "min_quality"),
        ({"part": (2, 2)}, "part is"),
    ],
)
def test_what_cannot_be_chosen_is_said(tmp_path, wrong, said):
    with pytest.raises(BadArgument, match=said):
        Samples(tmp_path, **wrong)


def test_a_folder_without_a_store_is_said(tmp_path):
    with pytest.raises(BadArgument, match="There is no store"):
        next(iter(Samples(tmp_path)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("other", [{"seed": 2}, {"split": "test"}, {"min_quality": 0.1}, {"follow": True}])
def test_a_state_of_other_samples_is_refused(tmp_path, other):
    state = Samples(tmp_path).state_dict()
    with pytest.raises(BadArgument, match="another choice"):
        Samples(tmp_path, **other).load_state_dict(state)


@pytest.mark.parametrize(
    "broken",
    [{}, {"format": 1}, {"given": {"0": "&"}}, {"last": {"": "xyz"}}, {"epoch": None}, {"given": {"0": "AAAA"}}],
)
def test_what_is_no_state_is_refused(tmp_path, broken):
    state = Samples(tmp_path).state_dict() | broken if len(broken) == 1 and "format" not in broken else broken
    with pytest.raises(BadArgument, match="no state"):
        Samples(tmp_path).load_state_dict(state)


def test_a_spool_forgets_what_is_not_needed(growing, monkeypatch):
    monkeypatch.setattr(spool, "_WASTE", 2_000)
    fill(growing, 5)
    samples = followed(growing)
    iterator, given = iter(samples), []
    given.append(next(iterator))
    for turn in range(20):
        growing.put(1, f"edited {turn}")
        given.append(next(iterator))
    given += list(iterator)
    assert samples._run.pool._spool._end < 12_000
    assert all("The text" in each["output"] or "edited" in each["output"] or each["output"] == "Bug" for each in given)
    assert max(Counter(versions(given)).values()) == 1
