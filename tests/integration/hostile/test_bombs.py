"""A quarter of a gibibyte of nothing, packed small: what is unpacked of it is no more than the limit."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
from backports import zstd

from jira_crawler.exceptions import TooLarge
from jira_crawler.middlewares.unpack import unpack

MIB = 2**20


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(1, wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("gzip", lambda data: gzip.compress(data, 1)),
        ("deflate", lambda data: zlib.compress(data, 1)),
        ("deflate", raw_deflate),
        ("br", lambda data: brotli.compress(data, quality=1)),
        ("zstd", zstd.compress),
    ],
    ids=["gzip", "deflate", "raw deflate", "br", "zstd"],
)
def test_a_bomb_costs_no_more_than_the_limit(name: str, pack: Callable[[bytes], bytes]) -> None:
    bomb = pack(bytes(256 * MIB))
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            unpack(bomb, [name], 64 * MIB)
        assert tracemalloc.get_traced_memory()[1] < 100 * MIB
    finally:
        tracemalloc.stop()
