"""Who is at the door: the credentials of a request → a visitor, in the way of each dialect."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from fake_jira.exchange import Refusal, Visitor, answer

_FAILED = {"X-AUSERNAME": "anonymous", "X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}


@dataclass(frozen=True, slots=True)
class Door:
    """`expected` and `agent` are whole Authorization headers; the first is empty where everybody may come in, the
    second where there is no agent."""

    expected: str = ""
    name: str = "crawler"
    lets_strangers_in: bool = False
    agent: str = ""

    @classmethod
    def for_token(cls, token: str, lets_strangers_in: bool) -> Door:
        return cls(credentials(token, "server"), lets_strangers_in=lets_strangers_in)

    @classmethod
    def for_basic(cls, pair: str) -> Door:
        """Cloud never turns anybody away: who cannot be recognised is anonymous."""
        return cls(credentials(pair, "cloud"), pair.partition(":")[0], lets_strangers_in=True)

    def admit(self, authorization: str) -> Visitor:
        if self.agent and authorization == self.agent:
            return Visitor("agent", True, headers={"X-AUSERNAME": "agent", "X-Seraph-LoginReason": "OK"}, agent=True)
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


def credentials(given: str, dialect: str) -> str:
    """The Authorization header of a token, or of EMAIL:TOKEN in Cloud."""
    if not given:
        return ""
    return "Basic " + b64encode(given.encode()).decode() if dialect == "cloud" else f"Bearer {given}"
