"""Whether a delivery comes from whoever knows the secret: an HMAC over its body, or the token of an OAuth app."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from jira_crawler.exceptions import BadArgument, CrawlerError

SECRET: Final = "JIRA_WEBHOOK_SECRET"  # noqa: S105 - the name of a variable, here and below
OLD_SECRET: Final = "JIRA_WEBHOOK_SECRET_OLD"  # noqa: S105
CLIENT_SECRET: Final = "JIRA_OAUTH_CLIENT_SECRET"  # noqa: S105
VARIABLES: Final = (SECRET, OLD_SECRET, CLIENT_SECRET)
LEAST: Final = 16  # bytes of a secret: what is shorter can be tried out
SKEW: Final = 60  # seconds that the clocks of two machines may differ
_METHOD: Final = "sha256"
_LONGEST_TOKEN: Final = 8_192  # characters
_HEX: Final = re.compile(r"[0-9a-fA-F]{64}")


class Unsigned(CrawlerError):
    """A delivery that does not prove who sent it; its text says what is wrong, and nothing of the secret."""


class NoSecret(Unsigned):
    """A delivery of a kind for which there is no secret here: the fault may be ours, and the sender is to try again."""


@dataclass(frozen=True, slots=True, repr=False)
class Signatures:
    """Tells who knows one of the secrets: those of a webhook, of which the second is the one before, or of an app."""

    secrets: tuple[str, ...]
    client_secret: str = ""

    @classmethod
    def of(cls, secret: Callable[[str], str]) -> Signatures:
        """Takes the secrets from the environment; raises BadArgument for one that is too short to be one."""
        for name in VARIABLES:
            if 0 < len(secret(name).encode()) < LEAST:
                raise BadArgument(f"{name} is shorter than {LEAST} bytes, and could be guessed: choose a longer one.")
        if secret(OLD_SECRET) and not secret(SECRET):
            raise BadArgument(f"{OLD_SECRET} is set, and {SECRET} is not: the new secret belongs there.")
        return cls(tuple(filter(None, map(secret, (SECRET, OLD_SECRET)))), secret(CLIENT_SECRET))

    def __bool__(self) -> bool:
        """Whether there is any secret; without one nothing can be told."""
        return bool(self.secrets or self.client_secret)

    def look(self, headers: Mapping[str, str]) -> None:
        """Raises Unsigned for a delivery whose headers alone say that it cannot be right: its body need not be read.

        NoSecret is the one that is raised where there is nothing to tell by.
        """
        if not self:
            raise NoSecret(f"there is no {SECRET}, so nobody can tell who sent it")
        if "X-Hub-Signature" in headers:
            _signature(headers["X-Hub-Signature"])
            if not self.secrets:
                raise NoSecret(f"it has a signature, and there is no {SECRET}")
        elif not _token(headers):
            raise Unsigned("it has neither X-Hub-Signature nor a token in Authorization")
        elif not self.client_secret:
            raise NoSecret(f"it has a token, and there is no {CLIENT_SECRET}")

    def verify(self, headers: Mapping[str, str], body: bytes, now: float) -> None:
        """Raises Unsigned if a delivery is not from whoever knows a secret.

        `body` is as it came, byte for byte; `headers` may be asked in any case. A token says nothing of the body: it is
        looked at only where there is a secret of an app and no signature.
        """
        self.look(headers)
        if "X-Hub-Signature" in headers:
            self._verify_body(_signature(headers["X-Hub-Signature"]), body)
        else:
            self._verify_token(_token(headers), now)

    def _verify_body(self, said: str, body: bytes) -> None:
        # Each is compared, whichever is right, in a time that does not tell how much of it is.
        matches = [hmac.compare_digest(hmac.digest(each.encode(), body, _METHOD).hex(), said) for each in self.secrets]
        if not any(matches):
            raise Unsigned("its signature is wrong")

    def _verify_token(self, token: str, now: float) -> None:
        # Only who is sent tokens is to pay for the library.
        from joserfc import jwt
        from joserfc.errors import ClaimError, JoseError
        from joserfc.jwk import OctKey

        try:
            read = jwt.decode(token, OctKey.import_key(self.client_secret), algorithms=["HS256"])
            claims = jwt.JWTClaimsRegistry(int(now), leeway=SKEW, exp={"essential": True}, iat={"essential": True})
            claims.validate(read.claims)
        except ClaimError as error:  # of a token whose signature is right
            raise Unsigned(f"its token is refused, perhaps for a wrong clock: {error.description}") from error
        except (JoseError, ValueError, TypeError, RecursionError) as error:
            raise Unsigned(f"its token is refused ({type(error).__name__})") from error


def _signature(header: str) -> str:
    """Reads `sha256=<hex>`; the header names the method, and there will be others some day."""
    method, _, said = header.strip().partition("=")
    if method.lower() != _METHOD:
        raise Unsigned(f"its signature is made with another method than {_METHOD}")
    if not _HEX.fullmatch(said):
        raise Unsigned("its signature is none: it is not 64 hexadecimal digits")
    return said.lower()


def _token(headers: Mapping[str, str]) -> str:
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    token = token.strip()
    return token if scheme.lower() in ("bearer", "jwt") and 0 < len(token) <= _LONGEST_TOKEN else ""
