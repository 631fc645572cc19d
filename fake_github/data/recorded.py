"""Recorded repositories become such as can be served: archives of GraphQL, and lists of REST."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from fake_github.data.builder import Holding
from fake_github.data.model import (
    Comment,
    File,
    Item,
    Label,
    Milestone,
    Pull,
    Repository,
    Review,
    ReviewComment,
    State,
    User,
)
from fake_server import BadOption

Json = dict[str, Any]
_FEW = 1_000  # numbers before the first one that was recorded; of more, counting begins with that


def load(folder: Path) -> list[Holding]:
    """Reads each folder below one that holds an `archive.json.gz`, or an `issues.jsonl.gz` with what goes with it."""
    found = [_archive(path.parent, 8000 + n) for n, path in enumerate(sorted(folder.rglob("archive.json.gz")))]
    found += [_rest(path.parent, 9000 + n) for n, path in enumerate(sorted(folder.rglob("issues.jsonl.gz")))]
    if not found:
        raise BadOption(f"{folder} holds no recorded repository: neither archive.json.gz nor issues.jsonl.gz.")
    return [Holding(each) for each in found]


class _People:
    """Users by login, with numbers in the order in which they come."""

    def __init__(self) -> None:
        self.users: dict[str, User] = {}

    def of(self, told: str | Json | None) -> User | None:
        login = told.get("login") if isinstance(told, dict) else told
        if not login:
            return None
        kind = "Bot" if (told.get("type") if isinstance(told, dict) else "") == "Bot" else "User"
        return self.users.setdefault(login, User(len(self.users) + 1, login, kind=kind))  # type: ignore[arg-type]


class _Ids:
    def __init__(self, first: int) -> None:
        self.last = first

    def next(self) -> int:
        self.last += 1
        return self.last


# --- archives of GraphQL


def _archive(folder: Path, id_: int) -> Repository:
    told = orjson.loads(gzip.decompress((folder / "archive.json.gz").read_bytes()))
    sizes = {each["number"]: each for each in _lines(folder / "lines.jsonl.gz")}
    owner, _, name = told["repo"].partition("/")
    people, ids = _People(), _Ids(id_ * 1_000_000)
    labels = {each["name"]: Label(ids.next(), each["name"], each["color"]) for each in told["labels"]}
    made = Repository(id_, owner, name, datetime(2010, 1, 1, tzinfo=UTC), labels=list(labels.values()))
    for each in (*told["issues"], *told["pulls"]):
        item = _archived(each, people, ids, labels)
        if "mergedAt" in each:
            item.pull = _pull(each, sizes.get(each["number"], {}), people, ids)
        made.items[item.number] = item
    _fill(made)
    return made


def _archived(told: Json, people: _People, ids: _Ids, labels: dict[str, Label]) -> Item:
    return Item(
        ids.next(),
        told["number"],
        told["title"],
        told["body"],
        people.of(told["author"]),
        _at(told["createdAt"]),
        _at(told["updatedAt"]),
        "open" if told["state"] == "OPEN" else "closed",
        None if told["state"] == "OPEN" or "mergedAt" in told else "completed",
        _maybe(told["closedAt"]),
        labels=[labels[name] for name in told["labels"] if name in labels],
        comments=[
            Comment(ids.next(), people.of(each["author"]), each["body"], _at(each["createdAt"]), _at(each["updatedAt"]))
            for each in told["comments"]
        ],
    )


def _pull(told: Json, size: Json, people: _People, ids: _Ids) -> Pull:
    pull = Pull(
        told["baseRefName"],
        told["headRefName"],
        told["headRefOid"] or "",
        told["baseRefOid"] or "",
        told["headRepository"] or "",
        merged=_maybe(told["mergedAt"]),
        merged_by=people.of(told["mergedBy"]),
        merge_commit=(told["mergeCommit"] or {}).get("oid", ""),
        additions=size.get("additions", 0),
        deletions=size.get("deletions", 0),
        files=[File(each["path"], each["additions"], each["deletions"]) for each in size.get("files", ())],
    )
    for each in told["reviews"]:
        at, commit = _at(each["createdAt"]), (each["commit"] or {}).get("abbreviatedOid", "")
        author = people.of(each["author"])
        review = Review(ids.next(), author, each["state"], each["body"], at, commit)
        pull.reviews.append(review)
        for said in each["comments"]:
            made, edited, line = _at(said["createdAt"]), _at(said["updatedAt"]), said["originalPosition"]
            pull.comments.append(
                ReviewComment(ids.next(), author, said["body"], made, edited, "", "", line, commit, review.id)
            )
    return pull


# --- lists of REST


def _rest(folder: Path, id_: int) -> Repository:
    listed = [each.get("data", each) for each in _lines(folder / "issues.jsonl.gz")]
    owner, name = listed[0]["repository_url"].split("/")[-2:]
    people = _People()
    made = Repository(id_, owner, name, datetime(2010, 1, 1, tzinfo=UTC))
    lowest = min(each["number"] for each in listed)
    before = lowest - 1 if lowest > _FEW else 0
    for each in listed:
        shown = _listed(each, people, made)
        shown.number -= before
        made.items[shown.number] = shown
    known: set[int] = set()
    for each in _lines(folder / "comments.jsonl.gz"):
        said = each.get("data", each)
        below = made.items.get(int(said["issue_url"].rpartition("/")[2]) - before)
        if below and said["id"] not in known:
            known.add(said["id"])
            times = _at(said["created_at"]), _at(said["updated_at"])
            below.comments.append(Comment(said["id"], people.of(said["user"]), said["body"], *times))
    for each in _lines(folder / "pull_request_reviews.jsonl.gz"):
        item = made.items.get((each["input"] or {}).get("Number", 0))
        if item and item.pull:
            told = each["data"]
            by = people.of(told["user"])
            at = _maybe(told.get("submitted_at"))
            item.pull.reviews.append(Review(told["id"], by, told["state"], told["body"], at, told["commit_id"] or ""))
    for each in _lines(folder / "pull_request_review_comments.jsonl.gz"):
        said = each["data"]
        item = made.items.get(int(said["pull_request_url"].rpartition("/")[2]))
        if item and item.pull:
            times = _at(said["created_at"]), _at(said["updated_at"])
            place = (
                said["path"],
                said["diff_hunk"],
                said.get("line"),
                said["commit_id"],
                said["pull_request_review_id"],
            )
            item.pull.comments.append(ReviewComment(said["id"], people.of(said["user"]), said["body"], *times, *place))
    _fill(made)
    return made


def _listed(told: Json, people: _People, of: Repository) -> Item:
    state: State = told["state"]
    item = Item(
        told["id"],
        told["number"],
        told["title"],
        told["body"],
        people.of(told["user"]),
        _at(told["created_at"]),
        _at(told["updated_at"]),
        state,
        told.get("state_reason"),
        _maybe(told["closed_at"]),
        labels=[Label(each["id"], each["name"], each["color"]) for each in told["labels"]],
        assignees=[user for each in told["assignees"] if (user := people.of(each))],
        kind=(told.get("type") or {}).get("name", ""),
    )
    if told.get("milestone"):
        mark = told["milestone"]
        known = next((each for each in of.milestones if each.number == mark["number"]), None)
        if known is None:
            known = Milestone(mark["id"], mark["number"], mark["title"], _at(mark["created_at"]), mark["state"])
            of.milestones.append(known)
        item.milestone = known
    if pull := told.get("pull_request"):
        item.pull = Pull("main", f"head-{item.number}", "", "", merged=_maybe(pull.get("merged_at")))
    return item


def _fill(made: Repository) -> None:
    """Takes what was not recorded for deleted, so that there is no number of which nobody knows anything."""
    for number in range(1, max(made.items) + 1):
        if number not in made.items:
            gone = Item(number, number, "", None, None, made.created, made.created)
            gone.gone = "deleted"
            made.items[number] = gone


def _lines(path: Path) -> Iterator[Json]:
    if path.is_file():
        with gzip.open(path) as file:
            for line in file:
                yield orjson.loads(line)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)


def _maybe(text: str | None) -> datetime | None:
    return _at(text) if text else None
