"""A raw payload becomes a typed issue, or a reject with its payload."""

from __future__ import annotations

from jira_crawler.exceptions import Malformed
from jira_crawler.items import Issue, RawIssue, replace
from jira_crawler.refine.step import Draft, DropIssue
from jira_crawler.text.fingerprint import version_hash
from jira_crawler.trackers import lasting, reader


def validate(raw: RawIssue) -> Issue:
    """Decodes an issue and gives it the hash of its version; raises DropIssue for a malformed one."""
    if raw.failed:
        raise DropIssue("Fetch", raw.failed)
    try:
        issue = reader(raw.dialect, raw.base_url).read_issue(raw)
        return replace(issue, version=version_hash(lasting(issue)))
    except (Malformed, RecursionError) as error:
        raise DropIssue("Validate", f"malformed: {error}") from error


class Validate:
    """The step that makes issues of what the tracker sent."""

    def apply(self, draft: Draft) -> Draft:
        if not isinstance(draft.item, RawIssue):
            raise TypeError(f"{type(draft.item).__name__} is no RawIssue: it is validated already")
        return draft.having(validate(draft.item))
