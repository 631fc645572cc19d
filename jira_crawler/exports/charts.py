"""Charts as elements of a page: colours come from the page's style, so they follow it into the dark.

They are drawn here because two kinds of bars are all that is needed: matplotlib would bring eighty megabytes and
pictures whose colours do not follow the page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

import numpy as np
from lxml import etree
from numpy.typing import NDArray

Point = tuple[str, int]

HEIGHT: Final = 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 8, 10, 44
_FLOOR: Final = HEIGHT - _BOTTOM
_WIDEST: Final = 72  # pixels: a lone column is no wall
_LABEL: Final = 52  # pixels that a label under a column needs
_BARS: Final = 25  # more than this nobody reads
_MOST_MONTHS: Final = 360  # three pixels each
Element = etree._Element


def bars(heading: str, unit: str, points: Sequence[Point]) -> Element:
    """A table whose rows are bars, the longest first; the rest of a long list is summed up in one row."""
    ranked = sorted(points, key=lambda point: (-point[1], point[0]))
    shown, rest = ranked[:_BARS], ranked[_BARS:]
    if rest:
        shown.append((f"{len(rest):,} others", sum(value for _, value in rest)))
    longest = max((value for _, value in shown), default=1)
    total = sum(value for _, value in points)
    spans = ((heading, "1"), (unit, "2"), ("share", "1"))
    heads = (element("th", {"scope": "col", "colspan": span}, said) for said, span in spans)
    head = element("thead", {}, element("tr", {}, *heads))
    return element("table", {"class": "bars"}, head, element("tbody", {}, *(_bar(p, longest, total) for p in shown)))


def _bar(point: Point, longest: int, total: int) -> Element:
    name, value = point
    bar = element("div", {"class": "bar", "style": f"width:{100 * value / longest:.1f}%"})
    numbers = (element("td", {"class": "n"}, said) for said in (f"{value:,}", f"{100 * value / total:.1f} %"))
    return element("tr", {}, element("th", {"scope": "row"}, name), element("td", {}, bar), *numbers)


def columns(
    points: Sequence[Point], across: str, up: str, *, width: int = 560, first: int = 0, rhythm: int = 1
) -> Element:
    """Upright columns in the order given, with both axes named and each column's number in its tooltip.

    Names stand under every column from the `first`, or under so many of them, by multiples of `rhythm`, as fit.
    """
    steps = ticks(max((value for _, value in points), default=1))
    plot = _Plot(width - _LEFT - _RIGHT, (HEIGHT - _TOP - _BOTTOM) / steps[-1], len(points))
    parts = [part for value in steps for part in plot.line(value)]
    every = rhythm * -(-plot.crowded // rhythm)
    for at, (name, value) in enumerate(points):
        parts.append(plot.column(at, value, f"{name}: {value:,} {up}"))
        if at % every == first % every and plot.middle(at) + _LABEL / 2 <= width:
            parts.append(_text(plot.middle(at), _FLOOR + 16, name, "middle"))
    turned = {"transform": f"translate(12 {(_TOP + _FLOOR) / 2:.0f}) rotate(-90)"}
    parts.append(_text(_LEFT + plot.inner / 2, HEIGHT - 6, across, "middle", {"class": "axis"}))
    parts.append(_text(0, 0, up, "middle", {"class": "axis", **turned}))
    box = {"viewBox": f"0 0 {width} {HEIGHT}", "role": "img", "aria-label": f"{up} by {across}"}
    return element("svg", box, *parts)


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where things are: `inner` pixels across for `count` columns, `scale` pixels up for each one counted."""

    inner: int
    scale: float
    count: int

    @property
    def step(self) -> float:
        return self.inner / max(1, self.count)

    @property
    def crowded(self) -> int:
        """Of so many columns only one has room for its name."""
        return max(1, -(-_LABEL * self.count // self.inner))

    def middle(self, at: int) -> float:
        return _LEFT + (at + 0.5) * self.step

    def line(self, value: int) -> Iterator[Element]:
        y, right = f"{_FLOOR - value * self.scale:.1f}", str(_LEFT + self.inner)
        yield element("line", {"class": "grid", "x1": str(_LEFT), "x2": right, "y1": y, "y2": y})
        yield _text(_LEFT - 6, float(y) + 4, f"{value:,}", "end")

    def column(self, at: int, value: int, said: str) -> Element:
        wide = min(_WIDEST, self.step - min(2.0, self.step / 5))
        high = max(value * self.scale, 1.0) if value else 0.0  # something is never nothing to the eye
        place = {"x": f"{self.middle(at) - wide / 2:.2f}", "y": f"{_FLOOR - high:.1f}"}
        size = {"width": f"{wide:.2f}", "height": f"{high:.1f}"}
        return element("rect", {"class": "column", **place, **size}, element("title", {}, said))


def _text(x: float, y: float, said: str, anchor: str, more: Mapping[str, str] | None = None) -> Element:
    place = {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor}
    return element("text", {"class": "tick", **place, **(more or {})}, said)


def ticks(most: int) -> list[int]:
    """Round numbers from 0 to at least `most`, at most six of them; whole, for things are counted."""
    step = next(size for size in _round() if size * 5 >= most)
    return list(range(0, max(1, -(-most // step)) * step + 1, step))


def _round() -> Iterator[int]:
    """1, 2, 5, 10, 20, 50, …"""
    for power in count():
        yield from (10**power, 2 * 10**power, 5 * 10**power)


def by_time(found: Counter[str]) -> tuple[list[Point], str]:
    """Every month from the first to the last, or every year where months are too many to see; and which it is."""
    first, last = (_month(each) for each in (min(found), max(found)))
    if last - first < _MOST_MONTHS:
        names = [f"{at // 12:04}-{at % 12 + 1:02}" for at in range(first, last + 1)]
        return [(name, found[name]) for name in names], "month"
    years = Counter[str]()
    for name, number in found.items():
        years[name[:4]] += number
    return [(f"{year:04}", years[f"{year:04}"]) for year in range(first // 12, last // 12 + 1)], "year"


def _month(name: str) -> int:
    return int(name[:4]) * 12 + int(name[5:7]) - 1


def by_length(lengths: NDArray[np.uint32]) -> list[Point]:
    """How many lengths there are from each power of two to the next."""
    powers = np.floor(np.log2(np.maximum(lengths, 1))).astype(int)
    counts = np.bincount(powers)
    return [(short(2**power), int(counts[power])) for power in range(int(powers.min()), len(counts))]


def by_size(sizes: Counter[int]) -> list[Point]:
    """How many clusters there are of each size, the large ones together."""
    grouped = Counter[str]()
    for size, number in sizes.items():
        grouped[str(size) if size < 5 else "5 to 9" if size < 10 else "10 and more"] += number
    return list(grouped.items())


def short(number: float) -> str:
    """A number as a person reads it at a glance: 9,999, 12.3 k, 4.56 M."""
    for unit, letter in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= max(unit, 10**4):
            return f"{number / unit:.3g} {letter}"
    return f"{number:,}"


def element(name: str, attributes: Mapping[str, str], *inside: Element | str) -> Element:
    """An element with what is inside of it, in order; characters that no document may hold are left out."""
    made = etree.Element(name, dict(attributes))
    last: Element | None = None
    for each in inside:
        if not isinstance(each, str):
            made.append(each)
            last = each
        elif last is None:
            made.text = (made.text or "") + _plain(each)
        else:
            last.tail = (last.tail or "") + _plain(each)
    return made


def _plain(text: str) -> str:
    return "".join(each for each in text if each.isprintable() or each == "\n")
