"""What identifies a person or opens a door is replaced."""

from __future__ import annotations

from jira_crawler.pipelines import StepPipeline
from jira_crawler.refine import redact


class Redact(StepPipeline):
    step = redact.Redact
