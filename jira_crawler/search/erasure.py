"""An index without an issue that is to be forgotten, and how many of its documents were about it."""

from __future__ import annotations

from jira_crawler.exceptions import Refused
from jira_crawler.search.document import tag
from jira_crawler.search.folder import STATE
from jira_crawler.search.query import And, Tags
from jira_crawler.search.run import Keeper, Place
from jira_crawler.store.store import Store


def documents_about(place: Place, site: str, id_: str) -> int:
    """Counts the documents of an issue, 0 where there is no index; raises Refused where that cannot be asked."""
    if not _is_there(place):
        return 0
    engine = place.engine()
    try:
        return engine.count([And((Tags((tag("site", site),)), Tags((tag("id", id_),))))])[0]
    finally:
        engine.close()


def without(place: Place, store: Store) -> str:
    """Brings an index up, and sees to it that no byte of what was taken out stays; says why where that cannot be done.

    One in the folder is made anew for that: the engine only marks what is deleted.
    """
    if not _is_there(place):
        return ""
    try:
        keeper = Keeper(place, store)
        try:
            keeper.up(rebuild=not place.server)
            keeper.scrub()
        finally:
            keeper.close()
    except (Refused, OSError) as error:
        return str(error)
    return ""


def _is_there(place: Place) -> bool:
    return bool(place.server) or (place.folder / STATE).is_file()
