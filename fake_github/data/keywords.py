"""A made-up repository whose issues are on GitHub, and are closed by keywords, by commits and by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC

from fake_github.data.builder import KEYWORD, Builder, begin
from fake_github.data.model import Commit, Item
from fake_github.data.prose import BOT
from fake_github.data.truth import Fix, How, Mention, moment

_REASONS = (
    "Since then every build of the night has failed, and nobody sees why.",
    "It loses what was written last when the disk is full, which is worse than before.",
    "Two clients wait for one another now; it has to be thought over again.",
)


def make(name: str, id_: int, seed: int, items: int, switches: frozenset[str] = frozenset()) -> Builder:
    """Makes a repository of about so many issues and pull requests, each kind of story as often as its weight says."""
    build = begin(name, id_, seed)
    build.switches = switches
    stories, weights = zip(*STORIES, strict=True)
    while len(build.repository.items) < items:
        if len(build.repository.items) // 25 >= len(build.repository.milestones):
            if build.repository.milestones:
                build.release(build.repository.milestones[-1])
            build.milestone(f"1.{len(build.repository.milestones)}")
        story = build.chance.choices(stories, weights)[0]
        story(build)
    assert build.now.tzinfo is UTC  # noqa: S101 - what GitHub sends is in UTC
    return build


def opened(build: Builder, issue: Item | None, title: str = "", text: str = "", **more: str) -> Item:
    """Opens a pull request whose body GitHub reads for keywords, and has it talked about."""
    title = title or (build.write.pick(["Mend", "Repair", "Correct"]) + f" {issue.title.lower()}" if issue else "")
    body = f"{build.write.remedy()}\n\n{text}".strip()
    pull = build.pull(title or build.write.change(), body, **more)  # type: ignore[arg-type]
    assert pull.pull  # noqa: S101 - it was just made
    pull.pull.closes = [int(found[1]) for found in KEYWORD.finditer(_read(build, body))]
    talked(build, pull)
    return pull


def talked(build: Builder, item: Item) -> None:
    """Lets people say something, more or less."""
    for _ in range(build.chance.randrange(4)):
        build.comment(item)
    if item.pull:
        for _ in range(build.chance.randrange(3)):
            state = build.write.pick(["APPROVED", "CHANGES_REQUESTED", "COMMENTED"])
            build.review(item, state, build.write.remark() if build.is_drawn(0.4) else "", build.chance.randrange(3))
        if item.pull.comments and build.is_drawn(0.7):
            build.push(item, "Say what it holds, as the review asks")


def fixed(
    build: Builder, target: Item, pull: Item, sign: str, commit: Commit, how: How = "squash", group: str = ""
) -> Fix:
    """Notes that a change fixed an issue."""
    made = Fix(
        build.name(target),
        build.name(pull),
        sign,
        how,
        commit.sha,
        moment(commit.committed),
        group or build.name(target),
    )
    build.truth.fixes.append(made)
    return made


def _read(build: Builder, body: str) -> str:
    """Gives what of a body is looked through for keywords."""
    shown = body.partition("<!--")[0]
    return shown if "keywords_in_code" in build.switches else re.sub(r"(?s)```.*?```", "", shown)


def _told(build: Builder, issue: Item) -> Item:
    talked(build, issue)
    return issue


def _how(build: Builder) -> How:
    return "merge" if build.is_drawn(0.4) else "squash"


def _keyword(build: Builder) -> None:
    issue = _told(build, build.issue())
    verb = build.write.pick(["Fixes", "Closes", "Resolves", "fix"])
    pull, how = opened(build, issue, text=f"{verb} #{issue.number}"), _how(build)
    fixed(build, issue, pull, "keyword", build.merge(pull, how), how)


def _by_commit(build: Builder) -> None:
    """The body says nothing: a commit's message closes the issue, and GitHub lists no closing reference."""
    issue = _told(build, build.issue())
    pull = opened(build, issue)
    build.push(pull, f"Let it go earlier\n\nFixes #{issue.number}")
    fixed(build, issue, pull, "commit", build.merge(pull, "merge"), "merge")


def _connected(build: Builder) -> None:
    issue = _told(build, build.issue())
    pull = opened(build, issue)
    build.connect(pull, issue)
    fixed(build, issue, pull, "connected", build.merge(pull, "squash"))


def _by_title(build: Builder) -> None:
    """Only the title names the issue, which somebody closes by hand."""
    issue = _told(build, build.issue())
    pull = opened(build, issue, title=f"[#{issue.number}] {issue.title}")
    commit = build.merge(pull, "squash")
    fixed(build, issue, pull, "title", commit)
    build.wait(1)
    build.comment(issue, f"Done in #{pull.number}.")
    build.close(issue)


def _reverted(build: Builder) -> None:
    issue = _told(build, build.issue())
    pull = opened(build, issue, text=f"Fixes #{issue.number}")
    commit = build.merge(pull, "squash")
    made = fixed(build, issue, pull, "keyword", commit)
    title = f'Revert "{commit.message.splitlines()[0]}"'
    why = _REASONS[pull.number % len(_REASONS)]
    back = build.pull(title, f"Reverts {build.repository.full_name}#{pull.number}\n\n{why}")
    undone = build.merge(back, "squash", f"{title} (#{back.number})\n\nThis reverts commit {commit.sha}.")
    made.reverted_by = undone.sha
    build.truth.reverts[undone.sha] = commit.sha
    build.reopen(issue)
    if build.is_drawn(0.5):
        pull = opened(build, issue, text=f"Second try.\n\nFixes #{issue.number}")
        fixed(build, issue, pull, "keyword", build.merge(pull, "squash"))


