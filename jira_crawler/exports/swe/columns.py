"""The columns of an instance: those of SWE-bench, and what is known of how it was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from jira_crawler.exports.fields import NUMBER, TEXT, Field

LIST: Final = pa.list_(TEXT)
COLUMNS: Final = (
    Field("instance_id", TEXT, "`owner__name-12`: the repository and its pull request, or the hash of a commit"),
    Field("repo", TEXT, "the repository"),
    Field("base_commit", TEXT, "what the change was made to: the parent of the commit that landed"),
    Field("patch", TEXT, "the change, without its tests; `git apply` takes it on the base"),
    Field("test_patch", TEXT, "its tests, parted by their paths; empty where it has none"),
    Field("problem_statement", TEXT, "the issue as it read before the first commit of the change"),
    Field("hints_text", TEXT, "what had been said below it by then"),
    Field("created_at", TEXT, "when the change was proposed, or committed, UTC"),
    Field("version", TEXT, "empty: no version of the program is known"),
    Field("environment_setup_commit", TEXT, "the same as the base"),
    Field("FAIL_TO_PASS", TEXT, "`[]`: tests were not run"),
    Field("PASS_TO_PASS", TEXT, "`[]`: tests were not run"),
    Field("tracker", TEXT, "`jira` or `github`: where the issue is"),
    Field("issue_keys", LIST, "the issues that the change fixed"),
    Field("change", TEXT, "key of the pull request, or the commit"),
    Field("evidence", LIST, "the kinds of signs that say so; see Links"),
    Field("grade", TEXT, "`A` or `B`, the best of its pairs"),
    Field("confidence", NUMBER, "what the signs weigh together, 0 to 1", 0.0),
    Field("landed_how", TEXT, "how the change came into its branch"),
    Field("landed_commit", TEXT, "the commit that brought it"),
    Field("landed_at", TEXT, "when, UTC"),
    Field("fix_group", TEXT, "the same for all that is one fix; never in two splits"),
    Field("leaked_share", NUMBER, "share of the change's new lines that stand in statement and hints", 0.0),
    Field("files", LIST, "paths of `patch`"),
    Field("test_files", LIST, "paths of `test_patch`"),
)


@dataclass(frozen=True, slots=True)
class Columns:
    """What writers of files ask for."""

    fields: tuple[Field, ...]

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(column.name, column.type, nullable=False) for column in self.fields])
