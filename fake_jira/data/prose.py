"""Draws titles, descriptions and comments from a seed: the same seed writes the same words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from random import Random
from typing import TypeVar

from fake_jira.data import phrases
from fake_jira.data.blocks import (
    Address,
    Block,
    Code,
    Heading,
    Listing,
    Mention,
    Mono,
    Panel,
    Paragraph,
    Quote,
    Span,
    Strong,
    Table,
)
from fake_jira.data.people import PEOPLE

T = TypeVar("T")
_SLOT = re.compile(r"\{(\w+)\}")


@cache
def _pieces(pattern: str) -> tuple[tuple[str, str], ...]:
    """A pattern as pairs of literal text and the slot that follows it."""
    cut = _SLOT.split(pattern)
    return tuple(zip(cut[::2], [*cut[1::2], ""], strict=True))


class Writer:
    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self._slots: dict[str, Callable[[], str]] = {
            "Part": lambda: self.pick(phrases.PART).capitalize(),
            "number": lambda: str(self.below(990) + 3),
            "version": lambda: f"{self.below(5) + 1}.{self.below(12)}.{self.below(6)}",
            "commit": lambda: f"{self.chance.getrandbits(40):010x}",
            "method": self.method,
            "Method": self.method,
            "Test": lambda: self.type_name() + "Test",
            "option": self.option,
            "sentence": self.sentence,
        }
        for name in ("part", "kind", "thing", "verb", "wish", "error"):
            self._slots[name] = self._picker(getattr(phrases, name.upper()))
        self._slots["moment"] = lambda: self.fill(self.pick(phrases.MOMENT))

    def below(self, limit: int) -> int:
        return int(self.chance.random() * limit)

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self.chance.random() * len(choices))]

    def _picker(self, choices: Sequence[str]) -> Callable[[], str]:
        return lambda: self.pick(choices)

    def fill(self, pattern: str) -> str:
        parts = []
        for text, slot in _pieces(pattern):
            parts.append(text)
            if slot:
                parts.append(self._slots[slot]())
        return "".join(parts)

    def title(self) -> str:
        title = self.fill(self.pick(phrases.TITLE))
        return title[0].upper() + title[1:]

    def sentence(self) -> str:
        return self.fill(self.pick(phrases.SENTENCE))

    def text(self, sentences: int) -> str:
        return " ".join([self.sentence() for _ in range(sentences)])

    def type_name(self) -> str:
        return self.pick(phrases.PART).capitalize() + self.pick(phrases.PART).capitalize()

    def method(self) -> str:
        return f"{self.type_name()}.{self.pick(('open', 'close', 'flush', 'merge', 'next', 'apply', 'poll'))}()"

    def option(self) -> str:
        return f"{self.pick(phrases.PART)}.{self.pick(phrases.THING)}.{self.pick(('max', 'enabled', 'timeout.ms'))}"

    def trace(self) -> str:
        package = f"org.example.{self.pick(phrases.PART)}"
        lines = [f"{package}.{self.pick(phrases.ERROR)}: {self.sentence()}"]
        for _ in range(4 + self.below(9)):
            name = self.type_name()
            lines.append(f"\tat {package}.{name}.{self.pick(phrases.PART)}({name}.java:{self.below(900) + 20})")
        return "\n".join(lines)

    def program(self, language: str) -> str:
        part, thing, number = self.pick(phrases.PART), self.pick(phrases.THING), self.below(5000)
        match language:
            case "sql":
                return f"SELECT {part}_id, count(*) AS n\nFROM {thing}\nWHERE size > {number}\nGROUP BY {part}_id;"
            case "python":
                return f"for {part} in load({number}):\n    if not {part}.{thing}:\n        print({part}, {number})"
            case "bash":
                return f"export {part.upper()}_HOME=/opt/{part}\nbin/{part} --{thing} {number} | sort -u"
            case "xml":
                return f'<property name="{self.option()}">\n  <value>{number}</value>\n</property>'
        opened = f"{self.type_name()} {part} = open({number});"
        return f"{opened}\nwhile ({part}.hasNext()) {{\n    {part}.next().{thing}();\n}}"

    def table(self) -> Table:
        rows = [
            (self.pick(phrases.PART), str(self.below(9000)), f"{self.below(100)} %") for _ in range(2 + self.below(4))
        ]
        return Table(("part", self.pick(phrases.THING), "share"), tuple(rows))

    def listing(self) -> Listing:
        items = tuple((self.sentence(),) for _ in range(2 + self.below(3)))
        return Listing(self.chance.random() < 0.5, items)

    def rich(self) -> Paragraph:
        """A paragraph with something in it that is not plain text."""
        page = f"https://docs.example.org/{self.pick(phrases.PART)}/{self.below(900)}"
        specials: tuple[Span, ...] = (
            Mono(self.method()),
            Strong(self.pick(phrases.KIND)),
            Mention(self.pick(PEOPLE)),
            Address(self.option(), page),
        )
        special = self.pick(specials)
        return Paragraph((self.sentence() + " See ", special, ": " + self.sentence()))

    def description(self) -> list[Block]:
        blocks: list[Block] = [Paragraph((self.text(2 + self.below(3)),))]
        for _ in range(1 + self.below(4)):
            blocks += self._section()
        if self.chance.random() < 0.04:
            blocks.append(self.secret())
        return blocks

    def _section(self) -> list[Block]:
        drawn = self.chance.random()
        if drawn < 0.22:
            return [Heading(self.pick(phrases.HEADINGS)), self.listing()]
        if drawn < 0.40:
            return [Paragraph((self.sentence(),)), Code("", self.trace())]
        if drawn < 0.60:
            language = self.pick(phrases.LANGUAGE)
            return [Paragraph((self.sentence(),)), Code(language, self.program(language))]
        if drawn < 0.68:
            return [self.table()]
        if drawn < 0.74:
            return [Panel(self.pick(phrases.HEADINGS), (self.text(2),))]
        if drawn < 0.80:
            return [Quote((self.text(2),))]
        return [self.rich(), Paragraph((self.text(1 + self.below(3)),))]

    def secret(self) -> Paragraph:
        """Something that must not reach a feed: made up, but shaped like the real thing."""
        letters = "".join([self.pick("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(36)])
        host = f"{self.pick(phrases.PART)}.example.net"
        return Paragraph(
            (
                self.sentence() + " ",
                self.pick(
                    (
                        f"Write to {self.pick(PEOPLE).name}@{host} for the log.",
                        f"Key AKIA{letters[:16]} is set in the job.",
                        f"It ran with ghp_{letters} in its environment.",
                        f"The job reads jdbc:postgresql://admin:{letters[:12].lower()}@{host}/main at start.",
                    )
                ),
            )
        )

    def comment(self) -> list[Block]:
        drawn = self.chance.random()
        blocks: list[Block] = [Paragraph((self.fill(self.pick(phrases.REMARK)),))]
        if drawn < 0.12:
            return [Quote((self.sentence(),)), *blocks]
        if drawn < 0.22:
            return [*blocks, Code("", self.trace())]
        if drawn < 0.32:
            language = self.pick(phrases.LANGUAGE)
            return [*blocks, Code(language, self.program(language))]
        if drawn < 0.47:
            return [self.rich()]
        if drawn < 0.49:
            return [*blocks, self.secret()]
        return blocks
