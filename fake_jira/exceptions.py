"""What can be chosen wrongly; the text is the one sentence that a person reads."""


class BadOption(ValueError):
    """A choice that the fake Jira cannot be made with, or told afterwards."""
