"""Which split an instance goes to: what is one fix stays together, and repositories may be held out whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from jira_crawler.exports.groups import SPLITS, Shares, by_hash, by_time, token

_TRAIN, _TEST = SPLITS[0], SPLITS[-1]


def split(records: Sequence[Mapping[str, Any]], how: str, shares: Shares, held_out: Iterable[str]) -> list[str]:
    """Names the split of each instance: by `hash` or `time` of its group, or `none`.

    A group of which one instance is of a repository that is held out goes to the last split as a whole.
    """
    groups: dict[str, int] = {}
    roots = np.array([groups.setdefault(each["fix_group"], at) for at, each in enumerate(records)], dtype=np.int64)
    away = {name.lower() for name in held_out}
    apart = {each["fix_group"] for each in records if each["repo"].lower() in away}
    if not records or how == "none":
        places = np.zeros(len(records), dtype=np.int8)
    elif how == "hash":
        places = by_hash(roots, np.array([token(each["fix_group"]) for each in records], dtype=np.uint64), shares)
    else:
        names = np.array([token(each["fix_group"]) for each in records], dtype=np.uint64)
        landed = np.array([np.datetime64(each["landed_at"].rstrip("Z"), "s").astype(np.int64) for each in records])
        wanted = np.array([each["fix_group"] not in apart for each in records])
        places = by_time(roots, names, shares, landed, wanted)
    return [_TEST if each["fix_group"] in apart else SPLITS[place] for each, place in zip(records, places, strict=True)]
