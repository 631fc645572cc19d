"""The page of statistics shows the true numbers, needs nothing from elsewhere, and nothing in a feed becomes markup."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.charts import bars, by_length, by_time, columns, short, ticks
from jira_crawler.exports.page import page
from jira_crawler.exports.source import Source
from jira_crawler.exports.statistics import gather
from jira_crawler.feeds.dataset import Dataset
from tests.unit.exports.conftest import issue


def shown(folder) -> tuple[str, html.HtmlElement]:
    with Source(folder) as source:
        text = page(gather(source))
    return text, html.document_fromstring(text)


def test_only_examples_of_some_value_are_counted(feeds):
    several = [issue(number) for number in range(1, 5)]
    for lines in several[:2]:
        for line, value in zip(lines, (0.9, 0.2, 0.5), strict=True):
            line["metadata"]["value"] = value
    folder = feeds(*several)
    with Source(folder) as source:
        found = gather(source, least=0.5)
    # Only two issues have examples with a value, an answer of seven words and a thread each.
    assert (found.issues.total(), found.examples.total(), found.words()) == (2, 4, 14)
    assert found.values == {18: 2, 10: 2}
    assert "Only examples of a value of 0.5 or more are counted." in page(found)
    assert "words trained on an issue" in page(found)
    with Source(folder) as source:
        with pytest.raises(BadArgument, match=r"No example in .* has a value of 0\.95 or more: "):
            gather(source, least=0.95)
        assert gather(source).values.total() == 6


def card(document, title: str) -> html.HtmlElement:
    (found,) = document.xpath("//section[h2=$title]", title=title)
    return found


def numbers(document, title: str) -> dict[str, int]:
    """The names and numbers of a table of bars."""
    return {
        row.xpath("string(th)"): int(row.xpath("string(td[2])").replace(",", ""))
        for row in card(document, title).xpath(".//tbody/tr")
    }


def test_the_numbers_are_those_of_the_feeds(feeds):
    several = [
        issue(1, created="2020-01-31T23:59:59.999Z", cluster="example-3", representative=False, language=""),
        issue(2, created="2020-03-01T00:00:00.000Z", cluster="example-3", representative=False, quality=1.0),
        issue(3, "OTHER", created="2020-03-02T00:00:00.000Z", language="de", quality=0.0),
        issue(4, "OTHER", created="2020-03-02T00:00:00.000Z"),
    ]
    _, document = shown(feeds(*several))
    assert numbers(document, "Examples by task") == {"classification": 4, "pretraining": 4, "question_answering": 4}
    assert numbers(document, "Issues by project") == {"ACME": 2, "OTHER": 2}
    assert numbers(document, "Examples by project") == {"ACME": 6, "OTHER": 6}
    assert numbers(document, "Languages") == {"en": 2, "de": 1, "too short to tell": 1}
    assert numbers(document, "Near-duplicates") == {"1": 1, "3": 1}
    assert numbers(document, "Redaction marks") == {"<EMAIL>": 8}
    told = [title.text for title in card(document, "Issues by month").iter("title")]
    assert told == ["2020-01: 1 issues", "2020-02: 0 issues", "2020-03: 3 issues"]
    qualities = [title.text for title in card(document, "Quality").iter("title")]
    assert [qualities[at] for at in (0, 10, 19)] == ["0.00: 1 issues", "0.50: 2 issues", "0.95: 1 issues"]
    tiles = dict(zip(document.xpath("//div/span/text()"), document.xpath("//div/strong/text()"), strict=True))
    assert (tiles["issues"], tiles["examples"], tiles["clusters"], tiles["rejected issues"]) == ("4", "12", "2", "0")
    rows = {row[0].text: [cell.text for cell in row[1:]] for row in card(document, "Lengths by task").iter("tr")}
    assert rows["pretraining"][:3] == ["–"] * 3
    assert rows["classification"][3:] == ["3"] * 3


def test_nothing_comes_from_elsewhere_and_every_chart_is_told(feeds):
    text, document = shown(feeds())
    assert not document.xpath(
        "//script | //link | //img | //iframe | //object | //*[@src] | //*[@href] | //*[@onclick]"
    )
    assert not re.search(r"https?://|url\(|@import", text)
    for chart in document.xpath("//svg"):
        assert chart.get("aria-label")
        assert len(chart.xpath(".//*[@class='axis']/text()")) == 2
    assert document.xpath("string(//title)") == "Statistics of example"


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "a\x00b\x1b[0m", "&lt;"]
)
def test_what_stands_in_a_feed_does_not_become_markup(feeds, hostile):
    lines = issue(1, language=hostile, site="example")
    for line in lines:
        line["task_type"] = hostile
    _, document = shown(feeds(lines))
    assert not document.xpath("//script | //img")
    assert "".join(filter(str.isprintable, hostile)) in document.text_content()


def test_equal_feeds_give_equal_pages(feeds):
    assert shown(feeds(seed=1, name="a"))[0] == shown(feeds(seed=2, name="b"))[0]


def test_empty_feeds_are_told(feeds, tmp_path):
    folder = feeds(issue(1))
    dataset = Dataset(folder)
    dataset.record(replace(dataset.store.row("example", "1"), stage="Score", reason="why", feed=None), b"")
    dataset.commit()
    dataset.compact()
    dataset.close()
    with Source(folder) as source, pytest.raises(BadArgument, match="are empty"):
        gather(source)


@given(st.integers(0, 10**12))
def test_ticks_are_round_few_and_reach_the_top(most):
    steps = ticks(most)
    assert steps[0] == 0
    assert max(most, 1) <= steps[-1]
    assert 2 <= len(steps) <= 6
    assert len({after - before for before, after in pairwise(steps)}) == 1
    assert str(steps[1]).rstrip("0") in ("1", "2", "5")


@given(st.lists(st.tuples(st.text(max_size=5), st.integers(1, 10**9)), min_size=1, max_size=60))
def test_bars_sum_up_what_they_do_not_show(points):
    rows = bars("name", "things", points).findall("tbody/tr")
    assert len(rows) == min(len(points), 26)
    assert sum(int(row[2].text.replace(",", "")) for row in rows) == sum(value for _, value in points)


@given(st.lists(st.tuples(st.text(max_size=5), st.integers(0, 10**9)), min_size=1, max_size=400))
def test_columns_stay_on_the_paper(points):
    for column in columns(points, "x", "y").iter("rect"):
        place = {name: float(column.get(name)) for name in ("x", "y", "width", "height")}
        assert 0 <= place["x"] <= place["x"] + place["width"] <= 560
        assert 0 <= place["y"] <= place["y"] + place["height"] <= 240
        assert place["width"] > 0


def test_values_are_gathered_into_points():
    import numpy as np

    assert by_length(np.array([1, 2, 3, 4, 20_000], dtype=np.uint32)) == [
        *(("1", 1), ("2", 2), ("4", 1)),
        *((short(2**power), 0) for power in range(3, 14)),
        ("16.4 k", 1),
    ]
    years, unit = by_time(Counter({"1970-01": 2, "2019-07": 1, "2019-08": 3}))
    assert (unit, len(years), years[0], years[-1]) == ("year", 50, ("1970", 2), ("2019", 4))
    assert [short(number) for number in (7, 9_999, 12_345, 4_560_000, 7.2 * 10**9)] == [
        "7",
        "9,999",
        "12.3 k",
        "4.56 M",
        "7.2 G",
    ]
