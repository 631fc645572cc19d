"""The page of a live crawl: one document that needs nothing else, and its parts, which a browser brings up to date."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Final

from jira_crawler.serve import words
from jira_crawler.serve.find_page import box
from jira_crawler.serve.health import BEHIND
from jira_crawler.serve.markup import Html, element, joined
from jira_crawler.serve.status import Asking, Status, Step, Tables
from jira_crawler.serve.status_style import SCRIPT, STYLE
from jira_crawler.serve.status_tables import came, changes, failed, passes, projects
from jira_crawler.serve.words import ago, counted, lasting, size

PARTS: Final = ("about", "state", "behind", "came", "failed", "missed", "projects", "tables", "levels", "asking")
_STEPS: Final = {"fetched": "Fetched", "stored": "Stored", "tabled": "In tables"}
_ACCOUNTS: Final = {"issue": "the crawl's account", "overlay": "the second account"}
_BAR, _HIGH = 10, 72  # of the chart, whose width is stretched


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


POLICY: Final = (
    f"default-src 'none'; script-src {_hash(SCRIPT)}; style-src {_hash(STYLE)}; connect-src 'self'; img-src data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


def page(status: Status, *, searches: bool = False) -> str:
    """A whole document, which shows all there is to be seen at this moment also where no script runs."""
    part = parts(status)
    head = element(
        "head",
        {},
        element("meta", {"charset": "utf-8"}),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("link", {"rel": "icon", "href": "data:,"}),
        element("title", {}, f"{status.site}, live"),
        element("style", {}, Html(STYLE)),
    )
    header = element(
        "header",
        {},
        element("a", {"class": "skip", "href": "#main"}, "To what is shown"),
        element("h1", {}, f"{status.site}, live"),
        element("button", {"id": "hold", "type": "button", "hidden": ""}, "Pause"),
        part["about"],
        *((_search(),) if searches else ()),
        element("p", {"id": "connection", "role": "status"}),
        element("noscript", {}, element("p", {}, "Without JavaScript it stays as it is: load it again to see more.")),
    )
    main = element("main", {"id": "main", "tabindex": "-1"}, *(part[name] for name in PARTS if name != "about"))
    links = (("status.json", "All of this as JSON"), ("readyz", "Is it ready?"), ("webhooks/jira/health", "Set-up"))
    footer = element("footer", {}, *(element("a", {"href": to}, said) for to, said in links), "Times are in UTC.")
    body = element("body", {}, header, main, footer, element("script", {}, Html(SCRIPT)))
    return f"<!doctype html>\n{element('html', {'lang': 'en'}, head, body)}\n"


def _search() -> Html:
    return element(
        "form",
        {"action": "find", "method": "get", "role": "search"},
        element("div", {}, box()),
        element("button", {"type": "submit"}, "Search"),
    )


def parts(status: Status) -> dict[str, Html]:
    """The parts of the page by their ids; each is an element with that id."""
    return {name: _PARTS[name](status) for name in PARTS}


def _about(status: Status) -> Html:
    up = lasting(status.now - status.began)
    return element(
        "p", {"id": "about"}, f"{status.url}. Running for {up}; as of {words.clock(status.now, status.now)}."
    )


def _state(status: Status) -> Html:
    """That all is well, or what is not: the first line is read aloud when it changes, the others go on changing."""
    if status.problems:
        said = f"✗ Not all is well: {counted(len(status.problems), 'trouble')}."
    elif status.phase == "stopping":
        said = "It is stopping: what came is kept, and nothing is asked any more."
    elif status.phase == "crawling":
        said = "✓ All is well: what is missing is crawled first, then the tracker is followed."
    else:
        said = f"✓ All is well. What changes in {_and(status.followed)} is followed."
    troubles = (element("li", {}, problem) for problem in status.problems)
    below = (element("ul", {"class": "trouble"}, *troubles),) if status.problems else ()
    box = {"id": "state", "class": f"card wide state{' bad' if status.problems else ''}", "aria-label": "State"}
    return element("section", box, element("p", {"role": "status"}, said), *below)


def _and(names: tuple[str, ...]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def _card(name: str, title: str, *inside: Html, wide: bool = False) -> Html:
    box = {"id": name, "class": "card wide" if wide else "card", "aria-labelledby": f"{name}-title"}
    return element("section", box, element("h2", {"id": f"{name}-title"}, title), *inside)


def _behind(status: Status) -> Html:
    many = counted(sum(status.minutes), "delivery", "deliveries")
    lately = f"{many} in {len(status.minutes)} minutes" if status.receiving else "no secret: only polling finds changes"
    webhooks = element("strong", {}, ago(status.delivered, status.now, "none yet"))
    shown = [element("li", {}, element("span", {}, "Last webhook"), webhooks, element("span", {}, lately))]
    shown += [_step(step, status.now) for step in status.steps]
    note = element("p", {"class": "note"}, "From the arrival of a delivery: half of the last hundred took no longer.")
    inside = [note, element("ol", {"class": "steps"}, *shown)]
    if status.phase == "crawling":
        listed = f"{status.listed:,} of {status.to_list:,} issues are listed." if status.to_list else "It is counted."
        inside += [element("h3", {}, "The crawl before the tracker is followed"), element("p", {}, listed)]
    else:
        inside.append(passes(status))
    return _card("behind", "How far behind", *inside, wide=True)


def _step(step: Step, now: float) -> Html:
    """How long it usually takes until a step is taken; or how long the first delivery waits, where that is longer."""
    waits = now - step.oldest if step.oldest else 0.0
    behind = "–" if step.usual is None and not waits else lasting(max(step.usual or 0.0, waits))
    slowest = "" if step.slowest is None else f"the slowest {lasting(step.slowest)}; "
    waiting = f"{step.waiting:,} waiting" if step.waiting else "none waiting"
    kind = {"class": "bad"} if waits > BEHIND else {}
    value = element("strong", kind, f"✗ {behind}" if kind else behind)
    return element("li", {}, element("span", {}, _STEPS[step.name]), value, element("span", {}, slowest + waiting))


def _came(status: Status) -> Html:
    if not sum(status.minutes) and not status.came:
        return _card("came", "What came", element("p", {}, "No delivery has come yet."), wide=True)
    table = came("The last deliveries, the newest first", status.came, status.now)
    return _card("came", "What came", chart(status.minutes, status.now), table, wide=True)


def chart(minutes: tuple[int, ...], now: float) -> Html:
    """Deliveries a minute as bars, the minute that is running last; the same in words for who sees none."""
    most, many = max(minutes, default=0), len(minutes)
    bars = []
    for at, value in enumerate(minutes):
        high = max(round((_HIGH - 2) * value / most, 1), 1.0) if value else 0.0
        place = {"x": str(at * _BAR + 1), "y": f"{_HIGH - high:g}", "width": str(_BAR - 2), "height": f"{high:g}"}
        minute = words.clock(now - (many - 1 - at) * 60, now)[:-3]
        bars.append(element("rect", place, element("title", {}, f"{minute}: {value:,}")))
    total = counted(sum(minutes), "delivery", "deliveries")
    said = f"{total} in {many} minutes, at most {most:,} in one"
    box = {"viewBox": f"0 0 {many * _BAR} {_HIGH}", "preserveAspectRatio": "none", "role": "img", "aria-label": said}
    axis = element(
        "div",
        {"class": "axis", "aria-hidden": "true"},
        element("span", {}, f"{many} min ago"),
        element("span", {}, "now"),
    )
    return joined(element("p", {"class": "note"}, f"Deliveries a minute: {said}."), element("svg", box, *bars), axis)


def _failed(status: Status) -> Html:
    many = counted(status.failed_today, "delivery", "deliveries")
    said = f"{many} in 24 hours came to nothing; polling finds what is lost by that."
    lists = [element("p", {"class": "note"}, said if status.failed_today else "Nothing in 24 hours.")]
    if status.findings:
        items = (element("li", {}, each) for each in status.findings)
        lists += [element("h3", {}, "Not listed to the end"), element("ul", {"class": "trouble"}, *items)]
    if status.failed:
        lists.append(failed(status))
    return _card("failed", "What failed", *lists)


def _missed(status: Status) -> Html:
    said = f"{counted(status.missed_today, 'change')} in 24 hours that polling found, and no delivery had told of."
    if not status.missed_today:
        said = "Nothing in 24 hours: whatever polling found, a delivery had told of it."
    if not status.receiving:
        said = "No webhooks are received, so none can be missed."
    table = (changes(status),) if status.missed else ()
    return _card("missed", "What push missed", element("p", {"class": "note"}, said), *table)


def _projects(status: Status) -> Html:
    if not status.projects:
        return _card("projects", "Projects", element("p", {}, "Nothing is counted yet."), wide=True)
    return _card("projects", "Projects, their proofs and feeds", projects(status), wide=True)


def _tables(status: Status) -> Html:
    return _card("tables", "Tables", _list(_of_tables(status.tables, status.now)))


def _of_tables(tables: Tables, now: float) -> list[tuple[str, str | Html]]:
    if not tables.is_on:
        return [("tables", "none are written (TABLES)")]
    took = "" if tables.took is None else f", in {lasting(tables.took)}"
    return [
        ("brought up", f"{ago(tables.updated, now, 'not yet')}{took}"),
        ("last change written", ago(tables.written, now)),
        ("months", f"{tables.months:,}"),
        ("issues in them", f"{tables.issues:,}"),
        ("size", f"{size(tables.bytes)} in {counted(tables.files, 'file')}"),
        ("trouble", element("span", {"class": "bad"}, f"✗ {tables.trouble}") if tables.trouble else "none"),
    ]


def _levels(status: Status) -> Html:
    levels, now = status.levels, status.now
    if not levels.asked and not levels.open:
        return _card("levels", "Service levels", element("p", {"class": "note"}, "None are known of this tracker."))
    missed = element("span", {"class": "bad"}, f"✗ {levels.missed:,}") if levels.missed else "none"
    asked = [(f"asked by {_ACCOUNTS.get(name, name)}", ago(at, now)) for name, at in sorted(levels.asked.items())]
    rows = [
        ("open cycles", f"{levels.open:,}"),
        ("goal missed", missed),
        ("missed within an hour", f"{levels.soon:,}" if levels.soon else "none"),
        ("clock paused", f"{levels.paused:,}" if levels.paused else "none"),
        *(asked or [("asked", "not yet")]),
    ]
    return _card("levels", "Service levels", _list(rows))


def _asking(status: Status) -> Html:
    memory = "not known" if status.memory is None else size(status.memory)
    rows = [*_of_asking(status.asking), ("credentials", status.credentials), ("memory of this process", memory)]
    return _card("asking", "Requests", _list(rows))


def _of_asking(asking: Asking) -> list[tuple[str, str | Html]]:
    answers = ", ".join(f"{status}: {many:,}" for status, many in sorted(asking.answers.items()))
    left = "no budget is set"
    paused = f"{lasting(asking.waited)} in all" if asking.waited else "never"
    if asking.budget:
        left = "not known" if asking.left is None else f"{asking.left:,} of {asking.budget:,} in 24 hours"
    return [
        ("sent", f"{asking.sent:,}"),
        ("answers by status", answers or "none yet"),
        ("refused by the site", f"{asking.refused:,}"),
        ("asked again", f"{asking.retries:,}"),
        ("paused", f"for {lasting(asking.pause)} now" if asking.pause > 0 else paused),
        ("waiting to be asked", "not known" if asking.waiting is None else f"{asking.waiting:,}"),
        ("budget left", left),
    ]


def _list(rows: list[tuple[str, str | Html]]) -> Html:
    return element(
        "dl", {}, *(each for name, value in rows for each in (element("dt", {}, name), element("dd", {}, value)))
    )


_PARTS: Final[dict[str, Callable[[Status], Html]]] = {
    "about": _about,
    "state": _state,
    "behind": _behind,
    "came": _came,
    "failed": _failed,
    "missed": _missed,
    "projects": _projects,
    "tables": _tables,
    "levels": _levels,
    "asking": _asking,
}