def _backported(build: Builder) -> None:
    issue = _told(build, build.issue())
    pull = opened(build, issue, text=f"Fixes #{issue.number}")
    fixed(build, issue, pull, "keyword", build.merge(pull, "squash"))
    text = f"Backport of #{pull.number} to `1.x`.\n\nFixes #{issue.number}"
    port = opened(build, None, title=f"[1.x] {pull.title} (#{pull.number})", text=text, base="1.x")
    assert port.pull  # noqa: S101 - it was just made
    port.pull.closes = []  # not toward the default branch
    made = fixed(build, issue, port, "keyword", build.merge(port, "squash"), "other_branch")
    made.kind = "backport"


def _followed_up(build: Builder) -> None:
    issue = _told(build, build.issue())
    pull = opened(build, issue, text=f"Fixes #{issue.number}")
    fixed(build, issue, pull, "keyword", build.merge(pull, "squash"))
    more = opened(
        build, None, title=f"Follow-up of #{pull.number}: {build.write.change().lower()}", text=f"Fixes #{issue.number}"
    )
    made = fixed(build, issue, more, "keyword", build.merge(more, "squash"))
    made.kind = "follow_up"


def _denied(build: Builder) -> None:
    """GitHub does not understand a denial: it links, and closes on merging; somebody opens the issue again."""
    issue = _told(build, build.issue())
    text = build.write.pick(["This does not fix #{n} yet.", "Not a fix for it, and by no means closes #{n}."])
    pull = opened(build, issue, text=text.format(n=issue.number))
    build.merge(pull, "squash", f"{pull.title} (#{pull.number})")
    if issue.state == "closed":
        build.reopen(issue)
    build.truth.mentions.append(Mention(build.name(issue), build.name(pull), "denial"))


def _mentioned(build: Builder) -> None:
    issue = _told(build, build.issue())
    pull = opened(build, None, text=f"Found while looking at #{issue.number}; see there.")
    build.merge(pull, _how(build))
    build.truth.mentions.append(Mention(build.name(issue), build.name(pull), "mention"))


def _unmerged(build: Builder) -> None:
    issue = _told(build, build.issue())
    pull = opened(build, issue, text=f"Fixes #{issue.number}")
    build.wait(30)
    build.comment(pull, "Closing this, it does not help.")
    build.close(pull)
    build.truth.mentions.append(Mention(build.name(issue), build.name(pull), "unmerged"))
    if build.is_drawn(0.4):
        build.close(issue, "not_planned")


def _in_template(build: Builder) -> None:
    if not build.repository.items:
        return
    other = build.repository.items[1]
    pull = opened(build, None, text=f"<!-- Write `Fixes #{other.number}` if it closes an issue -->")
    build.merge(pull, "squash", f"{pull.title} (#{pull.number})")
    build.truth.mentions.append(Mention(build.name(other), build.name(pull), "template"))


def _in_comment(build: Builder) -> None:
    issue = _told(build, build.issue())
    pull = opened(build, None)
    build.comment(pull, f"Maybe this fixes #{issue.number}, too?")
    build.merge(pull, "squash")
    build.truth.mentions.append(Mention(build.name(issue), build.name(pull), "comment"))


def _in_code(build: Builder) -> None:
    """A keyword in a block of code, which is what a program prints."""
    issue = _told(build, build.issue())
    pull = opened(build, None, text=f"It prints, wrongly:\n\n```\nfixes #{issue.number}\n```")
    build.merge(pull, "squash", f"{pull.title} (#{pull.number})")
    build.truth.mentions.append(Mention(build.name(issue), build.name(pull), "code"))


def _bumped(build: Builder) -> None:
    """A bot quotes another repository's release notes, whose numbers are not ours."""
    other = build.chance.randrange(1, max(2, len(build.repository.items)))
    body = f"Bumps a library.\n\n> ### Release notes\n> * Fixes someone/library#{other}\n> * Resolves [#{other}](https://github.com/someone/library/issues/{other})"
    pull = build.pull("Bump library from 2.1 to 2.2", body, author=BOT)
    build.merge(pull, "squash", f"Bump library from 2.1 to 2.2 (#{pull.number})")
    build.truth.mentions.append(Mention(f"{build.repository.full_name}#{other}", build.name(pull), "quote"))


def _open_issue(build: Builder) -> None:
    issue = _told(build, build.issue())
    if build.is_drawn(0.3):
        build.wait(50)
        build.close(issue, build.write.pick(["not_planned", "duplicate"]))


def _open_pull(build: Builder) -> None:
    pull = opened(build, None)
    assert pull.pull  # noqa: S101 - it was just made
    pull.pull.draft = build.is_drawn(0.3)
    pull.pull.merge_commit = build.write.sha()  # a trial
    if build.is_drawn(0.3):
        build.rename(pull, f"{pull.title}, and its test")


STORIES: list[tuple[Callable[[Builder], None], float]] = [
    (_keyword, 24),
    (_by_commit, 12),
    (_connected, 5),
    (_by_title, 5),
    (_reverted, 4),
    (_backported, 5),
    (_followed_up, 3),
    (_denied, 4),
    (_mentioned, 6),
    (_unmerged, 6),
    (_in_template, 3),
    (_in_comment, 3),
    (_in_code, 2),
    (_bumped, 4),
    (_open_issue, 10),
    (_open_pull, 6),
]
