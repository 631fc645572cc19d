"""What a webhook of Jira says: which issues it concerns, and nothing else of it.

A delivery may be late, doubled, out of order or made up by whoever knows the secret, and it carries neither the history
nor all comments of an issue. So it is only a reason to ask the tracker, whose answer counts.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import msgspec
from msgspec import Raw

from jira_crawler.exceptions import Unreadable
from jira_crawler.trackers.jira.decode import ID, KEY

DELETED: Final = "jira:issue_deleted"
LONGEST: Final = 32 * 2**20  # bytes of a body
_LONGEST_NAME: Final = 200  # characters of an event's name, and …
_LONGEST_ADDRESS: Final = 2_000  # … of an address
_LATEST: Final = 253_402_300_800_000  # ms, the end of the year 9999
# Of these there are small tables: what they say is asked for again as a whole.
_SMALL: Final = re.compile(r"(?:jira:)?(?:version|project|field|customfield|issuetype|status|component)_[a-z_]+")
# A Data Center's comment_created has no issue; who looks closer finds it in the address of the comment.
_OF_ISSUE: Final = re.compile(r"/issue/([0-9]{1,18})/(?:comment|worklog|attachment|property|properties|remotelink)\b")
_SURROGATE: Final = re.compile(rb"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


class IssueRef(NamedTuple):
    """An issue as an event names it; `key` is "" where it names only the id."""

    id: str
    key: str


@dataclass(frozen=True, slots=True)
class Event:
    """What an event concerns.

    `name` is as it was sent, "" where it has none. `deleted` is a hint that the issue is gone, which only the tracker
    can say. `refresh`: versions, projects or fields are others by now. `at` is the time (ms) that it says. `ignored`
    says why it concerns nothing, and is "" where it concerns something.
    """

    name: str
    issues: tuple[IssueRef, ...] = ()
    deleted: bool = False
    refresh: bool = False
    at: int | None = None
    ignored: str = ""


class _Body(msgspec.Struct):
    webhookEvent: Raw = Raw()  # noqa: N815 - Jira's spelling, here and below
    timestamp: Raw = Raw()
    issue: Raw = Raw()
    comment: Raw = Raw()
    worklog: Raw = Raw()
    attachment: Raw = Raw()
    issueLink: Raw = Raw()  # noqa: N815


class _Part(msgspec.Struct):
    """An issue, or a part of one: what names the issue is read of each alike."""

    id: Raw = Raw()
    key: Raw = Raw()
    address: Raw = msgspec.field(default=Raw(), name="self")
    issueId: Raw = Raw()  # noqa: N815
    sourceIssueId: Raw = Raw()  # noqa: N815
    destinationIssueId: Raw = Raw()  # noqa: N815


_body, _part = msgspec.json.Decoder(_Body), msgspec.json.Decoder(_Part)


def read_event(body: bytes, hosts: Collection[str] = (), longest: int = LONGEST) -> Event:
    """Reads which issues a delivery concerns; what it does not understand concerns none, and says why.

    `hosts` are the names of the machine that the site is known by: what is of another one concerns nothing here. Raises
    Unreadable for what is no JSON object, nested too deeply, or longer than so many bytes.
    """
    if len(body) > longest:
        raise Unreadable(f"it is longer than {longest:,} bytes")
    said = _said(body)
    name, issues = _name(said.webhookEvent), tuple(dict.fromkeys(_named(said)))
    refresh = _SMALL.fullmatch(name) is not None
    at = _moment(said.timestamp)
    if stranger := next((host for host in (_hosts(said) if hosts else ()) if host not in hosts), ""):
        return Event(name, at=at, ignored=f"it is of another site, {stranger}")
    ignored = "" if issues or refresh else "it names no issue" if name else "it is no event: it has no webhookEvent"
    return Event(name, _with_keys(issues), name == DELETED and bool(issues), refresh, at, ignored)


def _said(body: bytes) -> _Body:
    """Takes a body apart; halves of characters, of a text that was cut in a smiley, are no reason not to."""
    try:
        try:
            return _body.decode(body)
        except msgspec.ValidationError:
            raise
        except msgspec.DecodeError:
            return _body.decode(_SURROGATE.sub(rb"\\ufffd", body))
    except RecursionError as error:
        raise Unreadable("it is nested too deeply") from error
    except msgspec.ValidationError as error:
        raise Unreadable("it is JSON, but no object") from error
    except ValueError as error:
        raise Unreadable(f"it is not JSON: {error}") from error


def _named(said: _Body) -> Iterator[IssueRef]:
    """Gives the issues that are named anywhere, one of them perhaps twice."""
    issue = _read(said.issue)
    if id_ := _id(issue.id):
        yield IssueRef(id_, _key(issue.key))
    for part in map(_read, (said.comment, said.worklog, said.attachment)):
        if id_ := _id(part.issueId):
            yield IssueRef(id_, "")
        if found := _OF_ISSUE.search(_address(part)):
            yield IssueRef(found[1], "")
    link = _read(said.issueLink)
    for end in (link.sourceIssueId, link.destinationIssueId):
        if id_ := _id(end):
            yield IssueRef(id_, "")


def _with_keys(issues: tuple[IssueRef, ...]) -> tuple[IssueRef, ...]:
    """Leaves of what names the same issue twice what names its key, too."""
    keys = {id_: key for id_, key in issues if key}
    return tuple(IssueRef(id_, keys.get(id_, "")) for id_ in dict.fromkeys(each.id for each in issues))


def _hosts(said: _Body) -> Iterator[str]:
    for part in map(_read, (said.issue, said.comment, said.worklog)):
        try:
            host = urlsplit(_address(part)).hostname
        except ValueError:
            continue
        if host:
            yield host


def _read(raw: Raw) -> _Part:
    """Reads a part of a body; one that is no object names nothing."""
    try:
        return _part.decode(raw)
    except (ValueError, RecursionError):
        return _Part()


def _value(raw: Raw, longest: int) -> Any:
    """Reads a string or a number of so many bytes; None for anything else, and for more."""
    if not 0 < memoryview(raw).nbytes <= 6 * longest:  # a character may be written with six
        return None
    try:
        value = msgspec.json.decode(raw)
    except (ValueError, RecursionError):  # bad UTF-8, half of a surrogate, a number beyond all others
        return None
    return value if isinstance(value, (str, int, float)) and not isinstance(value, bool) else None


def _id(raw: Raw) -> str:
    """An id is a number, which is written with quotes or without."""
    value = _value(raw, 18)
    text = str(value) if isinstance(value, (str, int)) else ""
    return text if ID.fullmatch(text) else ""


def _key(raw: Raw) -> str:
    value = _value(raw, 120)
    return value if isinstance(value, str) and KEY.fullmatch(value) else ""


def _address(part: _Part) -> str:
    value = _value(part.address, _LONGEST_ADDRESS)
    return value if isinstance(value, str) else ""


def _name(raw: Raw) -> str:
    value = _value(raw, _LONGEST_NAME)
    return value if isinstance(value, str) and len(value) <= _LONGEST_NAME else ""


def _moment(raw: Raw) -> int | None:
    value = _value(raw, 20)
    return int(value) if isinstance(value, (int, float)) and 0 <= value < _LATEST else None
