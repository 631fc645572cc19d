"""A raw payload becomes a typed issue, or a reject with its payload."""

from __future__ import annotations

from jira_crawler.exceptions import Malformed
from jira_crawler.items import Issue, RawIssue, replace
from jira_crawler.pipelines import Rejected
from jira_crawler.text.fingerprint import version_hash
from jira_crawler.trackers import lasting, reader


def validate(raw: RawIssue) -> Issue:
    """Decodes an issue and gives it the hash of its version; raises Rejected for a malformed one."""
    if raw.failed:
        raise Rejected("Fetch", raw.failed)
    try:
        issue = reader(raw.dialect, raw.base_url).read_issue(raw)
        return replace(issue, version=version_hash(lasting(issue)))
    except (Malformed, RecursionError) as error:
        raise Rejected("Validate", f"malformed: {error}") from error


class Validate:
    def process_item(self, item: RawIssue) -> Issue:
        return validate(item)
