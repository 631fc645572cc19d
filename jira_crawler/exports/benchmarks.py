"""What a model is tested on is not to be trained on: issues by their keys, and texts by runs of thirteen words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self
from zlib import crc32

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from jira_crawler.exceptions import BadArgument
from jira_crawler.exports.source import Entry
from jira_crawler.exports.turns import line_of, report
from jira_crawler.text.words import each_word, words

GRAM: Final = 13  # words
_KEY: Final = re.compile(r"(?<![\w-])[A-Z][A-Z0-9_]{1,20}-[1-9]\d{0,8}(?![\w-])")
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys of issues, and how many lines of their list hold none."""

    named: frozenset[str]
    rubbish: int


def keys(path: Path) -> Keys:
    """Reads a list of keys, one or more a line, whatever stands between them; `#` begins a remark.

    Raises BadArgument if there is no such file, or no key in it.
    """
    try:
        lines = path.read_bytes().decode("utf-8", "replace").splitlines()
    except OSError as error:
        raise BadArgument(f"The keys in {path} cannot be read: {error.strerror}.") from error
    told = [line for line in (line.partition("#")[0].strip() for line in lines) if line]
    found = [_KEY.findall(line.upper()) for line in told]
    if not any(found):
        raise BadArgument(f"There is no key of an issue in {path}: a list has lines such as LANG-747.")
    return Keys(frozenset(key for each in found for key in each), sum(not each for each in found))


class Grams:
    """The runs of thirteen words of some texts, as hashes; eight bytes a word."""

    def __init__(self, texts: Iterable[str]):
        parts = [hashes for text in texts if len(hashes := _grams(text))]
        self._known = np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.uint64)

    def __len__(self) -> int:
        return len(self._known)

    def packed(self) -> bytes:
        """Gives what it knows, as `unpacked` reads it."""
        return self._known.tobytes()

    @classmethod
    def unpacked(cls, known: bytes) -> Self:
        """Makes one again of what was packed."""
        made = cls([])
        made._known = np.frombuffer(known, dtype=np.uint64)
        return made

    def in_text(self, text: str) -> bool:
        """Whether a text has thirteen words in a row with one of them."""
        hashes = _grams(text)
        if not len(hashes) or not len(self._known):
            return False
        places = np.searchsorted(self._known, hashes).clip(0, len(self._known) - 1)
        return bool((self._known[places] == hashes).any())

    def in_issue(self, entry: Entry) -> bool:
        """Whether the report of an issue as filed, or its thread, does."""
        line = line_of(entry)
        texts = [report(entry), line.output] if line else [each.prompt for each in entry.samples]
        return any(self.in_text(text) for text in dict.fromkeys(texts))


def _grams(text: str) -> NDArray[np.uint64]:
    """The hash of every run of thirteen words, the same wherever it is made."""
    said = each_word(words(text))
    if len(said) < GRAM:
        return np.zeros(0, dtype=np.uint64)
    each = np.array([crc32(word.encode("utf-8", "surrogatepass")) for word in said], dtype=np.uint64)
    found = np.zeros(len(each) - GRAM + 1, dtype=np.uint64)
    for at in range(GRAM):
        found = found * _STEP + each[at : at + len(found)]
    return found


def grams(path: Path) -> Grams:
    """Reads texts from a file, or from all files under a folder: JSON, JSON lines, Parquet, anything else as text.

    Raises BadArgument if there is nothing, if a file cannot be read, or if no text has thirteen words.
    """
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    found = Grams(text for file in files for text in _texts(file))
    if not len(found):
        raise BadArgument(f"There is no text of {GRAM} words in {path}: nothing can be compared with it.")
    return found


def _texts(file: Path) -> Iterator[str]:
    try:
        if file.suffix == ".parquet":
            yield from _columns(file)
        elif file.suffix == ".json":
            yield from _strings(orjson.loads(file.read_bytes()))
        elif file.suffix == ".jsonl":
            for line in file.read_bytes().splitlines():
                if line.strip():
                    yield from _strings(orjson.loads(line))
        else:
            yield file.read_bytes().decode("utf-8", "replace")
    except OSError as error:
        raise BadArgument(f"The texts in {file} cannot be read: {error.strerror or error}.") from error
    except (ValueError, pa.ArrowException) as error:
        raise BadArgument(f"The texts in {file} cannot be read: it is no {file.suffix[1:]}.") from error


def _columns(file: Path) -> Iterator[str]:
    with pq.ParquetFile(file) as parts:
        for batch in parts.iter_batches(batch_size=500):
            yield from _strings(batch.to_pylist())


def _strings(value: Any) -> Iterator[str]:
    """Every text in a value, however deep."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
            case dict() as mapping:
                waiting.extend(mapping.values())
            case list() as several:
                waiting.extend(several)
