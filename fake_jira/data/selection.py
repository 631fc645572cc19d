"""Which fields of an issue are wanted → the bytes of `fields`, untouched where all of them are."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import orjson

from fake_jira.data.catalogue import NOT_NAVIGABLE
from fake_jira.data.stored import Stored

HASH = b"@hashcode"
"""Stands in the Development field for an object's hash code, which differs at every read."""
_GROUPS = ("*all", "*navigable")


@dataclass(frozen=True, slots=True)
class Selection:
    everything: bool
    navigable: bool
    named: frozenset[str]
    dropped: frozenset[str]

    @classmethod
    def of(cls, wanted: list[str], default: str) -> Selection:
        """A list such as `*all,-comment`; one that only leaves things out leaves them out of the default."""
        if not any(not name.startswith("-") for name in wanted):
            wanted = [default, *wanted]
        named = frozenset(name for name in wanted if not name.startswith("-") and name not in _GROUPS)
        dropped = frozenset(name[1:] for name in wanted if name.startswith("-"))
        return cls("*all" in wanted, "*navigable" in wanted, named - {"id", "key", "issuekey"}, dropped)

    @property
    def keeps_everything(self) -> bool:
        return self.everything and not self.dropped

    @property
    def nothing(self) -> bool:
        return not (self.everything or self.navigable or self.named)

    @property
    def heavy(self) -> bool:
        """Links along with the rest, which a hub of links does not survive."""
        return self.keeps("issuelinks") and (self.everything or self.navigable or len(self.named) > 1)

    def keeps(self, name: str) -> bool:
        if name in self.dropped:
            return False
        return self.everything or name in self.named or (self.navigable and name not in NOT_NAVIGABLE)

    def narrow(self, fields: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in fields.items() if self.keeps(name)}

    def bytes_of(self, issue: Stored, chance: random.Random) -> bytes:
        fields = issue.fields if self.keeps_everything else orjson.dumps(self.narrow(orjson.loads(issue.fields)))
        return fields.replace(HASH, b"@%08x" % chance.getrandbits(32))
