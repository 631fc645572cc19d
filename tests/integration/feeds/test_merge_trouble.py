"""What is lost, damaged or on the move is not merged unseen, and then nothing is replaced."""

from __future__ import annotations

import fsspec
import orjson
import pytest
import zstandard

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.feeds import merge as module
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.feeds.merge import merge
from tests.unit.feeds.history import assert_same
from tests.unit.feeds.made import lines, put


def waste(worker: Dataset) -> None:
    """Leaves lines in a shard that do not count any more, and everything else as it was."""
    for updated, text in ((200, "other"), (201, "20 of many")):
        put(worker, 20, text, updated=updated, fetched_at=updated)
        worker.commit()


@pytest.mark.parametrize("how", ["gone", "short"])
def test_a_missing_shard_is_named_and_nothing_replaced(output, store, how):
    merge(store, [output], output)
    before = {path.name: path.read_bytes() for path in output.glob("*.jsonl")}
    path = max(output.glob("ACME.*.jsonl"))
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1])
    before.pop(path.name)
    merged = merge(store, [output], output)
    assert len(merged.missing) == 1
    assert merged.sentence.startswith(f"{path.name}, with ")
    assert "--from" in merged.sentence
    assert "--remake" in merged.sentence
    assert not merged.issues
    assert {each.name: each.read_bytes() for each in output.glob("*.jsonl") if each != path} == before


@pytest.mark.parametrize("how", ["gone", "damaged", "swapped"])
def test_lines_that_are_lost_are_made_again(output, store, single, how):
    path = max(output.glob("ACME.*.jsonl"))
    text = path.read_bytes()
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(bytes(len(text)) if how == "damaged" else text[len(text) // 2 :] + text[: len(text) // 2])
    asked = []

    def remake(rows):
        asked.extend(row.key for row in rows)
        return [lines(row.number, orjson.loads(zstandard.decompress(row.payload))["text"]) for row in rows]

    merged = merge(store, [output], output, remake)
    assert_same(output, single)
    assert merged.remade == len(set(asked)) > 5


def test_lines_that_are_made_otherwise_by_now_are_refused(output, store):
    path = max(output.glob("ACME.*.jsonl"))
    path.unlink()
    with pytest.raises(Refused, match=r"The lines of ACME-\d+ were lost .* scrapy crawl replay -a projects=ACME"):
        merge(store, [output], output, lambda rows: [b"otherwise\n"] * len(rows))
    assert not (output / "ACME.jsonl").exists()
    assert not list(output.glob(".merge*/*"))


def test_a_damaged_span_is_found_and_nothing_replaced(output, store):
    path = max(output.glob("ACME.*.jsonl"))
    at = list(store.feed_index.live(path.name))[0][2]  # noqa: RUF015 - a cursor that is not read to its end warns
    text = bytearray(path.read_bytes())
    text[at + 5] ^= 1
    path.write_bytes(text)
    with pytest.raises(Refused, match=rf"{path.name} is damaged at byte {at}: .* --remake"):
        merge(store, [output], output)
    assert not (output / "ACME.jsonl").exists()


def test_shards_that_are_rewritten_meanwhile_are_read_from_a_later_moment(
    output, store, single, postgres_url, monkeypatch
):
    worker = Dataset(output, postgres_url, shared=True)
    waste(worker)
    find, found = module._find, []

    def late(*arguments, **named):
        if not found:
            found.append(worker.compact())
        return find(*arguments, **named)

    monkeypatch.setattr(module, "_find", late)
    merge(store, [output], output)
    assert_same(output, single)
    worker.close()


def test_a_shard_between_two_files_is_read_from_the_right_one(output, store, single, postgres_url, monkeypatch):
    worker = Dataset(output, postgres_url, shared=True)
    waste(worker)
    with monkeypatch.context() as patch:
        patch.setattr("jira_crawler.feeds.files.replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            worker.compact()
    worker.close()
    assert list(output.glob("*.new"))
    merge(store, [output], output)
    assert_same(output, single)


def test_two_merges_do_not_write_at_once(output, store, monkeypatch):
    once = module._merge

    def twice(*arguments):
        with pytest.raises(BadArgument, match="Another merge"):
            merge(store, [output], output)
        return once(*arguments)

    monkeypatch.setattr(module, "_merge", twice)
    assert merge(store, [output], output).issues


def test_not_while_one_process_writes(output, store, postgres_url):
    alone = Dataset(output, postgres_url, writing=False)
    with pytest.raises(BadArgument, match="A crawl is writing"):
        merge(store, [output], output)
    alone.close()


@pytest.mark.parametrize("place", ["nowhere://x", "memory://x"])
def test_places_that_cannot_be_read_are_sentences(output, store, place, monkeypatch):
    if place == "memory://x":
        monkeypatch.setattr(fsspec.get_filesystem_class("memory"), "exists", lambda *_: 1 / 0)
    with pytest.raises(BadArgument, match=f"{place} cannot be read: "):
        merge(store, [place], output)
