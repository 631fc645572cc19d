"""The tables of the page: each has a caption and scopes, and scrolls by itself where a screen is too narrow for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from jira_crawler.serve.markup import Html, element
from jira_crawler.serve.status import Came, Pass, Project, Status
from jira_crawler.serve.words import ago, ahead, clock, lasting, size
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
_PASSES: Final = {"head": "Poll", "trailing": "Trailing pass", "census": "Census"}
_SHOWN: Final = 3  # issues of one delivery


def passes(status: Status) -> Html:
    rows = [_pass(each, status.now) for each in status.passes]
    return _table("Passes over what changed", ("pass", "last", "result", "next"), rows, (), "behind-title")


def _pass(each: Pass, now: float) -> Sequence[str | Html]:
    took = "" if each.took is None else f", took {lasting(each.took)}"
    result: str | Html = "–"
    if each.is_good:
        result = "✓ all is listed" if not each.found else f"✓ {each.found:,} changed"
    elif each.is_good is not None:
        result = element("span", {"class": "bad"}, f"✗ {each.trouble or 'not to its end'}")
    return (
        _PASSES[each.name],
        ago(each.ended, now) + took,
        result,
        "under way" if each.is_under_way else ahead(each.next, now),
    )


def came(caption: str, deliveries: Iterable[Came], now: float, label: str, *, why: bool = False) -> Html:
    rows = []
    for each in deliveries:
        row: list[str | Html] = [clock(each.received, now), _issues(each.issues), each.event or "–"]
        if why:
            row.append(each.reason or "–")
        else:
            row += [_state(each), *map(_after, (each.fetched, each.stored, each.tabled))]
        rows.append(row)
    heads: tuple[str, ...] = (
        "came",
        "issue",
        "event",
        *(("why",) if why else ("became", "fetched", "stored", "in tables")),
    )
    return _table(caption, heads, rows, () if why else (4, 5, 6), label, long=(3,) if why else ())


def _issues(issues: Sequence[str]) -> str:
    more = f" and {len(issues) - _SHOWN:,} more" if len(issues) > _SHOWN else ""
    return ", ".join(issues[:_SHOWN]) + more or "–"


def _state(each: Came) -> Html:
    kind = {"failed": "bad", "tabled": "good", "stored": "good"}.get(each.state, "")
    said = _STATES[each.state] + (f": {each.reason}" if each.reason and each.state in ("failed", "ignored") else "")
    return element("span", {"class": kind} if kind else {}, said)


def _after(seconds: float | None) -> str:
    return "–" if seconds is None else f"+{lasting(seconds)}"


def changes(status: Status) -> Html:
    rows = [[each.issue, clock(each.updated, status.now), clock(each.found, status.now)] for each in status.missed]
    return _table("The last ones", ("issue", "changed", "found"), rows, (), "missed-title")


def projects(status: Status) -> Html:
    now = status.now
    counted_at = (
        "Feeds are counted now and then"
        if status.counted_at is None
        else f"Feeds as counted {ago(status.counted_at, now)}"
    )
    rows = [_project(each, now) for each in status.projects]
    heads = ("project", "issues", "rejected", "examples", "feed", "quality", "proof", "ids", "known until")
    caption = f"{counted_at}. Quality is the mean of all that are in a feed, from 0 to 1."
    return _table(caption, heads, rows, (1, 2, 3, 4, 5), "projects-title")


def _project(each: Project, now: float) -> Sequence[str | Html]:
    return (
        each.name,
        f"{each.in_feed:,}",
        f"{each.rejected:,}",
        f"{each.examples:,}",
        size(each.bytes),
        "–" if each.quality is None else f"{each.quality:.2f}",
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


def _table(
    caption: str,
    heads: Sequence[str],
    rows: Iterable[Sequence[str | Html]],
    numbers: Collection[int],
    label: str,
    *,
    long: Collection[int] = (),
) -> Html:
    """A table whose first column names its rows, in a box that scrolls and that a keyboard reaches."""
    head = element(
        "tr", {}, *(element("th", {"scope": "col"} | _kind(at, numbers, long), name) for at, name in enumerate(heads))
    )
    body = []
    for row in rows:
        first = element("th", {"scope": "row", "class": "nowrap"}, row[0])
        body.append(
            element(
                "tr", {}, first, *(element("td", _kind(at, numbers, long), cell) for at, cell in enumerate(row[1:], 1))
            )
        )
    table = element(
        "table", {}, element("caption", {}, caption), element("thead", {}, head), element("tbody", {}, *body)
    )
    return element("div", {"class": "scroll", "role": "region", "aria-labelledby": label, "tabindex": "0"}, table)


def _kind(at: int, numbers: Collection[int], long: Collection[int]) -> dict[str, str]:
    return {"class": "n"} if at in numbers else {"class": "long"} if at in long else {}
