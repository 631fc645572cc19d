"""Lets things happen in a repository, one after the other, with all that GitHub makes of each."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from random import Random

from fake_github.data.model import (
    Comment,
    Commit,
    Event,
    File,
    Item,
    Label,
    Milestone,
    Pull,
    Release,
    Repository,
    Review,
    ReviewComment,
    User,
)
from fake_github.data.prose import Writer, people
from fake_github.data.truth import How, Truth

# What GitHub takes for a closing keyword, in the body of a pull request or in a commit's message.
KEYWORD = re.compile(r"(?i)\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d+)\b")
_LABELS = ["bug", "enhancement", "question", "documentation", "performance", "security"]


class Holding:
    """A repository with the truth about it; `switches` are of what is not known of GitHub: see options.UNKNOWNS."""

    def __init__(self, repository: Repository) -> None:
        self.repository, self.truth = repository, Truth()
        self.switches: frozenset[str] = frozenset()


class Builder(Holding):
    """`now` moves on with each thing that happens."""

    def __init__(self, repository: Repository, seed: int) -> None:
        super().__init__(repository)
        self.chance = Random(f"{seed} {repository.full_name}")  # noqa: S311 - the same seed makes the same
        self.write = Writer(self.chance)
        self.people = people(self.chance)
        self.now = repository.created
        self._ids = repository.id * 1_000_000
        self.head = self._commit("Begin", self.person())
        for name in _LABELS:
            repository.labels.append(
                Label(self.id(), name, f"{self.chance.getrandbits(24):06x}", f"It is about {name}")
            )

    # --- time and names

    def wait(self, hours: float) -> datetime:
        """Lets some time pass: half to one and a half of so many hours."""
        self.now += timedelta(seconds=int(hours * 3600 * self.chance.uniform(0.5, 1.5)) + 1)
        return self.now

    def id(self) -> int:
        self._ids += 1
        return self._ids

    def person(self) -> User:
        return self.people[self.chance.randrange(len(self.people))]

    def is_drawn(self, share: float) -> bool:
        return self.chance.random() < share

    def name(self, item: Item) -> str:
        return f"{self.repository.full_name}#{item.number}"

    # --- what people do

    def milestone(self, title: str) -> Milestone:
        number = len(self.repository.milestones) + 1
        made = Milestone(self.id(), number, title, self.now, due=self.now + timedelta(days=60))
        self.repository.milestones.append(made)
        return made

    def release(self, milestone: Milestone) -> Release:
        """Closes a milestone, and tells in notes what its merged pull requests changed."""
        merged = [
            item for item in self.repository.shown() if item.pull and item.pull.merged and item.milestone is milestone
        ]
        lines = [f"* {item.title}: it holds for everybody who updates (#{item.number})" for item in merged]
        told = "\n".join(lines) or "* Nothing that anybody would notice"
        body = f"## What is new in {milestone.title}\n\n{told}\n\nThanks to all who reported what was wrong."
        id_ = max((each.id for each in self.repository.releases), default=self.repository.id * 1_000_000 + 900_000) + 1
        name = f"{self.repository.name.title()} {milestone.title}"
        made = Release(id_, f"v{milestone.title}.0", name, body, self.people[0], self.now, self.now, self.now)
        milestone.state, milestone.closed = "closed", self.now
        self.repository.releases.append(made)
        return made

    def issue(self, title: str = "", body: str | None = "", author: User | None = None) -> Item:
        """Files an issue."""
        title = title or self.write.trouble()
        return self._item(title, self.write.report(title) if body == "" else body, author or self.person())

    def pull(self, title: str, body: str | None, *, base: str = "", head: str = "", author: User | None = None) -> Item:
        """Opens a pull request with a commit or two."""
        author = author or self.person()
        item = self._item(title, body, author)
        base = base or self.repository.default_branch
        pull = Pull(base, head or f"{self.write.pick(['fix', 'topic', 'work'])}-{item.number}", "", self.head.sha)
        pull.fork = f"{author.login}/{self.repository.name}"
        item.pull = pull
        for n in range(1 + self.chance.randrange(2)):
            self.push(item, title if n == 0 else f"{self.write.pick(['Add a test', 'Rename', 'Format'])}")
        for path in {self.write.path() for _ in range(1 + self.chance.randrange(3))}:
            pull.files.append(File(path, self.chance.randrange(1, 80), self.chance.randrange(0, 40)))
        pull.files.sort(key=lambda file: file.path)
        pull.additions = sum(file.additions for file in pull.files)
        pull.deletions = sum(file.deletions for file in pull.files)
        return item

    def push(self, item: Item, message: str) -> None:
        """Adds a commit to the branch of a pull request."""
        pull = item.pull
        assert pull and item.author  # noqa: S101 - whoever calls has opened it
        self.wait(0.2)
        parent = pull.head_commit or pull.base_commit
        commit = Commit(self.write.sha(), message, item.author, self.now, self.now, (parent,))
        pull.commits.append(commit)
        pull.head_commit = commit.sha
        item.touch(self.now)

    def comment(self, item: Item, body: str | None = "", author: User | None = None) -> Comment:
        """Says something below an issue or a pull request."""
        self.wait(5)
        said = Comment(
            self.id(), author or self.person(), self.write.remark() if body == "" else body, self.now, self.now
        )
        item.comments.append(said)
        item.touch(self.now)
        return said

    def edit(self, item: Item, said: Comment, body: str) -> None:
        """Edits a comment."""
        said.body, said.updated = body, self.wait(1)
        if "silent_edits" not in self.switches:
            item.touch(self.now)

    def review(self, item: Item, state: str, body: str = "", remarks: int = 0) -> Review:
        """Reviews a pull request, with remarks at lines of it; the first of these may be answered."""
        pull = item.pull
        assert pull  # noqa: S101 - whoever calls has opened it
        self.wait(8)
        made = Review(self.id(), self.person(), state, body, self.now, pull.head_commit)
        pull.reviews.append(made)
        for n in range(remarks):
            line = self.chance.randrange(3, 400)
            path = pull.files[n % len(pull.files)].path
            hunk = self.write.hunk(line)
            place = (path, hunk, line + 2, pull.head_commit)
            asked = self.write.review()
            first = ReviewComment(self.id(), made.author, asked, self.now, self.now, *place, review=made.id)
            pull.comments.append(first)
            if self.is_drawn(0.5):
                self.wait(3)
                answer = Review(self.id(), item.author, "COMMENTED", "", self.now, pull.head_commit)
                pull.reviews.append(answer)
                reply = "Done, it is named after what it holds now."
                said = (item.author, reply, self.now, self.now, *place, answer.id)
                pull.comments.append(ReviewComment(self.id(), *said, reply_to=first.id))
        item.touch(self.now)
        return made

    def label(self, item: Item) -> None:
        item.labels = [each for each in self.repository.labels[:6] if self.is_drawn(0.25)]

    def rename(self, item: Item, title: str) -> None:
        self.wait(1)
        item.events.append(Event("renamed", self.now, item.author, before=item.title, after=title))
        item.title = title
        item.touch(self.now)

    def connect(self, pull: Item, issue: Item) -> None:
        """Links an issue to a pull request by hand."""
        self.wait(1)
        assert pull.pull  # noqa: S101 - whoever calls has opened it
        pull.pull.by_hand.append(issue.number)
        pull.pull.closes.append(issue.number)
        issue.events.append(Event("connected", self.now, self.person(), other=pull.number))
        if "silent_links" not in self.switches:
            issue.touch(self.now)
            pull.touch(self.now)

    # --- how things end

    def close(self, item: Item, reason: str | None = "completed", *, commit: str = "", other: int = 0) -> None:
        """Closes an issue or, without landing it, a pull request; `commit` or the pull request `other` did it."""
        if item.state == "closed":
            return
        item.state, item.closed = "closed", self.now
        item.reason = None if item.pull else reason
        item.events.append(Event("closed", self.now, self.person(), commit=commit, other=other))
        item.touch(self.now)

    def reopen(self, item: Item) -> None:
        self.wait(2)
        item.state, item.closed, item.reason = "open", None, None if item.pull else "reopened"
        item.events.append(Event("reopened", self.now, self.person()))
        item.touch(self.now)

    def merge(self, item: Item, how: How, message: str = "") -> Commit:
        """Merges a pull request by its button, and closes what its keywords and its commits' name."""
        pull = item.pull
        assert pull  # noqa: S101 - whoever calls has opened it
        self.wait(20)
        actor, on_default = self.person(), pull.base == self.repository.default_branch
        if how == "merge":
            head = f"Merge pull request #{item.number} from {(item.author or actor).login}/{pull.head}"
            if on_default:
                for commit in pull.commits:
                    commit.on_default = True
                    self.repository.commits.append(commit)
            landed = self._commit(f"{head}\n\n{item.title}", actor, (pull.head_commit,), on_default=on_default)
        else:
            text = message or f"{item.title} (#{item.number})\n\n" + "\n".join(f"* {c.message}" for c in pull.commits)
            landed = self._commit(text, item.author or actor, on_default=on_default)
        pull.merged, pull.merged_by, pull.merge_commit = self.now, actor, landed.sha
        item.state, item.closed = "closed", self.now
        item.events += [Event("merged", self.now, actor, commit=landed.sha), Event("closed", self.now, actor)]
        item.touch(self.now)
        if on_default:
            for number in dict.fromkeys(pull.closes):
                if issue := self.repository.items.get(number):
                    self.close(issue, other=item.number)
            for commit in (*pull.commits, landed):
                self.close_named(commit)
        return landed

    def land(self, item: Item, message: str, *, branch: str = "") -> Commit:
        """Lands a pull request by a script, which writes `message`; GitHub closes it because of what it says.

        On another `branch` the script closes it, and only an event names the commit.
        """
        self.wait(20)
        committer = self.person()
        landed = self._commit(message, committer, on_default=not branch)
        if branch:
            item.events.append(Event("referenced", self.now, committer, commit=landed.sha))
            self.close(item)
        else:
            self.close(item, commit=landed.sha)
        return landed

    def close_named(self, commit: Commit) -> None:
        """Closes what a commit on the default branch names behind a keyword."""
        for found in KEYWORD.finditer(commit.message):
            if (named := self.repository.items.get(int(found[1]))) and not named.pull:
                self.close(named, commit=commit.sha)

    def commit(self, message: str) -> Commit:
        """Pushes a commit to the default branch."""
        self.wait(4)
        return self._commit(message, self.person())

    def _commit(self, message: str, author: User, parents: tuple[str, ...] = (), *, on_default: bool = True) -> Commit:
        first = (self.head.sha,) if self.repository.commits else ()
        made = Commit(self.write.sha(), message, author, self.now, self.now, first + parents, on_default)
        self.repository.commits.append(made)
        if on_default:
            self.head = made
        return made

    def _item(self, title: str, body: str | None, author: User) -> Item:
        self.wait(30)
        number = len(self.repository.items) + 1
        made = Item(self.id(), number, title, body, author, self.now, self.now)
        self.label(made)
        if self.repository.milestones and self.is_drawn(0.5):
            made.milestone = self.repository.milestones[-1]
        if self.is_drawn(0.2):
            made.assignees = [self.person()]
        self.repository.items[number] = made
        return made


def begin(name: str, id_: int, seed: int, *, branch: str = "main") -> Builder:
    """Makes an empty repository of that full name."""
    owner, _, short = name.partition("/")
    return Builder(Repository(id_, owner, short, datetime(2022, 3, 1, 9, tzinfo=UTC), branch), seed)
