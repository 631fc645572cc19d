"""Made-up tasks, and what writes them down."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from jira_crawler.crawl.task import Task, Watermark


class Ask(Task, frozen=True, tag=True, kw_only=True):
    """A question that `path` tells from others; what was created before `floor` is listed once it is answered."""

    path: str
    floor: int | None = None
    payload: str = ""

    @property
    def identity(self) -> str | None:
        return self.path

    @property
    def watermark(self) -> Watermark | None:
        return None if self.floor is None else Watermark(self.project, self.floor)


class Soon(Ask, frozen=True, tag=True, kw_only=True):
    priority: ClassVar[int] = 10


class Late(Ask, frozen=True, tag=True, kw_only=True):
    priority: ClassVar[int] = -1


class Anew(Ask, frozen=True, tag=True, kw_only=True):
    """Asked by every process, and kept by none."""

    @property
    def identity(self) -> str | None:
        return None


_decoder: msgspec.json.Decoder[Ask | Soon | Late | Anew] = msgspec.json.Decoder(Ask | Soon | Late | Anew)


def encode(task: Task) -> bytes:
    return msgspec.json.encode(task)


def decode(data: bytes) -> Task:
    return _decoder.decode(data)
