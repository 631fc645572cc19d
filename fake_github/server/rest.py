"""The REST API over repositories: lists, single items, and what became of those that are not there any more."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from fake_github.data.model import Item, Repository
from fake_github.exchange import Answer, Refusal, Request, answer, error
from fake_github.options import Options
from fake_github.server.pages import by_cursor, by_number, with_link
from fake_github.server.shapes import Shapes

T = TypeVar("T")
NOT_FOUND = error(404, "Not Found")
_BLOCKED = {"reason": "dmca", "html_url": "https://github.com/github/dmca", "created_at": "2024-05-01T00:00:00Z"}
_REPOSITORY = re.compile(r"/(?:repos/([^/]+/[^/]+)|repositories/(\d+))(?:/(.*))?")


class Rest:
    """Answers below `prefix`, such as /api/v3; `repositories` are by id."""

    def __init__(self, repositories: dict[int, Repository], shapes: Shapes, options: Options) -> None:
        self.repositories, self.shapes, self.options = repositories, shapes, options
        self._routes: dict[str, Callable[[Repository, Request], Answer]] = {
            "": self._one,
            "issues": self._issues,
            "issues/comments": self._comments,
            "pulls": self._pulls,
            "pulls/comments": self._review_comments,
            "commits": self._commits,
            "labels": self._labels,
            "milestones": self._milestones,
            "releases": self._releases,
        }

    def answer(self, request: Request) -> Answer:
        """Answers a GET; raises Refusal for what is due instead."""
        found = _REPOSITORY.fullmatch(request.path)
        if not found:
            raise Refusal(NOT_FOUND)
        repository = self.find(found[1] or "", int(found[2] or 0))
        rest = found[3] or ""
        if found[1] and repository.full_name.lower() != found[1].lower():
            where = f"{self.shapes.api}/repositories/{repository.id}{f'/{rest}' if rest else ''}"
            raise Refusal(answer({"message": "Moved Permanently", "url": where}, 301, Location=where))
        if repository.blocked:
            raise Refusal(error(451, "Repository access blocked", block=_BLOCKED))
        if rest in self._routes:
            return self._routes[rest](repository, request)
        if single := re.fullmatch(r"issues/(\d+)(/comments)?", rest):
            shown = self._item(repository, int(single[1]))
            return self._thread(repository, int(single[1]), request) if single[2] else shown
        if of_pull := re.fullmatch(r"pulls/(\d+)/comments", rest):
            self._item(repository, int(of_pull[1]))
            return self._remarks(repository, int(of_pull[1]), request)
        raise Refusal(NOT_FOUND)

    def find(self, name: str, id_: int = 0) -> Repository:
        """Finds a repository by its name, a former one, or its id; raises Refusal where strangers see none."""
        for each in self.repositories.values():
            named = {each.full_name.lower(), *(former.lower() for former in each.former)}
            if (each.id == id_ or name.lower() in named) and each.visible:
                return each
        raise Refusal(NOT_FOUND)

    def _one(self, of: Repository, request: Request) -> Answer:
        return answer(self.shapes.repository(of))

    def _address(self, of: Repository, rest: str) -> str:
        """Where further pages are, which is not where the first one was asked for."""
        return f"{self.shapes.api}/repositories/{of.id}/{rest}"

    def _issues(self, of: Repository, request: Request) -> Answer:
        if not of.has_issues:
            if "issues_off_empty" in self.options.switches:
                return answer([])
            raise Refusal(error(410, "Issues are disabled for this repo"))
        state, since = request.query.get("state", "open"), self._since(request)
        shown = [each for each in of.shown() if state in ("all", each.state) and self._is_since(each.updated, since)]
        field = {"updated": "updated", "comments": "number"}.get(request.query.get("sort", "created"), "created")
        backwards = request.query.get("direction", "desc") == "desc"

        def key(item: Item) -> tuple[int, int]:
            value = getattr(item, field)
            return (int(value.timestamp() * 1000) if isinstance(value, datetime) else value), item.id

        ordered = sorted(shown, key=key, reverse=backwards)
        address = self._address(of, "issues")
        page, link = by_cursor(ordered, key, request.query, address, deepest=self.options.deepest)
        return answer([self.shapes.item(of, each) for each in page], **with_link(link))

    def _pulls(self, of: Repository, request: Request) -> Answer:
        """Pages by number, and knows no `since`."""
        if not of.has_pulls:
            raise Refusal(NOT_FOUND)
        state = request.query.get("state", "open")
        shown = [each for each in of.shown() if each.pull and state in ("all", each.state)]
        field = "updated" if request.query.get("sort") == "updated" else "created"
        backwards = request.query.get("direction", "desc") == "desc"
        shown.sort(key=lambda each: (getattr(each, field), each.id), reverse=backwards)
        page, link = by_number(shown, request.query, self._address(of, "pulls"), deepest=10**9)
        return answer([self.shapes.pull(of, each) for each in page], **with_link(link))

    def _item(self, of: Repository, number: int) -> Answer:
        item = of.items.get(number)
        if item is None or item.gone == "private":
            raise Refusal(NOT_FOUND)
        if item.gone == "deleted":
            raise Refusal(error(410, "This issue was deleted"))
        if item.gone == "blocked":
            raise Refusal(error(451, "Unavailable for legal reasons", block=_BLOCKED))
        if item.gone == "transferred":
            name, _, other = item.moved_to.partition("#")
            where = f"{self.shapes.api}/repos/{name}/issues/{other}"
            raise Refusal(answer({"message": "Moved Permanently", "url": where}, 301, Location=where))
        if not of.has_issues and not item.pull:
            raise Refusal(error(410, "Issues are disabled for this repo"))
        return answer(self.shapes.item(of, item))

    def _thread(self, of: Repository, number: int, request: Request) -> Answer:
        item = of.items[number]
        address = self._address(of, f"issues/{number}/comments")
        page, link = by_number(item.comments, request.query, address, deepest=10**9)
        return answer([self.shapes.comment(of, item, each) for each in page], **with_link(link))

    def _remarks(self, of: Repository, number: int, request: Request) -> Answer:
        item = of.items[number]
        if item.pull is None or not of.has_pulls:
            raise Refusal(NOT_FOUND)
        page, link = by_number(
            item.pull.comments, request.query, self._address(of, f"pulls/{number}/comments"), deepest=10**9
        )
        return answer([self.shapes.review_comment(of, item, each) for each in page], **with_link(link))

    def _comments(self, of: Repository, request: Request) -> Answer:
        said = [(item, each) for item in of.shown() for each in item.comments]
        return self._said(of, request, said, "issues/comments", self.shapes.comment)

    def _review_comments(self, of: Repository, request: Request) -> Answer:
        if not of.has_pulls:
            raise Refusal(NOT_FOUND)
        said = [(item, each) for item in of.shown() if item.pull for each in item.pull.comments]
        return self._said(of, request, said, "pulls/comments", self.shapes.review_comment)

    def _said(
        self, of: Repository, request: Request, said: Sequence[tuple[Item, Any]], where: str, shape: Callable[..., Any]
    ) -> Answer:
        since, field = self._since(request), "updated" if request.query.get("sort") == "updated" else "created"
        listed = [pair for pair in said if self._is_since(pair[1].updated, since)]
        backwards = request.query.get("direction", "asc") == "desc"
        listed.sort(key=lambda pair: (getattr(pair[1], field), pair[1].id), reverse=backwards)
        page, link = by_number(listed, request.query, self._address(of, where), deepest=self.options.deepest_comments)
        return answer([shape(of, item, each) for item, each in page], **with_link(link))

    def _commits(self, of: Repository, request: Request) -> Answer:
        if not of.commits:
            raise Refusal(error(409, "Git Repository is empty."))
        since = self._since(request)
        found = [each for each in of.commits if each.on_default and (since is None or each.committed >= since)]
        found.sort(key=lambda each: each.committed, reverse=True)
        page, link = by_number(found, request.query, self._address(of, "commits"), deepest=10**9)
        return answer([self.shapes.commit(of, each) for each in page], **with_link(link))

    def _labels(self, of: Repository, request: Request) -> Answer:
        page, link = by_number(of.labels, request.query, self._address(of, "labels"), deepest=10**9)
        return answer([self.shapes.label(of, each) for each in page], **with_link(link))

    def _milestones(self, of: Repository, request: Request) -> Answer:
        wanted = request.query.get("state", "open")
        shown = [each for each in of.milestones if wanted in ("all", each.state)]
        page, link = by_number(shown, request.query, self._address(of, "milestones"), deepest=10**9)
        return answer([self.shapes.milestone(of, each) for each in page], **with_link(link))

    def _releases(self, of: Repository, request: Request) -> Answer:
        """The newest first; who may not write sees no drafts."""
        shown = sorted((each for each in of.releases if each.published), key=lambda each: each.created, reverse=True)
        page, link = by_number(shown, request.query, self._address(of, "releases"), deepest=self.options.deepest)
        return answer([self.shapes.release(of, each) for each in page], **with_link(link))

    def _since(self, request: Request) -> datetime | None:
        text = request.query.get("since", "")
        if not text:
            return None
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            raise Refusal(error(422, "Validation Failed")) from None

    def _is_since(self, at: datetime, since: datetime | None) -> bool:
        if since is None:
            return True
        if since.year <= 1970:  # of which nobody knows why: nothing is shown
            return False
        return at > since if "exclusive_since" in self.options.switches else at >= since
