"""Packed bodies: what comes out is whole and bounded, or it is said why not."""

from __future__ import annotations

import gzip
import random
import zlib

import brotli
import pytest
from backports import zstd
from scrapy.http import Response

from jira_crawler.exceptions import TooLarge, Unreadable
from jira_crawler.middlewares.answers import UndecodableResponse
from jira_crawler.middlewares.unpack import unpack
from jira_crawler.middlewares.unpacking import unpacked

MIB = 2**20
TEXT = b'{"issues": [' + bytes(random.Random(1).choices(range(32, 127), k=300_000)) + b"]}"


def deflate(data: bytes) -> bytes:
    return zlib.compress(data)


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKED = [
    ("gzip", gzip.compress),
    ("x-gzip", gzip.compress),
    ("deflate", deflate),
    ("deflate", raw_deflate),
    ("br", brotli.compress),
    ("zstd", zstd.compress),
]


@pytest.mark.parametrize(("name", "pack"), PACKED)
def test_what_was_packed_comes_out(name, pack):
    assert unpack(pack(TEXT), [name], MIB) == (TEXT, [])
    assert unpack(pack(b""), [name], MIB) == (b"", [])
    assert unpack(b"", [name], MIB) == (b"", [])


def test_one_packing_in_another_and_several_behind_each_other():
    assert unpack(gzip.compress(brotli.compress(TEXT)), ["br", "gzip"], MIB) == (TEXT, [])
    assert unpack(gzip.compress(TEXT) + gzip.compress(b"more"), ["gzip"], MIB) == (TEXT + b"more", [])
    assert unpack(zstd.compress(TEXT) + zstd.compress(b"more"), ["zstd"], MIB) == (TEXT + b"more", [])


@pytest.mark.parametrize(("name", "pack"), PACKED)
def test_a_garbled_body_is_no_body(name, pack):
    packed = pack(TEXT)
    for bad in (packed[:-1], packed[: len(packed) // 2], packed[:5], b"\x00" * 50, b"{}", b"\xff" * 1000):
        with pytest.raises(Unreadable, match="a garbled body"):
            unpack(bad, [name], MIB)


@pytest.mark.parametrize("name", ["gzip", "zstd", "deflate"])
def test_one_wrong_bit_is_noticed(name):
    """Where the packing has a checksum; Scrapy gives what came before it is looked at."""
    pack = {"gzip": gzip.compress, "deflate": deflate}.get(name) or (
        lambda data: zstd.compress(data, options={zstd.CompressionParameter.checksum_flag: 1})
    )
    packed = bytearray(pack(TEXT))
    packed[-2] ^= 1
    with pytest.raises(Unreadable, match="a garbled body"):
        unpack(bytes(packed), [name], MIB)


@pytest.mark.parametrize(("name", "pack"), PACKED)
def test_the_limit_is_the_limit(name, pack):
    assert len(unpack(pack(bytes(MIB)), [name], MIB)[0]) == MIB
    with pytest.raises(TooLarge, match=r"larger than 1 MiB when unpacked \(DOWNLOAD_MAXSIZE\)"):
        unpack(pack(bytes(MIB + 1)), [name], MIB)


def test_zstd_gets_no_more_memory_than_http_allows():
    greedy = zstd.compress(TEXT * 60, options={zstd.CompressionParameter.window_log: 27})
    with pytest.raises(Unreadable, match="a garbled body"):
        unpack(greedy, ["zstd"], 64 * MIB)


def test_too_many_layers_are_none():
    with pytest.raises(Unreadable, match="packed 400 times over"):
        unpack(TEXT, ["br"] * 400, MIB)


@pytest.mark.parametrize("names", [["utf-8"], ["identity"], [""], ["compress"], ["\xfcbel"]])
def test_what_nobody_knows_is_left_as_it_is(names):
    left = [name for name in names if name not in ("", "identity")]
    assert unpack(TEXT, names, MIB) == (TEXT, left)


def test_an_answer_keeps_its_status_and_headers_whatever_its_body_is():
    headers = {"Content-Encoding": "gzip", "Retry-After": "7", "Content-Type": "application/json"}
    flawed = unpacked(Response("https://jira.example.org/x", 429, headers, b"nonsense"), MIB)
    assert isinstance(flawed, UndecodableResponse)
    assert (flawed.status, flawed.headers["Retry-After"], flawed.flaw, flawed.is_transient) == (
        429,
        b"7",
        "a garbled body (gzip)",
        True,
    )
    large = unpacked(Response("https://jira.example.org/x", 200, headers, gzip.compress(bytes(2 * MIB))), MIB)
    assert isinstance(large, UndecodableResponse)
    assert not large.is_transient  # asking again would bring it again
    good = unpacked(Response("https://jira.example.org/x", 200, headers, gzip.compress(TEXT)), MIB)
    assert (good.body, "Content-Encoding" in good.headers) == (TEXT, False)
    odd = Response("https://jira.example.org/x", 200, {"Content-Encoding": b"\xff\xfe, gzip"}, gzip.compress(TEXT))
    assert unpacked(odd, MIB).body == TEXT
