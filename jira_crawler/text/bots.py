"""Tells programs from people by the names they comment under."""

from __future__ import annotations

import re
from functools import lru_cache

from jira_crawler.items import Person

NAMES = frozenset(
    {
        # of the Apache Software Foundation
        "apache jenkins server",
        "apache spark",
        "apachespark",
        "asf github bot",
        "asf gitbox",
        "asf subversion and git services",
        "asfgit",
        "buildbot",
        "commit tag bot",
        "genericqa",
        "githubbot",
        "hadoop qa",
        "hadoopqa",
        "hive qa",
        "hiveqa",
        "hudson",
        "jenkins",
        "jiraposter",
        "svn-role",
        "tajo qa",
        "tajoqa",
        "tezqa",
        # of Jira, its apps and what is tied to it
        "automation for jira",
        "bitbucket",
        "bugzilla",
        "codecov",
        "codecov-io",
        "coveralls",
        "dependabot",
        "gerrit",
        "gerrit code review",
        "github actions",
        "github-actions",
        "github for jira",
        "github import",
        "githook user",
        "gitlab",
        "gitlab for jira",
        "jira automation",
        "jira cloud",
        "jira-bot",
        "jirabot",
        "renovate",
        "rh bugzilla integration",
        "slack",
        "sonarcloud",
        "sonarqube",
        "teamcity",
        "travis ci",
        "xgen-internal-githook",
        "zendesk support for jira",
    }
)

# `Talbot` is a person: a suffix counts only as a word of its own, in any of the ways names are written.
_SUFFIX = re.compile(
    r"(?:^|[\s_.(\[-])(?:[Bb]ot|BOT|[Rr]obot)[\])]?$|[a-z0-9](?:Bot|BOT)$|(?:[a-z]|\s)QA$"
    # `Kate Hudson` and `Ann Jenkins` are people, `Jenkins CI` is not.
    r"|(?i:(?:^|\W|_)(?:jenkins|hudson|travis|bamboo|gerrit|gitlab|github|build|buildbot|ci|jira|svn|git)"
    r"[\s_-](?:ci|qa|server|user|role|service|account|integration|master|import(?:er)?|commits?|notifications?)$)"
    r"|(?i:\bservice[\s_-]account$)"
)
_MAILBOX = re.compile(
    r"(?i)(?:no-?reply|do-?not-?reply|builds?|build-?master|ci|jenkins|hudson|gerrit|jira(?:poster)?|svn(?:-role)?"
    r"|git(?:hub|lab)?|notifications?|root|nobody)@"
)


def is_bot(person: Person | None) -> bool:
    """True if either the name or the id of `person` is on the list or sounds like one; nobody is no bot."""
    return person is not None and (_sounds_like_one(person.name) or _sounds_like_one(person.id))


@lru_cache(maxsize=4096)
def _sounds_like_one(name: str) -> bool:
    name = name.strip()
    return name.casefold() in NAMES or _SUFFIX.search(name) is not None or _MAILBOX.match(name) is not None
