"""Statistics become one page that needs nothing else: no script, no font, no picture from anywhere."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from lxml import html
from numpy.typing import NDArray

from jira_crawler.exports.charts import Element, Point, bars, by_length, by_size, by_time, columns, element, short
from jira_crawler.exports.statistics import BINS, Statistics
from jira_crawler.exports.style import STYLE

UNKNOWN: Final = "too short to tell"
_WIDE: Final = 1160
_LONG: Final = 24  # months, from which on each January is named


def page(found: Statistics) -> str:
    """A whole HTML document."""
    head = element(
        "head",
        {},
        element("meta", {"charset": "utf-8"}),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("title", {}, f"Statistics of {_sites(found)}"),
        element("style", {}, STYLE),
    )
    body = element("body", {}, element("main", {}, _header(found), _tiles(found), *_cards(found)))
    document = html.tostring(element("html", {"lang": "en"}, head, body), doctype="<!doctype html>", encoding="unicode")
    return f"{document}\n"


def _sites(found: Statistics) -> str:
    return ", ".join(site for site, _ in found.sites.most_common())


def _header(found: Statistics) -> Element:
    fetched = f"The last issue was fetched on {found.fetched:%d %B %Y}." if found.fetched else ""
    least = f" Only examples of a value of {found.least:g} or more are counted." if found.least else ""
    said = f"Issues of {_sites(found)} as training examples.{least} {fetched}"
    return element("header", {}, element("h1", {}, "What the feeds hold"), element("p", {}, said))


def _tiles(found: Statistics) -> Element:
    issues, examples = found.issues.total(), found.examples.total()
    numbers = (
        ("issues", issues),
        ("examples", examples),
        ("examples an issue", round(examples / issues, 1)),
        ("words trained on an issue", round(found.words() / issues)),
        ("characters", found.characters()),
        ("projects", len(found.issues)),
        ("clusters", found.cluster_sizes().total()),
        ("rejected issues", found.rejects.total()),
    )
    tiles = (element("div", {}, element("strong", {}, short(n)), element("span", {}, name)) for name, n in numbers)
    return element("section", {"class": "tiles"}, *tiles)


def _cards(found: Statistics) -> Iterator[Element]:
    tasks = [(task, len(each.outputs)) for task, each in found.tasks.items()]
    yield _card("Examples by task", bars("task", "examples", tasks))
    yield _card("Lengths by task", _lengths_table(found), "Characters of instruction and input, and of the output.")
    months, unit = by_time(found.months)
    january = next((at for at, (name, _) in enumerate(months) if name.endswith("-01")), 0)
    rhythm = 12 if len(months) > _LONG else 1
    said = f"{unit} in which the issue was filed"
    chart = columns(months, said, "issues", width=_WIDE, first=january if rhythm > 1 else 0, rhythm=rhythm)
    yield _card(f"Issues by {unit}", chart, wide=True)
    yield _card("Examples by project", bars("project", "examples", list(found.examples.items())))
    yield _card("Issues by project", bars("project", "issues", list(found.issues.items())))
    for of in ("inputs", "outputs"):
        yield _length_card(of, found.lengths(of))
    chart = columns([(f"{at / BINS:.2f}", found.qualities[at]) for at in range(BINS)], "quality, from", "issues")
    yield _card("Quality", chart, "A judgement from 0 to 1: length, structure, code, discussion, resolution.")
    if found.values:
        chart = columns([(f"{at / BINS:.2f}", found.values[at]) for at in range(BINS)], "value, from", "examples")
        yield _card("Value", chart, "What each example is worth to learn, from 0 to 1: a judgement to sort by.")
    repeats = found.repeats.total()
    said = f"{repeats:,} issues repeat another one." if repeats else "No issue repeats another one."
    yield _card("Near-duplicates", bars("issues in a cluster", "clusters", by_size(found.cluster_sizes())), said)
    languages = [(code or UNKNOWN, number) for code, number in found.languages.items()]
    yield _card("Languages", bars("language of the prose", "issues", languages))
    marks = [(f"<{mark}>", number) for mark, number in found.marks.items()]
    said = "In inputs and outputs; a text that stands in two examples counts twice."
    yield _card("Redaction marks", _or_none(marks, "mark", "times"), said)
    yield _card("Rejected issues", _or_none(list(found.rejects.items()), "step and reason", "issues"), wide=True)


def _or_none(points: Sequence[Point], heading: str, unit: str) -> Element:
    return bars(heading, unit, points) if points else element("p", {}, "There are none.")


def _card(title: str, content: Element, note: str = "", *, wide: bool = False) -> Element:
    notes = [element("p", {"class": "note"}, note)] if note else []
    return element("section", {"class": "card wide" if wide else "card"}, element("h2", {}, title), *notes, content)


def _length_card(of: str, lengths: NDArray[np.uint32]) -> Element:
    if not len(lengths):
        return _card(f"Length of {of}", element("p", {}, "There are none."))
    said = f"Half of them have at most {int(np.median(lengths)):,} characters, the longest {lengths.max():,}."
    return _card(f"Length of {of}", columns(by_length(lengths), "characters, from", "examples"), said)


def _lengths_table(found: Statistics) -> Element:
    heads = ("task", "input: median", "95 %", "longest", "output: median", "95 %", "longest")
    rows = []
    for task, each in sorted(found.tasks.items(), key=lambda item: (-len(item[1].outputs), item[0])):
        cells = [cell for lengths in (each.inputs, each.outputs) for cell in _figures(lengths)]
        numbers = (element("td", {"class": "n"}, cell) for cell in cells)
        rows.append(element("tr", {}, element("th", {"scope": "row"}, task), *numbers))
    head = element("tr", {}, *(element("th", {"scope": "col"}, name) for name in heads))
    table = element("table", {"class": "figures"}, element("thead", {}, head), element("tbody", {}, *rows))
    return element("div", {"class": "scroll"}, table)


def _figures(lengths: array[int]) -> list[str]:
    if not lengths:
        return ["–"] * 3
    counted = np.frombuffer(lengths, np.uint32)
    return [f"{int(number):,}" for number in (*np.percentile(counted, (50, 95)), counted.max())]
