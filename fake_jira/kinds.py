"""What can happen to the issues of a sandbox, by name."""

from __future__ import annotations

KINDS = ("create", "edit", "comment", "delete", "move", "hide", "archive")
"""Of mutations: what can happen to an issue while it is crawled."""
EDIT_WEIGHTS = {
    "summary": 8,
    "description": 8,
    "transition": 14,
    "priority": 6,
    "assign": 8,
    "label": 6,
    "comment": 18,
    "comment_edit": 6,
    "comment_delete": 3,
    "worklog": 5,
    "worklog_edit": 2,
    "worklog_delete": 2,
    "attach": 4,
    "detach": 2,
    "link": 5,
    "unlink": 3,
    "move": 3,
    "create": 6,
    "delete": 2,
}
"""Of edits: what people do, and how often of a hundred times or so."""
EDIT_KINDS = tuple(EDIT_WEIGHTS)
