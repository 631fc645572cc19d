"""Which kinds of signs there are, from which side each comes, and how much it weighs.

The weights are how often a sign of a kind was right, of those that could be judged: docs/links.md says how many these
were. A new kind is a row here, and whoever reads texts names it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Side = Literal["change", "issue", "tracker", ""]


@dataclass(frozen=True, slots=True)
class Kind:
    """`side` is who gives the sign: the change, the issue, the tracker's own record of closing, or "" for what joins
    changes and gives no pair. A strong one makes a pair by itself. `weight` is from 0 to 1.
    """

    name: str
    side: Side
    is_strong: bool
    weight: float
    meaning: str


_ROWS: Final = (
    Kind("title_tag", "change", True, 0.95, "the title of a pull request, as of its merge, begins with the key"),
    Kind("title_key", "change", True, 0.90, "the key stands elsewhere in that title"),
    Kind("title_closes", "change", True, 0.88, "that title says `fixes #12`"),
    Kind("old_title", "change", False, 0.30, "only another title than that of the merge names the key"),
    Kind("branch", "change", True, 0.97, "the name of the branch holds the key"),
    Kind("body_closes", "change", True, 0.93, "the text of a pull request says that it fixes the issue"),
    Kind("body_link", "change", True, 0.80, "the address of the issue is all that a line of that text says"),
    Kind("body_mention", "change", False, 0.50, "that text names the issue"),
    Kind("commit_tag", "change", True, 0.90, "a commit of the pull request begins with the key"),
    Kind("commit_closes", "change", True, 0.90, "a commit of the pull request says that it fixes the issue"),
    Kind("commit_mention", "change", False, 0.30, "a commit of the pull request names the issue"),
    Kind("landing_tag", "change", True, 0.95, "the commit that landed begins with the key"),
    Kind("landing_key", "change", True, 0.90, "the key stands elsewhere in the subject of that commit"),
    Kind("landing_closes", "change", True, 0.90, "that commit says that it fixes the issue"),
    Kind("landing_mention", "change", False, 0.50, "that commit names the issue"),
    Kind("closing_reference", "tracker", True, 0.94, "GitHub shows the issue as one that the pull request closes"),
    Kind("connected", "issue", True, 0.95, "a person connected pull request and issue"),
    Kind("closer", "tracker", True, 0.92, "the event that closed the issue names the change"),
    Kind("remote_link", "issue", True, 0.94, "a link of the Jira issue to the pull request"),
    Kind("bot_comment", "issue", True, 0.94, "a program wrote the pull request's address into a comment in Jira"),
    Kind("bot_worklog", "issue", True, 0.94, "the same, in a worklog"),
    Kind("bot_commit", "issue", True, 0.94, "a program wrote the sha of the commit into a comment in Jira"),
    Kind("field", "issue", True, 0.94, "a field of the Jira issue holds the pull request's address"),
    Kind("address", "issue", True, 0.98, "a person wrote the pull request's address into the Jira issue"),
    Kind("fixed_by", "issue", True, 0.69, "the issue says that it was fixed by the pull request or commit"),
    Kind("issue_mention", "issue", False, 0.35, "the issue names the change"),
    Kind("denies", "", False, 0.0, "the change says that it does not fix the issue"),
    Kind("part", "", False, 0.0, "the change says that it is a part of what the issue needs"),
    Kind("backport", "", False, 0.0, "the change is another one, brought to another branch"),
    Kind("follow_up", "", False, 0.0, "the change goes on with another one"),
    Kind("reverts", "", False, 0.0, "the change takes another one back"),
)
KINDS: Final = {kind.name: kind for kind in _ROWS}
