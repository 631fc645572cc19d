"""The payload of an issue or a pull request: all that GitHub says of it in several answers, as one JSON document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from jira_crawler.exceptions import Malformed

# What moves while nobody changes an issue: counts of votes, pictures, and who looks at it.
_VOLATILE = frozenset(
    {
        "reactions",
        "author_association",
        "site_admin",
        "user_view_type",
        "gravatar_id",
        "performed_via_github_app",
        "participants",
    }
)


class Document(msgspec.Struct, frozen=True):
    """`issue` is as a list shows it (a pull request's own list where issues are switched off), comments as theirs do;
    `details` is what GraphQL adds, None where that was not to be had.
    """

    repository: dict[str, Any]
    issue: msgspec.Raw
    comments: list[msgspec.Raw] = []
    review_comments: list[msgspec.Raw] = []
    details: msgspec.Raw | None = None


def put_together(
    repository: int,
    name: str,
    former: Sequence[str],
    issue: bytes,
    comments: Iterable[bytes],
    review_comments: Iterable[bytes],
    details: bytes | None,
) -> bytes:
    """Makes the document of what was fetched in pieces, each as it was sent; `former` are names of the repository."""
    return msgspec.json.encode(
        Document(
            {"id": repository, "name": name, **({"former": list(former)} if former else {})},
            msgspec.Raw(issue),
            [msgspec.Raw(each) for each in comments],
            [msgspec.Raw(each) for each in review_comments],
            msgspec.Raw(details) if details else None,
        )
    )


def lasting(payload: bytes) -> dict[str, Any]:
    """Gives what of a payload is the same at each look while nobody changes it; raises Malformed for no JSON."""
    try:
        whole = msgspec.json.decode(payload)
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error)) from error
    if not isinstance(whole, dict):
        raise Malformed("no JSON object")
    kept: dict[str, Any] = _kept(whole)
    return kept


def _kept(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _kept(each) for name, each in value.items() if name not in _VOLATILE and not _leads(name)}
    return [_kept(each) for each in value] if isinstance(value, list) else value


def _leads(name: str) -> bool:
    """Whether a field only says where something is; those that tell what an object belongs to are needed nowhere."""
    return name.endswith("_url") and name != "html_url"
