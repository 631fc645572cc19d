"""A receiver in a process of its own, to be killed: says its address, and serves until then.

python -m tests.servers.receiver_process URL_OF_THE_STORE
"""

from __future__ import annotations

import asyncio
import sys

from jira_crawler.serve.application import Guard, application
from jira_crawler.serve.intake import Intake
from jira_crawler.serve.receiver import Receiver
from jira_crawler.serve.server import Server
from jira_crawler.serve.signature import Signatures
from jira_crawler.store.database import connect
from jira_crawler.store.store import Store
from tests.servers.receiving import SECRET, SITE


async def serve(url: str) -> None:
    store = Store(connect(url))
    receiver = Receiver(SITE, Signatures((SECRET,)), Intake(store.deliveries.receive), longest=2**20)
    server = Server(application(receiver.routes(), guard=Guard("", "127.0.0.1")), "127.0.0.1", 0)
    await server.start()
    print(server.url, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
