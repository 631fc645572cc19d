"""How a made-up tracker is served, whichever it plays: `fake_jira` and `fake_github` share this and nothing else."""

from fake_server.serving import BadOption, Served, bound, in_thread, serve_until_stopped

__all__ = ["BadOption", "Served", "bound", "in_thread", "serve_until_stopped"]
