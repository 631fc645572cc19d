"""The card of a dataset of examples about issues and changes."""

from __future__ import annotations

import json
from collections.abc import Iterable

from jira_crawler.exports.destination import MARK
from jira_crawler.exports.fields import Field
from jira_crawler.exports.pairs.result import PairsResult


def card(result: PairsResult, columns: Iterable[Field]) -> str:
    """README.md of the folder; the same for the same examples."""
    options = result.options
    files = [{"split": name, "path": options.layout.pattern(name)} for name in result.files]
    config = json.dumps({"config_name": "default", "data_files": files})
    splits = "\n".join(f"| {name} | {result.rows[name]:,} |" for name in result.files)
    tasks = "\n".join(f"| `{task}` | {answer} | {count:,} |" for (task, answer), count in sorted(result.tasks.items()))
    left = "\n".join(f"| {why} | {count:,} |" for why, count in sorted(result.left.items())) or "| nothing | 0 |"
    told = "\n".join(f"| `{column.name}` | {column.meaning} |" for column in columns)
    return f"""---
license: other
configs:
- {config}
---

{MARK}

# Issues and changes

{result.rows.total():,} examples about issues, the pull requests that fixed them, and releases.

| split | examples |
|---|---|
{splits}

| task | answer | examples |
|---|---|---|
{tasks}

## Left out

| pairs | |
|---|---|
{left}

## Columns

| column | |
|---|---|
{told}

## What it does not say

- Issues are as they read before the change was begun, changes as of their end. Keys, numbers, addresses and hashes are
  left out of changes, names and secrets of everything.
- A `no` of `link_prediction` is an issue of the same project and week that no sign joins with the change. It may be
  right all the same, where nobody has said so.
- An earlier change that is a wrong answer is one that no sign joins with the change that asks.
- What has not been taken back or brought to another branch so far says `no`.
- Texts belong to those who wrote them.
"""
