"""What refining loads late is there when this is: for the process that those which refine are forked from."""

from __future__ import annotations

from jira_crawler.text import language

language.model()  # nearly every tracker has an issue for which it is asked
