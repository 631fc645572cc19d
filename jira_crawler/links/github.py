"""What pull requests and issues of GitHub say of one another, and what GitHub itself keeps of that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from jira_crawler.items import Change, Closing, Commit, Issue
from jira_crawler.links import messages, references
from jira_crawler.links.facts import Facts, Read
from jira_crawler.links.names import fitting, is_program, login, markdown, ms, number_of, place_of
from jira_crawler.links.texts import Place, Signs, read_joins, read_text, read_title
from jira_crawler.text.bots import is_bot

_BESIDE: Final = timedelta(hours=1)  # in which a script closes what it has brought to another branch
_TITLES: Final = frozenset({"summary", "title", "renamed"})


def read_pull_request(issue: Issue, *, code: bool) -> Read:
    pull = issue.pull
    assert pull is not None  # noqa: S101 - who calls has looked
    repository = place_of(issue.url)
    me, author, signs = f"{repository}#{number_of(issue.key)}", login(issue.reporter), Signs()
    end = pull.merged or issue.resolved
    title, others = title_as_of(issue.title, issue.changes, end)
    at = Place("title", "title_closes", "body_mention", repository, author, ms(issue.created), issue.id)
    is_revert = messages.is_revert(title) and not messages.is_reapplied(title)
    if not is_revert:
        read_title(title, at, signs, ("title_tag", "title_key", "title_closes"))
        for other in others:
            for key in _keys(other):
                signs.add("old_title", key, at, other)
        for key in references.in_branch(pull.head.rpartition(":")[2]):
            signs.add("branch", key, Place("branch", "", "", actor=author, at=at.at, source=issue.id), pull.head)
    read_joins(title, at, signs)
    joined, number = messages.branch_joins(pull.head.rpartition(":")[2])
    if joined == "backport" or (joined and is_revert):
        place = Place("branch", "", "", actor=author, at=at.at, source=issue.id)
        signs.add(joined, references.number(repository, number), place, pull.head)
    by_a_program = is_bot(issue.reporter) or is_program(author)
    if issue.description and not by_a_program:  # which quotes the notes of what it bumps
        body = Place("body", "body_closes", "body_mention", repository, author, ms(issue.created), issue.id)
        body = replace(body, link="body_link", code=code)
        read_text(markdown(issue.description), body, signs, own={me}, reverts=is_revert)
    if not is_revert:
        for commit in pull.commits:
            _commit_of(commit, repository, me, signs)
    for closing in issue.closings:
        _closing(closing, repository, signs)
    closer = [each.commit for each in issue.closings if each.kind == "closer" and each.commit]
    named = [each for each in issue.closings if each.kind == "referenced" and each.commit and each.at]
    beside = [each.commit for each in named if issue.resolved and each.at and abs(each.at - issue.resolved) <= _BESIDE]
    facts = Facts(
        site=issue.site,
        id=issue.id,
        key=issue.key,
        project=issue.project,
        what="pull",
        place=repository,
        names=(me,),
        title=fitting(title[:500]),
        author=fitting(author),
        created=ms(issue.created),
        ended=ms(issue.resolved),
        merged=ms(pull.merged),
        base=pull.base,
        commit=pull.merge_commit if pull.merged else "",
        closed_by=closer[-1] if closer else "",
        closed_beside=beside[-1] if beside else "",
        commits=tuple(commit.sha for commit in pull.commits),
    )
    return Read(facts, tuple(signs.found.values()))


def _commit_of(commit: Commit, repository: str, me: str, signs: Signs) -> None:
    subject = commit.message.partition("\n")[0]
    at = ms(commit.committed or commit.authored)
    place = Place("commits", "commit_closes", "commit_mention", repository, login(commit.author), at, commit.sha)
    if subject.startswith("Merge ") or messages.is_revert(subject):  # what came in from the base branch
        return
    read_title(subject, place, signs, ("commit_tag", "commit_mention", "commit_closes"))
    read_text(commit.message, place, signs, own={me})
    for sha in messages.picked(commit.message):
        signs.add("backport", f"@{sha}", place, subject)


def _closing(closing: Closing, repository: str, signs: Signs) -> None:
    """What GitHub itself keeps, at a pull request or an issue: whichever end holds it, the other is named."""
    if closing.kind == "referenced":
        return
    kind = {"reference": "closing_reference", "connected": "connected", "closer": "closer"}[closing.kind]
    host = repository.partition("/")[0]
    at = Place("event", "", "", actor=login(closing.actor), at=ms(closing.at), source=closing.commit or closing.other)
    if closing.other:
        name, _, number = closing.other.rpartition("#")
        signs.add(kind, references.number(f"{host}/{name}", number), at, closing.other)
    elif closing.commit:
        signs.add(kind, f"@{closing.commit}", at, closing.commit)


def read_numbered(issue: Issue, repository: str, signs: Signs, *, code: bool) -> None:
    me = f"{repository}#{number_of(issue.key)}"
    for closing in issue.closings:
        _closing(closing, repository, signs)
    texts = [("description", issue.description, issue.reporter, issue.created, issue.id)]
    texts += [("comment", each.body, each.author, each.created or issue.created, each.id) for each in issue.comments]
    for name, body, author, created, source in texts:
        if body and not is_bot(author):
            at = Place(
                name,
                "issue_mention",
                "issue_mention",
                repository,
                login(author),
                ms(created),
                source,
                fixed_by="fixed_by",
                code=code,
            )
            read_text(markdown(body), at, signs, own={me})


def title_as_of(title: str, changes: Iterable[Change], moment: datetime | None) -> tuple[str, list[str]]:
    """Gives the title as it was at a moment (None: now), and the titles that it had at other times."""
    renamed = sorted(
        (change for change in changes if change.field.casefold() in _TITLES and change.created),
        key=lambda change: (change.created, change.id),
    )
    then, others = title, []
    for change in reversed(renamed):
        if moment is not None and change.created and change.created > moment:
            others.append(then)
            then = change.before or then
        else:
            others.append(change.before)
    return then, [each for each in dict.fromkeys(others) if each and each != then]


def _keys(title: str) -> Iterator[str]:
    for each in references.find(title):
        if references.key_of(each.refers):
            yield each.refers
