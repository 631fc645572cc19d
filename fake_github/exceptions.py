"""What can be wrong about how a sandbox is started."""


class BadOption(Exception):
    """An option that cannot be kept, with the sentence that says why."""
