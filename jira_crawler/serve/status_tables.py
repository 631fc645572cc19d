"""The tables of the page: each has a caption and scopes, and scrolls by itself where a screen is too narrow for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from jira_crawler.serve.markup import Html, element
from jira_crawler.serve.status import Came, Pass, Project, Status
from jira_crawler.serve.words import ago, ahead, clock, counted, lasting, size
from jira_crawler.store.deliveries import State

# A mark beside each word: nobody has to tell colours apart.
_STATES: Final[dict[State, str]] = {
    "received": "… waiting",
    "fetched": "… fetched",
    "stored": "✓ stored",
    "tabled": "✓ in tables",
    "failed": "✗ failed",
    "ignored": "– ignored",
}
_PASSES: Final = {"head": "Poll", "trailing": "Trailing pass", "census": "Census", "levels": "Service levels"}
_KEY: Final = 24  # characters
_SHOWN: Final = 3  # issues of one delivery


def passes(status: Status) -> Html:
    caption = "Passes over what changed"
    rows = (_pass(each, status.now) for each in status.passes)
    return _table(caption, caption, ("pass", "last", "result:long", "next", "took:n"), rows)


def _pass(each: Pass, now: float) -> Sequence[str | Html]:
    result: str | Html = "–"
    if each.is_good:
        result = "✓ all is listed" if not each.found else f"✓ {counted(each.found, 'issue')} changed"
    elif each.is_good is not None:
        result = element("span", {"class": "bad"}, f"✗ {each.trouble or 'not to its end'}")
    following = "under way" if each.is_under_way else ahead(each.next, now)
    return _PASSES[each.name], ago(each.ended, now), result, following, "–" if each.took is None else lasting(each.took)


def came(caption: str, deliveries: Iterable[Came], now: float) -> Html:
    """Deliveries, and how many seconds after each came what became of it."""
    heads = ("came", "issue:name", "became:long", "event", "fetched:n", "stored:n", "in tables:n")
    rows = (
        (
            clock(each.received, now),
            _issues(each.issues),
            _state(each),
            each.event or "–",
            *map(_after, (each.fetched, each.stored, each.tabled)),
        )
        for each in deliveries
    )
    return _table(caption, caption, heads, rows)


def failed(status: Status) -> Html:
    caption = "The last that failed"
    rows = (
        (clock(each.received, status.now), _issues(each.issues), each.reason or "–", each.event or "–")
        for each in status.failed
    )
    return _table(caption, caption, ("came", "issue:name", "why:long", "event"), rows)


def _issues(issues: Sequence[str]) -> Html:
    """The first issues of a delivery; a line ends between two of them, and within one that is longer than any key."""
    shown = [element("span", {"class": "key"} if len(each) <= _KEY else {}, each) for each in issues[:_SHOWN]]
    more = f" and {len(issues) - _SHOWN:,} more" if len(issues) > _SHOWN else ""
    return Html(", ".join(shown) + more or "–")


def _state(each: Came) -> Html:
    kind = {"failed": "bad", "tabled": "good", "stored": "good"}.get(each.state, "")
    said = _STATES[each.state] + (f": {each.reason}" if each.reason and each.state in ("failed", "ignored") else "")
    return element("span", {"class": kind} if kind else {}, said)


def _after(seconds: float | None) -> str:
    return "–" if seconds is None else f"+{lasting(seconds)}"


def changes(status: Status) -> Html:
    caption = "The last of them"
    rows = ((each.issue, clock(each.updated, status.now), clock(each.found, status.now)) for each in status.missed)
    return _table(caption, "The last that push missed", ("issue", "changed", "found"), rows)


def projects(status: Status) -> Html:
    now = status.now
    when = "soon" if status.counted_at is None else ago(status.counted_at, now)
    caption = f"Feeds: counted {when}. Quality is the mean of the issues that are in a feed, from 0 to 1."
    numbers = ("issues:n", "examples:n", "feed:n", "quality:n", "rejected:n")
    heads = ("project", *numbers, "held of counted", "ids compared", "all known until")
    return _table(caption, "Projects", heads, (_project(each, now) for each in status.projects))


def _project(each: Project, now: float) -> Sequence[str | Html]:
    return (
        each.name,
        f"{each.in_feed:,}",
        f"{each.examples:,}",
        size(each.bytes),
        "–" if each.quality is None else f"{each.quality:.2f}",
        f"{each.rejected:,}",
        _proof(each),
        _verified(each),
        ago(each.listed, now, "–"),
    )


def _proof(each: Project) -> str | Html:
    if each.gap is None:
        return "–"
    if each.gap > 0:
        return element("span", {"class": "bad"}, f"✗ {each.held:,} of {each.counted:,}")
    return element("span", {"class": "good"}, f"✓ {each.held:,} of {each.counted:,}")


def _verified(each: Project) -> str:
    if each.verified is None:
        return "–"
    return ", ".join(f"{name} {many:,}" for name, many in sorted(each.verified.items()) if many) or "✓ all the same"


def _table(caption: str, label: str, heads: Sequence[str], rows: Iterable[Sequence[str | Html]]) -> Html:
    """A table whose first column names its rows, in a box that scrolls and that a keyboard reaches.

    Behind the name of a column may stand what is in it: `n` for numbers, `name`, or `long` for what may be wrapped.
    """
    names, kinds = zip(*(each.partition(":")[::2] for each in heads), strict=True)
    classes = [{"class": kind} if kind else {} for kind in kinds]
    head = (element("th", {"scope": "col"} | kind, name) for name, kind in zip(names, classes, strict=True))
    body = []
    for row in rows:
        first = element("th", {"scope": "row"}, row[0])
        cells = (element("td", kind, cell) for kind, cell in zip(classes[1:], row[1:], strict=True))
        body.append(element("tr", {}, first, *cells))
    table = element(
        "table",
        {},
        element("caption", {}, element("span", {}, caption)),
        element("thead", {}, element("tr", {}, *head)),
        element("tbody", {}, *body),
    )
    return element("div", {"class": "scroll", "role": "region", "aria-label": label, "tabindex": "0"}, table)
