"""Feeds are read issue by issue, in one order, and never while somebody writes them."""

from __future__ import annotations

import json

import pytest

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.source import Source
from jira_crawler.feeds.dataset import Dataset
from tests.unit.exports.conftest import issue, write_feeds


def ids(folder) -> list[str]:
    with Source(folder) as source:
        return [sample.id for span in source.spans() for sample in source.read(span).samples]


def test_issues_come_by_project_and_number_whatever_the_order_of_lines(feeds):
    first = ids(feeds(seed=1, name="a"))
    assert first == ids(feeds(seed=2, name="b"))
    assert [each for each in first if "classification" in each][:3] == [
        f"example-{number}-classification-issue_type" for number in (1, 2, 4)
    ]
    assert len(first) == 120


def test_issues_of_one_number_come_by_site(feeds):
    folder = feeds(issue(7, site="zeta"), issue(7, site="alpha"), issue(6, site="zeta"))
    assert [each.rpartition("-classification")[0] for each in ids(folder) if "classification" in each] == [
        "zeta-6",
        "alpha-7",
        "zeta-7",
    ]


def test_lines_that_are_not_committed_or_not_current_are_not_read(feeds):
    folder = feeds(issue(1, text="old"), issue(2))
    write_feeds(folder, [issue(1, text="new")])
    with (folder / "ACME.jsonl").open("ab") as feed:
        feed.write(b'{"id": "torn')
    with Source(folder) as source:
        shown = {sample.input for span in source.spans() for sample in source.read(span).samples}
    assert "old" not in shown
    assert "new" in shown


def test_older_lines_have_empty_metadata_and_are_clusters_of_their_own(feeds):
    lines = issue(5)
    for line in lines:
        for name in ("language", "cluster", "representative", "related", "quality_reasons", "reporter", "assignee"):
            del line["metadata"][name]
    folder = feeds(lines)
    with Source(folder) as source:
        about = source.read(next(source.spans())).about
    assert (about["language"], about["cluster"], about["representative"]) == ("", "example-5", True)


def test_a_running_crawl_gives_one_sentence(feeds):
    folder = feeds()
    crawl = Dataset(folder)
    with pytest.raises(BadArgument, match=f"A crawl is writing to {folder}: try again when it has ended"):
        Source(folder)
    crawl.close()
    with Source(folder), pytest.raises(BadArgument, match="is writing to"):
        Dataset(folder)  # nor does a crawl begin meanwhile


def test_a_folder_without_a_dataset_stays_as_it_is(tmp_path):
    with pytest.raises(BadArgument, match="There is no dataset in"):
        Source(tmp_path / "nowhere")
    assert not list(tmp_path.iterdir())


def test_a_damaged_feed_is_told_with_its_place(feeds):
    folder = feeds(issue(1), issue(2))
    feed = folder / "ACME.jsonl"
    text = feed.read_bytes()
    feed.write_bytes(b"{" + b"x" * 20 + text[21:])
    with Source(folder) as source, pytest.raises(BadArgument, match=r"ACME\.jsonl is damaged at byte 0: move it away"):
        source.read(next(source.spans()))


@pytest.mark.parametrize("how", ["gone", "short", "other lines", "a folder"])
def test_a_lost_feed_is_told_with_what_to_run_and_left_alone(feeds, how):
    folder = feeds(issue(1), issue(2))
    feed = folder / "ACME.jsonl"
    text = feed.read_bytes()
    feed.unlink()
    if how == "a folder":
        feed.mkdir()
    elif how != "gone":
        feed.write_bytes(text[:-1] if how == "short" else b"x" * len(text))
    before = sorted(path.name for path in folder.iterdir())
    for _ in range(2):
        with pytest.raises(BadArgument, match=r"ACME\.jsonl is gone, or is not as it was .* scrapy crawl replay"):
            Source(folder)
    assert sorted(path.name for path in folder.iterdir()) == before


def test_what_waits_to_be_made_again_is_not_left_out_in_silence(feeds):
    folder = feeds()
    (folder / "OTHER.jsonl").unlink()
    Dataset(folder).close()
    with pytest.raises(BadArgument, match=r"lost with OTHER\.jsonl are not made again yet: scrapy crawl replay"):
        Source(folder)


def test_sizes_add_up_to_the_feeds(feeds):
    folder = feeds()
    with Source(folder) as source:
        sizes = sum(sample.size for span in source.spans() for sample in source.read(span).samples)
        assert sizes == source.size() == sum(path.stat().st_size for path in folder.glob("[AO]*.jsonl"))
        assert source.projects() == ["ACME", "OTHER"]
        assert f"{source.fetched():%Y-%m-%d}" == "2023-11-14"
    assert json.loads((folder / "ACME.jsonl").read_text().splitlines()[0])["metadata"]["project"] == "ACME"
