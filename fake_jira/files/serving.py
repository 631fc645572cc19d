"""How a file is given out: whole or from some place on, by the site or by a host of its own."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from secrets import token_urlsafe

from aiohttp import web

from fake_jira.data.corpus import Corpus
from fake_jira.data.stored import Stored
from fake_jira.exchange import HTML, Answer, Request
from fake_jira.faults.fault_injection import LOGIN_PAGE
from fake_jira.files.contents import Contents
from fake_jira.files.faults import FileFaults

_FROM = re.compile(r"bytes=(\d+)-")
_HUGE = 2 * 2**30
_NOBODY = Answer(b"<html><body>The attachment is not there.</body></html>", 404, content_type=HTML)


class Files:
    """`sent` counts the bytes that were given out of each file, `media` is where a host of its own is, or empty."""

    def __init__(self, corpus: Corpus, base: str, faults: Iterable[str] = (), media: str = "") -> None:
        self.corpus, self.base, self.media = corpus, base, media
        self.faults = FileFaults(faults)
        self.elsewhere = "http://elsewhere.invalid/file"
        self.sent: Counter[str] = Counter()
        self.asked_of_media: list[tuple[str, dict[str, str]]] = []  # path, and headers by lower-case name
        self._tokens: dict[str, str] = {}

    def find(self, id_: str) -> tuple[Stored, Contents] | None:
        """Finds a file, and the issue that it hangs on."""
        for issue in self.corpus.by_id.values():
            for number, _ in issue.files:
                if str(number) == id_:
                    return issue, self.contents(issue, id_)
        return None

    def contents(self, issue: Stored, id_: str) -> Contents:
        told = next(each for each in issue.listed_in("attachment") if str(each["id"]) == id_)
        return Contents(id_, str(told["filename"]), int(told["size"]))

    def answer(self, request: Request, id_: str, visible: frozenset[str], *, leads_on: bool) -> Answer:
        """Says what is given out of a file; `leads_on` where it may be another host that does so."""
        found, wrong = self.find(id_), self.faults.of(id_)
        if found is None or "gone" in wrong:
            return _NOBODY
        if "login_redirect" in wrong or not found[0].is_visible(visible):
            return self._to_login(request)
        if "login_page" in wrong:
            return LOGIN_PAGE
        if "forbidden" in wrong:
            return Answer(b"<html><body>403 Forbidden</body></html>", 403, content_type=HTML)
        if "elsewhere" in wrong:
            return Answer(b"", 302, {"Location": self.elsewhere}, HTML)
        if leads_on and self.media:
            token = token_urlsafe(12)
            self._tokens[token] = id_
            return Answer(b"", 303, {"Location": f"{self.media}/file/{id_}/binary?token={token}"}, HTML)
        return Answer(b"", content_type=_mime(found[1]), file=found[1])

    def _to_login(self, request: Request) -> Answer:
        to = f"{self.base}/login.jsp?permissionViolation=true&os_destination={request.path}"
        return Answer(b"", 302, {"Location": to}, HTML)

    async def of_media(self, received: web.Request) -> web.StreamResponse:
        """Gives out a file on the host of files: whoever has the token may have it, and nobody else."""
        self.asked_of_media.append((received.path_qs, {n.lower(): v for n, v in received.headers.items()}))
        id_ = received.match_info["id"]
        if self._tokens.get(received.query.get("token", "")) != id_ or not (found := self.find(id_)):
            return web.Response(status=403, text="no such token")
        return await self.send(received, found[1], {"Content-Type": _mime(found[1])})

    async def send(self, received: web.Request, file: Contents, headers: dict[str, str]) -> web.StreamResponse:
        """Sends what is asked of a file, and what goes wrong with it."""
        wrong, asked = self.faults.of(file.id), _FROM.fullmatch(received.headers.get("Range", ""))
        start = int(asked[1]) if asked and "no_range" not in wrong else 0
        if asked and received.headers.get("If-Range", file.tag) != file.tag:
            start = 0
        if start and start >= file.size:
            return web.Response(status=416, headers={"Content-Range": f"bytes */{file.size}"})
        status, end = 206 if start else 200, file.size
        headers = {**headers, "ETag": file.tag, "Accept-Ranges": "bytes"}
        if start:
            shown = 0 if "wrong_part" in wrong else start
            headers["Content-Range"] = f"bytes {shown}-{file.size - 1}/{file.size}"
        if "packed" in wrong:
            headers["Content-Encoding"] = "gzip"
        response = web.StreamResponse(status=status, headers=headers)
        if "huge" in wrong:
            end = _HUGE
        if "half" in wrong:
            end = file.size // 2
        if wrong & {"no_length", "endless", "half"}:
            response.enable_chunked_encoding()
        else:
            response.content_length = end - start
        breaks = (start + end) // 2 if self.faults.once(file.id, "drop") else 0
        stops = (start + end) // 2 if self.faults.once(file.id, "hang") else 0
        await response.prepare(received)
        with suppress(ConnectionError):  # whoever reads may stop
            end = _HUGE * 1_000 if "endless" in wrong else end
            await self._pieces(received, response, file, start, end, breaks, stops)
        return response

    async def _pieces(
        self,
        received: web.Request,
        response: web.StreamResponse,
        file: Contents,
        start: int,
        end: int,
        breaks: int,
        stops: int,
    ) -> None:
        for piece in file.blocks(start, breaks or stops or end):
            self.sent[file.id] += len(piece)  # before whoever has all of it looks
            await response.write(piece)
        if stops:
            await asyncio.sleep(3_600)
        if breaks and received.transport:
            received.transport.close()  # what is on its way still comes
        elif not breaks:
            await response.write_eof()


def _mime(file: Contents) -> str:
    kinds = {"log": "text/x-log", "png": "image/png", "patch": "text/x-diff", "txt": "text/plain", "xml": "text/xml"}
    return kinds.get(file.name.rpartition(".")[2], "application/octet-stream")
