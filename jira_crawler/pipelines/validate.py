"""A raw payload becomes a typed issue."""

from __future__ import annotations

from jira_crawler.pipelines import StepPipeline
from jira_crawler.refine import validate


class Validate(StepPipeline):
    step = validate.Validate
