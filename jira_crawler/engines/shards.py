"""Where workers leave what they made: a folder that all of them reach, or a place in an object store.

A shard is called after its own bytes, and written first. Its sidecar is written once, by rename or a PUT that replaces
nothing: of two workers that do the same job one is the first, and the other finds that it is done.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import msgspec
import zstandard

from jira_crawler.engines.job import Entry, Sidecar
from jira_crawler.exceptions import BadArgument, Refused
from jira_crawler.sentences import masked
from jira_crawler.settings import secret

if TYPE_CHECKING:
    from obstore.store import ObjectStore

SHARD, SIDECAR = ".shard", ".json"
_RETRY: Any = {"max_retries": 3, "retry_timeout": timedelta(seconds=30)}  # its own would be three minutes
_ENTRIES = msgspec.msgpack.Decoder(list[Entry])


class Told(Protocol):
    """What a sidecar says, whatever its shard is of."""

    @property
    def sha256(self) -> str: ...
    def holds(self, site: str, id_: str) -> bool: ...


class Place(Protocol):
    """Holds files by their names."""

    def get(self, name: str) -> bytes | None: ...
    def put(self, name: str, content: bytes) -> None: ...
    def put_once(self, name: str, content: bytes) -> None: ...
    def names(self) -> list[str]: ...
    def delete(self, names: Collection[str]) -> None: ...


class Shards:
    """Shards and sidecars at an address; what says that it is done, and is not whole, is not done."""

    decoder: ClassVar[msgspec.json.Decoder[Any]] = msgspec.json.Decoder(Sidecar)

    def __init__(self, address: str):
        self.address = address
        with _saying(address):
            self._place: Place = _Objects(address) if "://" in address else _Folder(Path(address))

    def done(self, name: str) -> bool:
        """Tells whether the shard of a job is there and whole."""
        return self._shard(name) is not None

    def there(self) -> set[str]:
        """Names the jobs of which a sidecar is there; whether their shards are whole shows when these are read."""
        with _saying(self.address):
            return {name.removesuffix(SIDECAR) for name in self._place.names() if name.endswith(SIDECAR)}

    def leave(self, name: str, sidecar: Told, shard: bytes) -> None:
        """Writes a shard, and then that it is there; where another has said so, that stays."""
        with _saying(self.address):
            self._place.put(f"{sidecar.sha256}{SHARD}", shard)
            # One that is not there is not taken away either: another worker may be about to write it.
            if self._place.get(name + SIDECAR) is not None and self._shard(name) is None:
                self.drop(name)
            self._place.put_once(name + SIDECAR, msgspec.json.encode(sidecar))

    def read(self, name: str) -> dict[str, Entry]:
        """Gives what became of the issues of a job, by id; nothing where its shard is not whole."""
        shard = self.content(name)
        return {each.id: each for each in _ENTRIES.decode(zstandard.decompress(shard))} if shard is not None else {}

    def content(self, name: str) -> bytes | None:
        """Gives the shard of a job as it was left; None where it is not whole."""
        shard = self._shard(name)
        if shard is None:
            self.drop(name)  # so that the next one who is asked does it again
        return shard

    def lost(self) -> Refused:
        """Says that nothing is where workers say that it is."""
        return Refused(
            f"What workers left in ENGINE_FOLDER={masked(self.address)} is not to be found: they and this machine have "
            "to reach the same place by that name."
        )

    def drop(self, name: str) -> None:
        """Takes back that the shard of a job is there."""
        with _saying(self.address):
            self._place.delete([name + SIDECAR] if self._place.get(name + SIDECAR) is not None else [])

    def forget(self, site: str, id_: str) -> int:
        """Removes the shards of all ranges that an issue may be in, and tells how many."""
        with _saying(self.address):
            about = [name for name in sorted(self.there()) if (found := self._sidecar(name)) and found.holds(site, id_)]
            for name in about:
                found = self._sidecar(name)
                self._place.delete([name + SIDECAR, *([f"{found.sha256}{SHARD}"] if found else [])])
        return len(about)

    def sweep(self, names: Collection[str]) -> None:
        """Removes what no job of these names is about."""
        with _saying(self.address):
            kept = {name + SIDECAR for name in names}
            kept |= {f"{found.sha256}{SHARD}" for name in names if (found := self._sidecar(name))}
            self._place.delete([name for name in self._place.names() if name not in kept])

    def _sidecar(self, name: str) -> Told | None:
        try:
            told: Told = self.decoder.decode(self._place.get(name + SIDECAR) or b"")
            return told
        except msgspec.MsgspecError:
            return None

    def _shard(self, name: str) -> bytes | None:
        with _saying(self.address):
            sidecar = self._sidecar(name)
            return self._whole(sidecar) if sidecar else None

    def _whole(self, sidecar: Told) -> bytes | None:
        shard = self._place.get(f"{sidecar.sha256}{SHARD}")
        return shard if shard is not None and hashlib.sha256(shard).hexdigest() == sidecar.sha256 else None


def address(chosen: str, output: Path, store: str) -> str:
    """Gives where the shards of a store go: ENGINE_FOLDER, which several may share, or a folder in OUTPUT_DIR."""
    if "://" in chosen:
        return f"{chosen.rstrip('/')}/{store}"
    return str((Path(chosen) if chosen else output / "engine").resolve() / store)


def packed(entries: list[Entry]) -> bytes:
    """Makes the bytes of a shard, the same ones of the same entries."""
    return zstandard.ZstdCompressor(level=3).compress(msgspec.msgpack.encode(entries))


def object_store(url: str, what: str) -> ObjectStore:
    """Opens a place in an object store, with what the environment says; raises BadArgument without the package."""
    try:
        from obstore.store import from_url
    except ImportError:
        raise BadArgument(
            f"{what} in {masked(url)} need obstore: pip install 'jira-crawler[tables]', on every worker."
        ) from None
    plain = (secret("AWS_ENDPOINT_URL") or secret("AWS_ENDPOINT")).startswith("http://")
    return from_url(url, client_options={"allow_http": True} if plain else None, retry_config=_RETRY)


class _Folder:
    """A folder that its owner alone enters: what is in it was redacted, but for reasons and titles of rejects."""

    def __init__(self, path: Path):
        self.path = path
        path.mkdir(0o700, parents=True, exist_ok=True)

    def get(self, name: str) -> bytes | None:
        try:
            return (self.path / name).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, name: str, content: bytes) -> None:
        with self._written(content) as new:
            new.replace(self.path / name)

    def put_once(self, name: str, content: bytes) -> None:
        with self._written(content) as new, suppress(FileExistsError):
            os.link(new, self.path / name)

    def names(self) -> list[str]:
        return [path.name for path in self.path.iterdir() if path.suffix in (SHARD, SIDECAR, ".new")]

    def delete(self, names: Collection[str]) -> None:
        for name in names:
            (self.path / name).unlink(missing_ok=True)

    @contextmanager
    def _written(self, content: bytes) -> Iterator[Path]:
        # Not synced: what a machine that stops loses is not whole afterwards, and made again.
        handle, name = tempfile.mkstemp(".new", dir=self.path)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)


class _Objects:
    """A place in an object store; who may write there is said by the environment."""

    def __init__(self, url: str):
        self.store = object_store(url, "Shards")

    def get(self, name: str) -> bytes | None:
        try:
            return bytes(self.store.get(name).bytes())
        except FileNotFoundError:
            return None

    def put(self, name: str, content: bytes) -> None:
        self.store.put(name, content, use_multipart=False)

    def put_once(self, name: str, content: bytes) -> None:
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        mode: Any = "create"
        with suppress(AlreadyExistsError, PreconditionError):
            self.store.put(name, content, mode=mode, use_multipart=False)

    def names(self) -> list[str]:
        return [each["path"] for batch in self.store.list() for each in batch]

    def delete(self, names: Collection[str]) -> None:
        if names:
            self.store.delete(list(names))


@contextmanager
def _saying(address: str) -> Iterator[None]:
    try:
        yield
    except Refused:
        raise
    except Exception as error:  # an object store's own errors are each of another kind
        told = getattr(error, "strerror", None) or str(error).strip() or type(error).__name__
        said = masked(told.splitlines()[0], address)[:200].rstrip(".")
        raise Refused(f"ENGINE_FOLDER={masked(address)} cannot be used: {said}.") from error
