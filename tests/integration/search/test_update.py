"""The index follows the store: what the feeds hold is found, nothing else, and whatever interrupts it."""

from __future__ import annotations

import json
import os
import random
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.policy import Policy
from jira_crawler.search import folder as folders
from jira_crawler.search import update as updates
from jira_crawler.search.asking import Asked, ask
from jira_crawler.search.embedded import EmbeddedEngine, EmbeddedSink
from jira_crawler.search.engine import Damaged
from jira_crawler.search.run import Keeper, Place, bring_up
from jira_crawler.search.source import Documents
from jira_crawler.store.index_entries import IndexEntries
from tests.servers import postgres
from tests.servers.archive import LONG, Archive, archive


def keys(kept: Archive, question: str = "*") -> list[str]:
    engine = kept.place.engine()
    try:
        return [hit["issue_key"] for hit in ask(engine, Asked(question=question, n=100, folds=False)).hits]
    finally:
        engine.close()


def whole(kept: Archive) -> dict[str, str]:
    """All that the index shows, by key."""
    engine = kept.place.engine()
    try:
        hits = ask(engine, Asked(question="*", n=100, folds=False)).hits
        return {hit["issue_key"]: json.dumps(hit, sort_keys=True) for hit in hits}
    finally:
        engine.close()


def in_feeds(kept: Archive) -> set[str]:
    lines = [json.loads(line) for path in kept.folder.glob("*.jsonl") for line in path.read_bytes().splitlines()]
    return {each["metadata"]["issue_key"] for each in lines}


def test_what_changes_is_found_and_what_goes_is_not(kept):
    kept.put(1, summary="Lease is late")
    kept.put(2, summary="Broker stops")
    first = bring_up(kept.place)
    assert (first.put, first.anew) == (2, "There was none")
    assert keys(kept, "title:lease") == ["ACME-1"]
    kept.put(1, summary="Renewal is late")
    kept.put(3, summary="A new one")
    kept.remove(2)
    second = bring_up(kept.place)
    assert (second.put, second.dropped, second.anew) == (2, 1, "")
    assert keys(kept, "title:lease") == []
    assert keys(kept, "title:renewal") == ["ACME-1"]
    assert sorted(keys(kept)) == ["ACME-1", "ACME-3"]
    assert bring_up(kept.place).put == 0


def test_an_index_of_an_empty_store_goes_on_with_what_comes(kept):
    assert bring_up(kept.place).anew == "There was none"
    kept.put(1, summary="Lease is late")
    second = bring_up(kept.place)
    assert (second.put, second.anew) == (1, "")
    assert keys(kept) == ["ACME-1"]


def test_nothing_is_found_that_no_feed_shows(kept):
    kept.put(1, summary="Seen", description=LONG, comments=["Write to jane@example.org, the password=Xy7!kk2pQ is"])
    kept.put(2, summary="", description="", comments=[])  # gives no example
    bring_up(kept.place)
    assert set(keys(kept)) == in_feeds(kept) == {"ACME-1"}
    assert keys(kept, "jane") == keys(kept, "kk2pQ") == []
    held = b"".join(path.read_bytes() for path in (kept.folder / "search").rglob("*") if path.is_file())
    assert b"kk2pQ" not in held.replace(b"\0", b"")


def test_a_document_is_the_same_whether_its_feed_is_here_or_not(kept):
    for number in range(1, 6):
        comments = [f"It is `LogCleaner{number}`. user_3 said so"] * number
        kept.put(number, description=LONG * number, comments=comments, labels=["a", "b c"])
    kept.put(9, summary="Short one", description="A few words only.")
    bring_up(kept.place)
    read = whole(kept)
    for path in kept.folder.glob("*.jsonl"):
        path.rename(path.with_suffix(".gone"))
    bring_up(kept.place, rebuild=True)
    assert whole(kept) == read
    assert len(read) == 6


def test_a_feed_that_is_not_as_the_store_says_is_not_believed(kept):
    kept.put(1, summary="First")
    kept.put(2, summary="Second")
    feed = kept.folder / "ACME.jsonl"
    lines = feed.read_bytes()
    feed.write_bytes(lines[::-1])
    documents = Documents(kept.folder)
    rows = [row for chunk in kept.dataset.store.chunks(10) for row in chunk]
    assert [each.title for each in documents.of(rows, 1)] == ["first", "second"]
    assert documents.refined == 2
    feed.write_bytes(lines)
    assert [each.title for each in documents.of(rows, 1)] == ["first", "second"]
    assert documents.refined == 2


def test_near_duplicates_are_folded_behind_the_first(kept):
    text = " ".join(f"word{at}" for at in range(80))
    for number in (1, 2, 3):
        kept.put(number, summary=f"Kin {number}", description=f"{text} {number}")
    kept.put(4, summary="Stranger", description=LONG * 3)
    kept.dataset.judge()
    bring_up(kept.place)
    engine = kept.place.engine()
    found = ask(engine, Asked(question="word5"))
    assert found.total == 3
    assert len(found.hits) == 1
    assert sorted([found.hits[0]["issue_key"], *found.hits[0]["near_duplicates"]]) == ["ACME-1", "ACME-2", "ACME-3"]
    assert len(ask(engine, Asked(question="word5", folds=False)).hits) == 3
    engine.close()


