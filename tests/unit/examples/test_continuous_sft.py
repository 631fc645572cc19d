"""The loop of a trainer that follows a tracker: model and state are of one moment, wherever it is killed."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from examples import continuous_sft
from examples.continuous_sft import STATE, finished, follow, latest, shown
from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.stream import Samples, version
from tests.growing import Growing


@pytest.fixture
def growing(tmp_path: Path) -> Iterator[Growing]:
    made = Growing(tmp_path / "output")
    for number in range(1, 11):
        made.put(number, f"The text of {number}.", commit=number == 10)
    yield made
    made.close()


def samples(growing: Growing) -> Samples:
    return Samples(growing.folder, split=None, follow=True, idle=0.0, refresh=0.0)


def learn(done: Path | None, examples: list[Any], to: Path) -> None:
    """A model that is what it has seen."""
    before = json.loads((done / "model").read_text()) if done else []
    (to / "model").write_text(json.dumps(before + [[each["id"], version(each)] for each in examples]))


def seen(home: Path) -> list[tuple[str, str]]:
    done = latest(home)
    return [(id_, mark) for id_, mark in json.loads((done / "model").read_text())] if done else []


def there(growing: Growing) -> set[tuple[str, str]]:
    return {(line["id"], version(line)) for lines in growing.there.values() for line in lines}


def test_rounds_are_of_so_many_and_the_last_of_what_is_left(growing, tmp_path):
    sizes: list[int] = []
    rounds = follow(
        samples(growing),
        tmp_path / "model",
        lambda done, examples, to: (sizes.append(len(examples)), learn(done, examples, to))[1],
        min_new=12,
    )
    assert (rounds, sizes) == (3, [12, 12, 6])
    assert [path.name for path in finished(tmp_path / "model")] == ["round-00002", "round-00003"]
    assert Counter(seen(tmp_path / "model")) == Counter(there(growing))
    growing.put(3, "edited")
    assert follow(samples(growing), tmp_path / "model", learn, min_new=12) == 4
    assert there(growing) <= set(seen(tmp_path / "model"))
    assert len(seen(tmp_path / "model")) == 33


def test_it_ends_after_so_many_rounds(growing, tmp_path):
    assert follow(samples(growing), tmp_path / "model", learn, min_new=5, rounds=2) == 2
    assert follow(samples(growing), tmp_path / "model", learn, min_new=5, rounds=2) == 2
    assert len(seen(tmp_path / "model")) == 10


def test_whatever_breaks_leaves_a_model_and_its_state_of_one_moment(growing, tmp_path, monkeypatch):
    """Dies at each call that changes anything on the disk, one after the other, while issues change."""
    home, chance = tmp_path / "model", random.Random(2)
    real = {name: getattr(Path, name) for name in ("mkdir", "rename", "write_text")}
    real_sync = continuous_sft.sync

    class Killed(BaseException):
        pass

    for fatal in range(1, 15):
        left = [fatal % 11 + 1]

        def spend(call: Any, left: list[int] = left) -> Any:
            def spending(*given: Any, **named: Any) -> Any:
                left[0] -= 1
                if left[0] == 0:
                    raise Killed
                return call(*given, **named)

            return spending

        for name, call in real.items():
            monkeypatch.setattr(Path, name, spend(call))
        monkeypatch.setattr(continuous_sft, "sync", spend(real_sync))
        reader = samples(growing)
        with suppress(Killed):
            follow(reader, home, learn, min_new=4)
        monkeypatch.undo()
        reader.close()
        if done := latest(home):
            assert {path.name for path in done.iterdir()} == {"model", STATE}
        growing.put(chance.randint(1, 12), f"edited {fatal}")
    follow(samples(growing), home, learn, min_new=4)
    assert max(Counter(seen(home)).values()) == 1
    assert there(growing) <= set(seen(home))


def test_a_second_trainer_is_refused(growing, tmp_path):
    def second(done: Path | None, examples: list[Any], to: Path) -> None:
        with pytest.raises(Refused, match="Another trainer"):
            follow(samples(growing), tmp_path / "model", learn, min_new=1)
        learn(done, examples, to)

    assert follow(samples(growing), tmp_path / "model", second, min_new=40) == 1


def test_a_state_of_other_samples_is_refused_and_nothing_is_lost(growing, tmp_path):
    follow(samples(growing), tmp_path / "model", learn, min_new=40)
    before = seen(tmp_path / "model")
    with pytest.raises(BadArgument, match="another choice"):
        follow(Samples(growing.folder, split="train", follow=True), tmp_path / "model", learn, min_new=1)
    assert seen(tmp_path / "model") == before


def test_a_state_that_is_damaged_is_said_and_the_round_before_is_gone_on_from(growing, tmp_path):
    home = tmp_path / "model"
    follow(samples(growing), home, learn, min_new=12)
    (home / "round-of-mine").mkdir()
    (latest(home) / STATE).write_text('{"cut off')
    with pytest.raises(Refused, match="round-00003 away"):
        follow(samples(growing), home, learn, min_new=12)
    latest(home).rename(home / "aside")
    assert follow(samples(growing), home, learn, min_new=12) == 3
    assert Counter(seen(home)) == Counter(there(growing))


def test_an_example_is_shown_with_and_without_turns():
    asked = {"instruction": "Reply.", "input": "Text", "output": "Answer"}
    assert shown(asked, chats=False) == {"prompt": "Reply.\n\nText\n\n", "completion": "Answer"}
    assert shown(asked, chats=True)["completion"] == [{"role": "assistant", "content": "Answer"}]
    text = {"instruction": "", "input": "", "output": "All of it"}
    assert shown(text, chats=False) == {"prompt": "", "completion": "All of it"}
    assert shown(text, chats=True)["prompt"][0]["role"] == "user"
