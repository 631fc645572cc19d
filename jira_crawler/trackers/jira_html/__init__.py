"""Jira by the pages that it shows to people, for where it does not answer programs."""
