"""The card of a dataset of instances: what they are, how many, what was left out, and what they cannot say."""

from __future__ import annotations

import json

from jira_crawler.exports.destination import MARK
from jira_crawler.exports.swe.columns import COLUMNS
from jira_crawler.exports.swe.result import SweResult

_SPLITS = {
    "time": "by time: what landed first is in `train`",
    "hash": "by a hash of the fix's group",
    "none": "not at all",
}


def card(result: SweResult) -> str:
    """README.md of the folder; the same for the same instances."""
    options = result.options
    files = [{"split": name, "path": options.layout.pattern(name)} for name in result.files]
    front = "\n".join(
        ["---", "license: other", "configs:", f"- {json.dumps({'config_name': 'default', 'data_files': files})}", "---"]
    )
    splits = "\n".join(f"| {name} | {result.rows[name]:,} |" for name in result.files)
    repositories = "\n".join(f"| {name} | {count:,} |" for name, count in sorted(result.repositories.items()))
    left = "\n".join(f"| {why} | {count:,} |" for why, count in sorted(result.left.items())) or "| nothing | 0 |"
    columns = "\n".join(f"| `{column.name}` | {column.meaning} |" for column in COLUMNS)
    held = f" Held out whole, in `test`: {', '.join(sorted(options.held_out))}." if options.held_out else ""
    return f"""{front}

{MARK}

# Issues and the changes that fixed them

{result.rows.total():,} instances in the columns of SWE-bench: an issue as it read before the first commit of its
change, and the change, parted into what mends and what tests.

| split | instances |
|---|---|
{splits}

Split {_SPLITS[options.split_by]}; what is one fix is in one split.{held}

| repository | instances |
|---|---|
{repositories}

## Left out

| pairs | |
|---|---|
{left}

## Columns

| column | |
|---|---|
{columns}

## What it does not say

- Nobody has run the tests: `FAIL_TO_PASS` and `PASS_TO_PASS` are empty lists.
- {result.leaking:,} instances have lines of their change in what is shown of the issue: `leaked_share` says how many.
- Names and secrets are replaced in texts, and not in patches, which would not apply any more.
- Texts and code belong to those who wrote them; the licences of the repositories apply.
"""
