"""What both dialects are made of: the contract towards the web server, and the parts in which they agree."""

from __future__ import annotations

import random
import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from time import time
from typing import Any, ClassVar

from fake_jira.data.corpus import Corpus
from fake_jira.data.dates import stamp
from fake_jira.data.stored import Embedding, Stored
from fake_jira.exchange import Answer, Ask, Refusal, Visitor, answer, errors
from fake_jira.jql.conditions import Condition
from fake_jira.jql.grammar import Query, WrongQuery, parse
from fake_jira.jql.meaning import Circumstances, condition
from fake_jira.jql.search import Found, ordering, search

Respond = Callable[..., Answer]
Route = tuple[str, re.Pattern[str], Respond]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How this Jira is set up. `result_window` 0 means that paging may go as deep as it likes.

    `clock` gives epoch seconds; approximate counts are up to `count_off` too high or too low.
    """

    base: str
    page_cap: int
    zone: tzinfo = UTC
    honour_ms: bool = True
    lexical_keys: bool = False
    result_window: int = 0
    version: str = "9.12.7"
    seed: int = 0
    clock: Callable[[], float] = time
    count_off: int = 0


class Jira(ABC):
    """Answers REST questions about a corpus. Knows values only: no web server, no files."""

    name: ClassVar[str]
    embedding: ClassVar[Embedding]
    unknown_keys_match_nothing: ClassVar[bool] = False

    def __init__(self, corpus: Corpus, profile: Profile) -> None:
        self.corpus = corpus
        self.profile = profile
        self.chance = random.Random(profile.seed)  # noqa: S311 - repeatable on purpose
        self.routes = [self._route(*route) for route in self.addresses()]

    @abstractmethod
    def addresses(self) -> list[tuple[str, str, Respond]]:
        """Method, path as a regular expression below the root, and what answers it."""

    @abstractmethod
    def nowhere(self, ask: Ask) -> Answer:
        """The answer at an address that this dialect does not have."""

    @abstractmethod
    def no_issue(self, ask: Ask, hidden: bool) -> Answer:
        """The answer about an issue that is not there, or not for this visitor."""

    def answer(self, ask: Ask) -> Answer:
        try:
            with self.corpus.lock:
                return self._responder(ask)
        except Refusal as refusal:
            return refusal.answer
        except WrongQuery as wrong:
            return errors(400, *wrong.args)

    def _route(self, method: str, path: str, respond: Respond) -> Route:
        return method, re.compile(path), respond

    def _responder(self, ask: Ask) -> Answer:
        for method, path, respond in self.routes:
            found = path.fullmatch(ask.path.rstrip("/"))
            if found and method == ask.method:
                return respond(ask, **found.groupdict())
        return self.nowhere(ask)

    def visible(self, visitor: Visitor) -> frozenset[str]:
        if visitor.shut_out:
            return frozenset()
        hidden = frozenset() if visitor.known else self.corpus.hidden
        return frozenset(self.corpus.projects) - hidden

    def ask_query(self, ask: Ask, jql: str, validate: bool = True) -> tuple[Query, Condition, list[str]]:
        """The query, what it means to this visitor, and its warnings."""
        query = parse(jql)
        at = Circumstances(
            corpus=self.corpus,
            visible=self.visible(ask.visitor),
            now=round(self.profile.clock() * 1000),
            zone=self.profile.zone,
            honour_ms=self.profile.honour_ms,
            missing_keys_match_nothing=self.unknown_keys_match_nothing,
        )
        found, warnings = condition(query.where, at, validate and not ask.visitor.shut_out)
        return query, found, warnings

    def find(
        self, ask: Ask, query: Query, meaning: Condition, start: int, size: int, chance: random.Random | None = None
    ) -> Found:
        order = ordering(query.order)
        return search(
            self.corpus,
            self.visible(ask.visitor),
            meaning,
            order,
            start,
            size,
            chance or self.chance,
            self.profile.lexical_keys,
        )

    def issue_for(self, ask: Ask, name: str) -> Stored:
        issue = self.corpus.find(name)
        hidden = issue is not None and not issue.shown(self.visible(ask.visitor))
        if issue is None or hidden:
            raise Refusal(self.no_issue(ask, hidden))
        return issue

    def remote_links(self, ask: Ask, name: str) -> Answer:
        return answer(self.issue_for(ask, name).listed("remotelinks", ""))

    def fields(self, ask: Ask) -> Answer:
        return answer(self.corpus.vocabulary.fields())

    def lister(self, name: str) -> Respond:
        """An answerer of a plain list: `/status`, `/priority` …"""
        return lambda ask: answer(self.corpus.vocabulary.listed(name))

    def link_types(self, ask: Ask) -> Answer:
        return answer({"issueLinkTypes": self.corpus.vocabulary.listed("issueLinkType")})

    def projects_for(self, ask: Ask) -> list[dict[str, Any]]:
        visible = self.visible(ask.visitor)
        return [one for one in self.corpus.vocabulary.listed("project") if one.get("key") in visible]

    def projects(self, ask: Ask) -> Answer:
        return answer(self.projects_for(ask))

    def project(self, ask: Ask, name: str) -> Answer:
        for one in self.projects_for(ask):
            if name.upper() in (str(one["key"]).upper(), str(one.get("id"))):
                return answer({"description": "", "issueTypes": [], "components": [], "versions": [], **one})
        return errors(404, f"No project could be found with key '{name}'.")

    def server_info(self, ask: Ask) -> Answer:
        numbers = [int(part) for part in re.findall(r"\d+", self.profile.version)]
        return answer(
            {
                "baseUrl": self.profile.base,
                "version": self.profile.version,
                "versionNumbers": numbers[:3],
                "deploymentType": self.name.capitalize(),
                "buildNumber": 912007,
                "serverTitle": "Sandbox Jira",
                "serverTime": stamp(round(self.profile.clock() * 1000)),
            }
        )

    def common(self, root: str) -> list[tuple[str, str, Respond]]:
        return [
            ("GET", rf"{root}/serverInfo", self.server_info),
            ("GET", rf"{root}/field", self.fields),
            *(
                ("GET", rf"{root}/{name}", self.lister(name))
                for name in ("status", "priority", "resolution", "issuetype")
            ),
            ("GET", rf"{root}/issueLinkType", self.link_types),
            ("GET", rf"{root}/project", self.projects),
            ("GET", rf"{root}/project/(?P<name>[^/]+)", self.project),
            ("GET", rf"{root}/issue/(?P<name>[^/]+)/remotelink", self.remote_links),
        ]
