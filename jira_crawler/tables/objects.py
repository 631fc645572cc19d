"""An object store by its URL: opened by what the environment says, and no object replaced but the one that was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.sentences import masked

if TYPE_CHECKING:
    from obstore.store import ObjectStore


def opened(url: str, environment: Callable[[str], str], missing: str, **options: Any) -> ObjectStore:
    """Opens what is below a URL; raises BadArgument, with `missing`, where no library for that is installed.

    `environment` gives the value of a variable, or "".
    """
    try:
        from obstore.store import from_url
    except ImportError:
        raise BadArgument(missing.format(masked(url))) from None
    plain = (environment("AWS_ENDPOINT_URL") or environment("AWS_ENDPOINT")).startswith("http://")
    return from_url(url, client_options={"allow_http": True} if plain else None, **options)


@contextmanager
def saying(url: str, what: str) -> Iterator[None]:
    """Turns whatever a library raises into one sentence: `what` cannot be done with a URL, and why."""
    try:
        yield
    except Refused:
        raise
    except Exception as error:  # a library's own errors, each of another kind
        said = masked(str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__, url)
        raise BadArgument(f"{what} {masked(url)}: {said[:200].rstrip('.')}.") from error


def put(store: ObjectStore, path: str, content: bytes, tag: str | None, taken: str) -> str:
    """Puts an object in the place of the one with a tag, or of none, and gives its tag.

    Raises Refused, with the sentence `taken`, where another one is there by now.
    """
    from obstore.exceptions import AlreadyExistsError, NotFoundError, PreconditionError

    mode: Any = "create" if tag is None else {"e_tag": tag}
    try:
        return store.put(path, content, mode=mode, use_multipart=False)["e_tag"] or ""
    except (AlreadyExistsError, PreconditionError, NotFoundError) as error:
        raise Refused(taken) from error
