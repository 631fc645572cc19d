"""The floor: downloads a list of addresses, reads every body and throws it away. No crawl can do less.

python -m benchmarks.floor ADDRESSES CONCURRENCY    (ADDRESSES is a file, one address a line)
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

from aiohttp import ClientSession
from yarl import URL


async def download(addresses: Iterator[str], concurrency: int) -> tuple[int, int]:
    """Downloads everything over so many connections; gives the number of pages and of bytes."""
    sizes: list[int] = []

    async def take(session: ClientSession) -> None:
        for address in addresses:  # one iterator for all: each address is taken once
            async with session.get(URL(address, encoded=True)) as response:
                response.raise_for_status()
                sizes.append(len(await response.read()))

    async with ClientSession() as session:
        await asyncio.gather(*(take(session) for _ in range(concurrency)))
    return len(sizes), sum(sizes)


if __name__ == "__main__":
    listed = Path(sys.argv[1]).read_text().splitlines()
    print(*asyncio.run(download(iter(listed), int(sys.argv[2]))))
