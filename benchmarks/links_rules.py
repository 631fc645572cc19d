"""Rules that are known, each in a few lines, to be tried on the same repositories as ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from jira_crawler.items import Commit, Issue

Pairs = set[tuple[str, str]]  # keys of an issue and of a pull request
Rule = Callable[["Known"], Pairs]

_COMMENT: Final = re.compile(r"(?s)<!--.*?-->")
_WORD_NUMBER: Final = re.compile(r"(\w+)\s+(?:#|https://github\.com/[\w.-]+/[\w.-]+/issues/)(\d+)")
_VERBS: Final = {"close", "closes", "closed", "fix", "fixes", "fixed", "resolve", "resolves", "resolved"}
_LINKER: Final = re.compile(
    r"(?mi)(?:fix|close|resolve|fixes|closes|resolves|fixed|closed|resolved)[\s]*.*?"
    r"(?:(?:and )?(?:#|https://github\.com/[\w.-]+/[\w.-]+/issues/)(\d+)[ ]*)"
)
_KEY: Final = re.compile(r"\b[A-Z][A-Z0-9_]+-\d+\b")
_SCRIPT: Final = re.compile(r"(?mi)^(?:this )?closes? (?:[\w.-]+/[\w.-]+)?#(\d+)(?: from \S+)?")


class Known:
    """What rules look at: pull requests, the keys of all issues, and the messages of the default branch."""

    def __init__(self, issues: list[Issue], commits: list[Commit]):
        self.pulls = [each for each in issues if each.pull]
        self.keys = {each.key for each in issues if not each.pull}
        self.closers = [(each.key, closing) for each in issues if not each.pull for closing in each.closings]
        self.scripted = {int(number) for each in commits for number in _SCRIPT.findall(each.message)}

    def numbered(self, pull: Issue, numbers: set[str]) -> Iterator[tuple[str, str]]:
        repository = pull.key.partition("#")[0]
        for number in numbers:
            if (key := f"{repository}#{number}") in self.keys:
                yield key, pull.key

    def named(self, pull: Issue, text: str) -> Iterator[tuple[str, str]]:
        yield from ((key, pull.key) for key in set(_KEY.findall(text)) & self.keys)


def _body(pull: Issue) -> str:
    return pull.description.source if pull.description else ""


def _merged(known: Known) -> Iterator[Issue]:
    yield from (each for each in known.pulls if each.pull and each.pull.merged)


def _closed(known: Known) -> Iterator[Issue]:
    yield from (each for each in known.pulls if each.resolved or (each.pull and each.pull.merged))


def closing_references(known: Known) -> Pairs:
    """What GitHub lists as closed by a merged pull request."""
    found = {(c.other, each.key) for each in _merged(known) for c in each.closings if c.kind == "reference"}
    return {pair for pair in found if pair[0] in known.keys}


def swe_bench(known: Known) -> Pairs:
    """A keyword before a number in title, text or commits of a merged pull request."""
    found: Pairs = set()
    for pull in _merged(known):
        commits = [commit.message for commit in pull.pull.commits] if pull.pull else []
        text = "\n".join((pull.title, _COMMENT.sub("", _body(pull)), *commits))
        numbers = {number for word, number in _WORD_NUMBER.findall(text) if word.lower() in _VERBS}
        found.update(known.numbered(pull, numbers))
    return found


def swe_bench_live(known: Known) -> Pairs:
    """The pull request that the event of closing names."""
    return {(key, c.other) for key, c in known.closers if c.kind == "closer" and c.other}


def devlake(known: Known) -> Pairs:
    """A keyword somewhere before a number in title or text; the first match of a pull request."""
    found: Pairs = set()
    for pull in _merged(known):
        if match := _LINKER.search(f"{pull.title}\n{_body(pull)}"):
            found.update(known.numbered(pull, {match[1]}))
    return found


def key_in_title_merged(known: Known) -> Pairs:
    return {pair for pull in _merged(known) for pair in known.named(pull, pull.title)}


def key_in_title_closed(known: Known) -> Pairs:
    return {pair for pull in _closed(known) for pair in known.named(pull, pull.title)}


def key_anywhere_closed(known: Known) -> Pairs:
    texts = ((pull, f"{pull.title}\n{_body(pull)}\n{pull.pull.head if pull.pull else ''}") for pull in _closed(known))
    return {pair for pull, text in texts for pair in known.named(pull, text.upper())}


def key_in_title_landed(known: Known) -> Pairs:
    """Merged, or closed by the footer that a script writes."""
    landed = [each for each in known.pulls if each.pull and (each.pull.merged or _number(each) in known.scripted)]
    return {pair for pull in landed for pair in known.named(pull, pull.title)}


def _number(pull: Issue) -> int:
    return int(pull.key.rpartition("#")[2])


RULES: Final[dict[str, Rule]] = {
    "GitHub's closing references, merged": closing_references,
    "SWE-bench": swe_bench,
    "SWE-bench-Live": swe_bench_live,
    "DevLake": devlake,
    "key in title, merged": key_in_title_merged,
    "key in title, closed": key_in_title_closed,
    "key in title, text or branch, closed": key_anywhere_closed,
    "key in title, merged or by a script": key_in_title_landed,
}
