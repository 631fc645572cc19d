"""An issue learns what it is worth."""

from __future__ import annotations

from jira_crawler.pipelines import StepPipeline
from jira_crawler.refine import score


class Score(StepPipeline):
    step = score.Score
