"""A made-up repository of the Apache kind: issues are in a Jira, and a script lands pull requests."""

from __future__ import annotations

from collections.abc import Callable

from fake_github.data.builder import Builder, begin
from fake_github.data.keywords import talked
from fake_github.data.model import Item, User
from fake_github.data.truth import Fix, How, JiraIssue, Mention, moment

BOT = User(9002, "asfgit")


def make(
    name: str, id_: int, seed: int, items: int, switches: frozenset[str] = frozenset(), project: str = "KETTLE"
) -> Builder:
    """Makes a repository of about so many pull requests, and the issues of a Jira `project` that they are about."""
    build = begin(name, id_, seed, branch="trunk")
    build.repository.has_issues = False
    build.switches = switches
    told = _Tale(build, project)
    stories, weights = zip(*STORIES, strict=True)
    while len(build.repository.items) < items:
        build.chance.choices(stories, weights)[0](told)
    return build


class _Tale:
    """A builder with a Jira beside it."""

    def __init__(self, build: Builder, project: str) -> None:
        self.build, self.project = build, project

    def jira(self) -> JiraIssue:
        """Files an issue in Jira."""
        build = self.build
        build.wait(10)
        title = build.write.trouble()
        key = f"{self.project}-{len(build.truth.jira) + 101}"
        made = JiraIssue(key, title, build.write.report(title), "Bug", moment(build.now), "", "")
        build.truth.jira.append(made)
        return made

    def pull(self, title: str, text: str = "", head: str = "", *, base: str = "") -> Item:
        pull = self.build.pull(title, f"{self.build.write.remedy()}\n\n{text}".strip(), head=head, base=base)
        talked(self.build, pull)
        return pull

    def telling(self, issue: JiraIssue, pull: Item) -> None:
        """Lets a bot tell Jira of a pull request, as `.asf.yaml` may ask it to."""
        address = self.address(pull)
        issue.remote_links.append(address)
        body = (
            f"{(pull.author or BOT).login} opened a new pull request, #{pull.number}:\nURL: {address}\n\n   {pull.body}"
        )
        issue.comments.append({"author": "githubbot", "body": body, "created": moment(pull.created)})

    def address(self, pull: Item) -> str:
        return f"https://github.com/{self.build.repository.full_name}/pull/{pull.number}"

    def script(self, pull: Item, first: str, *, branch: str = "", note: str = "") -> str:
        """Lands a pull request as the script does, and gives the sha."""
        author = pull.author or BOT
        reviewers = ", ".join({self.build.person().name for _ in range(2)})
        head = pull.pull.head if pull.pull else ""
        footer = (
            f"Author: {author.name}",
            f"Reviewers: {reviewers}",
            f"Closes #{pull.number} from {author.login}/{head}.",
        )
        text = "\n\n".join((first, f"{self.build.write.remedy()}{note}", *footer))
        return self.build.land(pull, text, branch=branch).sha

    def fixed(self, issue: JiraIssue, pull: Item, sign: str, how: How, sha: str) -> Fix:
        """Notes that a change fixed an issue, which Jira says as well."""
        at = moment(self.build.now)
        issue.resolved, issue.resolution, issue.fix_versions = at, "Fixed", ["4.1.0"]
        made = Fix(issue.key, self.build.name(pull), sign, how, sha, at, issue.key)
        self.build.truth.fixes.append(made)
        return made

    def mention(self, issue: JiraIssue, pull: Item, why: str) -> None:
        self.build.truth.mentions.append(Mention(issue.key, self.build.name(pull), why))


def _scripted(tale: _Tale) -> None:
    issue = tale.jira()
    pull = tale.pull(f"{issue.key}: {issue.summary}")
    tale.telling(issue, pull)
    tale.fixed(issue, pull, "title", "script", tale.script(pull, f"{issue.key}: {issue.summary}"))


def _squashed(tale: _Tale) -> None:
    issue = tale.jira()
    pull = tale.pull(f"[{issue.key}] {issue.summary}")
    if tale.build.is_drawn(0.8):
        tale.telling(issue, pull)
    tale.fixed(issue, pull, "title", "squash", tale.build.merge(pull, "squash").sha)


def _by_branch(tale: _Tale) -> None:
    """The title says nothing: the branch is named after the issue."""
    issue = tale.jira()
    pull = tale.pull(tale.build.write.change(), head=f"{issue.key}-mend")
    tale.telling(issue, pull)
    tale.fixed(issue, pull, "branch", "merge", tale.build.merge(pull, "merge").sha)


def _by_body(tale: _Tale) -> None:
    issue = tale.jira()
    text = f"https://issues.apache.org/jira/browse/{issue.key}"
    pull = tale.pull(tale.build.write.change(), text)
    tale.telling(issue, pull)
    tale.fixed(issue, pull, "body", "squash", tale.build.merge(pull, "squash").sha)


