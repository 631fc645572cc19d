"""How issues are refined, as one value that can travel to other processes: the steps, and what settings tell them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from jira_crawler import item_pipelines

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

Plain = str | int | float | bool | None
STEPS = (
    "jira_crawler.refine.validate.Validate",
    "jira_crawler.refine.clean.Clean",
    "jira_crawler.refine.redact.Redact",
    "jira_crawler.refine.score.Score",
    "jira_crawler.refine.deduplicate.Deduplicate",
    "jira_crawler.refine.write_feeds.WriteFeeds",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The defaults are those of settings.py. `steps` are classes by their dotted names, in the order of ITEM_PIPELINES.

    `own` are plain settings that nobody else knows, for the steps of somebody else.
    """

    min_quality: float = 0.0
    languages: tuple[str, ...] = ()
    bot_comments: bool = False
    log_lines: int = 200
    project_names: bool = True
    steps: tuple[str, ...] = STEPS
    own: tuple[tuple[str, Plain], ...] = ()

    @classmethod
    def of(cls, settings: BaseSettings) -> Self:
        """Reads the settings; a list may be written with commas. Raises BadArgument for a part that is no step."""
        return cls(
            min_quality=settings.getfloat("MIN_QUALITY"),
            languages=tuple(code.strip().lower() for code in settings.getlist("LANGUAGES") if code.strip()),
            bot_comments=settings.getbool("BOT_COMMENTS"),
            log_lines=settings.getint("LOG_LINES"),
            project_names=settings.getbool("REDACT_PROJECT_NAMES", True),
            steps=item_pipelines.steps(settings),
            own=item_pipelines.own_settings(settings),
        )

    @property
    def deduplicates(self) -> bool:
        """Whether issues are compared at all."""
        return "jira_crawler.refine.deduplicate.Deduplicate" in self.steps

    def setting(self, name: str, default: Plain = None) -> Plain:
        """Gives a setting of somebody else's step, as it was written."""
        return dict(self.own).get(name, default)


DEFAULTS = Policy()
