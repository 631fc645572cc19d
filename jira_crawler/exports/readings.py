"""All readings of an export, by name, so that somebody else can be asked for one."""

from __future__ import annotations

from typing import Any, Final

from jira_crawler.exports.diet import Gathering
from jira_crawler.exports.preference import Openings
from jira_crawler.exports.reading import Reading
from jira_crawler.exports.rendering import Rendered, Totals, recounted, rendered, totalled
from jira_crawler.exports.surveying import Surveyed, gathered, opened, surveyed

OPENED: Final = Reading("opened", opened, Openings)
GATHERED: Final = Reading("gathered", gathered, Gathering)
SURVEYED: Final = Reading("surveyed", surveyed, Surveyed)
RECOUNTED: Final = Reading("recounted", recounted, list[tuple[int, int, int]])
TOTALLED: Final = Reading("totalled", totalled, Totals)
RENDERED: Final = Reading("rendered", rendered, Rendered)
READINGS: Final[dict[str, Reading[Any]]] = {
    each.name: each for each in (OPENED, GATHERED, SURVEYED, RECOUNTED, TOTALLED, RENDERED)
}
