"""The page on which people search: one document without a script, for any screen, by day and by night."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from jira_crawler.search.asking import FARTHEST, Results
from jira_crawler.serve.find_style import STYLE
from jira_crawler.serve.markup import Html, element, joined
from jira_crawler.serve.words import counted

ON_A_PAGE: Final = 20
LAST: Final = FARTHEST // ON_A_PAGE
_EXAMPLES: Final = ("lease AND status:resolved", '"session timeout" NOT label:wontfix', "code:LogCleaner quality:>=0.7")
_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


@dataclass(slots=True)
class Page:
    """What is shown: the question, what came of it (None: nothing was asked), and what is wrong."""

    question: str = ""
    min_quality: str = ""
    number: int = 1
    results: Results | None = None
    wrong: str = ""
    trouble: str = ""
    seconds: float = 0.0


def page(found: Page) -> str:
    """A whole document."""
    title = f"{found.question[:80]} – search" if found.question else "Search"
    head = element(
        "head",
        {},
        element("meta", {"charset": "utf-8"}),
        element("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
        element("link", {"rel": "icon", "href": "data:,"}),
        element("title", {}, title),
        element("style", {}, Html(STYLE)),
    )
    header = element(
        "header",
        {},
        element("a", {"class": "skip", "href": "#main"}, "To the hits"),
        element("h1", {}, "Search"),
        _form(found),
    )
    main = element("main", {"id": "main", "tabindex": "-1"}, *_main(found))
    body = element("body", {}, header, main, element("footer", {}, *_footer(found)))
    return f"<!doctype html>\n{element('html', {'lang': 'en'}, head, body)}\n"


def box(question: str = "", *, focused: bool = False) -> Html:
    """The box for a question, which stands on other pages, too."""
    said = {"id": "q", "type": "search", "name": "q", "value": question, "maxlength": "1000", "required": ""}
    said |= {"placeholder": "lease AND status:resolved", "autocomplete": "off", "spellcheck": "false"}
    if focused:
        said["autofocus"] = ""
    return joined(
        element("label", {"for": "q"}, "Search what the feeds hold"),
        element("input", {name: value for name, value in said.items() if value or name in ("required", "autofocus")}),
    )


def _form(found: Page) -> Html:
    quality = {"id": "quality", "type": "number", "name": "min_quality", "min": "0", "max": "1", "step": "0.05"}
    if found.min_quality:
        quality["value"] = found.min_quality
    return element(
        "form",
        {"action": "find", "method": "get", "role": "search"},
        element("div", {"class": "asked"}, box(found.question, focused=not found.question)),
        element("div", {}, element("label", {"for": "quality"}, "Quality from"), element("input", quality)),
        element("button", {"type": "submit"}, "Search"),
    )


def _main(found: Page) -> Iterator[Html]:
    if found.trouble:
        yield element("p", {"class": "card bad"}, f"✗ The index is not brought up: {found.trouble}")
    if found.wrong:
        yield element("p", {"class": "card bad", "role": "alert"}, f"✗ {found.wrong}")
    elif found.results is None:
        yield _help()
    else:
        yield _summary(found, found.results)
        if facets := list(_facets(found, found.results)):
            yield element("nav", {"class": "card facets", "aria-label": "Narrow it down"}, *facets)
        first = (found.number - 1) * ON_A_PAGE + 1
        hits = (element("li", {}, _hit(hit)) for hit in found.results.hits)
        yield element("ol", {"class": "hits", "start": str(first)}, *hits)
        yield from _pages(found, found.results)


def _help() -> Html:
    examples = (
        element("li", {}, element("a", {"href": f"find?{urlencode({'q': each})}"}, element("code", {}, each)))
        for each in _EXAMPLES
    )
    return element(
        "section",
        {"class": "card", "aria-label": "How to ask"},
        element(
            "p", {}, "Words that all have to be there, phrases in quotes, AND, OR, NOT, parentheses, fields and ranges."
        ),
        element("ul", {}, *examples),
    )


def _summary(found: Page, results: Results) -> Html:
    said = f"{counted(results.total, 'issue')} in {max(1, round(found.seconds * 1000)):,} ms"
    none = ". Fewer words, or OR between them, find more." if not results.total else "."
    return element("p", {"class": "note", "role": "status"}, said + none)


def _facets(found: Page, results: Results) -> Iterator[Html]:
    for field, values in results.facets.items():
        if len(values) < 2:
            continue
        links = (
            element(
                "li",
                {},
                element("a", {"href": _link(found, _narrowed(found.question, field, value))}, value),
                element("span", {}, f" {many:,}"),
            )
            for value, many in values.items()
        )
        yield element("div", {}, element("h2", {}, field.capitalize()), element("ul", {}, *links))


def _narrowed(question: str, field: str, value: str) -> str:
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    also = f"{field}:{value}" if value.isalnum() or field == "month" else f'{field}:"{quoted}"'
    return also if question.strip() == "*" else f"({question}) AND {also}"


def _hit(hit: dict[str, Any]) -> Html:
    title = Html(hit["title_marked"]) if hit["title"] else hit["issue_key"]
    url = str(hit["url"])
    linked = (
        element("a", {"href": url, "rel": "noreferrer"}, title) if url.startswith(("https://", "http://")) else title
    )
    about = [hit["issue_key"], hit["issue_type"], hit["status"], *hit["labels"][:5], f"edited {_day(hit['updated'])}"]
    reasons = ", ".join(f"{name} {value:g}" for name, value in hit["quality_reasons"].items())
    quality = element(
        "details",
        {},
        element("summary", {}, f"quality {hit['quality']:.2f}"),
        element("p", {}, f"{reasons}. Seen {_minute(hit['seen'])} UTC."),
    )
    parts = [
        element("h2", {}, linked),
        element("p", {"class": "about"}, " · ".join(filter(None, about))),
        element("p", {}, Html(hit["snippet"])),
        quality,
    ]
    if hit["near_duplicates"]:
        parts.append(element("p", {"class": "about"}, f"Nearly the same: {', '.join(hit['near_duplicates'])}"))
    return element("article", {"class": "card"}, *parts)


def _pages(found: Page, results: Results) -> Iterator[Html]:
    links = []
    if found.number > 1:
        links.append(element("a", {"rel": "prev", "href": _link(found, found.question, found.number - 1)}, "← Before"))
    if results.more and found.number < LAST:
        links.append(element("a", {"rel": "next", "href": _link(found, found.question, found.number + 1)}, "More →"))
    if links:
        yield element("nav", {"class": "pages", "aria-label": "Pages"}, *links)


def _link(found: Page, question: str, number: int = 1) -> str:
    given = {"q": question, "min_quality": found.min_quality, "page": str(number) if number > 1 else ""}
    return f"find?{urlencode({name: value for name, value in given.items() if value})}"


def _footer(found: Page) -> Iterator[str]:
    given = {name: value for name, value in (("q", found.question), ("min_quality", found.min_quality)) if value}
    if found.question:
        yield element("a", {"href": f"search?{urlencode(given)}"}, "This as JSON")
    yield element("a", {"href": "readyz"}, "Is it ready?")
    yield "Times are in UTC."


def _day(stamp: str) -> str:
    return f"{datetime.fromisoformat(stamp):%Y-%m-%d}"


def _minute(stamp: str) -> str:
    return f"{datetime.fromisoformat(stamp):%Y-%m-%d %H:%M}"