def test_one_writes_at_a_time_and_others_go_on_reading(kept):
    kept.put(1)
    bring_up(kept.place)
    keeper = Keeper(kept.place, kept.dataset.store)
    keeper.up()
    engine = kept.place.engine()
    with pytest.raises(folders.Busy, match="Somebody else is writing"):
        bring_up(kept.place)
    assert ask(engine, Asked(question="*")).total == 1
    kept.put(2)
    keeper.up()
    assert ask(engine, Asked(question="*")).total == 2
    keeper.up(rebuild=True)
    kept.put(3)
    keeper.up()
    assert ask(engine, Asked(question="*")).total == 3
    assert len(list((kept.folder / "search").glob("index-*"))) == 1
    keeper.close()
    assert bring_up(kept.place).put == 0


@pytest.mark.parametrize("what", ["state", "flipped", "cut", "gone", "meta", "version", "store", "ahead"])
def test_a_wrong_index_is_made_anew_and_said(kept, what):
    for number in (1, 2, 3):
        kept.put(number)
    bring_up(kept.place)
    folder = kept.folder / "search"
    state, index = folder / "state.json", next(folder.glob("index-*"))
    said = json.loads(state.read_bytes())
    one = next(index.glob("*.store"))
    if what == "state":
        state.write_bytes(b"\xff")
    elif what == "flipped":
        data = bytearray(one.read_bytes())
        data[len(data) // 3] ^= 1
        one.write_bytes(data)
    elif what == "cut":
        os.truncate(one, one.stat().st_size // 2)
    elif what == "gone":
        shutil.rmtree(index)
    elif what == "meta":
        (index / "meta.json").write_bytes(b"{}")
    else:
        said |= {"version": {"version": 0}, "store": {"store": "another"}, "ahead": {"through": 10**9}}[what]
        state.write_bytes(json.dumps(said).encode())
    done = bring_up(kept.place)
    assert done.put == 3
    assert done.anew not in ("", "There was none")
    assert sorted(keys(kept)) == ["ACME-1", "ACME-2", "ACME-3"]
    assert len(list(folder.glob("index-*"))) == 1
    assert bring_up(kept.place).anew == ""


def test_whoever_asks_a_damaged_index_is_told(kept):
    kept.put(1)
    bring_up(kept.place)
    index = next((kept.folder / "search").glob("index-*"))
    for path in index.glob("*.*"):
        if not path.name.startswith(".") and path.suffix != ".json":
            path.write_bytes(b"")
    with pytest.raises(Damaged, match="cannot be read"):
        keys(kept)


def test_what_nobody_told_is_read_again(kept):
    kept.put(1)
    bring_up(kept.place)
    kept.dataset.store.consumers.forget(f"search:{(kept.folder / 'search' / '.lock').read_text()}")
    kept.put(2)
    assert bring_up(kept.place).anew == "What changed since it was made is not told any more"
    assert sorted(keys(kept)) == ["ACME-1", "ACME-2"]


class Killed(Exception):
    pass


@pytest.mark.parametrize("seed", range(6))
def test_wherever_it_breaks_off_it_is_right_the_next_time(kept, monkeypatch, seed):
    """Breaks off before or after any step that leaves something behind; what a process had open is lost with it."""
    chance = random.Random(seed)
    steps = [(EmbeddedSink, name) for name in ("begin", "put", "drop", "commit")] + [
        (folders, "note"),
        (folders, "clear"),
    ]
    steps += [(type(kept.dataset.store.consumers), "advance")]
    armed = [False]

    def breaking(real):
        def step(*args, **named):
            if armed[0] and chance.random() < 0.15:
                raise Killed
            done = real(*args, **named)
            if armed[0] and chance.random() < 0.15:
                raise Killed
            return done

        return step

    for owner, name in steps:
        monkeypatch.setattr(owner, name, breaking(getattr(owner, name)))
    monkeypatch.setattr(updates, "CHUNK", 3)
    broke = 0
    for round_ in range(8):
        for _ in range(4):
            number = chance.randint(1, 9)
            if chance.random() < 0.25:
                kept.remove(number)
            else:
                kept.put(number, summary=f"Round {round_} of {number}")
        armed[0] = True
        try:
            bring_up(kept.place)
        except Killed:
            broke += 1
        armed[0] = False
    bring_up(kept.place)
    followed = whole(kept)
    bring_up(kept.place, rebuild=True)
    assert whole(kept) == followed
    held = [row for chunk in kept.dataset.store.chunks(50) for row in chunk if row.feed]
    assert {row.key for row in held} == set(followed)
    assert broke > 0


def test_a_foreign_folder_is_left_alone(kept, tmp_path):
    kept.put(1)
    folder = kept.folder / "search"
    folder.mkdir()
    (folder / "thesis.txt").write_text("mine")
    with pytest.raises(BadArgument, match="holds what is no index, such as thesis"):
        bring_up(kept.place)
    assert (folder / "thesis.txt").read_text() == "mine"
    shutil.rmtree(folder)
    (tmp_path / "elsewhere").mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadArgument, match="symbolic link"):
        bring_up(kept.place)


def test_without_an_index_or_a_store_it_is_said(tmp_path):
    with pytest.raises(Refused, match="no index in"):
        Place(output=tmp_path).engine()
    with pytest.raises(BadArgument, match="no store in"):
        bring_up(Place(output=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_what_was_there(kept, monkeypatch):
    kept.put(1)
    bring_up(kept.place)
    kept.put(2)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(folders, "note", full)
        with pytest.raises(OSError, match="No space"):
            bring_up(kept.place)
    assert isinstance(kept.place.engine(), EmbeddedEngine)
    bring_up(kept.place)
    assert sorted(keys(kept)) == ["ACME-1", "ACME-2"]
    assert Path(kept.folder / "search" / "state.json").is_file()


def test_two_folders_follow_one_store_and_neither_holds_the_other_up(kept, tmp_path):
    kept.put(1)
    other = replace(kept.place, output=tmp_path / "other", store_url=f"sqlite:///{kept.folder / 'store.sqlite'}")
    for place in (kept.place, other):
        assert bring_up(place).put == 1
    kept.put(2)
    for place in (kept.place, other, kept.place):
        assert bring_up(place).anew == ""
    with closing(other.engine()) as engine:
        assert ask(engine, Asked(question="*")).total == 2


def test_a_line_that_lacks_something_is_made_again_and_one_that_cannot_be_is_counted(kept, monkeypatch):
    kept.put(1, summary="Lease")
    kept.put(2, summary="Lease, too")
    feed = kept.folder / "ACME.jsonl"
    feed.write_bytes(feed.read_bytes().replace(b'"quality_reasons"', b'"quality_reazons"'))
    done = bring_up(kept.place)
    assert (done.put, done.unreadable) == (2, 0)
    for name, made in (("line", {"id": "\ud800"}), ("line", {}), ("refined", None)):
        monkeypatch.setattr(f"jira_crawler.search.source.{name}", lambda *_, made=made: made)
        done = bring_up(kept.place, rebuild=True)
        assert (done.put, done.unreadable) == (0, 2)


def test_what_is_taken_out_while_it_is_read_is_left_to_its_change(kept):
    kept.put(1)
    entries = [entry for chunk in IndexEntries(kept.dataset.store.writer).chunks(9) for entry in chunk]
    (kept.folder / "ACME.jsonl").unlink()
    documents = Documents(kept.folder)  # which finds no row any more
    assert list(documents.of(entries, 1)) == []
    assert (documents.unreadable, documents.refined) == (0, 0)
    documents = Documents(kept.folder, rows=kept.dataset.store.rows)
    assert [each.seq for each in documents.of(entries, {("example", "1"): 7})] == [7]
    assert documents.refined == 1


def test_steps_that_cannot_be_made_are_no_reason_to_leave_everything_out(kept):
    kept.put(1)
    (kept.folder / "ACME.jsonl").unlink()
    bring_up(kept.place)
    wrong = replace(kept.place, policy=Policy(steps=("nowhere.to.be.Found",)))
    with pytest.raises(BadArgument, match="cannot be made"):
        bring_up(wrong, rebuild=True)
    assert keys(kept) == ["ACME-1"]


def test_an_index_that_is_taken_away_under_its_writer_is_said_and_made_anew(kept):
    kept.put(1)
    keeper = Keeper(kept.place, kept.dataset.store)
    keeper.up()
    shutil.rmtree(next((kept.folder / "search").glob("index-*")))
    kept.put(2)
    with pytest.raises(Refused, match="The index cannot be written to"):
        keeper.up()
    assert keeper.up().put == 2
    keeper.close()
    assert sorted(keys(kept)) == ["ACME-1", "ACME-2"]


def test_a_store_on_a_server_is_followed_alike(tmp_path):
    url = postgres.shared().create()
    with archive(tmp_path / "output", url) as kept:
        kept.put(1, summary="Lease")
        assert bring_up(kept.place).anew == "There was none"
        kept.put(2, summary="Another lease")
        kept.remove(1)
        done = bring_up(kept.place)
        assert (done.put, done.dropped, done.anew) == (1, 1, "")
        assert keys(kept, "title:lease") == ["ACME-2"]
        elsewhere = replace(kept.place, output=tmp_path / "elsewhere")  # without a feed
        assert bring_up(elsewhere).put == 1
        with closing(elsewhere.engine()) as engine:
            assert [hit["title"] for hit in ask(engine, Asked(question="lease")).hits] == ["Another lease"]
