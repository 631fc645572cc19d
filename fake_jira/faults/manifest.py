"""The truth that a crawl is measured against: what a sandbox holds, and what became of each issue meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from fake_jira.data.corpus import Corpus
from fake_jira.data.stored import ARCHIVED, PRESENT, Stored
from fake_jira.faults.mutations import Mutation


def manifest(corpus: Corpus, log: Sequence[Mutation]) -> dict[str, Any]:
    """`touched` are the mutations that an issue went through, in their order: none where it stood still."""
    with corpus.lock:
        touched: dict[str, list[str]] = defaultdict(list)
        for mutation in log:
            touched[mutation.id].append(mutation.kind)
        projects: dict[str, Any] = {
            project: {"visible": project not in corpus.hidden, "issues": []} for project in corpus.projects
        }
        for issue in sorted(corpus.by_id.values(), key=lambda issue: issue.id):
            projects[issue.project]["issues"].append(_entry(issue, touched.get(str(issue.id), [])))
        deleted = [
            {"id": gone.id, "key": gone.before, "touched": touched[gone.id]} for gone in log if gone.kind == "delete"
        ]
        moved = {key: str(id_) for key, id_ in corpus.moved.items()}
    return {"projects": projects, "moved": moved, "deleted": deleted}


def _entry(issue: Stored, touched: list[str]) -> dict[str, Any]:
    return {
        "id": str(issue.id),
        "key": issue.key,
        "comments": [str(id_) for id_ in issue.comment_ids],
        "worklogs": issue.worklogs,
        "changes": issue.changes,
        "attachments": {str(id_): size for id_, size in issue.files},
        "remote_links": [str(id_) for id_ in issue.remote_links],
        "archived": issue.state == ARCHIVED,
        "copy_of": str(issue.copy_of) if issue.copy_of else None,
        "became": "moved" if issue.state == PRESENT and "move" in touched else issue.state,
        "touched": touched,
    }
