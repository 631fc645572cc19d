"""What befalls the whole tracker until it is over: an outage, and credentials that have run out."""

from __future__ import annotations

from dataclasses import dataclass

from fake_jira.exchange import HTML, Answer, answer

_RAN_OUT = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED", "WWW-Authenticate": 'OAuth realm="sandbox"'}
_OUT = b"<html><head><title>503 Service Unavailable</title></head><body>Service Unavailable</body></html>"


@dataclass(slots=True)
class Incidents:
    """May be changed while the sandbox runs. `outage` is the status that everybody gets, 0 for none.

    The `credentials` of visitors are the whole Authorization header; once they have `expired`, or `expire_after` so
    many requests with them, they are refused, and so is no one else's.
    """

    credentials: str = ""
    outage: int = 0
    expired: bool = False
    expire_after: int = 0
    admitted: int = 0

    def instead(self, authorization: str) -> Answer | None:
        """The answer that takes the place of the real one."""
        if self.outage:
            return Answer(_OUT, self.outage, content_type=HTML)
        if self.credentials and authorization == self.credentials:
            self.admitted += 1
            self.expired = self.expired or 0 < self.expire_after < self.admitted
            if self.expired:
                told = {"message": "Client must be authenticated to access this resource.", "status-code": 401}
                return answer(told, 401, **_RAN_OUT)
        return None
