"""What the refining steps are told by the settings, as one value that can travel to other processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The defaults are those of settings.py."""

    min_quality: float = 0.0
    languages: tuple[str, ...] = ()
    bot_comments: bool = False
    log_lines: int = 200

    @classmethod
    def of(cls, settings: BaseSettings) -> Self:
        """Reads the settings; a list may be written with commas."""
        return cls(
            min_quality=settings.getfloat("MIN_QUALITY"),
            languages=tuple(code.strip().lower() for code in settings.getlist("LANGUAGES") if code.strip()),
            bot_comments=settings.getbool("BOT_COMMENTS"),
            log_lines=settings.getint("LOG_LINES"),
        )


DEFAULTS = Policy()
