"""Options → a Jira with its issues in place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jira_crawler.sandbox.as_cloud import as_cloud
from jira_crawler.sandbox.catalogue import Vocabulary
from jira_crawler.sandbox.corpus import Corpus
from jira_crawler.sandbox.generate import MadeUp
from jira_crawler.sandbox.jira import Jira, Profile
from jira_crawler.sandbox.jira_cloud import JiraCloud
from jira_crawler.sandbox.jira_server import JiraServer
from jira_crawler.sandbox.options import PAGE_CAPS, Options
from jira_crawler.sandbox.recorded import recorded
from jira_crawler.sandbox.shelving import shelve
from jira_crawler.sandbox.stored import ARCHIVED, Stored

_DIALECTS: dict[str, type[Jira]] = {"server": JiraServer, "cloud": JiraCloud}
_VERSIONS = {"server": "9.12.7", "cloud": "1001.0.0-SNAPSHOT"}


def assemble(options: Options, base: str) -> Jira:
    """Issues are shelved one by one, so that only their bytes stay in memory."""
    dialect = _DIALECTS[options.dialect]
    made_up = None if options.data else MadeUp(options.issues, options.seed, options.projects, options.dialect, base)
    issues = made_up.issues() if made_up else _recorded(options, base)
    vocabulary = Vocabulary()
    for project in made_up.furniture.projects.values() if made_up else ():
        vocabulary.learn({"project": project})

    def shelved() -> Iterator[Stored]:
        for issue in issues:
            vocabulary.learn(issue["fields"])
            yield shelve(issue, base, dialect.embedding)

    corpus = Corpus(shelved(), vocabulary, made_up.moved if made_up else {})
    corpus.hidden = frozenset(options.hidden)
    for issue in filter(None, map(corpus.find, options.archived)):
        issue.state = ARCHIVED
    profile = Profile(
        base=base,
        page_cap=options.page_cap or PAGE_CAPS[options.dialect],
        zone=options.zone,
        honour_ms=options.honour_ms,
        lexical_keys=options.lexical_keys,
        result_window=options.result_window,
        version=_VERSIONS[options.dialect],
        seed=options.seed,
        clock=options.clock,
        count_off=options.count_off,
    )
    return dialect(corpus, profile)


def _recorded(options: Options, base: str) -> Iterator[dict[str, Any]]:
    issues = recorded(options.data, base)
    return map(as_cloud, issues) if options.dialect == "cloud" else issues
