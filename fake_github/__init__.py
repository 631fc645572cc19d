"""The embedded GitHub: a small faithful server over made-up or recorded repositories, for trials and tests."""

from fake_github.server.serving import running

__all__ = ["running"]
