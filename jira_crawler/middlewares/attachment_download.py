"""A question about a file: one to the site, or one more to where its files are, which gets no credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from scrapy.http import Response
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future

from jira_crawler.crawl.attached_tasks import FetchAttachment
from jira_crawler.crawl.reply import FileOutcome
from jira_crawler.feeds.attachments import AttachmentFolder
from jira_crawler.middlewares.attachment_agent import AttachmentAgent
from jira_crawler.middlewares.attachment_transfer import BEYOND, Transfer
from jira_crawler.middlewares.pace import PERMIT
from jira_crawler.recording import Recording, session_of
from jira_crawler.scheduling import FILE
from jira_crawler.sites import is_secret, within
from jira_crawler.trackers.jira.transfer import redirected

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler

HOPS = 3
_LEADS = (301, 302, 303, 307, 308)


class Preparing(Protocol):
    """The handler for all other questions, of which Scrapy's own pool of connections is used, too."""

    crawler: Crawler

    async def prepared(self, request: Request) -> Request:
        """Waits until a question may leave, and gives what is sent of it."""
        ...


class AttachmentDownload:
    """Beside the handler for all other questions, whose pace, credentials and connections it uses."""

    def __init__(self, handler: Preparing):
        self.handler = handler
        settings = handler.crawler.settings
        self.limit = settings.getint("ATTACHMENT_BYTES")
        self.media = tuple(each.rstrip("/") for each in settings.getlist("ATTACHMENT_HOSTS"))

    async def download(self, request: Request, task: FetchAttachment) -> Response:
        """Gives the answer without its body; what became of the file is in the request's meta, under FILE."""
        site = session_of(self.handler.crawler).site
        dataset = Recording.of(self.handler.crawler).dataset
        folder, attached = AttachmentFolder(dataset.folder), dataset.store.attached
        request.meta.pop(FILE, None)
        try:
            part = folder.part(site.name, task.issue, task.key, task.id, task.name)
        except OSError as error:
            request.meta[FILE] = FileOutcome("failed", why=f"it cannot be written: {error.strerror}")
            return Response(request.url)
        transfer = Transfer(task, part, self.limit, lambda path: attached.is_taken(path, site.name))
        try:
            response = await self._follow(request, transfer, site.url)
        finally:
            part.close()
        if transfer.outcome:
            request.meta[FILE] = transfer.outcome
        # What another host says of visitors and of its pace is not said of the site.
        headers = response.headers if within(response.url, site.url) else {}
        return response.replace(url=request.url, headers=headers)

    async def _follow(self, request: Request, transfer: Transfer, base: str) -> Response:
        url = request.url
        for _ in range(HOPS):
            response = await self._ask(request, url, transfer, base)
            if transfer.outcome:
                return response
            if response.status == BEYOND and transfer.part.size:
                transfer.part.restart()
                continue
            if response.status not in _LEADS:
                return response
            location = (response.headers.get("Location") or b"").decode("latin-1")
            url, state = redirected(url, location, base, self.media, within)
            if url and not is_secret(url):
                url, state = "", "failed"
            if not url:
                transfer.leads(state, "it leads to somewhere else")
                return response
        transfer.leads("failed", "it leads on and on")
        return response

    async def _ask(self, request: Request, url: str, transfer: Transfer, base: str) -> Response:
        if within(url, base):
            sent = await self.handler.prepared(request.replace(url=url))
        else:  # whatever a question to the site has: nothing of it is theirs, but who asks
            kept = {name: request.headers[name] for name in ("User-Agent", "Accept", "Accept-Encoding")}
            meta = {name: request.meta[name] for name in ("download_timeout", "proxy") if name in request.meta}
            sent = request.replace(url=url, headers=kept, cookies={}, meta=meta)
        sent = sent.replace(headers={**sent.headers, **transfer.asks()})
        try:
            return await self._fetch(sent, transfer)
        finally:  # what those who see the answer look for
            request.meta.update({name: sent.meta[name] for name in (PERMIT, "download_latency") if name in sent.meta})

    async def _fetch(self, request: Request, transfer: Transfer) -> Response:
        of: Any = self.handler
        agent = AttachmentAgent(
            transfer,
            contextFactory=of._contextFactory,
            bindAddress=of._bind_address,
            pool=of._pool,
            maxsize=of.largest,
            warnsize=0,
            fail_on_dataloss=True,
            crawler=of.crawler,
            tls_verbose_logging=of._tls_verbose_logging,
        )
        with wrap_twisted_exceptions():
            return await maybe_deferred_to_future(agent.download_request(request))
