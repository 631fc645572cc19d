"""What every command of ours does before it does anything: it looks through what it was given."""

from __future__ import annotations

import argparse
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NoReturn, TypeVar

from jira_crawler.commands.known_settings import wrong_setting
from jira_crawler.configuration.kinds import Number, Whole, excerpt, is_text
from jira_crawler.sentences import masked

# A class in this package that is a command to Scrapy is one to a person, too: so this one only stands before one.
if TYPE_CHECKING:
    from scrapy.commands import ScrapyCommand as Base
else:
    Base = object
N = TypeVar("N", int, float)

REFUSED = 2


class Checked(Base):
    """Put before a command of Scrapy: what is wrong with its settings and arguments is said in one sentence, status 2.

    `uses` are the settings that the command reads, None all of them: what only others read may be as it likes.
    """

    uses: tuple[str, ...] | None = ()

    @property
    def called(self) -> str:
        """The name by which a person knows the command."""
        return type(self).__module__.rpartition(".")[2]

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.error = self.refuse  # type: ignore[method-assign,assignment]  # one sentence, without a page of usage

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Reads the options as Scrapy does, and refuses before anything is opened, not even a log."""
        # Until somebody has a better use for it: whoever presses Ctrl-C knows why the command ends.
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, _end)
        if wrong := next(wrong_arguments(self.called, args, opts), ""):
            self.refuse(wrong)
        try:
            super().process_options(args, opts)
        except OSError as error:  # of a --pidfile
            self.refuse(f"{excerpt(error.filename)} cannot be written: {error.strerror}.")
        assert self.settings  # noqa: S101 - Scrapy sets it before it calls
        if wrong := wrong_setting(self.settings, self.uses):
            self.refuse(wrong)

    def refuse(self, sentence: str) -> NoReturn:
        """Ends the command with one sentence, before it has done anything."""
        say(self.called, sentence)
        sys.exit(REFUSED)


class NoCrawl(Checked):
    """Put before a command that begins no crawl of its own."""

    requires_project = True
    requires_crawler_process = False


class Silent(NoCrawl):
    """Put before one that says all that it has to say itself, and not in a log."""

    default_settings = {"LOG_ENABLED": False}  # noqa: RUF012 - Scrapy reads it from the class


def ends_when_told() -> None:
    """Lets Ctrl-C and SIGTERM end the command by an exception, with 128 + number: what cleans up on errors does so."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)


def _end(number: int, _: object) -> NoReturn:
    # Where it comes between the opening of a file and the `with`, nobody has forgotten to close that.
    warnings.simplefilter("ignore", ResourceWarning)
    sys.exit(128 + number)


def say(command: str, sentence: str) -> None:
    """Tells a person why a command did nothing."""
    print(f"scrapy {command}: {masked(sentence)}", file=sys.stderr)


def option(kind: Whole | Number, read: Callable[[str], N]) -> Callable[[str], N]:
    """Makes a type for argparse of what a setting may be, too."""

    def parse(text: str) -> N:
        if not kind.takes(text):
            raise argparse.ArgumentTypeError(f"{excerpt(text)!r} is not {kind.words}.")
        return read(text)

    return parse


def wrong_arguments(command: str, args: list[str], opts: argparse.Namespace) -> Iterator[str]:
    """Finds what no command can do anything with: bytes that are no text, and switches that it does not have."""
    given = [text for value in vars(opts).values() for text in (value if isinstance(value, list) else [value])]
    for text in (*args, *given):
        if isinstance(text, str) and not is_text(text):
            yield f"{excerpt(text)} is not text in UTF-8."
    for text in args:
        if text.startswith("-") and text != "-":
            yield f"There is no option {excerpt(text)}; scrapy {command} --help lists them."
