"""Examples for a trainer: those that there are, then those that come, each once, from a folder or a server."""

from __future__ import annotations

from jira_crawler.stream.pool import version
from jira_crawler.stream.samples import Samples

__all__ = ["Samples", "version"]
