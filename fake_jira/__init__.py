"""The embedded Jira: a small faithful server over made-up or recorded issues, for trials, tests and benchmarks."""

from fake_jira.server.serving import running

__all__ = ["running"]