def _by_footer(tale: _Tale) -> None:
    """Only the commit that the script writes names the issue."""
    issue = tale.jira()
    pull = tale.pull(tale.build.write.change())
    tale.fixed(issue, pull, "footer", "script", tale.script(pull, f"{issue.key}: {issue.summary}"))


def _elsewhere(tale: _Tale) -> None:
    """Landed on another branch only, where GitHub closes nothing by itself."""
    issue = tale.jira()
    pull = tale.pull(f"{issue.key}: {issue.summary} (3.9)", base="3.9")
    tale.telling(issue, pull)
    tale.fixed(issue, pull, "title", "other_branch", tale.script(pull, f"{issue.key}: {issue.summary}", branch="3.9"))


def _backported(tale: _Tale) -> None:
    issue = tale.jira()
    pull = tale.pull(f"{issue.key}: {issue.summary}")
    tale.telling(issue, pull)
    sha = tale.script(pull, f"{issue.key}: {issue.summary}")
    tale.fixed(issue, pull, "title", "script", sha)
    port = tale.pull(f"{issue.key}: {issue.summary} (backport to 3.9)", f"Backport of #{pull.number}.", base="3.9")
    note = f"\n\n(cherry picked from commit {sha})"
    made = tale.fixed(
        issue,
        port,
        "title",
        "other_branch",
        tale.script(port, f"{issue.key}: {issue.summary}", branch="3.9", note=note),
    )
    made.kind = "backport"


def _reverted(tale: _Tale) -> None:
    issue = tale.jira()
    pull = tale.pull(f"{issue.key}: {issue.summary}")
    tale.telling(issue, pull)
    sha = tale.script(pull, f"{issue.key}: {issue.summary}")
    made = tale.fixed(issue, pull, "title", "script", sha)
    undone = tale.build.commit(f'Revert "{issue.key}: {issue.summary}"\n\nThis reverts commit {sha}.')
    made.reverted_by = undone.sha
    tale.build.truth.reverts[undone.sha] = sha
    issue.resolved = issue.resolution = ""


def _denied(tale: _Tale) -> None:
    issue = tale.jira()
    pull = tale.pull(f"MINOR: {tale.build.write.change()}", f"This is not a fix for {issue.key}.")
    tale.telling(issue, pull)
    tale.script(pull, f"MINOR: {tale.build.write.change()}")
    tale.mention(issue, pull, "denial")


def _depends(tale: _Tale) -> None:
    """Names two issues and fixes one."""
    other, issue = tale.jira(), tale.jira()
    pull = tale.pull(f"{issue.key}: {issue.summary}", f"Depends on {other.key}.")
    tale.telling(issue, pull)
    tale.fixed(issue, pull, "title", "squash", tale.build.merge(pull, "squash").sha)
    tale.mention(other, pull, "mention")


def _abandoned(tale: _Tale) -> None:
    issue = tale.jira()
    pull = tale.pull(f"{issue.key}: {issue.summary}")
    tale.telling(issue, pull)
    tale.build.wait(40)
    tale.build.close(pull)
    tale.mention(issue, pull, "unmerged")


def _tidied(tale: _Tale) -> None:
    """One commit closes several pull requests, none of which landed."""
    pulls = []
    for _ in range(3):
        issue = tale.jira()
        pull = tale.pull(f"{issue.key}: {issue.summary}")
        tale.mention(issue, pull, "not_landed")
        pulls.append(pull)
    build = tale.build
    lines = "\n".join(f"Closes #{pull.number}" for pull in pulls)
    commit = build.commit(f"[MINOR] Close old PRs\n\n{lines}")
    for pull in pulls:
        build.close(pull, commit=commit.sha)
    build.truth.bulk_closes[commit.sha] = [pull.number for pull in pulls]


def _minor(tale: _Tale) -> None:
    pull = tale.pull(f"MINOR: {tale.build.write.change()}")
    tale.script(pull, pull.title)


def _open(tale: _Tale) -> None:
    issue = tale.jira()
    tale.mention(issue, tale.pull(f"{issue.key}: {issue.summary}"), "unmerged")


STORIES: list[tuple[Callable[[_Tale], None], float]] = [
    (_scripted, 26),
    (_squashed, 20),
    (_by_branch, 5),
    (_by_body, 6),
    (_by_footer, 5),
    (_elsewhere, 5),
    (_backported, 5),
    (_reverted, 4),
    (_denied, 4),
    (_depends, 5),
    (_abandoned, 6),
    (_tidied, 1),
    (_minor, 8),
    (_open, 6),
]
