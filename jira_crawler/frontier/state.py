"""What a crawl has learned, as it is written down beside the tasks: each field by its name, in JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from jira_crawler.crawl.session import CrawlState

FIELDS = CrawlState.__struct_fields__


class StateWriter:
    """Remembers what is written down already, so that only what is new need be."""

    def __init__(self, names: Iterable[str] = FIELDS) -> None:
        self.names = tuple(names)
        self._written: dict[str, bytes] = {}

    def new(self, state: CrawlState) -> dict[str, bytes]:
        """Gives what is to be written of a state now, by field, and takes it as written."""
        texts = {name: msgspec.json.encode(getattr(state, name)) for name in self.names}
        changed = {name: text for name, text in texts.items() if self._written.get(name) != text}
        self._written |= changed
        return changed


def read(texts: Mapping[str, bytes | str]) -> CrawlState | None:
    """Puts a state together from its fields, if there are any; raises ValueError where they are none of ours."""
    if not texts:
        return None
    return msgspec.convert({name: msgspec.json.decode(text) for name, text in texts.items()}, CrawlState)
