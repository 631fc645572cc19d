"""What is known of every example beside its texts: name, type, what stands where a line lacks it, and what it means.

Types are said, never inferred from what happens to come first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

TEXT: Final = pa.string()
NUMBER: Final = pa.float64()
TRUTH: Final = pa.bool_()
DATE: Final = pa.timestamp("ms", tz="UTC")
EPOCH: Final = "1970-01-01T00:00:00.000Z"


@dataclass(frozen=True, slots=True)
class Field:
    """A column; `missing` stands where a line of an older feed has no such key."""

    name: str
    type: pa.DataType
    meaning: str
    missing: Any = ""


ABOUT: Final = (
    Field("issue_key", TEXT, "the issue's key at the time of the crawl"),
    Field("issue_id", TEXT, "the tracker's numeric id, which never changes"),
    Field("project", TEXT, "key of the project"),
    Field("site", TEXT, "the tracker"),
    Field("url", TEXT, "the page for people"),
    Field("issue_type", TEXT, "the tracker's own name, as are the next three"),
    Field("status", TEXT, "status at the time of the crawl"),
    Field("priority", TEXT, "priority, or empty"),
    Field("resolution", TEXT, "resolution, or empty while there is none"),
    Field("created", DATE, "when the issue was filed, UTC", EPOCH),
    Field("updated", DATE, "when it was last changed, UTC", EPOCH),
    Field("quality", NUMBER, "0 to 1, of the issue: a judgement to sort by, not a measurement", 0.0),
    Field("quality_reasons", TEXT, "the parts of the quality, by name"),
    Field("language", TEXT, "of the prose, ISO 639-1; empty where there is too little to tell"),
    Field("labels", TEXT, "joined by `, `"),
    Field("components", TEXT, "joined by `, `"),
    Field("reporter", TEXT, "`user_0`, …: numbered within the issue"),
    Field("assignee", TEXT, "the same"),
    Field("related", TEXT, "keys of parent, sub-tasks, duplicates and clones, joined by `, `"),
    Field("benchmark", TEXT, "names of the benchmarks that test with this issue, joined by `, `"),
    Field("cluster", TEXT, "near-duplicates share it: site and id of the one that represents them"),
    Field("representative", TRUTH, "true for one issue of each cluster", True),
)
SPOKEN: Final = (
    Field("speaker", TEXT, "whose comment the output is, `user_0`; of a thread of each comment, joined by `, `"),
    Field("said", TEXT, "when that was said, RFC 3339, and after `/` when it was last edited; empty where unknown"),
    Field("role", TEXT, "as whom: `reporter`, `resolver`, `assignee`, `maintainer` or `participant`"),
)
GROUP: Final = Field("group", TEXT, "what must stay in one split shares it; see Splits")
EXAMPLE: Final = (
    Field("id", TEXT, "unique, the same on every run"),
    Field("task_type", TEXT, "the task"),
    Field("example_type", TEXT, "the variant of the task"),
    Field("value", NUMBER, "0 to 1, of the example: what it is worth to learn; 0 where an older feed tells none", 0.0),
    Field("value_reasons", TEXT, "the parts of the value, by name"),
    *SPOKEN,
)


def about(metadata: Mapping[str, Any], site: str, id_: str) -> dict[str, Any]:
    """What a line says of its issue, in the order of the columns; each issue is its own cluster unless it says so."""
    known = {field.name: metadata.get(field.name, field.missing) for field in ABOUT}
    known["cluster"] = known["cluster"] or f"{site}-{id_}"
    return known
