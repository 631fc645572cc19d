"""An issue learns what it is worth, in which language it is and what its text amounts to; too poor, it stops here."""

from __future__ import annotations

from typing import Self

from jira_crawler.items import Issue, replace
from jira_crawler.policy import DEFAULTS, Policy
from jira_crawler.refine.step import Draft, DropIssue
from jira_crawler.text.fingerprint import content_hash
from jira_crawler.text.language import issue_language
from jira_crawler.text.minhash import minhash
from jira_crawler.text.quality import quality


def score(issue: Issue, policy: Policy = DEFAULTS) -> Issue:
    """Gives an issue its language, its quality with reasons, the hash of its content and the sketch of its report.

    Raises DropIssue below MIN_QUALITY, and where LANGUAGES are set for an issue that is in none of them; one that is
    too short to tell passes.
    """
    language = issue_language(issue)
    worth, reasons = quality(issue, language)
    issue = replace(
        issue,
        language=language,
        quality=worth,
        reasons=reasons,
        content=content_hash(issue) if policy.deduplicates else "",
        minhash=minhash(_report(issue)),
    )
    if policy.languages and language and language not in policy.languages:
        raise DropIssue("Score", f"language not asked for: {language}", issue)
    if worth < policy.min_quality:
        raise DropIssue("Score", f"quality below {policy.min_quality:g}", issue)
    return issue


def _report(issue: Issue) -> str:
    """What examples show of it: title and description as they were filed."""
    original = issue.original or issue
    return f"{original.title}\n{original.description.source if original.description else ''}"


class Score:
    """The step that says what an issue is worth, and what it is compared by."""

    def __init__(self, policy: Policy):
        self.policy = policy

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        return cls(policy)

    def apply(self, draft: Draft) -> Draft:
        return draft.having(score(draft.issue, self.policy))
