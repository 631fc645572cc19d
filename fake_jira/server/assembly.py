"""Options → a Jira with its issues in place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fake_jira.data.as_cloud import as_cloud
from fake_jira.data.catalogue import SLA, Vocabulary
from fake_jira.data.corpus import Corpus
from fake_jira.data.generate import MadeUp
from fake_jira.data.recorded import recorded
from fake_jira.data.service_desk import METRICS, equip
from fake_jira.data.shelving import shelve
from fake_jira.data.stored import ARCHIVED, Stored
from fake_jira.options import PAGE_CAPS, Options
from fake_jira.server.jira import Jira, Profile
from fake_jira.server.jira_cloud import JiraCloud
from fake_jira.server.jira_server import JiraServer

_DIALECTS: dict[str, type[Jira]] = {"server": JiraServer, "cloud": JiraCloud}
_VERSIONS = {"server": "9.12.7", "cloud": "1001.0.0-SNAPSHOT"}


def assemble(options: Options, base: str, corpus: Corpus | None = None) -> Jira:
    """Puts issues into a Jira that answers as it is told to; without a corpus they are made up or read."""
    corpus = gather(options, base) if corpus is None else corpus
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
        service_desk=bool(options.service_desk),
        sla_text=options.sla_text,
    )
    return _DIALECTS[options.dialect](corpus, profile)


def gather(options: Options, base: str) -> Corpus:
    """Issues are shelved one by one, so that only their bytes stay in memory."""
    dialect = _DIALECTS[options.dialect]
    made_up = (
        None
        if options.data
        else MadeUp(options.issues, options.seed, options.projects, options.dialect, base, options.file_bytes)
    )
    issues = made_up.issues() if made_up else _recorded(options, base)
    vocabulary = Vocabulary()
    for project in made_up.fixtures.projects.values() if made_up else ():
        vocabulary.learn({"project": project})

    def shelved() -> Iterator[Stored]:
        for issue in issues:
            vocabulary.learn(issue["fields"])
            if options.service_desk:
                _of_service_desk(issue, options)
                vocabulary.custom.update(METRICS)
            yield shelve(issue, base, dialect.embedding)

    return Corpus(shelved(), vocabulary, made_up.moved if made_up else {})


def _of_service_desk(issue: dict[str, Any], options: Options) -> None:
    """Service levels are told only of what is in a service desk."""
    if issue["key"].rpartition("-")[0] in options.service_desk:
        equip(issue, round(options.clock() * 1000))
    else:
        issue["fields"].pop(SLA, None)


def _recorded(options: Options, base: str) -> Iterator[dict[str, Any]]:
    issues = recorded(options.data, base)
    return map(as_cloud, issues) if options.dialect == "cloud" else issues
