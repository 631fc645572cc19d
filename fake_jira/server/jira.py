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
from fake_jira.data.service_desk import Sight
from fake_jira.data.stored import Embedding, Stored
from fake_jira.exchange import Answer, Refusal, Request, Visitor, answer, errors
from fake_jira.files.serving import Files
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
    service_desk: bool = False
    sla_text: bool = False


class Jira(ABC):
    """Answers REST questions about a corpus. Knows values only: no web server, no files."""

    name: ClassVar[str]
    embedding: ClassVar[Embedding]
    unknown_keys_match_nothing: ClassVar[bool] = False

    def __init__(self, corpus: Corpus, profile: Profile) -> None:
        self.corpus = corpus
        self.profile = profile
        self.files = Files(corpus, profile.base)
        self.chance = random.Random(profile.seed)  # noqa: S311 - repeatable on purpose
        self.routes = [self._route(*route) for route in self.addresses()]

    @abstractmethod
    def addresses(self) -> list[tuple[str, str, Respond]]:
        """Method, path as a regular expression below the root, and what answers it."""

    @abstractmethod
    def nowhere(self, request: Request) -> Answer:
        """The answer at an address that this dialect does not have."""

    @abstractmethod
    def no_issue(self, request: Request, hidden: bool) -> Answer:
        """The answer about an issue that is not there, or not for this visitor."""

    def answer(self, request: Request) -> Answer:
        try:
            with self.corpus.lock:
                return self._responder(request)
        except Refusal as refusal:
            return refusal.answer
        except WrongQuery as wrong:
            return errors(400, *wrong.args)

    def _route(self, method: str, path: str, respond: Respond) -> Route:
        return method, re.compile(path), respond

    def _responder(self, request: Request) -> Answer:
        for method, path, respond in self.routes:
            found = path.fullmatch(request.path.rstrip("/"))
            if found and method == request.method:
                return respond(request, **found.groupdict())
        return self.nowhere(request)

    def visible(self, visitor: Visitor) -> frozenset[str]:
        if visitor.shut_out:
            return frozenset()
        hidden = frozenset() if visitor.known else self.corpus.hidden
        return frozenset(self.corpus.projects) - hidden

    def read_query(self, request: Request, jql: str, validate: bool = True) -> tuple[Query, Condition, list[str]]:
        """The query, what it means to this visitor, and its warnings."""
        query = parse(jql)
        at = Circumstances(
            corpus=self.corpus,
            visible=self.visible(request.visitor),
            now=round(self.profile.clock() * 1000),
            zone=self.profile.zone,
            honour_ms=self.profile.honour_ms,
            missing_keys_match_nothing=self.unknown_keys_match_nothing,
        )
        found, warnings = condition(query.where, at, validate and not request.visitor.shut_out)
        return query, found, warnings

    def find(
        self,
        request: Request,
        query: Query,
        meaning: Condition,
        start: int,
        size: int,
        chance: random.Random | None = None,
    ) -> Found:
        order = ordering(query.order)
        self.corpus.searched()
        found = search(
            self.corpus,
            self.visible(request.visitor),
            meaning,
            order,
            start,
            size,
            chance or self.chance,
            self.profile.lexical_keys,
        )
        sight = self.sight(request, self.profile.sla_text)
        return found._replace(issues=[sight.of(issue) for issue in found.issues])

    def sight(self, request: Request, text: bool = False) -> Sight:
        """What this visitor sees of a service desk now."""
        now = round(self.profile.clock() * 1000)
        cloud = self.name == "cloud"
        return Sight(
            request.visitor.agent, cloud, self.profile.base, now, text and not cloud, self.profile.service_desk
        )

    def issue_for(self, request: Request, name: str) -> Stored:
        issue = self.corpus.find(name)
        hidden = issue is not None and not issue.is_visible(self.visible(request.visitor))
        if issue is None or hidden:
            raise Refusal(self.no_issue(request, hidden))
        return self.sight(request).of(issue)

    def remote_links(self, request: Request, name: str) -> Answer:
        return answer(self.issue_for(request, name).listed("remotelinks", ""))

    def attachment(self, request: Request, id: str, name: str = "") -> Answer:  # noqa: A002 - as addresses call it
        leads_on = request.get("redirect", "true") != "false"
        return self.files.answer(request, id, self.visible(request.visitor), leads_on=leads_on)

    def fields(self, request: Request) -> Answer:
        return answer(self.corpus.vocabulary.fields())

    def lister(self, name: str) -> Respond:
        """An answerer of a plain list: `/status`, `/priority` …"""
        return lambda request: answer(self.corpus.vocabulary.listed(name))

    def link_types(self, request: Request) -> Answer:
        return answer({"issueLinkTypes": self.corpus.vocabulary.listed("issueLinkType")})

    def projects_for(self, request: Request) -> list[dict[str, Any]]:
        visible = self.visible(request.visitor)
        return [one for one in self.corpus.vocabulary.listed("project") if one.get("key") in visible]

    def projects(self, request: Request) -> Answer:
        return answer(self.projects_for(request))

    def project(self, request: Request, name: str) -> Answer:
        for one in self.projects_for(request):
            if name.upper() in (str(one["key"]).upper(), str(one.get("id"))):
                versions = self.corpus.vocabulary.versions.get(str(one["key"]), [])
                return answer({"description": "", "issueTypes": [], "components": [], "versions": versions, **one})
        return errors(404, f"No project could be found with key '{name}'.")

    def server_info(self, request: Request) -> Answer:
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
