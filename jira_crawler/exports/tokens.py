"""Tokens as a model counts them, by a tokenizer that the user has as a file."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any, Self

from jira_crawler.exceptions import BadArgument


class TokenCounter:
    """Counts with a `tokenizer.json`; raises BadArgument if the package or the file is missing, or is none."""

    def __init__(self, path: Path):
        self.name = path.name if path.name != "tokenizer.json" else path.resolve().parent.name
        package = _package()
        if not path.is_file():
            raise BadArgument(f"There is no tokenizer in {path}: name a tokenizer.json.")
        self._path = path
        try:
            self._tokenizer: Any = package.Tokenizer.from_file(str(path))
        except Exception as error:  # the package raises Exception itself
            raise BadArgument(f"{path} is no tokenizer: {str(error).splitlines()[0]}.") from error

    def packed(self) -> tuple[str, str]:
        """Gives its name and what its file says, as `unpacked` reads it."""
        return self.name, self._path.read_text("utf-8")

    @classmethod
    def unpacked(cls, name: str, told: str) -> Self:
        """Makes one again where there is no such file."""
        made = cls.__new__(cls)
        made.name, made._tokenizer = name, _package().Tokenizer.from_str(told)
        return made

    def count(self, text: str) -> int:
        """The tokens of a text, without those that begin and end it."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)


def _package() -> Any:
    try:
        return import_module("tokenizers")
    except ImportError:
        raise BadArgument(
            "--tokenizer needs the package tokenizers: pip install tokenizers, or 'jira-crawler[train]'."
        ) from None
