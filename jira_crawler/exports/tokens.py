"""Tokens as a model counts them, by a tokenizer that the user has as a file."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from jira_crawler.exceptions import BadArgument


class TokenCounter:
    """Counts with a `tokenizer.json`; raises BadArgument if the package or the file is missing, or is none."""

    def __init__(self, path: Path):
        self.name = path.name if path.name != "tokenizer.json" else path.resolve().parent.name
        try:
            package: Any = import_module("tokenizers")
        except ImportError:
            raise BadArgument(
                "--tokenizer needs the package tokenizers: pip install tokenizers, or 'jira-crawler[train]'."
            ) from None
        if not path.is_file():
            raise BadArgument(f"There is no tokenizer in {path}: name a tokenizer.json.")
        try:
            self._tokenizer: Any = package.Tokenizer.from_file(str(path))
        except Exception as error:  # the package raises Exception itself
            raise BadArgument(f"{path} is no tokenizer: {str(error).splitlines()[0]}.") from error

    def count(self, text: str) -> int:
        """The tokens of a text, without those that begin and end it."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)
