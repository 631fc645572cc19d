"""What is in each table: its columns with their types, the same in every month, and which of them hold few values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import pyarrow as pa

VERSION: Final = 3  # of all schemas; a folder of another one is written anew
TIME: Final = pa.timestamp("us", tz="UTC")
_TYPES: Final = {
    "text": pa.string(),
    "id": pa.int64(),
    "count": pa.int64(),
    "number": pa.float64(),
    "time": TIME,
    "day": pa.date32(),
    "flag": pa.bool_(),
    "list": pa.list_(pa.string()),
}
# A column of ours may be one of these; of a list of a tracker's choices each is a text.
COLUMN_TYPES: Final = ("text", "number", "time", "flag", "list")
_HEAD: Final = "site:text* issue_id:id issue_key:text project:text*"
# `*`: one of few values, kept in a dictionary.
_MONTHLY: Final = {
    "issues": (
        "project_id:text* project_name:text* type:text* is_subtask:flag parent_id:id parent_key:text status_id:text* "
        "status:text* status_category:text* priority:text* resolution:text* summary:text description:text "
        "environment:text creator_id:text creator:text reporter_id:text reporter:text assignee_id:text assignee:text "
        "created:time updated:time resolved:time due:day labels:list* components:list* affects:list* fixes:list* "
        "votes:count watches:count estimate_s:count remaining_s:count spent_s:count n_comments:count "
        "n_attachments:count n_links:count n_worklogs:count n_subtasks:count n_changes:count security:text* "
        "request_type:text* organization_ids:list* quality:number language:text* cluster:text availability:text* "
        "payload_hash:text cut:list* fetched_at:time url:text dialect:text* kind:text* milestone:text*"
    ),
    "comments": (
        "comment_id:text position:count author_id:text author:text update_author_id:text update_author:text body:text "
        "created:time updated:time public:flag visibility:text* is_bot:flag"
    ),
    "changelog": (
        "history_id:text item:count changed_at:time author_id:text author:text field_id:text* field:text* "
        "field_type:text* from_id:text from_value:text to_id:text to_value:text"
    ),
    "attachments": (
        "attachment_id:text filename:text mime:text* sniffed_mime:text* size:count sha256:text path:text state:text* "
        "author_id:text author:text created:time inline_in:list"
    ),
    "issuelinks": (
        "link_id:text type:text* relation:text* direction:text* other_id:id other_key:text other_status:text*"
    ),
    "remote_links": (
        "link_id:text global_id:text url:text title:text application:text* relationship:text* pr_repo:text pr_number:id"
    ),
    "worklogs": (
        "worklog_id:text author_id:text author:text started:time created:time updated:time seconds:count comment:text "
        "is_bot:flag"
    ),
    "custom_fields": ("field_id:text* name:text* value_text:text value_number:number value_time:time value_json:text"),
    "sla_cycles": (
        "sla_id:text* name:text* cycle:count state:text* start_at:time stop_at:time breach_at:time breached:flag "
        "paused:flag goal_ms:count elapsed_ms:count fetched_at:time source:text*"
    ),
    "status_intervals": (
        "seq:count status_id:text* status:text* category:text* previous:text* direction:text* valid_from:time "
        "valid_until:time seconds:number is_current:flag actor_id:text actor:text"
    ),
    "issue_flow": (
        "first_response_at:time started_at:time done_at:time lead_s:number cycle_s:number active_s:number "
        "waiting_s:number reopened:count handovers:count flow_efficiency:number"
    ),
    "issue_versions": (
        "version:count seen_from:time seen_until:time updated:time payload_hash:text changed_fields:list* summary:text "
        "type:text* status:text* priority:text* resolution:text* assignee_id:text assignee:text labels:list* "
        "components:list* fixes:list* n_comments:count n_attachments:count n_links:count n_worklogs:count"
    ),
    "pull_requests": (
        "number:count draft:flag merged_at:time closed_at:time merged_by:text base_ref:text* head_ref:text "
        "head_repository:text base_commit:text head_commit:text merge_commit:text additions:count deletions:count "
        "changed_files:count files:list n_commits:count n_reviews:count n_review_comments:count landed_how:text* "
        "landed_commit:text landed_at:time"
    ),
    "reviews": "review_id:text state:text* author:text submitted:time body:text commit:text is_bot:flag",
    "review_comments": (
        "comment_id:text path:text line:count hunk:text commit:text reply_to:text review_id:text author:text "
        "created:time updated:time body:text is_bot:flag"
    ),
    "closings": "kind:text* other_key:text other_id:id commit:text actor:text at:time",
    "availability_events": (
        "kind:text* child_id:text detected_at:time before:text* after:text* cause:text* evidence:text"
    ),
}
_SMALL: Final = {
    "fields": "site:text field_id:text name:text type:text custom:flag",
    "statuses": "site:text status_id:text status:text category:text is_started:flag is_done:flag",
    "commits": ("site:text* project:text* sha:text message:text author:text authored:time committed:time parents:list"),
    "labels": "site:text* project:text* name:text description:text color:text",
    "milestones": "site:text* project:text* number:count title:text state:text* due:time closed_at:time",
    "links": (
        "site:text* issue_id:id issue_key:text project:text* other_site:text* other_id:id other_key:text "
        "other_project:text* commit:text kind:text* place:text* quoted:text actor:text at:time source_id:text "
        "weight:number"
    ),
    "pairs": (
        "site:text* issue_id:id issue_key:text project:text* other_site:text* other_id:id other_key:text "
        "other_project:text* commit:text grade:text* landed_how:text* landed_commit:text landed_at:time "
        "fix_group:text reverted_by:text kinds:list* confidence:number"
    ),
    "projects": "site:text project:text project_id:text name:text type:text issues:count first:time last:time",
}
MONTHLY: Final = tuple(_MONTHLY)
SMALL: Final = tuple(_SMALL)


@dataclass(frozen=True, slots=True)
class Schema:
    """A table's columns, and the paths of those that Parquet is to keep in dictionaries."""

    name: str
    arrow: pa.Schema
    dictionaries: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.arrow.names)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of `issues` that a site's custom field is to fill; `type` is one of COLUMN_TYPES."""

    name: str
    type: str


def schemas(columns: Iterable[Column] = ()) -> Mapping[str, Schema]:
    """Gives the schema of every table by its name; `columns` stand at the end of `issues`."""
    return _schemas(tuple(columns))


@lru_cache(maxsize=8)  # one for each site's columns, asked for with each month
def _schemas(columns: tuple[Column, ...]) -> Mapping[str, Schema]:
    own = "".join(f" {column.name}:{column.type}" for column in columns)
    made = {name: f"{_HEAD} {said}{own if name == 'issues' else ''}" for name, said in _MONTHLY.items()} | _SMALL
    return {name: _schema(name, said) for name, said in made.items()}


def is_taken(name: str) -> bool:
    """Tells whether `issues` has a column of a name by itself."""
    return any(part.startswith(f"{name}:") for part in f"{_HEAD} {_MONTHLY['issues']}".split())


def _schema(name: str, said: str) -> Schema:
    fields, dictionaries = [], []
    for part in said.split():
        column, _, kind = part.partition(":")
        type_ = _TYPES[kind.removesuffix("*")]
        fields.append(pa.field(column, type_))
        if kind.endswith("*"):
            dictionaries.append(f"{column}.list.element" if pa.types.is_list(type_) else column)
    return Schema(name, pa.schema(fields), tuple(dictionaries))
