"""Changes only the lines of a text that stand near certain words, and leaves the rest unread."""

from __future__ import annotations

from collections.abc import Callable


def change_near(text: str, words: tuple[str, ...], change: Callable[[str], str], after: int = 1) -> str:
    """Hands each stretch of lines that holds one of the words (lower case) to `change`, with `after` lines behind it.

    Stretches do not overlap, so that the whole is linear if `change` is.
    """
    parts = []
    done = 0
    for start, end in _stretches(text, words, after):
        parts += [text[done:start], change(text[start:end])]
        done = end
    return "".join(parts) + text[done:] if parts else text


def _stretches(text: str, words: tuple[str, ...], after: int) -> list[tuple[int, int]]:
    stretches: list[tuple[int, int]] = []
    for start, end in sorted(_lines(text, words, after)):
        if stretches and start <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
        else:
            stretches.append((start, end))
    return stretches


def _lines(text: str, words: tuple[str, ...], after: int) -> list[tuple[int, int]]:
    """Where the lines with each word are; the search goes on behind the line of a find."""
    lower = text.lower()
    if len(lower) != len(text):  # a capital that is two letters when small
        return [(0, len(text))]
    found = []
    for word in words:
        at = lower.find(word)
        while at >= 0:
            start, end = text.rfind("\n", 0, at) + 1, _line_end(text, at)
            last = end
            for _ in range(after):
                last = _line_end(text, last + 1)
            found.append((start, last))
            at = lower.find(word, end)
    return found


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return end if end >= 0 else len(text)
