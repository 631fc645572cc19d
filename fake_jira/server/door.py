"""Who is at the door: the credentials of a request → a visitor, in the way of each dialect."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from fake_jira.exchange import Refusal, Visitor, answer

_FAILED = {"X-AUSERNAME": "anonymous", "X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}


@dataclass(frozen=True, slots=True)
class Door:
    """`expected` is the whole Authorization header; empty where the sandbox is open to everybody."""

    expected: str = ""
    name: str = "crawler"
    lets_strangers_in: bool = False

    @classmethod
    def for_token(cls, token: str, lets_strangers_in: bool) -> Door:
        return cls(f"Bearer {token}" if token else "", lets_strangers_in=lets_strangers_in)

    @classmethod
    def for_basic(cls, pair: str) -> Door:
        """Cloud never turns anybody away: who cannot be recognised is anonymous."""
        expected = "Basic " + b64encode(pair.encode()).decode() if pair else ""
        return cls(expected, pair.partition(":")[0], lets_strangers_in=True)

    def admit(self, authorization: str) -> Visitor:
        if not self.expected:
            return Visitor(headers={"X-AUSERNAME": "anonymous"})
        if authorization == self.expected:
            return Visitor(self.name, True, headers={"X-AUSERNAME": self.name, "X-Seraph-LoginReason": "OK"})
        if self.lets_strangers_in:
            return Visitor(shut_out=True, headers=_FAILED)
        raise Refusal(
            answer(
                {"message": "Client must be authenticated to access this resource.", "status-code": 401}, 401, **_FAILED
            )
        )
