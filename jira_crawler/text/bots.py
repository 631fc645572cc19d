"""Tells programs from people by the names they comment under."""

from __future__ import annotations

import re

from jira_crawler.items import Person

NAMES = frozenset(
    {
        "apache jenkins server",
        "apache spark",
        "apachespark",
        "asf github bot",
        "asf gitbox",
        "asf subversion and git services",
        "asfgit",
        "automation for jira",
        "buildbot",
        "codecov",
        "commit tag bot",
        "dependabot",
        "genericqa",
        "github import",
        "githubbot",
        "hadoop qa",
        "hadoopqa",
        "hive qa",
        "hiveqa",
        "hudson",
        "jenkins",
        "jira-bot",
        "jirabot",
        "jiraposter@reviews.apache.org",
        "sonarcloud",
        "tajo qa",
        "tajoqa",
        "tezqa",
        "travis ci",
    }
)

# `Talbot` is a person: a suffix counts only as a word of its own, in any of the ways names are written.
_SUFFIX = re.compile(r"(?:^|[\s_.(\[-])(?:[Bb]ot|BOT)[\])]?$|[a-z0-9](?:Bot|BOT)$|(?:[a-z]|\s)QA$")


def is_bot(person: Person | None) -> bool:
    """True if either the name or the id of `person` is on the list or ends like one; nobody is no bot."""
    return person is not None and (_sounds_like_one(person.name) or _sounds_like_one(person.id))


def _sounds_like_one(name: str) -> bool:
    name = name.strip()
    return name.casefold() in NAMES or _SUFFIX.search(name) is not None
