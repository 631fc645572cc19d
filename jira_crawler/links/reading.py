"""One issue, pull request or commit is read by itself: what is known of it, and what it says of others."""

from __future__ import annotations

from jira_crawler.items import Commit, Issue
from jira_crawler.links import messages, references
from jira_crawler.links.facts import Facts, Read
from jira_crawler.links.github import read_numbered, read_pull_request
from jira_crawler.links.jira import read_jira
from jira_crawler.links.names import fitting, login, ms, number_of, place_of
from jira_crawler.links.texts import Place, Signs, read_text, read_title


def read_issue(issue: Issue, remote_links: bytes = b"[]", *, code: bool = False) -> Read:
    """Reads an issue of either tracker, or a pull request; `code`: what stands in code blocks counts, too.

    `remote_links` is the JSON list that a Jira gives of an issue. Facts and signs are the same for the same issue.
    """
    if issue.pull is not None:
        return read_pull_request(issue, code=code)
    place = place_of(issue.url)
    numbered = "#" in issue.key
    signs = Signs()
    if numbered:
        read_numbered(issue, place, signs, code=code)
    else:
        read_jira(issue, remote_links, signs)
    keys = [issue.key, *(change.before for change in issue.changes if change.field.casefold() == "key")]
    names = [f"{place}#{number_of(issue.key)}"] if numbered else [*keys, *(f"{place}/browse/{key}" for key in keys)]
    facts = Facts(
        site=issue.site,
        id=issue.id,
        key=issue.key,
        project=issue.project,
        what="issue",
        place=place,
        names=tuple(dict.fromkeys(name for name in names if name)),
        title=fitting(issue.title[:500]),
        author=fitting(login(issue.reporter)),
        parts=tuple(map(fitting, (issue.components or issue.labels)[:20])),
        created=ms(issue.created),
        ended=ms(issue.resolved),
    )
    return Read(facts, tuple(signs.found.values()))


def commit_id(repository: str, sha: str) -> str:
    """Names a commit of a repository (`host/owner/name`) among all that is read."""
    return f"{repository.partition('/')[2].lower()}@{sha}"


def read_commit(commit: Commit, site: str, repository: str, project: str) -> Read:
    """Reads a commit of the default branch of a repository (`host/owner/name`)."""
    subject, _, rest = commit.message.partition("\n")
    at = ms(commit.committed or commit.authored)
    signs = Signs()
    place = Place("commit", "landing_closes", "landing_mention", repository, login(commit.author), at, commit.sha)
    lands = messages.landed(commit.message, repository)
    back = messages.takes_back(commit.message)
    if not (messages.is_revert(subject) and not messages.is_reapplied(subject)):
        title = _merged_title(rest) if lands and lands[0].how == "merge_commit" else subject
        read_title(title, place, signs, ("landing_tag", "landing_key", "landing_closes"))
        read_text(commit.message, place, signs, own={each.refers for each in lands if each.how != "keyword"})
    for sha in messages.picked(commit.message):
        signs.add("backport", f"@{sha}", place, subject)
    facts = Facts(
        site=site,
        id=commit_id(repository, commit.sha),
        key=commit.sha,
        project=project,
        what="commit",
        place=repository.lower(),
        names=(f"@{commit.sha}",),
        title=fitting(subject[:500]),
        author=fitting(login(commit.author)),
        created=ms(commit.authored),
        ended=at,
        commit=commit.sha,
        parents=commit.parents,
        lands=tuple((each.refers, each.how, fitting(each.note[:200])) for each in lands[: references.MOST]),
        takes_back=fitting(back[:500]),
    )
    return Read(facts, tuple(signs.found.values()))


def _merged_title(rest: str) -> str:
    """The title of a pull request, as it was when it was merged, is the first line below the subject."""
    return next((line.strip() for line in rest.split("\n") if line.strip()), "")
