"""The opaque `nextPageToken` of Cloud: where a listing stands, and in which order its equals were dealt."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple
from zlib import crc32

import orjson

from fake_jira.exchange import Refusal, errors


class Place(NamedTuple):
    """`deal` seeds the order of equal issues, so that it holds for all pages of one listing."""

    start: int
    deal: int


def write(place: Place, jql: str) -> str:
    return urlsafe_b64encode(orjson.dumps([place.start, place.deal, crc32(jql.encode())])).decode()


def read(token: str, jql: str) -> Place:
    try:
        start, deal, query = orjson.loads(urlsafe_b64decode(token))
        if query == crc32(jql.encode()):
            return Place(int(start), int(deal))
    except (binascii.Error, ValueError, TypeError):
        pass
    raise Refusal(errors(400, "The provided next page token is invalid or has expired."))
