"""Bodies in any markup become tidy Markdown."""

from __future__ import annotations

from jira_crawler.pipelines import StepPipeline
from jira_crawler.refine import clean


class Clean(StepPipeline):
    step = clean.Clean
