"""What came of repositories, as the engine of their crawl knows it: the store, and the batch that waits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from jira_crawler.crawl.github_store import Due, ListState, PutTogether
from jira_crawler.feeds.dataset import Dataset
from jira_crawler.store.gathered import HeldCommit, HeldPiece, Verdict
from jira_crawler.store.items_due import DueItem, HeldItem
from jira_crawler.store.repository_tables import MISCOUNTED
from jira_crawler.trackers.github.document import put_together
from jira_crawler.trackers.github.graphql import Details, review_comments
from jira_crawler.trackers.github.names import identity
from jira_crawler.trackers.github.rest import CommitPiece, Piece, Repository


class _Detail(msgspec.Struct):
    """What the store keeps of a repository beside its name."""

    node_id: str = ""
    default_branch: str = ""
    has_issues: bool = True
    etag: str = ""
    labels: list[dict[str, Any]] = []
    milestones: list[dict[str, Any]] = []
    former: list[str] = []


class RepositoryParts:
    """Reads what is committed, and hands what came to the next commit.

    How far lists have come is remembered here, too: what waits is not in the store yet, and nobody else writes.
    """

    def __init__(self, dataset: Dataset, site: str):
        self.dataset, self.site = dataset, site
        self.pieces, self.due = dataset.store.pieces, dataset.store.items_due
        self._lists: dict[tuple[int, str], ListState] = {}

    # --- repositories and lists

    def repository(self, name: str) -> tuple[Repository, str] | None:
        found = self.pieces.repository(self.site, name)
        if not found:
            return None
        detail = msgspec.json.decode(found[2], type=_Detail)
        known = Repository(found[0], found[1], detail.node_id, detail.default_branch, detail.has_issues)
        return known, detail.etag

    def keep_repository(
        self, repository: Repository, etag: str, defined: Mapping[str, object], names: Collection[str] = ()
    ) -> None:
        name, detail = self._before(repository.id)
        if not defined:
            defined = {"labels": detail.labels, "milestones": detail.milestones}
        former = _former(repository.full_name, [*detail.former, *names, *([name] if name else [])])
        told = {
            "node_id": repository.node_id,
            "default_branch": repository.default_branch,
            "has_issues": repository.has_issues,
            "etag": etag,
            **defined,
            **({"former": former} if former else {}),
        }
        row = {
            "site": self.site,
            "repository": repository.id,
            "name": repository.full_name,
            "detail": msgspec.json.encode(told).decode(),
        }
        self.dataset.gathered.repositories[self.site, repository.id] = row

    def former_names(self, repository: int) -> list[str]:
        return self._before(repository)[1].former

    def _before(self, repository: int) -> tuple[str, _Detail]:
        """Gives name and detail of a repository as the next commit will have it, or the last one has."""
        if row := self.dataset.gathered.repositories.get((self.site, repository)):
            return str(row["name"]), msgspec.json.decode(row["detail"], type=_Detail)
        name, detail = self.pieces.called(self.site, repository) or ("", "{}")
        return name, msgspec.json.decode(detail, type=_Detail)

    def listed(self, repository: int, kind: str) -> ListState:
        if (repository, kind) not in self._lists:
            row = self.pieces.listed(self.site, repository, kind)
            told = {name: row[name] for name in ListState.__struct_fields__} if row else {}
            self._lists[repository, kind] = ListState(**told)
        return self._lists[repository, kind]

    def keep_list(self, repository: int, kind: str, state: ListState) -> None:
        self._lists[repository, kind] = state
        row = {"site": self.site, "repository": repository, "kind": kind, **msgspec.structs.asdict(state)}
        self.dataset.gathered.lists[self.site, repository, kind] = row

    # --- pieces

    def keep_pieces(self, repository: int, pieces: Iterable[Piece], at: int, listed: int = 0) -> None:
        for piece in pieces:
            about: dict[str, Any] = {}
            if piece.kind == "issue":
                about = {
                    "is_pull": int(piece.is_pull),
                    "node": piece.node,
                    "updated": piece.updated,
                    "said": piece.said,
                    "state": "",
                    **({"listed": listed} if listed else {}),
                }
            self._keep(repository, piece.number, piece.kind, piece.object, piece.updated, at, piece.payload, about)

    def keep_details(self, repository: int, details: Details, updated: int, at: int) -> None:
        about = {"detailed": updated}
        id_, told = identity(repository, details.number), review_comments(details.payload)
        if told is not None and told != self.due.held_of(self.site, id_, "review_comment"):
            about["counted"] = MISCOUNTED
        self._keep(repository, details.number, "details", "", updated, at, details.payload, about)

    def _keep(self, repository: int, number: int, kind: str, object_: str, *told: Any) -> None:
        updated, at, payload, about = told
        id_ = identity(repository, number)
        held = HeldPiece(self.site, id_, repository, number, kind, object_, updated, at, payload, about)
        self.dataset.gathered.add(held)

    def keep_commits(self, repository: int, commits: Iterable[CommitPiece], run: int) -> None:
        for each in commits:
            parents = " ".join(each.parents)
            held = HeldCommit(self.site, repository, each.sha, each.committed, parents, run, each.payload)
            self.dataset.gathered.commit(held)

    def settle(self, repository: int, number: int, state: str, reason: str, at: int, run: int) -> None:
        id_ = identity(repository, number)
        self.dataset.gathered.verdicts.append(Verdict(self.site, id_, repository, number, at, state=state))
        self.dataset.store.progress.remove(self.site, id_, reason, at, run)

    def keep_only(self, repository: int, due: Due, kind: str, objects: Sequence[str], at: int) -> None:
        about = {"counted": due.updated if kind == "comment" else 0}
        id_ = identity(repository, due.number)
        verdict = Verdict(self.site, id_, repository, due.number, at, about=about, kind=kind, only=frozenset(objects))
        self.dataset.gathered.verdicts.append(verdict)

    # --- what is due

    def begin_anew(self, repository: int) -> None:
        self.due.begin_anew(self.site, repository)

    def undetailed(self, repository: int, *, pulls: bool, after: int, limit: int) -> list[DueItem]:
        return self.due.undetailed(self.site, repository, pulls=pulls, after=after, limit=limit)

    def miscounted(self, repository: int, *, after: int, limit: int) -> list[DueItem]:
        return self.due.miscounted(self.site, repository, after=after, limit=limit)

    def miscounted_reviews(self, repository: int, *, after: int, limit: int) -> list[DueItem]:
        return self.due.miscounted_reviews(self.site, repository, after=after, limit=limit)

    def unlisted(self, repository: int, began: int, *, after: int, limit: int) -> list[DueItem]:
        return self.due.unlisted(self.site, repository, began, after=after, limit=limit)

    def holes(self, repository: int, *, after: int, limit: int) -> list[int]:
        return self.due.holes(self.site, repository, after=after, limit=limit)

    def count(self, repository: int) -> int:
        return self.due.count(self.site, repository)

    def states(self, repository: int) -> dict[str, int]:
        return self.due.states(self.site, repository)

    def lacking_parents(self, repository: int, run: int, limit: int) -> list[str]:
        return self.due.lacking_parents(self.site, repository, run, limit)

    def known_commits(self, repository: int, shas: Sequence[str]) -> set[str]:
        return self.due.known_commits(self.site, repository, shas)

    def unfinished(self, repository: int, name: str, *, after: int, limit: int) -> list[PutTogether]:
        found = self.due.unfinished(self.site, repository, after=after, limit=limit)
        former = self.former_names(repository) if found else []
        return [_assembled(repository, name, former, each) for each in found if each.pieces.get("issue")]


def _former(name: str, names: Iterable[str]) -> list[str]:
    """Gives the names that a repository had once, each once, however it is written, without the one of today."""
    found = {each.lower(): each for each in names if each.lower() != name.lower()}
    return list(found.values())


def _assembled(repository: int, name: str, former: Sequence[str], item: HeldItem) -> PutTogether:
    of = item.pieces
    details = of["details"][0] if of.get("details") else None
    payload = put_together(
        repository, name, former, of["issue"][0], of.get("comment", ()), of.get("review_comment", ()), details
    )
    return PutTogether(item.id, item.number, item.changed, payload, () if details else ("details",))
